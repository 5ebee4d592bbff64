import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Owners are told of fills, together and once.
struct FillWatchTests {
    private func news(_ world: ServiceWorld) async throws -> [FillNews] {
        try await world.services.messages.unsent(limit: 100).compactMap { message in
            if case .fills(let news)? = Notice(message) { news } else { nil }
        }
    }

    private func round(_ world: ServiceWorld, after seconds: Double = 0) async throws {
        await world.world.advance(seconds: seconds)
        try await FillWatch(world.services) { Issue.record("\($0)") }.round()
    }

    @Test(arguments: TestBackend.allCases)
    func `what a minute brought is told by symbol, once`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            try await world.post(
                fill("a", "BUY", "1", at: "100"), fill("b", "BUY", "3", at: "110"),
                fill("c", "BUY", "2", at: "5", symbol: "ETHUSDT"), as: ada)
            try await round(world, after: 59)
            #expect(try await news(world).isEmpty)
            try await world.post(
                fill("d", "SELL", "1", at: "117.5", time: "2026-02-19T15:00:00Z"), as: ada)
            try await round(world, after: 1)
            let told = try #require(try await news(world).first)
            #expect(told.portfolio == "main" && told.fills == 4 && told.symbols == 2)
            #expect(told.lines.isEmpty && told.sums.count == 3)
            let bought = try #require(told.sums.first)
            #expect(bought.symbol == "BTCUSDT" && bought.side == .buy && bought.fills == 2)
            #expect(bought.quantity == 4)
            #expect(bought.averagePrice?.description == "107.5")
            let sold = try #require(told.sums.first { $0.side == .sell })
            #expect(sold.realizedPnL == 10)
            try await round(world, after: 100)
            #expect(try await news(world).count == 1)
            try await world.post(
                fill("e", "BUY", "1", at: "100", time: "2026-02-19T16:00:00Z"), as: ada)
            try await round(world, after: 60)
            #expect(try await news(world).map(\.fills) == [4, 1])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `each fill has its line where that is wanted, and none are told where they are off`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member(1001)
            let bob = try await world.member(1002)
            _ = try await world.services.settings.change(for: ada.caller) { $0.fills = .each }
            _ = try await world.services.settings.change(for: bob.caller) { $0.fills = .off }
            for authority in [ada, bob] {
                try await world.post(
                    fill("a", "BUY", "1", at: "100"), fill("b", "BUY", "3", at: "110"),
                    as: authority)
            }
            try await round(world)
            let told = try await news(world)
            #expect(told.count == 1)
            #expect(told.first?.lines.map(\.quantity) == [1, 3])
            #expect(told.first?.lines.map(\.price) == [100, 110])
            #expect(try await world.count(of: "fill_news") == 0)
            try await world.post(
                (0..<21).map { fill("m\($0)", "BUY", "1", at: "1") }, as: ada)
            try await round(world)
            #expect(try await news(world).last?.lines == [])
            #expect(try await news(world).last?.sums.map(\.fills) == [21])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what came with an import, a duplicate or a refused fill is no news`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let one = FillReader.fill(fromJSONLine: Array(fill("i", "BUY", "1", at: "1").utf8)[...])
            for source in [TradeSource.imported, .manual] {
                _ = try await world.services.trades.ingest(
                    IngestRequest(fills: [one], source: source), as: ada)
            }
            try await world.post(fill("i", "BUY", "1", at: "1"), as: ada)
            try await world.post(fill("x", "BUY", "-1", at: "1"), as: ada)
            #expect(try await world.count(of: "fill_news") == 0)
            // One that comes between two of a broker's is not told with them.
            try await world.post(fill("a", "BUY", "1", at: "1"), as: ada)
            let two = FillReader.fill(fromJSONLine: Array(fill("j", "BUY", "1", at: "1").utf8)[...])
            _ = try await world.services.trades.ingest(
                IngestRequest(fills: [two], source: .imported), as: ada)
            try await world.post(fill("b", "BUY", "1", at: "1"), as: ada)
            try await round(world, after: 60)
            #expect(try await news(world).map(\.fills) == [2])
        }
    }

    @Test func `one who is no member any more is told nothing`() async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let ada = try await world.member()
            try await world.post(fill("a", "BUY", "1", at: "1"), as: ada)
            try await world.execute("UPDATE users SET is_active = 0")
            try await round(world, after: 60)
            #expect(try await news(world).isEmpty)
            #expect(try await world.count(of: "fill_news") == 0)
        }
    }
}

extension ServiceWorld {
    fileprivate func post(_ fills: [String], as authority: Authority) async throws {
        _ = try await ingest(fills, as: authority)
    }
}
