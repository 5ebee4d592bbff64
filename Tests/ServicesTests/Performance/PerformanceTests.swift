import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Realized P&L by period.
struct PerformanceTests {
    /// What is earned at an instant: each sum of some of them is another, so a total tells which
    /// days are in it. The world stands at Wednesday 2026-03-18 12:00 UTC.
    private static let earnings: [(time: String, amount: Int)] = [
        ("2025-12-17T23:59:59.999999Z", 1),
        ("2025-12-31T23:59:59.999999Z", 2),
        ("2026-01-01T00:00:00Z", 4),
        ("2026-02-28T12:00:00Z", 8),
        ("2026-03-01T00:00:00Z", 16),
        ("2026-03-15T23:59:59.999999Z", 32),
        ("2026-03-16T00:00:00Z", 64),
        // Still the 17th in UTC.
        ("2026-03-18T01:30:00+02:00", 128),
        // Already the 18th.
        ("2026-03-17T23:30:00-01:00", 256),
        ("2026-03-18T11:59:59Z", 512),
    ]

    private func prepare(_ world: ServiceWorld) async throws -> Authority {
        await world.world.advance(seconds: 76 * 86_400 + 12 * 3600)
        let trader = try await world.member()
        var fills: [String] = []
        for (number, earning) in Self.earnings.enumerated() {
            fills.append(fill("\(number)-a", "BUY", "1", at: "1", time: earning.time))
            fills.append(
                fill("\(number)-b", "SELL", "1", at: "\(1 + earning.amount)", time: earning.time))
        }
        #expect(try await world.ingest(fills, as: trader).accepted == fills.count)
        return trader
    }

    private func report(
        _ text: String, strategy: StrategyReference? = nil, for trader: Authority,
        in world: ServiceWorld
    ) async throws -> PnLReport {
        let period = try #require(Period(text, today: world.services.performance.today))
        return try await world.services.performance.report(
            strategy: strategy, period: period, for: trader)
    }

