import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// What is held, and what it is worth.
struct PositionTests {
    private func quote(
        _ bid: Decimal?, _ ask: Decimal?, _ last: Decimal?, second: Int64 = 0,
        symbol: ExactText = "BTCUSDT", in world: ServiceWorld
    ) async throws {
        let now = world.world.now()
        try await world.database.write { tx in
            let quote = Quote(
                bid: bid, ask: ask, last: last, time: now.adding(seconds: second))
            let records = try Instruments.with(symbols: [symbol], in: tx)
            try Quotes.put(records.map { ($0.id, quote) }, now: now, in: tx)
        }
    }

    private func marks(_ world: ServiceWorld, _ trader: Authority) async throws -> [String] {
        try await world.services.positions.snapshot(includeClosed: true, for: trader).map {
            "\($0.markPrice?.description ?? "-") \($0.unrealizedPnL?.description ?? "-")"
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the mark is the last price, else the middle of bid and ask`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("a", "BUY", "2", at: "10"), as: trader)
            #expect(try await marks(world, trader) == ["- -"])
            try await quote(11, nil, nil, in: world)
            #expect(try await marks(world, trader) == ["- -"])
            try await quote(11, 12, nil, in: world)
            #expect(try await marks(world, trader) == ["11.5 3"])
            try await quote(11, 12, 9, second: 1, in: world)
            #expect(try await marks(world, trader) == ["9 -2"])
            // An older one changes nothing, one of the same instant does.
            try await quote(1, 1, 1, second: 0, in: world)
            #expect(try await marks(world, trader) == ["9 -2"])
            try await quote(nil, nil, 10, second: 1, in: world)
            #expect(try await marks(world, trader) == ["10 0"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `unrealized P&L is the open quantity's worth less its cost`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                fill("a", "SELL", "3", at: "100", symbol: "SHORT"),
                fill("b", "BUY", "1", at: "95", symbol: "SHORT"),
                fill(
                    "c", "BUY", "0.5", at: "2", symbol: "TINY", assetType: "OPTION",
                    extra:
                        #""option":{"underlying":"T","expiry":"2026-03-20","strike":"1","right":"P"}"#
                ),
                fill("d", "BUY", "1", at: "5", symbol: "FLAT"),
                fill("e", "SELL", "1", at: "6", symbol: "FLAT"),
                fill("f", "BUY", "1.6e20", at: "0", symbol: "VAST"), as: trader)
            try await quote(nil, nil, 90, symbol: "SHORT", in: world)
            // Half a contract of a hundred, at the smallest price there is: rounded once.
            try await quote(
                nil, nil, Decimal(units: 1), symbol: "TINY", in: world)
            try await quote(nil, nil, 7, symbol: "FLAT", in: world)
            // Worth more than a decimal holds: no figure rather than a wrong one.
            try await quote(nil, nil, 2, symbol: "VAST", in: world)
            #expect(
                try await marks(world, trader) == [
                    "7 -", "90 20", "0.000000000000000001 -99.99999999999999995", "2 -",
                ])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `closed positions are shown on request`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                fill("a", "BUY", "2", at: "10", fee: "1"), fill("b", "SELL", "2", at: "12"),
                fill("c", "BUY", "1", at: "1", symbol: "OPEN"), as: trader)
            let open = try await world.services.positions.snapshot(for: trader)
            #expect(open.map(\.listing.instrument.instrument.symbol) == ["OPEN"])
            let all = try await world.services.positions.snapshot(includeClosed: true, for: trader)
            let closed = try #require(all.first?.listing)
            #expect(closed.position.quantity.description == "0")
            #expect(closed.averagePrice.description == "0")
            #expect(closed.position.openedAt == nil)
            #expect(closed.position.realizedPnL == 4)
            #expect(closed.position.fees.map { "\($0.value) \($0.key)" } == ["1 USDT"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `positions stand by portfolio, symbol and strategy, those of none first`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.addPortfolio("Alpha", of: trader)
            let buy = { (id: String, symbol: String, strategy: String?, portfolio: String) in
                fill(
                    id, "BUY", "1", at: "1", symbol: symbol, portfolio: portfolio,
                    strategy: strategy)
            }
            try await world.post(
                buy("a", "b", "zeta", "main"), buy("b", "b", nil, "main"),
                buy("c", "b", "Alpha@2", "main"), buy("d", "b", "Alpha@10", "main"),
                buy("e", "B", nil, "main"), buy("f", "c", nil, "Alpha"), as: trader)
            let names = try await world.services.positions.snapshot(for: trader).map {
                "\($0.listing.portfolio) \($0.listing.instrument.instrument.symbol)"
                    + " \($0.listing.strategy ?? "-")"
            }
            #expect(
                names == [
                    "Alpha c -", "main B -", "main b -", "main b Alpha@10", "main b Alpha@2",
                    "main b zeta@1.0",
                ])
            let zeta = try #require(StrategyReference(parsing: "zeta"))
            #expect(
                try await world.services.positions.snapshot(
                    portfolio: "main", strategy: zeta, for: trader
                ).count == 1)
            #expect(
                try await world.services.positions.snapshot(
                    portfolio: "Alpha", strategy: zeta, for: trader
                ).isEmpty)
        }
    }
}
