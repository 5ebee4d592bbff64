import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// As many fills as one batch may have.
struct LargeBatchTests {
    @Test(arguments: TestBackend.allCases)
    func `ten thousand fills are one batch, and all duplicates the second time`(
        _ backend: TestBackend
    ) async throws {
        let fills = (0..<Limits.fillsPerBatch).map { number in
            fill(
                "t-\(number)", number.isMultiple(of: 3) ? "SELL" : "BUY", "0.1",
                at: "\(100 + number % 50)", fee: "0.001", symbol: "S\(number % 4)",
                time: "2026-02-\(10 + number % 7)T00:00:00Z",
                strategy: number.isMultiple(of: 2) ? "even" : nil)
        }
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let first = try await world.ingest(fills, as: trader)
            #expect((first.accepted, first.duplicates, first.rejected) == (10_000, 0, 0))
            #expect(Set(first.outcomes).count == 10_000)
            let second = try await world.ingest(fills.reversed(), as: trader)
            #expect((second.accepted, second.duplicates, second.rejected) == (0, 10_000, 0))
            #expect(try await world.count(of: "trades") == 10_000)
            // Fills with an even number are those of S0 and S2.
            let views = try await world.services.positions.snapshot(for: trader)
            #expect(
                views.map {
                    "\($0.listing.instrument.instrument.symbol) \($0.listing.strategy ?? "-")"
                }
                    == ["S0 even@1.0", "S1 -", "S2 even@1.0", "S3 -"])
            let held = try views.reduce(Decimal.zero) { try $0 + $1.listing.position.quantity }
            #expect(held.description == "333.2")
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a batch may touch a thousand holdings`(_ backend: TestBackend) async throws {
        let fills = (0..<1000).map { fill("t-\($0)", "BUY", "1", at: "\($0)", symbol: "S\($0)") }
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            #expect(try await world.ingest(fills, as: trader).accepted == 1000)
            #expect(try await world.count(of: "instruments") == 1000)
            let views = try await world.services.positions.snapshot(for: trader)
            #expect(views.count == 1000)
            #expect(
                views.allSatisfy {
                    "S\($0.listing.averagePrice)" == $0.listing.instrument.instrument.symbol.text
                })
        }
    }
}
