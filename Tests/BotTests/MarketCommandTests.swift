import Bot
import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// Marks and exchange rates in chat.
@Suite struct MarketCommandTests {
    @Test func `rates are stored, listed and looked at`() async throws {
        try await Desk.run { desk in
            let (console, _) = try await desk.member()
            #expect(try await console.says("/fx").contains("No rates yet."))
            #expect(try await console.says("/fx USD EUR").contains("No rate between them yet."))

            let stored = try await console.says("/fx usd EUR 0.920")
            #expect(stored.contains("1 USD = 0.92 EUR"))
            #expect(stored.contains("2026-01-01"))
            let older = try await console.says("/fx USD EUR 0.9 2025-12-30")
            #expect(older.contains("2025-12-30"))
            _ = try await console.says("/fx EUR USD 1.09 2025-12-31")
            _ = try await console.says("/fx BNB USDT 612.5")

            let all = try await console.says("/fx")
            #expect(all.contains("612.5") && all.contains("0.92") && all.contains("1.09"))
            #expect(!all.contains("2025-12-30"))
            let pair = try await console.says("/fx EUR usd")
            #expect(pair.hasPrefix("Rates of EUR and USD\n"))
            let lines = pair.split(separator: "\n").filter { $0.contains(" = ") }
            #expect(
                lines.map { $0.split(separator: " ").joined(separator: " ") } == [
                    "2026-01-01 1 USD = 0.92 EUR", "2025-12-31 1 EUR = 1.09 USD",
                    "2025-12-30 1 USD = 0.9 EUR",
                ])
        }
    }

    @Test(arguments: [
        ("/fx USD", "two currencies"), ("/fx USD EUR 1 2026-01-01 x", "two currencies"),
        ("/fx USD EUR 0,92", "“0,92” is no rate"), ("/fx USD EUR 0", "must be greater than 0"),
        ("/fx USD EUR -1", "must be greater than 0"), ("/fx USD EUR 1e21", "is no rate"),
        ("/fx USD usd 1", "must be another currency"), ("/fx U$D EUR 1", "“U$D” is no currency"),
        ("/fx U$D EUR", "“U$D” is no currency"),
        ("/fx USD EUR 1 1.2.2026", "“1.2.2026” is no day"),
        ("/fx USD EUR 1 2026-02-30", "is no day"),
    ])
    func `what is no rate is told so, with the usage`(line: String, reason: String) async throws {
        try await Desk.run { desk in
            let (console, _) = try await desk.member()
            let shown = try await console.says(line)
            #expect(shown.contains(reason), "\(shown)")
            #expect(shown.contains("/fx USD EUR 0.92 2026-02-01"))
            #expect(try await desk.world.services.fx.latest() == [])
        }
    }

    @Test func `a stranger's rate is not taken`() async throws {
        try await Desk.run { desk in
            let stranger = desk.console(5000)
            _ = try await stranger.reply(to: "/fx USD EUR 2")
            #expect(try await desk.world.services.fx.latest() == [])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a rate that Telegram delivers twice is stored once`(backend: TestBackend) async throws {
        try await BotWorld.run(on: backend) { bot in
            let (ada, _) = try await bot.member(1001)
            let said = try await bot.running {
                let said = ada.says("/fx USD EUR 2 2026-01-01")
                _ = try await ada.hears("Rate stored")
                ada.says("/fx USD EUR 3 2026-01-01")
                _ = try await ada.hears("1 USD = 3 EUR")
                try await settled(bot)
                return said
            }
            let told = ada.messages.count
            try await deliverAgain(said.updateID, bot)
            try await bot.running { try await settled(bot) }
            #expect(ada.messages.count == told)
            #expect(try await bot.services.fx.latest().map(\.rate) == [3])
        }
    }

    @Test func `a stale mark is shown as one, with its age`() async throws {
        try await Desk.run(limits: Limits(quotesStaleAfterSeconds: 90)) { desk in
            let (console, authority) = try await desk.member()
            try await desk.world.post(
                fill("a", "BUY", "1", at: "10"), fill("b", "BUY", "1", at: "10", symbol: "B"),
                as: authority)
            try await desk.world.quote("BTCUSDT", 12, as: authority)
            #expect(!(try await console.says("/positions").contains("⏱")))
            await desk.world.world.advance(seconds: 91)
            try await desk.world.quote("B", 13, as: authority)
            let shown = try await console.says("/positions")
            let lines = shown.split(separator: "\n")
            #expect(lines.contains { $0.contains("BTCUSDT") && $0.contains("12 ⏱") })
            #expect(lines.contains { $0.hasPrefix("B ") && !$0.contains("⏱") })
            #expect(shown.contains("⏱ The mark is older than 90 s: the oldest is of 2026-01-01"))
            await desk.world.world.advance(seconds: 200)
            let later = try await console.says("/positions")
            #expect(later.contains("12 ⏱") && later.contains("13 ⏱"))
        }
    }

    @Test func `P&L is told in one's own currency where every rate is known`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            try await desk.world.post(
                fill("t1", "BUY", "1", at: "100", time: "2025-12-30T10:00:00Z"),
                fill(
                    "t2", "SELL", "1", at: "110", fee: "0.01", feeCurrency: "BNB",
                    time: "2025-12-31T10:00:00Z"), as: authority)
            let without = try await console.says("/pnl week")
            #expect(!without.contains("converted"))
            #expect(
                without.contains(
                    "No rate from BNB to USD on 2025-12-31 or before: /fx BNB USD RATE 2025-12-31"))
            #expect(without.contains("/fx USDT USD RATE 2025-12-31"))
            _ = try await console.says("/fx BNB USD 600 2025-12-31")
            let half = try await console.says("/pnl week")
            #expect(!half.contains("BNB USD RATE") && half.contains("USDT USD RATE"))
            #expect(!half.contains("converted"))
            _ = try await console.says("/fx USDT USD 0.5 2025-12-31")
            let whole = squeezed(try await console.says("/pnl week"))
            #expect(whole.contains("Net in USD (converted): ▼ -1.00 USD"), "\(whole)")
            #expect(!whole.contains("RATE"))
            // Nothing to convert, nothing to say.
            #expect(!(try await console.says("/pnl day").contains("converted")))
        }
    }

    @Test func `positions are told in one's own currency at the rates of today`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            try await desk.world.post(
                fill("t1", "BUY", "2", at: "100", fee: "3"),
                fill(
                    "t2", "SELL", "1", at: "110", fee: "0.01", feeCurrency: "BNB",
                    time: "2026-02-19T15:00:00Z"), as: authority)
            try await desk.world.quote("BTCUSDT", 90, as: authority)
            let without = try await console.says("/positions")
            #expect(without.contains("No rate from BNB to USD: /fx BNB USD RATE"))
            #expect(without.contains("No rate from USDT to USD: /fx USDT USD RATE"))
            _ = try await console.says("/fx USDT USD 0.5")
            let half = squeezed(try await console.says("/positions"))
            #expect(half.contains("Unrealized in USD (converted): ▼ -5.00 USD"), "\(half)")
            #expect(half.contains("Realized so far in USD (converted): ▲ +5.00 USD"))
            #expect(!half.contains("Fees in USD") && half.contains("/fx BNB USD RATE"))
            _ = try await console.says("/fx BNB USD 600")
            let whole = squeezed(try await console.says("/positions"))
            #expect(whole.contains("Fees in USD (converted): +7.50 USD"))
            #expect(!whole.contains("RATE"))
        }
    }

    /// With one blank where the terminal puts several to align what follows.
    private func squeezed(_ shown: String) -> String {
        shown.split(separator: "\n").map { line in
            line.split(separator: " ").joined(separator: " ")
        }.joined(separator: "\n")
    }

    @Test func `many missing rates are counted, not listed`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            for code in ["A", "B", "C", "D", "E"] {
                try await desk.world.post(
                    fill(code, "BUY", "1", at: "1", fee: "1", feeCurrency: code), as: authority)
            }
            let shown = try await console.says("/positions")
            #expect(shown.contains("/fx C USD RATE") && !shown.contains("/fx D USD RATE"))
            #expect(shown.contains("2 more currencies have no rate."))
        }
    }
}
