import Ledger

/// Cells laid out in columns of a fixed-width font, without boxes.
enum AlignedLines {
    private static let gap = "  "

    /// The headings, the rows and, below a rule, the totals; no line ends in blanks.
    static func of(
        _ table: Table, in zone: TimeZoneRules
    ) throws(ScreenError) -> [String] {
        let shown = { (cell: Cell) in PlainText.of(cell, in: zone) }
        var lines = [table.columns.map { HarmlessText($0.title).text }]
        for row in table.rows { lines.append(try table.filled(row).map(shown)) }
        if let total = table.total { lines.append(try table.filled(total).map(shown)) }
        let widths = table.columns.indices.map { column in
            lines.reduce(0) { max($0, DisplayWidth.of($1[column])) }
        }
        var laidOut = lines.map { line in
            zip(line, zip(widths, table.columns))
                .map { padded($0, to: $1.0, $1.1.alignment) }
                .joined(separator: gap).trimmingLastBlanks
        }
        let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: gap)
        laidOut.insert(rule, at: 1)
        if table.total != nil { laidOut.insert(rule, at: laidOut.count - 1) }
        return laidOut
    }

    static func padded(
        _ text: String, to width: Int, _ alignment: Table.Column.Alignment = .left
    ) -> String {
        let missing = max(0, width - DisplayWidth.of(text))
        let before =
            switch alignment {
            case .left: 0
            case .center: missing / 2
            case .right: missing
            }
        return String(repeating: " ", count: before) + text
            + String(repeating: " ", count: missing - before)
    }
}

extension String {
    var trimmingLastBlanks: String {
        var scalars = unicodeScalars[...]
        while scalars.last == " " { scalars.removeLast() }
        return String(scalars)
    }
}
