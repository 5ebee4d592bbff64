public import Ledger

/// A stretch of a long table that fits on one screen.
public struct Page: Sendable, Hashable {
    /// Counted from 1.
    public let number: Int
    public let count: Int
    /// Which of the whole table's rows these are, counted from 0.
    public let rows: Range<Int>
    /// The columns with these rows; the totals stand on the last page only.
    public let table: Table

    public var isFirst: Bool { number == 1 }
    public var isLast: Bool { number == count }

    /// `‹ 1`, `2/5`, `3 ›`: to the neighbours, and again to this page; empty for a single page.
    /// `action` makes a page's number into a button's action.
    public func navigation(action: (Int) -> String) throws(ScreenError) -> [Button] {
        guard count > 1 else { return [] }
        var buttons: [Button] = []
        if !isFirst { buttons.append(try Button("‹ \(number - 1)", action: action(number - 1))) }
        buttons.append(try Button("\(number)/\(count)", action: action(number)))
        if !isLast { buttons.append(try Button("\(number + 1) ›", action: action(number + 1))) }
        return buttons
    }
}

/// Splits long tables so that every page fits in every rendering, the narrowest included.
public enum Paging {
    private static let firstGuess = 32

    /// The screens of all pages. `frame` puts a page into its screen; it is asked several times
    /// for one page, and must not write more on it the smaller the page's numbers are.
    ///
    /// An empty table is one page. Throws `rowTooLong` where a single row does not fit.
    public static func screens(
        of table: Table, in zone: TimeZoneRules = .utc,
        frame: (Page) throws(ScreenError) -> Screen
    ) throws(ScreenError) -> [Screen] {
        var screens: [Screen] = []
        for page in try pages(of: table, in: zone, frame: frame) {
            screens.append(try frame(page))
        }
        return screens
    }

    /// The screen of page `number`, or of the nearest page where there is no such page (any more).
    public static func screen(
        _ number: Int, of table: Table, in zone: TimeZoneRules = .utc, rowsAtMost: Int = .max,
        frame: (Page) throws(ScreenError) -> Screen
    ) throws(ScreenError) -> Screen {
        let pages = try pages(of: table, in: zone, rowsAtMost: rowsAtMost, frame: frame)
        return try frame(pages[min(max(1, number), pages.count) - 1])
    }

    /// How the table falls into pages for a reader in `zone`; at least one. No page has more rows
    /// than `rowsAtMost`.
    public static func pages(
        of table: Table, in zone: TimeZoneRules = .utc, rowsAtMost: Int = .max,
        frame: (Page) throws(ScreenError) -> Screen
    ) throws(ScreenError) -> [Page] {
        var ranges: [Range<Int>] = []
        var start = 0
        repeat {
            let fit = Fit(
                table: table, zone: zone, start: start, number: ranges.count + 1,
                rowsAtMost: rowsAtMost)
            let end = try fit.end(guess: ranges.last?.count ?? firstGuess, frame: frame)
            ranges.append(start..<end)
            start = end
        } while start < table.rows.count
        return ranges.enumerated().map { index, rows in
            Page(
                number: index + 1, count: ranges.count, rows: rows,
                table: table.slice(rows))
        }
    }
}

/// The search for the longest page that begins at a row.
private struct Fit {
    let table: Table
    let zone: TimeZoneRules
    let start: Int
    let number: Int
    let rowsAtMost: Int

    func end(
        guess: Int, frame: (Page) throws(ScreenError) -> Screen
    ) throws(ScreenError) -> Int {
        let left = table.rows.count - start
        guard left > 0 else { return start }
        let last = start + min(left, rowsAtMost)
        // `fitting` fits and `failing` does not, as far as is known. Pages of one table are of
        // much the same length: the steps away from the guess begin small.
        var fitting = start
        var failing = last + 1
        var step = 1
        var probe = min(last, start + guess)
        while failing - fitting > 1 {
            let fits = try self.fits(start..<probe, frame: frame)
            if fits { fitting = probe } else { failing = probe }
            if fitting > start && failing <= last {
                probe = (fitting + failing) / 2
            } else {
                probe = fits ? min(last, fitting + step) : max(start + 1, failing - step)
                step *= 2
            }
        }
        guard fitting > start else { throw .rowTooLong(row: start) }
        return fitting
    }

    private func fits(
        _ rows: Range<Int>, frame: (Page) throws(ScreenError) -> Screen
    ) throws(ScreenError) -> Bool {
        // How many pages there will be is not known yet: as many as rows is the longest number.
        let count = max(table.rows.count, number)
        let page = Page(number: number, count: count, rows: rows, table: table.slice(rows))
        let screen = try frame(page).in(zone)
        do throws(ScreenError) {
            _ = try ClassicHTMLRenderer().render(screen)
            try RichHTMLRenderer.check(classic: screen)
            return true
        } catch {
            guard error.meansTooMuch else { throw error }
            return false
        }
    }
}

extension Table {
    fileprivate func slice(_ rows: Range<Int>) -> Table {
        var slice = self
        slice.rows = Array(self.rows[rows])
        if rows.upperBound < self.rows.count { slice.total = nil }
        return slice
    }
}
