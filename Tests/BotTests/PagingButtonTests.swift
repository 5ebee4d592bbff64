import Bot
import Ledger
import Services
import TestSupport
import Testing

/// Long lists, page by page.
@Suite struct PagingButtonTests {
    private func number(of label: String, in shown: String) -> String? {
        guard let start = shown.firstRange(of: "] \(label)")?.lowerBound else { return nil }
        return String(shown[..<start].reversed().prefix { $0 != "[" }.reversed())
    }

    /// Every page from the answer to `line` to the last one; `label` is that of the button on page
    /// 1, 2, … that leads to the next.
    private func pages(
        _ console: ConsoleBot, from line: String, by label: (Int) -> String
    ) async throws -> [String] {
        var pages = [try await console.says(line)]
        while let next = number(of: label(pages.count), in: pages[pages.count - 1]) {
            pages.append(try await console.says(next))
            try #require(pages.count < 500)
        }
        return pages
    }

    @Test(arguments: [1, 7, 50, 130])
    func `every trade is on one page, also many of one instant`(instants: Int) async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member(4_503_599_627_370_495)
            let prices = (0..<130).map { "7\($0 + 1000)" }
            for (number, price) in prices.enumerated() {
                let second = number % instants
                let time = "2026-01-01T10:0\(second / 50):\(second % 50 + 10).5Z"
                try await desk.world.post(
                    fill("t\(number)", "BUY", "1", at: price, time: time), as: authority)
            }
            for line in ["/trades", "/trades BTCUSDT"] {
                let pages = try await pages(console, from: line) { _ in "Older ›" }
                let shown = pages.flatMap { page in
                    page.matches(of: /71\d\d\d?/).map { String($0.output) }
                }
                #expect(shown.sorted() == prices.sorted())
                #expect(pages.count == 7)
            }
            let newest = try await console.says("/trades")
            let older = try await console.says(try #require(number(of: "Older ›", in: newest)))
            let back = try await console.says(try #require(number(of: "⇤ Newest", in: older)))
            #expect(back == newest)
        }
    }

    @Test func `every position is on one page, whatever the names are`() async throws {
        try await Desk.run { desk in
            // The largest number and the longest names that a button may have to stand for.
            let (console, authority) = try await desk.member(.max)
            let book = String(repeating: "ß", count: 32)
            _ = try await desk.world.services.portfolios.add(
                name: book, brokerCode: "IBKR", currency: .usd, isDefault: false,
                for: authority.caller)
            let symbols = (0..<60).map { "S\($0 + 100)" }
            for symbol in symbols {
                try await desk.world.post(
                    fill(
                        symbol, "BUY", "1", at: "1",
                        symbol: symbol + String(repeating: "\u{1F4A9}", count: 15),
                        portfolio: book), as: authority)
            }
            let pages = try await pages(console, from: "/positions \(book)") { "\($0 + 1) ›" }
            #expect(pages.count > 1)
            let rows = pages.joined(separator: "\n").split(separator: "\n").filter {
                $0.hasPrefix("S1")
            }
            let shown = rows.map { String($0.prefix(4)) }
            #expect(shown == symbols)
            #expect(pages.last?.contains("\(pages.count)/\(pages.count)") == true)

            let pnl = try await console.says("/pnl 2026-01-01..2026-12-31 \(book)")
            let byDay = try await console.says(try #require(number(of: "By day", in: pnl)))
            #expect(byDay.contains(": 2026\n"))
            #expect(byDay.contains(book))
            let trades = try await console.says("/trades \(symbols[0])\u{1F4A9}")
            #expect(trades.contains("You have no traded symbol"))
        }
    }
}
