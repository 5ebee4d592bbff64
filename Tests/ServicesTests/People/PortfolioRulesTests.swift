import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import Wire
import World

/// By what rules a portfolio's holdings are kept.
struct PortfolioRulesTests {
    private static let fills = [
        fill("a", "BUY", "1", at: "100", time: "2026-02-19T10:00:00Z"),
        fill("b", "BUY", "1", at: "120", time: "2026-02-19T10:02:00Z"),
        fill("c", "SELL", "1", at: "130", time: "2026-02-19T10:04:00Z"),
        fill("d", "BUY", "1", at: "1", symbol: "ETHUSDT"),
    ]

    @Test(arguments: TestBackend.allCases)
    func `rules that change make what is derived anew, and leave an audit row`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let (services, caller) = (world.services, trader.caller)
            _ = try await services.portfolios.add(
                name: "from the start", brokerCode: "PAPER", currency: .usd, isDefault: false,
                lotMethod: .lifo, for: caller)
            let early = try await services.portfolios.setRules(
                of: "from the start", lotMethod: nil, legWindowSeconds: 0, for: caller)
            #expect(early.rules == HoldingRules(lotMethod: .lifo, legWindowSeconds: 0))
            for name in ["main", "from the start"] as [ExactText] {
                _ = try await world.ingest(Self.fills, portfolio: name, as: trader)
            }
            let byFIFO = try await LedgerImage(of: "main", as: trader, in: world)
            let portfolio = try await services.portfolios.setRules(
                of: "main", lotMethod: .lifo, legWindowSeconds: 0, for: caller)
            #expect(portfolio.isRebuildDue)
            #expect(portfolio.rules == early.rules)
            #expect(try await RebuildService(services).rebuild(portfolio.id, for: caller) == 2)
            let byLIFO = try await LedgerImage(of: "main", as: trader, in: world)
            #expect(byLIFO != byFIFO)
            #expect(
                try await LedgerImage(of: "from the start", as: trader, in: world) == byLIFO)
            let again = try await services.portfolios.setRules(
                of: "main", lotMethod: .lifo, legWindowSeconds: nil, for: caller)
            #expect(!again.isRebuildDue)
            let audit = try await world.texts(
                """
                SELECT details_json FROM audit_log
                WHERE entity_type = 'PORTFOLIO' AND action = 'UPDATE' ORDER BY id
                """)
            let expected: JSONValue = [
                "cost_method": "lifo", "cost_method_before": "fifo", "leg_window_sec": "0",
                "leg_window_sec_before": "300",
            ]
            #expect(audit.count == 2)
            #expect(
                try JSONValue(parsing: try #require(audit.last)).canonical == expected.canonical)
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a rebuild that was cut off is made up for, fills that come meanwhile included`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.addPortfolio("straight", of: trader)
            let portfolios = world.services.portfolios
            _ = try await world.ingest(Array(Self.fills.prefix(2)), as: trader)
            for name in ["main", "straight"] as [ExactText] {
                _ = try await portfolios.setRules(
                    of: name, lotMethod: .lifo, legWindowSeconds: 60, for: trader.caller)
            }
            _ = try await world.ingest(Array(Self.fills.dropFirst(2)), as: trader)
            #expect(try await RebuildService(world.services).rebuildWhatIsDue(as: .owner) == 2)
            _ = try await world.ingest(Self.fills, portfolio: "straight", as: trader)
            #expect(
                try await LedgerImage(of: "main", as: trader, in: world)
                    == (try await LedgerImage(of: "straight", as: trader, in: world)))
            #expect(try await RebuildService(world.services).rebuildWhatIsDue(as: .owner) == 0)
            try await world.expectVerified()
        }
    }

    @Test func `an unknown portfolio and a window out of bounds are refused`() async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let trader = try await world.member()
            let other = try await world.member(1002)
            try await world.addPortfolio("swing", of: other)
            func refusal(_ name: ExactText, _ seconds: Int) async -> String? {
                await #expect(throws: ServiceError.self) {
                    try await world.services.portfolios.setRules(
                        of: name, lotMethod: .lifo, legWindowSeconds: seconds,
                        for: trader.caller)
                }?.field
            }
            #expect(await refusal("swing", 1) == "portfolio")
            #expect(await refusal("main", -1) == "leg_window_seconds")
            #expect(await refusal("main", 31_536_001) == "leg_window_seconds")
            let portfolio = try await world.services.portfolios.setRules(
                of: "main", lotMethod: nil, legWindowSeconds: 31_536_000, for: trader.caller)
            #expect(portfolio.rules.legWindowSeconds == 31_536_000)
        }
    }
}
