import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// Realized P&L by average cost, first in first out, and last in first out.
struct MethodTests {
    private func realized(
        _ method: CostMethod, _ period: String, for trader: Authority, in world: ServiceWorld
    ) async throws -> [String] {
        let period = try #require(Period(period, today: world.services.performance.today))
        let report = try await world.services.performance.report(
            period: period, method: method, for: trader)
        #expect(report.method == method)
        return report.daily.map { "\($0.day) \($0.currency) \($0.amounts.realizedPnL)" }
    }

    @Test(arguments: TestBackend.allCases)
    func `each method tells the days its own way, and all the same in total`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                fill("1", "BUY", "1", at: "10", time: "2026-02-01T10:00:00Z"),
                fill("2", "BUY", "1", at: "20", time: "2026-02-02T10:00:00Z"),
                fill("3", "SELL", "1", at: "30", time: "2026-02-03T10:00:00Z"),
                fill("4", "SELL", "1", at: "40", time: "2026-02-04T10:00:00Z"), as: trader)
            let expected: [CostMethod: [Int]] = [
                .average: [0, 0, 15, 25], .fifo: [0, 0, 20, 20], .lifo: [0, 0, 10, 30],
            ]
            let range = "2026-02-01..2026-02-04"
            for (method, amounts) in expected {
                let days = amounts.enumerated().map { "2026-02-0\($0 + 1) USDT \($1)" }
                #expect(try await realized(method, range, for: trader, in: world) == days)
                // A stretch within the campaign.
                #expect(
                    try await realized(method, "2026-02-03..2026-02-03", for: trader, in: world)
                        == [days[2]])
            }
            let lots = try await world.texts(
                "SELECT realized_pnl FROM lot_closures ORDER BY trade_id")
            #expect(try lots.map { try Decimal(parsing: $0) } == [20, 20])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a fill through zero is told by its two parts`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                fill("1", "BUY", "1", at: "10", time: "2026-02-01T10:00:00Z"),
                fill("2", "BUY", "1", at: "20", time: "2026-02-02T10:00:00Z"),
                fill("3", "SELL", "3", at: "30", time: "2026-02-03T10:00:00Z"),
                fill("4", "SELL", "1", at: "50", time: "2026-02-04T10:00:00Z"),
                fill("5", "BUY", "1", at: "20", time: "2026-02-05T10:00:00Z"),
                fill("6", "BUY", "1", at: "20", time: "2026-02-06T10:00:00Z"), as: trader)
            let range = "2026-02-03..2026-02-06"
            func days(_ amounts: Int...) -> [String] {
                amounts.enumerated().map { "2026-02-0\($0 + 3) USDT \($1)" }
            }
            #expect(
                try await realized(.average, range, for: trader, in: world) == days(30, 0, 20, 20))
            #expect(
                try await realized(.fifo, range, for: trader, in: world) == days(30, 0, 10, 30))
            #expect(
                try await realized(.lifo, range, for: trader, in: world) == days(30, 0, 30, 10))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `any stream's days are those of a straight fold by the method`(
        _ backend: TestBackend
    ) async throws {
        let seeds = Seeds.range(count: backend == .sqlite ? 200 : 30)
        try await ServiceWorld.run(on: backend, limits: Limits(maxUsers: seeds.count)) { world in
            await world.world.advance(seconds: 400 * 86_400)
            for seed in seeds {
                let trader = try await world.member(Int64(seed))
                var stream = FillStream(seed: seed)
                let fills = try stream.fills()
                _ = try await world.ingest(fills.map(\.json), as: trader)
                for method in CostMethod.allCases {
                    let told = try await realized(method, "all", for: trader, in: world)
                    #expect(told == (try days(of: fills, method)), "seed \(seed) \(method)")
                }
            }
        }
    }

    private func days(of fills: [PlacedFill], _ method: CostMethod) throws -> [String] {
        let rules = HoldingRules(lotMethod: method.lotMethod ?? .fifo)
        var days: [DailyPnL.Key: DailyPnL] = [:]
        for (holding, fills) in Dictionary(grouping: fills, by: \.holding) {
            var own: [DailyPnL.Key: DailyPnL] = [:]
            let ordered = fills.map(\.fill).sorted { $0.order < $1.order }
            let postings = try Holding.replay(ordered, rules).postings
            for (fill, posting) in zip(ordered, postings) {
                try own.add(posting, of: fill, currency: holding.currency)
            }
            for (key, day) in own where !day.isEmpty {
                try days[key, default: DailyPnL()].add(day)
            }
        }
        return days.sorted { ($0.key.day, $0.key.currency) < ($1.key.day, $1.key.currency) }
            .map { key, day in
                let realized = method == .average ? day.realizedPnL : day.lotRealizedPnL
                return "\(key.day) \(key.currency) \(realized)"
            }
    }
}
