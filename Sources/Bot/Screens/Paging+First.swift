import Ledger

extension Paging {
    /// The screen of as many of the table's first rows as fit. `frame` puts them into it, and is
    /// asked several times.
    static func first(
        of table: Table, in zone: TimeZoneRules, frame: (Page) throws(ScreenError) -> Screen
    ) throws(ScreenError) -> Screen {
        let pages = try pages(of: table, in: zone, frame: frame)
        return try frame(
            pages.first
                ?? Page(number: 1, count: 1, rows: table.rows.indices, table: table))
    }
}
