import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// What portfolios are worth is written down, day by day.
struct EquityWatchTests {
    private func days(
        _ world: ServiceWorld, _ authority: Authority, _ name: ExactText = "main"
    ) async throws -> [EquityDay] {
        let id = try await world.services.money.portfolio(name, for: authority).portfolioID
        return try await world.database.read { tx in
            try EquityDays.since(
                Day(number: 0), of: id, for: authority.caller, in: tx)
        }
    }

    private func mark(_ last: Decimal, _ world: ServiceWorld) async throws {
        let report = try QuoteReport(
            symbol: "BTCUSDT", exchange: "BINANCE",
            quote: Quote(bid: nil, ask: nil, last: last, time: world.world.now()))
        #expect(try await world.services.quotes.post([.success(report)]).accepted == 1)
    }

    private func watch(_ world: ServiceWorld) -> EquityWatch {
        EquityWatch(world.services) { Issue.record("\($0)") }
    }

    @Test(arguments: TestBackend.allCases)
    func `a day follows the marks, and the next one begins where it ended`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let watch = watch(world)
            try await watch.round()
            #expect(try await world.count(of: "equity_days") == 0)
            try await world.post(fill("a", "BUY", "1", at: "100", currency: "USD"), as: ada)
            for last in [nil, 130, 90, 110] as [Decimal?] {
                if let last { try await mark(last, world) }
                try await watch.round()
                await world.world.advance(seconds: 60)
            }
            let today = try #require(try await days(world, ada).first)
            #expect(today.day == world.world.now().day)
            #expect(today.opening == 100_000 && today.closing == 100_010)
            #expect(today.highest == 100_030 && today.lowest == 99_990)
            _ = try await world.services.money.pay(CashRequest(.deposit, 500), for: ada.caller)
            await world.world.advance(seconds: 2 * 86_400)
            try await mark(105, world)
            try await watch.round()
            let all = try await days(world, ada)
            #expect(all.count == 2 && all[0] == today)
            #expect(all[1].opening == 100_510 && all[1].closing == 100_505)
            #expect(all[1].deposits == 100_500)
            #expect(try all.gain() == 5)
            let drawdown = try #require(try all.drawdown())
            #expect(drawdown.peak == 100_530 && drawdown.amount == 25)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a portfolio that is flat is looked at after a trade, and then left alone`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let bob = try await world.member(1002)
            let watch = watch(world)
            try await world.post(
                fill("a", "BUY", "1", at: "100", currency: "USD"),
                fill("b", "SELL", "1", at: "90", currency: "USD", time: "2026-02-19T15:00:00Z"),
                as: ada)
            try await watch.round()
            #expect(try await days(world, ada).map(\.closing) == [99_990])
            await world.world.advance(seconds: 86_400)
            try await watch.round()
            #expect(try await days(world, ada).count == 1)
            try await world.post(
                fill("c", "BUY", "1", at: "80", currency: "USD", time: "2026-02-19T16:00:00Z"),
                fill("d", "SELL", "1", at: "95", currency: "USD", time: "2026-02-19T17:00:00Z"),
                as: ada)
            try await watch.round()
            let all = try await days(world, ada)
            #expect(all.map(\.closing) == [99_990, 100_005])
            #expect(all.last?.opening == 99_990)
            #expect(try await days(world, bob) == [])
            // A watch that begins anew sees what is there, and adds nothing to it.
            try await EquityWatch(world.services) { Issue.record("\($0)") }.round()
            #expect(try await days(world, ada) == all)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what is not known is not written, and does not keep others from theirs`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let bob = try await world.member(1002)
            let gone = try await world.member(1003)
            // In USDT, for which there is no rate.
            try await world.post(fill("a", "BUY", "1", at: "100"), as: ada)
            try await world.post(
                fill("a", "BUY", "1", at: "7", symbol: "AAPL", currency: "USD"), as: bob)
            try await world.post(
                fill("a", "BUY", "1", at: "7", symbol: "AAPL", currency: "USD"), as: gone)
            _ = try await world.services.users.change(.deactivate, 1003, by: .owner)
            try await watch(world).round()
            #expect(try await days(world, ada) == [])
            #expect(try await days(world, bob).map(\.closing) == [100_000])
            #expect(try await world.count(of: "equity_days") == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `it looks once a minute until it is cancelled`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            try await world.post(fill("a", "BUY", "1", at: "100", currency: "USD"), as: ada)
            let watch = watch(world)
            let running = Task { await watch.run() }
            for last in [120, 130] as [Decimal] {
                try await mark(last, world)
                await world.world.advance(seconds: 60, sleepers: 1)
                #expect(try await days(world, ada).last?.closing == (try 99_900 + last))
            }
            running.cancel()
            await running.value
        }
    }
}
