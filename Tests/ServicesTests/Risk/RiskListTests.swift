import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// The list of policies and breaches.
struct RiskListTests {
    private func prepare(_ world: ServiceWorld) async throws -> Authority {
        let trader = try await world.member()
        try await world.post(fill("0", "BUY", "1", at: "1", strategy: "momo@2"), as: trader)
        let time = "2026-01-02T00:00:00.000000Z"
        let rows = [
            ("daily loss", "USER", "u.id", "NULL", "NULL"),
            ("size", "PORTFOLIO", "b.id", "b.id", "NULL"),
            ("pace", "STRATEGY", "s.id", "NULL", "s.id"),
            ("asleep", "USER", "u.id", "NULL", "NULL"),
        ]
        for (name, kind, scope, portfolio, strategy) in rows {
            try await world.execute(
                """
                INSERT INTO risk_policies (uid, user_id, scope_type, scope_id, portfolio_id,
                    strategy_id, name, config_json, created_at)
                SELECT '\(name)', u.id, '\(kind)', \(scope), \(portfolio), \(strategy), '\(name)',
                    '{"limit":"5"}', '\(time)'
                FROM users u
                JOIN portfolios b ON b.user_id = u.id
                JOIN strategies s ON s.user_id = u.id
                """)
        }
        try await world.execute(
            "UPDATE risk_policies SET is_active = $1 WHERE name = 'asleep'", [.bool(false)])
        return trader
    }

    @Test(arguments: TestBackend.allCases)
    func `active policies are listed by name, with what they are about`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await prepare(world)
            let overview = try await world.services.risk.overview(for: trader)
            #expect(
                overview.policies.map {
                    "\($0.name) \($0.scopeType.rawValue) \($0.scopeName ?? "-")"
                } == ["daily loss USER -", "pace STRATEGY momo@2", "size PORTFOLIO main"])
            #expect(overview.policies.first?.configJSON.contains("limit") == true)
            #expect(overview.breaches == [])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the latest breaches are listed, newest first and no more than shown`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await prepare(world)
            for number in 10..<(11 + RiskService.breachLimit) {
                try await world.execute(
                    """
                    INSERT INTO risk_breaches (uid, user_id, policy_id, portfolio_id, instrument_id,
                        observed_json, action, created_at)
                    SELECT 'x\(number)', p.user_id, p.id, p.portfolio_id, i.id, '{"size":"6"}',
                        'BLOCKED', '2026-01-02T00:00:\(number).000000Z'
                    FROM risk_policies p CROSS JOIN instruments i
                    WHERE p.name = '\(number == 15 ? "asleep" : "size")'
                    """)
            }
            let breaches = try await world.services.risk.overview(for: trader).breaches
            #expect(breaches.map(\.uid) == (11...30).reversed().map { "x\($0)" })
            let newest = try #require(breaches.first)
            #expect(newest.policyName == "size")
            #expect(newest.portfolio == "main")
            #expect(newest.symbol == "BTCUSDT")
            #expect(newest.action == .blocked)
            #expect(newest.observedJSON.contains("size"))
            #expect(newest.createdAt.description == "2026-01-02T00:00:30.000000Z")
            // A policy that sleeps now was breached all the same.
            #expect(breaches.contains { $0.policyName == "asleep" && $0.portfolio == nil })
        }
    }
}
