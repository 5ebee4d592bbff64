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
        try Self.checkColumns(screen)
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
        try Self.checkBlocks(screen)
        return page.text.html
    }

    /// Whether a screen that fits a classic message fits a rich one, for much less than rendering
    /// it. A rich message shows no more than the classic one does, but for times that it may write
    /// a little longer, and has eight times the room for it.
    static func check(classic screen: Screen) throws(ScreenError) {
        try checkColumns(screen)
        try checkBlocks(screen)
    }

    private static func checkColumns(_ screen: Screen) throws(ScreenError) {
        for case .table(let table) in screen.blocks where table.columns.count > mostColumns {
            throw .tooManyColumns(table.columns.count)
        }
    }

    private static func checkBlocks(_ screen: Screen) throws(ScreenError) {
        let title = 1
        let count = screen.shownBlocks.reduce(title) { $0 + $1.richBlocks }
        guard count <= mostBlocks else { throw .tooManyBlocks(count) }
    }
}

extension Block {
    /// As Telegram counts them: a table is one, and every row of it.
    fileprivate var richBlocks: Int {
        switch self {
        case .facts(let facts): 1 + facts.count
        case .table(let table) where table.rows.isEmpty: table.caption == nil ? 1 : 2
        case .table(let table): 2 + table.rows.count + (table.total == nil ? 0 : 1)
        case .note: 1
        case .details(let details): 2 + details.lines.count
        }
    }
}

/// The message being written.
private struct RichPage {
    var text: HTMLText

    init(in zone: TimeZoneRules) { text = HTMLText(in: zone) }

    mutating func title(_ title: String) {
        text.tag("<h3>")
        text.harmless(title)
        text.tag("</h3>")
    }

    mutating func paragraph(_ cell: Cell) {
        text.tag("<p>")
        text.cell(cell, timesAsTags: true)
        text.tag("</p>")
    }

    mutating func facts(_ facts: [Fact]) {
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
        guard !table.rows.isEmpty else { return emptyTable(table) }
        text.tag("<table bordered striped>")
        if let caption = table.caption {
            text.tag("<caption>")
            text.harmless(caption)
            text.tag("</caption>")
        }
        text.tag("<tr>")
        for column in table.columns {
            text.tag(Self.heading(column.alignment))
            text.harmless(column.title)
            text.tag("</th>")
        }
        text.tag("</tr>")
        for row in table.rows { try self.row(row, of: table, isTotal: false) }
        if let total = table.total { try row(total, of: table, isTotal: true) }
        text.tag("</table>")
    }

    private mutating func emptyTable(_ table: Table) {
        if let caption = table.caption {
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
            text.tag(Self.cell(column.alignment))
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
        text.tag("<details><summary>")
        text.harmless(details.summary)
        text.tag("</summary>")
        for line in details.lines { paragraph(line) }
        text.tag("</details>")
    }

    private static func heading(_ alignment: Table.Column.Alignment) -> Markup {
        switch alignment {
        case .left: "<th align=\"left\">"
        case .center: "<th align=\"center\">"
        case .right: "<th align=\"right\">"
        }
    }

    private static func cell(_ alignment: Table.Column.Alignment) -> Markup {
        switch alignment {
        case .left: "<td align=\"left\">"
        case .center: "<td align=\"center\">"
        case .right: "<td align=\"right\">"
        }
    }
}
