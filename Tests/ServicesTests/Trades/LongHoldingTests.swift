import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// Holdings that are longer than what is read of them at a time: lots by the first 64, trades and
/// campaigns by 256.
struct LongHoldingTests {
    private func fill(
        _ number: Int, _ side: Side, _ quantity: Int, minute: Int, id: String = "t"
    ) throws -> PlacedFill {
        let usdt = try #require(Currency("USDT"))
        return PlacedFill(
            holding: PlacedFill.Holding(symbol: "BTC", strategy: "-", currency: usdt),
            fill: try Fill(
                id: ExactText("\(id)\(1000 + number)"), side: side, quantity: Decimal(quantity),
                price: Decimal(10 + number % 7), fee: 1, feeCurrency: usdt,
                time: Timestamp(
                    microseconds: 1_771_459_200_000_000 + Int64(minute) * 60_000_000)))
    }

    /// Posts batches one after the other; the ledger is that of a straight fold after each.
    private func check(
        _ batches: [[PlacedFill]], by rules: HoldingRules, on backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let caller = trader.caller
            try await world.services.work.write { tx, _ in
                let main = try #require(try Portfolios.named("main", for: caller, in: tx))
                try Portfolios.setRules(rules, of: main.id, for: caller, in: tx)
            }
            try await RebuildService(world.services).rebuildWhatIsDue(as: .owner)
            var posted: [PlacedFill] = []
            for (number, batch) in batches.enumerated() {
                let report = try await world.ingest(batch.map(\.json), as: trader)
                #expect(report.accepted == batch.count, "batch \(number)")
                posted += batch
                #expect(
                    try await LedgerImage(of: "main", as: trader, in: world)
                        == LedgerImage(folding: posted, by: rules), "batch \(number)")
            }
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases, LotMethod.allCases)
    func `sales reach as far into hundreds of open lots as they go`(
        _ backend: TestBackend, _ method: LotMethod
    ) async throws {
        let opening = try (0..<700).map { try fill($0, .buy, 2, minute: $0) }
        try await check(
            [
                opening,
                // Half a lot, then 64 of them and a half, then hundreds, with a purchase between.
                [try fill(700, .sell, 1, minute: 700)],
                [try fill(701, .sell, 129, minute: 701), try fill(702, .buy, 3, minute: 702)],
                [try fill(703, .sell, 500, minute: 703), try fill(704, .sell, 301, minute: 704)],
                // Through zero: all that is left, and more.
                [try fill(705, .buy, 5, minute: 705), try fill(706, .sell, 600, minute: 706)],
            ], by: HoldingRules(lotMethod: method), on: backend)
    }

    @Test(arguments: TestBackend.allCases)
    func `a late fill reaches over hundreds of campaigns, and another one back`(
        _ backend: TestBackend
    ) async throws {
        let campaigns = try (0..<600).map {
            try fill($0, $0.isMultiple(of: 2) ? .buy : .sell, 1, minute: 10 * $0)
        }
        try await check(
            [
                campaigns,
                // Behind the second campaign: nothing ends flat from here on.
                [try fill(0, .buy, 1, minute: 35, id: "late")],
                // Before the last but hundred: so it does again.
                [try fill(1, .sell, 1, minute: 4995, id: "late")],
                [
                    try fill(2, .sell, 3, minute: 15, id: "late"),
                    try fill(3, .buy, 3, minute: 5985, id: "late"),
                ],
            ], by: HoldingRules(), on: backend)
    }
}
