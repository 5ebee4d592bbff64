import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// All or nothing, and nothing at all.
struct IngestAtomicTests {
    private let good = fill("a", "BUY", "1", at: "2", symbol: "NEW", strategy: "fresh")

    @Test(arguments: TestBackend.allCases)
    func `an atomic batch with one rejection stores nothing and says of each why`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let before = try await world.rowCounts()
            let bad = [
                ("INVALID_FIELD side", fill("b", "HOLD", "1", at: "2")),
                ("UNKNOWN_INSTRUMENT symbol", fill("b", "BUY", "1", at: "2", assetType: nil)),
                ("OUT_OF_RANGE quantity", fill("b", "BUY", "1e20", at: "1e20")),
                ("OUT_OF_RANGE quantity", fill("b", "BUY", "1.69e20", at: "0", symbol: "NEW")),
                ("UNKNOWN_PORTFOLIO portfolio", fill("b", "BUY", "1", at: "2", portfolio: "x")),
                ("CONFLICT quantity", fill("a", "BUY", "2", at: "2", symbol: "NEW")),
            ]
            for (word, text) in bad {
                var fills = [good, text]
                if word.hasPrefix("OUT") {
                    // A position that does not fit.
                    fills = [
                        fill("a", "BUY", "1.69e20", at: "0", symbol: "NEW"),
                        text,
                    ]
                }
                let report = try await world.ingest(fills, isAtomic: true, as: trader)
                #expect(!report.isStored)
                #expect(report.words == ["accepted", word])
                #expect((report.accepted, report.rejected) == (1, 1))
                #expect(try await world.rowCounts() == before, "\(text)")
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an atomic batch of sound fills and duplicates is stored`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(good, as: trader)
            let report = try await world.ingest(
                [good, fill("b", "SELL", "1", at: "3", symbol: "NEW", strategy: "fresh")],
                isAtomic: true, as: trader)
            #expect(report.isStored)
            #expect(report.words == ["duplicate", "accepted"])
            #expect(try await world.count(of: "trades") == 2)
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a dry run tells what would become of the fills and stores nothing`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("known", "BUY", "1", at: "2"), as: trader)
            let before = try await world.rowCounts()
            let image = try await LedgerImage(of: "main", as: trader, in: world)
            let fills = [
                good, fill("known", "BUY", "1", at: "2"), fill("known", "BUY", "9", at: "2"),
                fill("late", "BUY", "1", at: "2", time: "2020-01-01T00:00:00Z"),
            ]
            let words = ["accepted", "duplicate", "CONFLICT quantity", "accepted"]
            let report = try await world.ingest(fills, isDryRun: true, as: trader)
            #expect(report.words == words)
            #expect(!report.isStored)
            #expect(try await world.rowCounts() == before)
            #expect(try await LedgerImage(of: "main", as: trader, in: world) == image)
            #expect(try await world.ingest(fills, as: trader).words == words)
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a rejected fill stops no other of its batch`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let report = try await world.ingest(
                [
                    fill("a", "BUY", "1", at: "2"), fill("b", "BUY", "0", at: "2"),
                    "not JSON", fill("c", "SELL", "1", at: "3", extra: #""fees":"1""#),
                    fill("d", "SELL", "1", at: "3"),
                ], as: trader)
            #expect(
                report.words == [
                    "accepted", "INVALID_FIELD quantity", "INVALID_FIELD", "UNKNOWN_FIELD fees",
                    "accepted",
                ])
            #expect(report.isStored)
            #expect(try await world.count(of: "trades") == 2)
            #expect(try await world.count(of: "audit_log", where: "entity_type = 'TRADE'") == 2)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a batch of nothing is taken`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let before = try await world.rowCounts()
            #expect(try await world.ingest([], as: trader).outcomes == [])
            #expect(try await world.rowCounts() == before)
        }
    }
}
