/// A screen as the text of Telegram's `sendMessage` with `parse_mode` HTML, for servers that do not
/// know rich messages: tables are aligned text in a fixed-width font.
public struct ClassicHTMLRenderer: ScreenRenderer {
    /// UTF-16 units after the tags are parsed.
    public static let mostUnits = 4096

    private let timesAsTags: Bool

    /// `timesAsTags` shows times outside of tables in every reader's own zone; a server older than
    /// that tag refuses the whole message. What is shown is of the same length either way.
    public init(timesAsTags: Bool = false) { self.timesAsTags = timesAsTags }

    public func render(_ screen: Screen) throws(ScreenError) -> String {
        try screen.checkButtons()
        var text = HTMLText(in: screen.zone)
        Self.bold(screen.title, in: &text)
        for block in screen.shownBlocks {
            text.newLine()
            switch block {
            case .facts(let facts): self.facts(facts, in: &text)
            case .table(let table): try Self.table(table, of: screen, in: &text)
            case .note(let note):
                text.newLine()
                text.cell(note, timesAsTags: timesAsTags)
            case .details(let details): self.details(details, in: &text)
            }
        }
        guard text.shownUnits <= Self.mostUnits else {
            throw .tooLong(units: text.shownUnits, limit: Self.mostUnits)
        }
        return text.html
    }

    private func facts(_ facts: [Fact], in text: inout HTMLText) {
        for fact in facts {
            text.newLine()
            text.harmless(fact.label)
            text.text(": ")
            text.boldCell(fact.value, timesAsTags: timesAsTags)
        }
    }

    private static func table(
        _ table: Table, of screen: Screen, in text: inout HTMLText
    ) throws(ScreenError) {
        if let caption = table.caption {
            text.newLine()
            bold(caption, in: &text)
        }
        text.newLine()
        guard !table.rows.isEmpty else { return text.harmless(table.whenEmpty) }
        text.tag("<pre>")
        for (index, line) in try AlignedLines.of(table, in: screen.zone).enumerated() {
            if index > 0 { text.newLine() }
            text.text(line)
        }
        text.tag("</pre>")
    }

    private func details(_ details: Details, in text: inout HTMLText) {
        text.newLine()
        Self.bold(details.summary, in: &text)
        text.newLine()
        text.tag("<blockquote expandable>")
        for (index, line) in details.lines.enumerated() {
            if index > 0 { text.newLine() }
            text.cell(line, timesAsTags: timesAsTags)
        }
        text.tag("</blockquote>")
    }

    private static func bold(_ words: String, in text: inout HTMLText) {
        text.tag("<b>")
        text.harmless(words)
        text.tag("</b>")
    }
}
