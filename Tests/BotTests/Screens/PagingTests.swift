import Bot
import Ledger
import Testing
import World

@Suite struct PagingTests {
    private func frame(_ page: Page) throws(ScreenError) -> Screen {
        Screen(
            title: "Trades, page \(page.number) of \(page.count)", blocks: [.table(page.table)],
            buttons: [try page.navigation { "trades:\($0)" }])
    }

    private func table(rows: Int, width: Int = 12, seed: UInt64 = 1) -> Table {
        var generator = SeededGenerator(seed: seed)
        let cells = (0..<rows).map { index -> [Cell] in
            let length = Int.random(in: 1...width, using: &generator)
            return ["row \(index)", .text(String(repeating: "<", count: length)), .decimal(1)]
        }
        return Table(
            caption: "All", columns: [.init("Row"), .init("Text"), .init("One", .right)],
            rows: cells, total: ["Total", .empty, .decimal(Decimal(rows))])
    }

    @Test func `every row stands on exactly one page, and every page fits everywhere`() throws {
        for seed in 0..<12 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let rows = Int.random(in: 0...700, using: &generator)
            let width = Int.random(in: 1...150, using: &generator)
            let table = table(rows: rows, width: width, seed: seed)
            let pages = try Paging.pages(of: table, frame: frame)
            #expect(pages.flatMap(\.table.rows) == table.rows, "seed \(seed)")
            #expect(pages.flatMap { Array($0.rows) } == Array(0..<rows), "seed \(seed)")
            for (index, page) in pages.enumerated() {
                #expect(page.number == index + 1 && page.count == pages.count, "seed \(seed)")
                #expect((page.table.total != nil) == page.isLast, "seed \(seed)")
                let screen = try frame(page)
                #expect(ClassicHTMLRenderer().fits(screen), "seed \(seed)")
                #expect(RichHTMLRenderer().fits(screen), "seed \(seed)")
                #expect(TerminalRenderer().fits(screen), "seed \(seed)")
            }
        }
    }

    @Test func `a page takes as many rows as fit`() throws {
        let table = table(rows: 500)
        let pages = try Paging.pages(of: table, frame: frame)
        #expect(pages.count > 2)
        for page in pages.dropLast() {
            var longer = page.table
            longer.rows.append(table.rows[page.rows.upperBound])
            // With the longest possible page count, as it is while the pages are being found.
            let screen = Screen(
                title: "Trades, page \(page.number) of 500", blocks: [.table(longer)])
            #expect(!ClassicHTMLRenderer().fits(screen))
        }
    }

    @Test func `rows that are short but more than a rich message may have are several pages`()
        throws
    {
        let rows = Array(repeating: [Cell.text("x")], count: 700)
        let table = Table(columns: [.init("c")], rows: rows)
        let pages = try Paging.pages(of: table, frame: frame)
        #expect(pages.map(\.rows.count) == [497, 203])
        for page in pages { #expect(RichHTMLRenderer().fits(try frame(page))) }
    }

    @Test func `short tables and empty ones are one page`() throws {
        for rows in [0, 1, 20] {
            let pages = try Paging.pages(of: table(rows: rows), frame: frame)
            #expect(pages.count == 1)
            #expect(pages[0].isFirst && pages[0].isLast)
            #expect(try pages[0].navigation { "\($0)" }.isEmpty)
        }
    }

    @Test func `a row that fits nowhere is an error that names it`() throws {
        var table = table(rows: 50)
        table.rows[40][1] = .text(String(repeating: "x", count: 5000))
        #expect(throws: ScreenError.rowTooLong(row: 40)) {
            try Paging.pages(of: table, frame: frame)
        }
    }

    @Test func `a mistake of the command's is reported as such`() throws {
        var table = table(rows: 50)
        table.rows[3].append("one too many")
        #expect(throws: ScreenError.raggedRow) { try Paging.screens(of: table, frame: frame) }
    }

    @Test func `a page that is gone shows the nearest one`() throws {
        let table = table(rows: 500)
        let screens = try Paging.screens(of: table, frame: frame)
        #expect(try Paging.screen(1, of: table, frame: frame) == screens.first)
        #expect(try Paging.screen(2, of: table, frame: frame) == screens[1])
        #expect(try Paging.screen(-3, of: table, frame: frame) == screens.first)
        #expect(try Paging.screen(.max, of: table, frame: frame) == screens.last)
    }

    @Test func `the buttons lead to the neighbours`() throws {
        let pages = try Paging.pages(of: table(rows: 500), frame: frame)
        let first = try pages[0].navigation { "p:\($0)" }
        #expect(first.map(\.label) == ["1/\(pages.count)", "2 ›"])
        let second = try pages[1].navigation { "p:\($0)" }
        #expect(second.map(\.label) == ["‹ 1", "2/\(pages.count)", "3 ›"])
        #expect(second.map(\.action) == ["p:1", "p:2", "p:3"])
        let last = try #require(try pages.last?.navigation { "p:\($0)" })
        #expect(last.count == 2)
    }
}
