extension Paging {
    /// The screen of as many of the table's first rows as fit. `frame` puts them into it, and is
    /// asked several times.
    static func first(
        of table: Table, frame: (Page) throws(ScreenError) -> Screen
    ) throws(ScreenError) -> Screen {
        let pages = try pages(of: table, frame: frame)
        return try frame(
            pages.first
                ?? Page(number: 1, count: 1, rows: table.rows.indices, table: table))
    }
}
