import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// A campaign fill by fill: its prices, its average price and where its legs begin and end.
struct CampaignPathTests {
    private func price(_ text: String) throws -> Decimal { try Decimal(parsing: text) }

    @Test(arguments: TestBackend.allCases)
    func `a path tells each fill, the average after it and its leg`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let bob = try await world.member(1002)
            try await world.post(
                fill("1", "BUY", "1", at: "10", time: "2025-12-01T10:00:00Z"),
                fill("2", "BUY", "1", at: "12", time: "2025-12-01T12:00:00Z"),
                fill("3", "SELL", "1", at: "13", time: "2025-12-01T14:00:00Z"),
                fill("4", "SELL", "0.5", at: "13.5", time: "2025-12-01T14:01:00Z"),
                fill("5", "SELL", "1.5", at: "15", time: "2025-12-01T16:00:00Z"), as: ada)
            let campaigns = world.services.campaigns
            let listed = try await campaigns.page(CampaignQuery(), for: ada).campaigns
            try #require(listed.count == 2)
            let first = try await campaigns.path(of: .opening(listed[1].id), for: ada)
            #expect(
                first.points.map(\.price)
                    == [10, 12, 13, try price("13.5"), 15])
            #expect(first.points.map(\.averagePrice) == [10, 11, 11, 11, nil])
            #expect(first.points.map(\.leg) == [.open, .add, nil, .reduce, .flipClose])
            #expect(first.markPrice == nil && first.unrealizedPnL == nil)
            try await quote(world, ada)
            let second = try await campaigns.path(of: .opening(listed[0].id), for: ada)
            #expect(second.points.map(\.price) == [15])
            #expect(second.points.map(\.averagePrice) == [15])
            #expect(second.points.map(\.leg) == [.flipOpen])
            #expect(second.markPrice == 14 && second.unrealizedPnL == 1)
            await #expect(throws: ServiceError.self) {
                try await campaigns.path(of: .opening(listed[0].id), for: bob)
            }
        }
    }

    private func quote(_ world: ServiceWorld, _ authority: Authority) async throws {
        let positions = try await world.services.positions.snapshot(for: authority)
        let now = world.world.now()
        let instruments = positions.map(\.listing.instrument.id)
        try await world.database.write { tx in
            let quote = Quote(bid: nil, ask: nil, last: 14, time: now)
            try Quotes.put(instruments.map { ($0, quote) }, now: now, in: tx)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a very long campaign is told leg by leg`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            var fills: [String] = []
            for index in 0...CampaignService.longestPath {
                let minute = index / 60 % 60
                let time =
                    "2025-12-0\(1 + index / 3600)T10:\(minute < 10 ? "0" : "")\(minute):"
                    + "\(index % 60 < 10 ? "0" : "")\(index % 60)Z"
                fills.append(fill("\(index)", "BUY", "1", at: "10", time: time))
            }
            let batch = try FillReader.batch(
                from: Array("{\"fills\":[\(fills.joined(separator: ","))]}".utf8))
            _ = try await world.services.trades.ingest(
                IngestRequest(fills: batch.fills, source: .broker), as: ada)
            let campaigns = world.services.campaigns
            let listed = try await campaigns.page(CampaignQuery(), for: ada).campaigns
            let path = try await campaigns.path(of: .opening(listed[0].id), for: ada)
            #expect(listed[0].fillCount == CampaignService.longestPath + 1)
            #expect(path.points.count == listed[0].legCount)
            #expect(path.points.map(\.averagePrice) == [nil])
        }
    }
}
