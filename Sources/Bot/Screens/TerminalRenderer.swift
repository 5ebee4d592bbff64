import Ledger

/// A screen as plain text for a terminal or a pipe; its buttons are listed with their numbers.
///
/// The text has no limit and ends without a line break. The number of a button is its place in
/// `screen.buttons.joined()`, counted from 1.
public struct TerminalRenderer: ScreenRenderer {
    public init() {}

    public func render(_ screen: Screen) throws(ScreenError) -> String {
        let title = HarmlessText(screen.title).text
        var lines = [title, String(repeating: "=", count: DisplayWidth.of(title))]
        for block in screen.shownBlocks {
            lines.append("")
            switch block {
            case .facts(let facts): lines += Self.facts(facts, in: screen.zone)
            case .table(let table):
                if let caption = table.caption { lines.append(HarmlessText(caption).text) }
                lines +=
                    table.rows.isEmpty
                    ? [HarmlessText(table.whenEmpty).text]
                    : try AlignedLines.of(table, in: screen.zone)
            case .note(let note): lines.append(PlainText.of(note, in: screen.zone))
            case .details(let details):
                lines.append(HarmlessText(details.summary).text + ":")
                lines += details.lines.map { "  " + PlainText.of($0, in: screen.zone) }
            }
        }
        if let attached = screen.attachment?.lines, !attached.isEmpty { lines += [""] + attached }
        if !screen.buttons.joined().isEmpty { lines.append("") }
        var number = 0
        for row in screen.buttons where !row.isEmpty {
            let labels = row.map { button in
                number += 1
                return "[\(number)] \(button.label)"
            }
            lines.append(labels.joined(separator: "  "))
        }
        return lines.joined(separator: "\n")
    }

    private static func facts(_ facts: [Fact], in zone: TimeZoneRules) -> [String] {
        let labels = facts.map { HarmlessText($0.label).text + ":" }
        let width = labels.reduce(0) { max($0, DisplayWidth.of($1)) }
        return zip(labels, facts).map { label, fact in
            (AlignedLines.padded(label, to: width) + " " + PlainText.of(fact.value, in: zone))
                .trimmingLastBlanks
        }
    }
}
