import Ledger
import Records
import Services
import TestSupport
import Testing

/// Who may stop trading, and who lets it go on.
struct TradingStopTests {
    @Test(arguments: TestBackend.allCases)
    func `a stop holds for what it names, and its setter lifts it`(
        _ backend: TestBackend
    ) async throws {
        try await RiskScene.run(backend) { scene in
            let momo = try #require(StrategyReference(parsing: "momo@1.0"))
            _ = try await scene.fill("a", "BUY", "1", at: "100", strategy: "momo@1.0")
            let own = scene.order(1)
            let momos = scene.order(1, strategy: .named(momo))
            let halted = try await scene.risk.halt(.strategy(momo), for: scene.caller)
            #expect(halted.stops.map(\.state) == [.halted])
            #expect(try await scene.decision(own) == .allow)
            #expect(try await scene.decision(momos) == .block)
            _ = try await scene.risk.halt(.portfolio("main"), .reducing, for: scene.caller)
            #expect(try await scene.decision(own) == .block)
            let closing = scene.order(1, .sell, reduces: true, strategy: .named(momo))
            #expect(try await scene.decision(closing) == .block)
            #expect(
                try await scene.risk.resume(.strategy(momo), for: scene.caller).stops.isEmpty)
            #expect(try await scene.decision(closing) == .allow)
            #expect(try await scene.decision(momos) == .block)
            _ = try await scene.risk.resume(.portfolio("main"), for: scene.caller)
            #expect(try await scene.decision(momos) == .allow)
            #expect(try await scene.world.count(of: "trading_stops") == 0)
            let audited = try await scene.world.texts(
                "SELECT entity_type FROM audit_log WHERE CAST(details_json AS TEXT) LIKE '%trading%'"
            )
            #expect(audited.count == 4)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an admin's stop is lifted by an admin alone, and touches nobody else`(
        _ backend: TestBackend
    ) async throws {
        try await RiskScene.run(backend) { scene in
            let bob = try await scene.world.member(1002, username: "bob")
            let eve = try await scene.world.member(9, username: "eve", isAdmin: true)
            let admin = try #require(eve.caller.administrator)
            _ = try await scene.risk.halt(.all, of: 1001, by: admin)
            _ = try await scene.risk.halt(.all, for: scene.caller)
            #expect(try await scene.decision(scene.order(1)) == .block)
            let kept = try await scene.risk.resume(.all, for: scene.caller)
            #expect(kept.stops.map(\.setBy) == [.admin])
            #expect(try await scene.decision(scene.order(1)) == .block)
            #expect(try await scene.risk.stops(for: bob.caller).isEmpty)
            let error = await #expect(throws: ServiceError.self) {
                _ = try await scene.risk.halt(.portfolio("nowhere"), of: 1001, by: admin)
            }
            #expect(error?.field == "portfolio")
            _ = try await scene.risk.resume(.all, of: 1001, by: admin)
            #expect(try await scene.decision(scene.order(1)) == .allow)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a breach is its owner's alone`(_ backend: TestBackend) async throws {
        try await RiskScene.run(backend) { scene in
            let bob = try await scene.world.member(1002, username: "bob")
            try await scene.policy(
                #"{"rule":"max_position_quantity","action":"WARN","max_quantity":1}"#)
            _ = try await scene.fill("a", "BUY", "2", at: "100")
            let breach = try #require(try await scene.breaches().first)
            let error = await #expect(throws: ServiceError.self) {
                _ = try await scene.risk.acknowledge(breach: breach.uid, for: bob.caller)
            }
            #expect(error?.kind == .notFound)
            #expect(try await scene.breaches().map(\.status) == [.open])
            #expect(try await scene.risk.overview(for: bob).breaches.isEmpty)
        }
    }
}
