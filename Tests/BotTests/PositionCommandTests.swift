import Bot
import Ledger
import Services
import TestSupport
import Testing

/// Positions by portfolio, from the list to one holding and on from there.
struct PositionCommandTests {
    private func seeded(_ desk: Desk) async throws -> ConsoleBot {
        let (console, authority) = try await desk.member()
        _ = try await desk.world.services.portfolios.add(
            name: "swing", brokerCode: "IBKR", currency: .usd, isDefault: false,
            for: authority.caller)
        try await desk.world.post(
            fill("1", "BUY", "2", at: "100", time: "2026-01-01T10:00:00Z"),
            fill("2", "BUY", "3", at: "7", symbol: "ETHUSDT", time: "2026-01-01T11:00:00Z"),
            fill(
                "3", "BUY", "5", at: "9", symbol: "SOLUSDT", time: "2026-01-01T12:00:00Z",
                portfolio: "swing"),
            fill("4", "BUY", "1", at: "90", time: "2026-01-01T12:30:00Z", portfolio: "swing"),
            as: authority)
        return console
    }

    private func press(
        _ label: String, in shown: String, of console: ConsoleBot
    ) async throws -> String {
        let start = try #require(shown.firstRange(of: "] \(label)")?.lowerBound, "\(shown)")
        return try await console.says(
            String(shown[..<start].reversed().prefix { $0 != "[" }.reversed()))
    }

    private func squeezed(_ shown: String) -> String {
        shown.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test func `the default portfolio is shown, the others at a press`() async throws {
        try await Desk.run { desk in
            let console = try await seeded(desk)
            let main = try await console.says("/positions")
            #expect(main.hasPrefix("Positions in main\n"))
            #expect(main.contains("ETHUSDT") && !main.contains("SOLUSDT"))
            let swing = try await press("swing", in: main, of: console)
            #expect(swing.hasPrefix("Positions in swing\n"))
            #expect(swing.contains("SOLUSDT") && !swing.contains("ETHUSDT"))
            #expect(try await press("Refresh", in: swing, of: console) == swing)
            let all = try await press("All portfolios", in: swing, of: console)
            #expect(all.hasPrefix("Positions\n"))
            #expect(all.contains("SOLUSDT") && all.contains("ETHUSDT"))
            #expect(try await press("main", in: all, of: console) == main)
            #expect(try await console.says("/positions all") == all)
            #expect(try await console.says("/positions SWING") == swing)
        }
    }

    @Test func `a position leads to its trades, its campaign and why`() async throws {
        try await Desk.run { desk in
            let console = try await seeded(desk)
            let list = try await console.says("/positions swing")
            let holding = try await press("BTCUSDT", in: list, of: console)
            #expect(holding.hasPrefix("BTCUSDT in swing\n"))
            #expect(squeezed(holding).contains("Quantity: 1 Average: 90 Cost: 90"))
            #expect(squeezed(holding).contains("Open since: 2026-01-01 12:30 UTC"))
            #expect(try await console.says("/positions btcusdt swing") == holding)

            let trades = try await press("Trades", in: holding, of: console)
            #expect(trades.hasPrefix("Trades in BTCUSDT, swing\n"))
            #expect(trades.contains("90") && !trades.contains("100"))
            _ = try await console.says("/positions btcusdt swing")
            let why = try await press("Why", in: holding, of: console)
            #expect(why.hasPrefix("Why BTCUSDT stands at 1\n"))
            #expect(try await press("Position", in: why, of: console) == holding)
            let campaign = try await press("Campaign #4", in: holding, of: console)
            #expect(campaign.hasPrefix("BTCUSDT long, open\n"))
            _ = try await console.says("/positions btcusdt swing")
            #expect(try await press("‹ Positions in swing", in: holding, of: console) == list)

            // Held in both: which one?
            let both = try await console.says("/positions BTCUSDT")
            #expect(both.hasPrefix("Positions in BTCUSDT\n"))
            #expect(try await press("BTCUSDT · swing", in: both, of: console) == holding)
            let none = try await console.says("/positions ETHUSDT swing")
            #expect(none.contains("There is no position in ETHUSDT there."))
        }
    }

    @Test func `a position that is closed is still found by its symbol`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            try await desk.world.post(
                fill("1", "BUY", "2", at: "100", time: "2026-01-01T10:00:00Z"),
                fill("2", "SELL", "2", at: "110", time: "2026-01-01T11:00:00Z"), as: authority)
            #expect(try await console.says("/positions").contains("No open positions."))
            let closed = try await console.says("/positions BTCUSDT")
            #expect(squeezed(closed).contains("Quantity: 0 Realized so far: ▲ +20.00 USDT"))
            #expect(squeezed(closed).contains("Last opened: 2026-01-01 10:00 UTC"))
        }
    }

    @Test func `many positions are paged, each with its button`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            for index in 10..<55 {
                try await desk.world.post(
                    fill(
                        "\(index)", "BUY", "1", at: "\(index)", symbol: "SYM\(index)",
                        time: "2026-01-01T10:00:00Z"), as: authority)
            }
            var page = try await console.says("/positions")
            var seen: [String] = []
            for number in 1...3 {
                if number > 1 { page = try await press("\(number) ›", in: page, of: console) }
                let held = (10..<55).map { "SYM\($0)" }.filter { page.contains("\n\($0) ") }
                #expect(held.count == [20, 20, 5][number - 1])
                for symbol in held { #expect(page.contains("] \(symbol)")) }
                seen += held
            }
            #expect(seen.count == 45)
            let last = try await press("SYM54", in: page, of: console)
            #expect(last.hasPrefix("SYM54 in main\n"))
        }
    }

    @Test func `lists are narrowed by symbol, portfolio and days`() async throws {
        try await Desk.run { desk in
            let console = try await seeded(desk)
            func ids(_ line: String) async throws -> [String] {
                let shown = try await console.says(line)
                return ["10:00", "11:00", "12:00", "12:30"].filter(shown.contains)
            }
            #expect(try await ids("/trades") == ["10:00", "11:00", "12:00", "12:30"])
            #expect(try await ids("/trades swing") == ["12:00", "12:30"])
            #expect(try await ids("/trades btcusdt") == ["10:00", "12:30"])
            #expect(try await ids("/trades swing btcusdt today") == ["12:30"])
            #expect(try await ids("/trades yesterday") == [])
            #expect(
                try await console.says("/trades main yesterday").hasPrefix(
                    "Trades in main: 2025-12-31\n"))
            #expect(
                try await console.says("/pnl last month swing").hasPrefix(
                    "P&L in swing: Dec 2025\n"))
            #expect(
                try await console.says("/orders filled swing q4").hasPrefix(
                    "Orders in swing: Q4 2025, filled\n"))
            #expect(
                try await console.says("/campaigns open swing btcusdt jan").hasPrefix(
                    "Open campaigns in BTCUSDT, swing: Jan 2026\n"))
        }
    }
}
