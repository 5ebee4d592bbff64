import Ledger

/// Cells laid out in columns of a fixed-width font, without boxes.
enum AlignedLines {
    private static let gap = "  "

    /// The headings, the rows and, below a rule, the totals; no line ends in blanks.
    static func of(
        _ table: Table, in zone: TimeZoneRules
    ) throws(ScreenError) -> [String] {
        let shown = { (cell: Cell) in Piece(PlainText.of(cell, in: zone)) }
        var lines = [table.columns.map { Piece(HarmlessText($0.title).text) }]
        for row in table.rows { lines.append(try table.filled(row).map(shown)) }
        if let total = table.total { lines.append(try table.filled(total).map(shown)) }
        let widths = table.columns.indices.map { column in
            lines.reduce(0) { max($0, $1[column].width) }
        }
        var laidOut = lines.map { line in
            var text = ""
            for (column, piece) in line.enumerated() {
                if column > 0 { text += gap }
                piece.write(to: &text, width: widths[column], table.columns[column].alignment)
            }
            return text.trimmingLastBlanks
        }
        let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: gap)
        laidOut.insert(rule, at: 1)
        if table.total != nil { laidOut.insert(rule, at: laidOut.count - 1) }
        return laidOut
    }

    static func padded(
        _ text: String, to width: Int, _ alignment: Table.Column.Alignment = .left
    ) -> String {
        var padded = ""
        Piece(text).write(to: &padded, width: width, alignment)
        return padded
    }

    /// What stands in a cell, with the columns that it takes.
    private struct Piece {
        let text: String
        let width: Int

        init(_ text: String) {
            self.text = text
            width = DisplayWidth.of(text)
        }

        func write(
            to line: inout String, width wanted: Int, _ alignment: Table.Column.Alignment
        ) {
            let missing = max(0, wanted - width)
            let before =
                switch alignment {
                case .left: 0
                case .center: missing / 2
                case .right: missing
                }
            for _ in 0..<before { line += " " }
            line += text
            for _ in before..<missing { line += " " }
        }
    }
}

extension String {
    var trimmingLastBlanks: String {
        guard utf8.last == UInt8(ascii: " ") else { return self }
        var scalars = unicodeScalars[...]
        while scalars.last == " " { scalars.removeLast() }
        return String(scalars)
    }
}
