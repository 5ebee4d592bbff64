import Bot
import Ledger
import Testing

@Suite struct RendererTests {
    private let renderers: [any ScreenRenderer] = [
        RichHTMLRenderer(), ClassicHTMLRenderer(), TerminalRenderer(),
    ]

    private func line(_ cell: Cell) throws -> String {
        let text = try TerminalRenderer().render(Screen(title: "t", blocks: [.note(cell)]))
        return text.split(separator: "\n").last.map(String.init) ?? ""
    }

    @Test(arguments: [
        ("1234.5", "USD", "+1234.50 USD"), ("-0.005", "USD", "0.00 USD"),
        ("0.015", "USD", "+0.02 USD"), ("0.025", "USD", "+0.02 USD"), ("-7", "JPY", "-7 JPY"),
        ("0.5", "JPY", "0 JPY"), ("0.123456785", "BTC", "+0.12345678 BTC"),
        ("1", "BTC", "+1.00 BTC"), ("0.65", "USDT", "+0.65 USDT"), ("0", "EUR", "0.00 EUR"),
        ("-100000000000000000000.999", "USD", "-100000000000000000001.00 USD"),
    ])
    func `money has a sign, at most its currency's decimals and its code`(
        amount: String, code: String, expected: String
    ) throws {
        let amount = try SampleScreens.decimal(amount)
        let currency = try SampleScreens.currency(code)
        #expect(try line(.money(amount, currency)) == expected)
        #expect(try line("\(amount, currency)") == expected)
    }

    @Test func `gains and losses are told apart without colour`() throws {
        let usd = try SampleScreens.currency("USD")
        #expect(try line(.gain(5, usd)) == "▲ +5.00 USD")
        #expect(try line(.gain(-5, usd)) == "▼ -5.00 USD")
        #expect(try line(.gain(0, usd)) == "0.00 USD")
        #expect(try line("\(gain: try SampleScreens.decimal("-0.001"), usd)") == "0.00 USD")
    }

    @Test func `an interpolated cell keeps the types of its parts`() throws {
        let time = try SampleScreens.time("2026-02-19T14:32:59.999999Z")
        let cell: Cell = "\(3) × \(try SampleScreens.decimal("0.10")) at \(time) by \(code: "<x>")"
        #expect(try line(cell) == "3 × 0.1 at 2026-02-19 14:32 UTC by <x>")
        let screen = Screen(title: "t", blocks: [.note(cell)])
        #expect(
            try RichHTMLRenderer().render(screen)
                == "<h3>t</h3><p>3 × 0.1 at <tg-time unix=\"1771511579\" format=\"dt\">"
                + "2026-02-19 14:32 UTC</tg-time> by <code>&lt;x&gt;</code></p>")
    }

    @Test func `a time before 1970 is rounded down, not towards zero`() throws {
        let time = Timestamp(microseconds: -1)
        let html = try RichHTMLRenderer().render(Screen(title: "t", blocks: [.note(.time(time))]))
        #expect(html.contains("unix=\"-1\""))
    }

    @Test func `only a renderer that is told so puts times into tags in classic messages`() throws {
        let screen = Screen(title: "t", blocks: [.note(.time(Timestamp(microseconds: 0)))])
        #expect(try !ClassicHTMLRenderer().render(screen).contains("tg-time"))
        #expect(try ClassicHTMLRenderer(timesAsTags: true).render(screen).contains("<tg-time unix"))
    }

    @Test func `a classic message may have 4096 UTF-16 units once its tags are parsed`() throws {
        let renderer = ClassicHTMLRenderer()
        // "<b>t</b>", two line breaks, then the note; "<" is one unit, "👍" two.
        let note = String(repeating: "<", count: 4089) + "👍👍"
        let fitting = Screen(title: "t", blocks: [.note(.text(note))])
        #expect(renderer.fits(fitting))
        #expect(try MarkupReader(try renderer.render(fitting)).text.utf16.count == 4096)
        let tooLong = Screen(title: "t", blocks: [.note(.text(note + "x"))])
        #expect(!renderer.fits(tooLong))
        #expect(throws: ScreenError.tooLong(units: 4097, limit: 4096)) {
            try renderer.render(tooLong)
        }
    }

    @Test func `a rich message may have 32768 characters, 500 blocks and 20 columns`() throws {
        let renderer = RichHTMLRenderer()
        let text = String(repeating: "&", count: 32_767)
        #expect(renderer.fits(Screen(title: "t", blocks: [.note(.text(text))])))
        #expect(throws: ScreenError.tooLong(units: 32_769, limit: 32_768)) {
            try renderer.render(Screen(title: "t", blocks: [.note(.text(text + "&"))]))
        }
        let notes = Array(repeating: Block.note("x"), count: 499)
        #expect(renderer.fits(Screen(title: "t", blocks: notes)))
        #expect(throws: ScreenError.tooManyBlocks(501)) {
            try renderer.render(Screen(title: "t", blocks: notes + [.note("x")]))
        }
        // The title, the table, its headings, 496 rows and the totals.
        let rows = Array(repeating: [Cell.text("x")], count: 496)
        let table = Table(columns: [.init("c")], rows: rows, total: ["y"])
        #expect(renderer.fits(Screen(title: "t", blocks: [.table(table)])))
        #expect(throws: ScreenError.tooManyBlocks(501)) {
            var longer = table
            longer.rows.append(["x"])
            _ = try renderer.render(Screen(title: "t", blocks: [.table(longer)]))
        }
        let columns = Array(repeating: Table.Column("c"), count: 21)
        #expect(
            renderer.fits(Screen(title: "t", blocks: [.table(Table(columns: columns.dropLast()))])))
        #expect(throws: ScreenError.tooManyColumns(21)) {
            try renderer.render(Screen(title: "t", blocks: [.table(Table(columns: columns))]))
        }
    }

    @Test func `a row with more cells than columns is refused everywhere, never cut`() {
        let table = Table(columns: [.init("c")], rows: [["x", "y"]])
        for renderer in renderers {
            #expect(throws: ScreenError.raggedRow) {
                try renderer.render(Screen(title: "t", blocks: [.table(table)]))
            }
        }
    }

    @Test func `Telegram's limits on buttons are kept`() throws {
        let button = try Button("x", action: "x")
        let nine = Screen(title: "t", buttons: [Array(repeating: button, count: 9)])
        let row = Array(repeating: button, count: 8)
        let many = Screen(title: "t", buttons: Array(repeating: row, count: 13))
        let most = Screen(title: "t", buttons: Array(repeating: row, count: 12))
        for renderer in renderers.prefix(2) {
            #expect(throws: ScreenError.tooManyButtons) { try renderer.render(nine) }
            #expect(throws: ScreenError.tooManyButtons) { try renderer.render(many) }
            #expect(renderer.fits(most))
        }
    }
}
