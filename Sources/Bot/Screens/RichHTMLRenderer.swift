import Ledger

/// A screen as the `html` of Telegram's `sendRichMessage`: real tables, numbers on the right, bold
/// totals, times in every reader's own zone.
public struct RichHTMLRenderer: ScreenRenderer {
    /// Characters of shown text; counted in UTF-16 units, which are never fewer.
    public static let mostCharacters = 32_768
    public static let mostBlocks = 500
    public static let mostColumns = 20

    public init() {}

    public func render(_ screen: Screen) throws(ScreenError) -> String {
        try screen.checkButtons()
        var page = RichPage(in: screen.zone)
        page.title(screen.title)
        for block in screen.shownBlocks {
            switch block {
            case .facts(let facts): page.facts(facts)
            case .table(let table): try page.table(table)
            case .note(let note): page.paragraph(note)
            case .details(let details): page.details(details)
            }
        }
        let units = page.text.shownUnits
        guard units <= Self.mostCharacters else {
            throw .tooLong(units: units, limit: Self.mostCharacters)
        }
        guard page.blocks <= Self.mostBlocks else { throw .tooManyBlocks(page.blocks) }
        return page.text.html
    }
}

/// The message being written, with its blocks counted: every table and every row of one.
private struct RichPage {
    var text: HTMLText
    var blocks = 0

    init(in zone: TimeZoneRules) { text = HTMLText(in: zone) }

    mutating func title(_ title: String) {
        blocks += 1
        text.tag("<h3>")
        text.harmless(title)
        text.tag("</h3>")
    }

    mutating func paragraph(_ cell: Cell) {
        blocks += 1
        text.tag("<p>")
        text.cell(cell, timesAsTags: true)
        text.tag("</p>")
    }

    mutating func facts(_ facts: [Fact]) {
        blocks += 1 + facts.count
        text.tag("<table>")
        for fact in facts {
            text.tag("<tr><td align=\"left\">")
            text.harmless(fact.label)
            text.tag("</td><td align=\"left\">")
            text.boldCell(fact.value, timesAsTags: true)
            text.tag("</td></tr>")
        }
        text.tag("</table>")
    }

    mutating func table(_ table: Table) throws(ScreenError) {
        guard table.columns.count <= RichHTMLRenderer.mostColumns else {
            throw .tooManyColumns(table.columns.count)
        }
        guard !table.rows.isEmpty else { return emptyTable(table) }
        blocks += 2 + table.rows.count
        text.tag("<table bordered striped>")
        if let caption = table.caption {
            text.tag("<caption>")
            text.harmless(caption)
            text.tag("</caption>")
        }
        text.tag("<tr>")
        for column in table.columns {
            text.tag(Self.opening(of: "th", column.alignment))
            text.harmless(column.title)
            text.tag("</th>")
        }
        text.tag("</tr>")
        for row in table.rows { try self.row(row, of: table, isTotal: false) }
        if let total = table.total {
            blocks += 1
            try row(total, of: table, isTotal: true)
        }
        text.tag("</table>")
    }

    private mutating func emptyTable(_ table: Table) {
        if let caption = table.caption {
            blocks += 1
            text.tag("<p><b>")
            text.harmless(caption)
            text.tag("</b></p>")
        }
        paragraph(.text(table.whenEmpty))
    }

    private mutating func row(
        _ row: [Cell], of table: Table, isTotal: Bool
    ) throws(ScreenError) {
        text.tag("<tr>")
        for (column, cell) in zip(table.columns, try table.filled(row)) {
            text.tag(Self.opening(of: "td", column.alignment))
            if isTotal {
                text.boldCell(cell, timesAsTags: true)
            } else {
                text.cell(cell, timesAsTags: true)
            }
            text.tag("</td>")
        }
        text.tag("</tr>")
    }

    mutating func details(_ details: Details) {
        blocks += 2
        text.tag("<details><summary>")
        text.harmless(details.summary)
        text.tag("</summary>")
        for line in details.lines { paragraph(line) }
        text.tag("</details>")
    }

    private static func opening(
        of element: StaticString, _ alignment: Table.Column.Alignment
    ) -> StaticString {
        let isHeading = element.description == "th"
        return switch alignment {
        case .left: isHeading ? "<th align=\"left\">" : "<td align=\"left\">"
        case .center: isHeading ? "<th align=\"center\">" : "<td align=\"center\">"
        case .right: isHeading ? "<th align=\"right\">" : "<td align=\"right\">"
        }
    }
}
