import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// An order that is told again, with another fee, by a file, or beside one of another pair.
struct FreqtradeOrderTests {
    private static let rate = #""fee_open":0.001,"fee_close":0.001"#

    private func ring(_ world: ServiceWorld, _ hook: HookService.Made) async throws {
        _ = try await world.call(hook, webhook("entry_fill"), type: formType)
    }

    private func fees(_ world: ServiceWorld) async throws -> [String] {
        try await world.texts(
            "SELECT fee_currency FROM trades WHERE is_superseded = false ORDER BY broker_trade_id")
    }

    @Test(arguments: TestBackend.allCases)
    func `a fee that is stated later takes the place of the estimate, once`(
        _ backend: TestBackend
    ) async throws {
        let bot = StandInBot()
        try await Pulling.run(on: backend, bot) { world, ada, hook in
            func tell(_ orders: [String], cost: String?) async throws {
                let stated = cost.map { #","fee_open_cost":\#($0),"fee_open_currency":"BNB""# }
                await bot.set(
                    open: [(7, freqtradeTrade(orders: orders, extra: Self.rate + (stated ?? "")))])
                await bot.forgetQuestions()
                try await ring(world, hook)
                try await Pulling.eventually(world, "the pull") {
                    await bot.asked.contains("trade 7")
                }
            }
            let order = freqtradeOrder("o-1", "buy", "1", at: "100")
            try await tell([order], cost: nil)
            try await Pulling.eventually(world, "the estimate") {
                try await fees(world) == ["USDT"]
            }
            try await tell([order], cost: "0.07")
            try await Pulling.eventually(world, "the fee") { try await fees(world) == ["BNB"] }
            try await tell([order], cost: "0.08")
            // Of two entries none is stated.
            let both = [order, freqtradeOrder("o-2", "buy", "1", at: "99")]
            try await tell(both, cost: "0.08")
            try await Pulling.eventually(world, "the second entry") {
                try await fees(world) == ["BNB", "USDT"]
            }
            #expect(try await world.count(of: "trades") == 3)
            #expect(try await world.quarantined(ada).isEmpty)
            let trades = try await world.services.trades.page(TradeQuery(), for: ada).trades
            let first = try #require(
                trades.first { $0.brokerTradeID == "ft-o-1" && $0.supersession == nil })
            #expect(first.fee.description == "0.07" && first.feeCurrency.code == "BNB")
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a fee that is stated later changes nothing of what was busted`(
        _ backend: TestBackend
    ) async throws {
        let bot = StandInBot()
        let order = freqtradeOrder("o-1", "buy", "1", at: "100")
        await bot.set(open: [(7, freqtradeTrade(orders: [order], extra: Self.rate))])
        try await Pulling.run(on: backend, bot) { world, ada, hook in
            try await Pulling.eventually(world, "the order") {
                try await world.count(of: "trades") == 1
            }
            _ = try await world.services.corrections.post(
                CorrectionRequest(brokerTradeID: "ft-o-1", correctionID: "mine", change: .bust),
                through: .cli, as: ada)
            let cost = #","fee_open_cost":7,"fee_open_currency":"BNB""#
            let extra = #""enter_tag":"x","# + Self.rate + cost
            await bot.set(
                open: [
                    (7, freqtradeTrade(orders: [order], extra: extra)),
                    (8, freqtradeTrade(8, orders: [freqtradeOrder("o-2", "buy", "1", at: "1")])),
                ])
            try await Pulling.eventually(world, "the sweep") {
                try await world.count(of: "trades", where: "broker_trade_id = 'ft-o-2'") == 1
            }
            #expect(
                try await world.count(of: "trades", where: "broker_trade_id = 'ft-o-1'") == 1)
            #expect(try await world.quarantined(ada).isEmpty)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `orders of two pairs may have one number, in pulls and in files`(
        _ backend: TestBackend
    ) async throws {
        let bot = StandInBot()
        let trades = [("BTC/USDT", 7), ("ETH/USDT", 8)].map { pair, id in
            (id, freqtradeTrade(id, pair: pair, orders: [freqtradeOrder("1", "buy", "1", at: "2")]))
        }
        await bot.set(open: trades)
        try await Pulling.run(on: backend, bot) { world, ada, hook in
            try await Pulling.eventually(world, "both") {
                try await world.count(of: "trades") == 2
            }
            let ids = try await world.texts("SELECT broker_trade_id FROM trades ORDER BY 1")
            #expect(ids == ["ft-1", "ft-1-ETH/USDT"])
            await bot.forgetQuestions()
            try await Pulling.eventually(world, "a sweep") { await bot.asked.count >= 3 }
            #expect(try await world.count(of: "trades") == 2)
            #expect(try await world.quarantined(ada).isEmpty)
            let bench = ImportBench(world: world, trader: ada)
            let file = "[\(trades.reversed().map(\.1).joined(separator: ","))]"
            #expect(try await bench.read(file, "freqtrade-json").counts == [0, 2, 0, 0, 0])
            let bob = try await world.member(1002)
            let other = try await bench.read(Array(file.utf8), "freqtrade-json", as: bob)
            #expect(other.counts == [2, 0, 0, 0, 0])
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an export of what was pulled is all duplicates, whatever strategy it names`(
        _ backend: TestBackend
    ) async throws {
        let bot = StandInBot()
        let trade = freqtradeTrade(
            orders: [
                freqtradeOrder("o-1", "buy", "0.123456789", at: "65000.12345678"),
                freqtradeOrder("o-2", "sell", "0.123456789", at: "65100.12345678"),
            ], extra: #""strategy":"Wave","fee_open":0.00075,"fee_close":0.00075"#)
        await bot.set(closed: [(7, trade)])
        try await Pulling.run(on: backend, bot) { world, ada, hook in
            try await Pulling.eventually(world, "the orders") {
                try await world.count(of: "trades") == 2
            }
            let bench = ImportBench(world: world, trader: ada)
            #expect(try await bench.read("[\(trade)]", "freqtrade-json").counts == [0, 2, 0, 0, 0])
            // And the other way round: who imports first keeps the file's strategy.
            let bob = try await world.member(1002)
            let file = try await bench.read(Array("[\(trade)]".utf8), "freqtrade-json", as: bob)
            #expect(file.counts == [2, 0, 0, 0, 0])
            let listed = try await world.services.trades.page(TradeQuery(), for: bob).trades
            #expect(listed.allSatisfy { $0.strategy == "Wave@1.0" })
            _ = try await world.hook("roi", .freqtrade, strategy: "roi", of: bob)
            _ = try await world.services.hooks.setBot("alpha", of: "roi", for: bob.caller)
            try await Pulling.eventually(world, "a pull") {
                try await world.services.hooks.all(for: bob.caller).first?.restSyncedAt != nil
            }
            #expect(try await world.quarantined(bob).isEmpty)
            #expect(try await world.count(of: "trades") == 4)
            let stated = #""fee_open_cost":0.01,"fee_open_currency":"BNB","fee_open":"#
            await bot.set(closed: [(7, trade.replacing("\"fee_open\":", with: stated))])
            try await Pulling.eventually(world, "the fee, for both") {
                try await world.count(of: "trades", where: "fee_currency = 'BNB'") == 2
            }
            #expect(try await world.quarantined(bob).isEmpty)
        }
    }
}
