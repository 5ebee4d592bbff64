import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Making what is derived anew: after a migration, and under rules that were changed.
struct RebuildTests {
    /// How many migrations came with and after the one that made lots and campaigns.
    private static let migrationsSince = Schema.migrations.count - 8

    private func prepare(_ world: ServiceWorld) async throws -> (Authority, LedgerImage) {
        let trader = try await world.member()
        var stream = FillStream(seed: 11)
        let fills = try stream.fills() + stream.fills(idsFrom: 100)
        _ = try await world.ingest(fills.map(\.json), as: trader)
        return (trader, try await LedgerImage(of: "main", as: trader, in: world))
    }

    private func isRebuildDue(in world: ServiceWorld) async throws -> Bool {
        try await world.count(of: "portfolios", where: "is_rebuild_due") > 0
    }

    @Test(arguments: TestBackend.allCases)
    func `a ledger from before lots and campaigns gets them at the first start`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let (trader, image) = try await prepare(world)
            let migrator = try Migrator.blotter(world.database, world: world.world)
            _ = try await migrator.down(Self.migrationsSince)
            _ = try await migrator.up()
            #expect(try await isRebuildDue(in: world))
            #expect(try await world.count(of: "position_campaigns") == 0)
            let rebuilding = RebuildService(world.services)
            #expect(try await rebuilding.rebuildWhatIsDue(as: .owner) == 1)
            #expect(try await !isRebuildDue(in: world))
            #expect(try await LedgerImage(of: "main", as: trader, in: world) == image)
            try await world.expectVerified()
            #expect(try await rebuilding.rebuildWhatIsDue(as: .owner) == 0)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a fill that comes before the rebuild finds its holding rebuilt`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                fill("1", "BUY", "2", at: "10", time: "2026-02-19T10:00:00Z"),
                fill("2", "SELL", "1", at: "12", time: "2026-02-19T12:00:00Z"), as: trader)
            let migrator = try Migrator.blotter(world.database, world: world.world)
            _ = try await migrator.down(Self.migrationsSince)
            _ = try await migrator.up()
            try await world.post(
                fill("3", "BUY", "1", at: "11", time: "2026-02-19T13:00:00Z"),
                fill("late", "BUY", "1", at: "9", time: "2026-02-19T11:00:00Z"), as: trader)
            try await world.expectVerified()
            #expect(try await world.count(of: "position_lots") == 3)
            try await RebuildService(world.services).rebuildWhatIsDue(as: .owner)
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a portfolio under other rules is what it would be, had they held from the start`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            var stream = FillStream(seed: 5)
            let fills = try stream.fills()
            _ = try await world.ingest(fills.map(\.json), as: trader)
            let rules = HoldingRules(lotMethod: .lifo, legWindowSeconds: 0)
            let caller = trader.caller
            try await world.services.work.write { tx, _ in
                let portfolio = try Portfolios.named("main", for: caller, in: tx)
                try Portfolios.setRules(rules, of: try #require(portfolio).id, for: caller, in: tx)
            }
            try await RebuildService(world.services).rebuildWhatIsDue(as: .owner)
            #expect(
                try await LedgerImage(of: "main", as: trader, in: world)
                    == LedgerImage(folding: fills, by: rules))
            try await world.expectVerified()
            // And so it goes on.
            let more = try stream.fills(idsFrom: 100)
            _ = try await world.ingest(more.map(\.json), as: trader)
            #expect(
                try await LedgerImage(of: "main", as: trader, in: world)
                    == LedgerImage(folding: fills + more, by: rules))
        }
    }
}
