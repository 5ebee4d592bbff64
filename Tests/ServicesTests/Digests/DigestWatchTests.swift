import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// What a day or a week brought comes at its reader's hour, once.
struct DigestWatchTests {
    private func digests(_ world: ServiceWorld) async throws -> [Digest] {
        try await world.services.messages.unsent(limit: 100).compactMap { message in
            if case .digest(let digest)? = Notice(message) { digest } else { nil }
        }
    }

    private func round(_ world: ServiceWorld) async throws {
        try await DigestWatch(world.services) { Issue.record("\($0)") }.round()
    }

    private func advance(_ world: ServiceWorld, to text: String) async throws {
        let time = try #require(Timestamp(canonical: text))
        await world.world.advance(
            seconds: Double(time.wholeSeconds(since: world.world.now())))
        #expect(world.world.now() == time)
    }

    @Test(arguments: TestBackend.allCases)
    func `a day is told after its end, with its figures`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            _ = try await world.services.settings.change(for: ada.caller) {
                $0.timeZone = "Europe/Berlin"
                $0.dailyDigestMinute = 8 * 60
            }
            let day = "2026-01-01T0"
            try await world.post(
                fill("a", "BUY", "2", at: "100", fee: "1", time: "\(day)1:00:00Z"),
                fill("b", "SELL", "1", at: "130", time: "\(day)2:00:00Z"),
                fill("c", "BUY", "1", at: "50", symbol: "ETHUSDT", time: "\(day)1:00:00Z"),
                fill("d", "SELL", "1", at: "45", symbol: "ETHUSDT", time: "\(day)2:00:00Z"),
                as: ada)
            try await advance(world, to: "2026-01-01T07:00:00.000000Z")
            try await round(world)
            // Of the day before, on which there was nothing.
            #expect(try await digests(world).map(\.fills) == [0])
            try await advance(world, to: "2026-01-02T06:59:59.000000Z")
            try await round(world)
            #expect(try await digests(world).count == 1)
            try await advance(world, to: "2026-01-02T07:00:00.000000Z")
            try await round(world)
            try await round(world)
            let told = try await digests(world)
            #expect(told.count == 2)
            let digest = try #require(told.last)
            #expect(digest.span == .day && digest.to.description == "2026-01-01")
            #expect(digest.fills == 4 && digest.openPositions == 1)
            #expect(digest.totals.map(\.realizedPnL) == [25] && digest.totals.map(\.fees) == [1])
            #expect(digest.winners.map(\.symbol) == ["BTCUSDT"])
            #expect(digest.losers.map(\.symbol) == ["ETHUSDT"])
            #expect(digest.losers.map(\.netPnL) == [-5])
        }
    }

    @Test func `each local day has one digest, also where the clock is changed over its hour`()
        async throws
    {
        try await ServiceWorld.run(on: .sqlite) { world in
            let ada = try await world.member()
            try await advance(world, to: "2026-03-27T12:00:00.000000Z")
            _ = try await world.services.settings.change(for: ada.caller) {
                $0.timeZone = "Europe/Berlin"
                $0.dailyDigestMinute = 2 * 60 + 30
            }
            // In spring 02:30 is left out, in autumn it comes twice: 220 days, 220 digests.
            for _ in 0..<(220 * 24) {
                await world.world.advance(seconds: 3600)
                try await round(world)
            }
            let count = try await world.count(of: "outbox", where: "kind = 'digest'")
            #expect(count == 220)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what was missed comes once, late, and an hour that has passed means tomorrow`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            try await advance(world, to: "2026-01-01T12:00:00.000000Z")
            _ = try await world.services.settings.change(for: ada.caller) {
                $0.dailyDigestMinute = 8 * 60
                // 2026-01-05 is a Monday.
                $0.weeklyDigest = .init(weekday: 1, minuteOfDay: 8 * 60)
            }
            try await round(world)
            #expect(try await digests(world).isEmpty)
            try await advance(world, to: "2026-01-07T09:00:00.000000Z")
            try await round(world)
            try await round(world)
            let told = try await digests(world)
            #expect(told.map(\.span) == [.day, .week])
            #expect(told.map(\.from.description) == ["2026-01-06", "2025-12-29"])
            #expect(told.map(\.to.description) == ["2026-01-06", "2026-01-04"])
        }
    }
}