    @Test(arguments: TestBackend.allCases)
    func `a period holds its UTC days and no other`(_ backend: TestBackend) async throws {
        let expected: [(String, Int, from: String, to: String)] = [
            ("day", 256 + 512, "2026-03-18", "2026-03-18"),
            ("week", 64 + 128 + 256 + 512, "2026-03-16", "2026-03-18"),
            ("month", 16 + 32 + 64 + 128 + 256 + 512, "2026-03-01", "2026-03-18"),
            ("quarter", 1020, "2026-01-01", "2026-03-18"),
            ("ytd", 1020, "2026-01-01", "2026-03-18"),
            ("1d", 256 + 512, "2026-03-18", "2026-03-18"),
            ("7d", 32 + 64 + 128 + 256 + 512, "2026-03-12", "2026-03-18"),
            ("90d", 1022, "2025-12-19", "2026-03-18"),
            ("92d", 1023, "2025-12-17", "2026-03-18"),
            ("all", 1023, "2025-12-17", "2026-03-18"),
            ("2026-02-28..2026-03-01", 8 + 16, "2026-02-28", "2026-03-01"),
            ("2025-12-31..2025-12-31", 2, "2025-12-31", "2025-12-31"),
            ("2026-03-17..2027-01-01", 128 + 256 + 512, "2026-03-17", "2027-01-01"),
        ]
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await prepare(world)
            for (text, sum, from, to) in expected {
                let report = try await report(text, for: trader, in: world)
                #expect(report.totals.map(\.amounts.realizedPnL) == [Decimal(sum)], "\(text)")
                #expect([report.from, report.to].map(\.description) == [from, to], "\(text)")
                #expect(
                    try report.daily.reduce(Decimal.zero) { try $0 + $1.amounts.realizedPnL }
                        == Decimal(sum))
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a period in which nothing happened is empty`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await prepare(world)
            let nothing = try await report("2026-02-01..2026-02-27", for: trader, in: world)
            #expect(nothing.totals == [])
            #expect(nothing.byInstrument == [])
            #expect(nothing.daily == [])
            let newcomer = try await world.member(1002)
            let all = try await report("all", for: newcomer, in: world)
            #expect(all.totals == [])
            #expect((all.from, all.to) == (all.to, world.services.performance.today))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `totals, instruments and days are told by currency`(
        _ backend: TestBackend
    ) async throws {
        func amounts(_ amounts: PnLReport.Amounts) -> String {
            "\(amounts.realizedPnL) \(amounts.fees) \(amounts.netPnL) \(amounts.trades)"
        }
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.addPortfolio("second", of: trader)
            let trade = { (id: String, side: String, price: String, day: Int, rest: [String]) in
                fill(
                    id, side, "1", at: price, fee: rest[0], feeCurrency: rest[1], symbol: rest[2],
                    currency: rest[3], time: "2025-12-0\(day)T00:00:00Z", portfolio: rest[4])
            }
            try await world.post(
                trade("1", "BUY", "10", 1, ["0.1", "BNB", "ZZ", "USDT", "main"]),
                trade("2", "SELL", "15", 2, ["0.2", "USDT", "ZZ", "USDT", "main"]),
                trade("3", "SELL", "20", 2, ["-0.5", "EUR", "AA", "EUR", "main"]),
                trade("4", "BUY", "27", 2, ["0", "EUR", "AA", "EUR", "main"]),
                trade("5", "BUY", "1", 2, ["0.3", "USDT", "ZZ", "USDT", "second"]), as: trader)
            let report = try await report("all", for: trader, in: world)
            #expect(
                report.totals.map { "\($0.currency): \(amounts($0.amounts))" } == [
                    "BNB: 0 0.1 -0.1 0", "EUR: -7 -0.5 -6.5 2", "USDT: 5 0.5 4.5 3",
                ])
            #expect(
                report.byInstrument.map {
                    "\($0.instrument.symbol) \($0.currency): \(amounts($0.amounts))"
                } == [
                    "AA EUR: -7 -0.5 -6.5 2", "ZZ BNB: 0 0.1 -0.1 0", "ZZ USDT: 5 0.5 4.5 3",
                ])
            #expect(
                report.daily.map { "\($0.day) \($0.currency): \(amounts($0.amounts))" } == [
                    "2025-12-01 BNB: 0 0.1 -0.1 0", "2025-12-01 USDT: 0 0 0 1",
                    "2025-12-02 EUR: -7 -0.5 -6.5 2", "2025-12-02 USDT: 5 0.5 4.5 2",
                ])
            let period = try #require(Period("all", today: world.services.performance.today))
            let second = try await world.services.performance.report(
                portfolio: "second", period: period, for: trader)
            #expect(second.totals.map { amounts($0.amounts) } == ["0 0.3 -0.3 1"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `figures may be asked for one strategy`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let trade = { (id: String, side: String, price: String, strategy: String?) in
                fill(
                    id, side, "1", at: price, time: "2025-12-01T00:00:00Z", strategy: strategy)
            }
            try await world.post(
                trade("1", "BUY", "1", "momo"), trade("2", "SELL", "4", "momo"),
                trade("3", "BUY", "1", "momo@2"), trade("4", "SELL", "9", "momo@2"),
                trade("5", "BUY", "1", nil), trade("6", "SELL", "20", nil), as: trader)
            for (name, sum) in [("momo", 3), ("momo@2", 8)] as [(String, Decimal)] {
                let strategy = try #require(StrategyReference(parsing: name))
                let report = try await report("all", strategy: strategy, for: trader, in: world)
                #expect(report.totals.map(\.amounts.realizedPnL) == [sum])
            }
            let all = try await report("all", for: trader, in: world)
            #expect(all.totals.map(\.amounts.realizedPnL) == [30])
            let unknown = try #require(StrategyReference(parsing: "momo@3"))
            let error = await #expect(throws: ServiceError.self) {
                try await report("all", strategy: unknown, for: trader, in: world)
            }
            #expect(error?.code == "UNKNOWN_STRATEGY")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a total that no decimal holds is an error, not a wrong figure`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let fee = { (id: String, symbol: String, day: Int) in
                fill(
                    id, "BUY", "1", at: "1", fee: "1e20", symbol: symbol,
                    time: "2025-12-0\(day)T00:00:00Z")
            }
            try await world.post(fee("1", "A", 1), fee("2", "B", 2), as: trader)
            let error = await #expect(throws: ServiceError.self) {
                try await report("all", for: trader, in: world)
            }
            #expect((error?.kind, error?.code) == (.invalid, "OUT_OF_RANGE"))
            let day = try await report("2025-12-02..2025-12-02", for: trader, in: world)
            #expect(day.totals.map(\.amounts.netPnL.description) == ["-100000000000000000000"])
        }
    }
}
