import Ledger
import Records
import Services
import TestSupport
import Testing
import World
import Wire

/// A thousand real executions, and what an independent exact model makes of them.
struct RealInputTests {
    private func fills() throws -> [Result<FillReport, FillRefusal>] {
        try fixture("ethusdt-2023-02-02.jsonl").split(separator: UInt8(ascii: "\n")).map {
            FillReader.fill(fromJSONLine: $0)
        }
    }

    private func expected() throws -> JSONValue {
        try JSONValue(
            parsing: String(
                decoding: fixture("ethusdt-2023-02-02.expected.json"), as: UTF8.self))
    }

    private func check(_ world: ServiceWorld, _ authority: Authority) async throws {
        let expected = try expected()
        let position = try #require(expected["positions"]?[0])
        let view = try #require(
            try await world.services.positions.snapshot(for: authority).first)
        let listing = view.listing
        #expect(listing.position.quantity.description == position["quantity"]?.string)
        #expect(listing.averagePrice.description == position["avg_price"]?.string)
        #expect(
            listing.position.realizedPnL.rounded(decimals: 12).description
                == position["realized_pnl"]?.string)
        let usdt = try #require(Currency("USDT"))
        #expect(listing.position.fees[usdt]?.description == position["fees"]?["USDT"]?.string)
        let period = try #require(Period("all", today: world.services.performance.today))
        let report = try await world.services.performance.report(period: period, for: authority)
        let total = try #require(report.totals.first)
        let expectedTotal = try #require(expected["pnl_totals"]?[0])
        #expect(
            total.amounts.realizedPnL.rounded(decimals: 12).description
                == expectedTotal["realized_pnl"]?.string)
        #expect(total.amounts.fees.description == expectedTotal["fees"]?.string)
        #expect(
            total.amounts.netPnL.rounded(decimals: 12).description
                == expectedTotal["net_pnl"]?.string)
        #expect(total.amounts.trades == expectedTotal["trades"]?.integer)
    }

    @Test(arguments: TestBackend.allCases)
    func `a real minute of trading agrees with the independent model`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let authority = try await world.member()
            let request = IngestRequest(fills: try fills(), source: .imported)
            let first = try await world.services.trades.ingest(request, as: authority)
            #expect(first.accepted == 1000)
            try await check(world, authority)
            let second = try await world.services.trades.ingest(request, as: authority)
            #expect((second.accepted, second.duplicates, second.rejected) == (0, 1000, 0))
            try await check(world, authority)
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `any order and batching of the same fills ends in the same ledger`(
        _ backend: TestBackend
    ) async throws {
        for seed in UInt64(1)...3 {
            try await ServiceWorld.run(on: backend, seed: seed) { world in
                let authority = try await world.member()
                var random = SeededGenerator(seed: seed)
                var fills = Array(try fills().prefix(300)) + Array(try fills().prefix(100))
                fills.shuffle(using: &random)
                while !fills.isEmpty {
                    let count = Int.random(in: 1...60, using: &random)
                    let batch = Array(fills.prefix(count))
                    fills.removeFirst(batch.count)
                    let report = try await world.services.trades.ingest(
                        IngestRequest(fills: batch, source: .broker), as: authority)
                    #expect(report.rejected == 0, "seed \(seed)")
                }
                try await world.expectVerified()
                let position = try #require(
                    try await world.services.positions.snapshot(for: authority).first)
                try await ServiceWorld.run(on: .sqlite) { straight in
                    let other = try await straight.member()
                    _ = try await straight.services.trades.ingest(
                        IngestRequest(fills: Array(try self.fills().prefix(300)), source: .broker),
                        as: other)
                    let expected = try #require(
                        try await straight.services.positions.snapshot(for: other).first)
                    #expect(position.listing.position == expected.listing.position, "seed \(seed)")
                }
            }
        }
    }
}
