import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Which portfolio and strategy a fill belongs to, and which a token may post to.
struct IngestScopeTests {
    private func holdings(in world: ServiceWorld) async throws -> [String] {
        try await world.texts(
            """
            SELECT t.broker_trade_id || ' ' || b.name || ' '
                || COALESCE(s.name || '@' || s.version, '-')
            FROM trades t
            JOIN portfolios b ON b.id = t.portfolio_id
            LEFT JOIN strategies s ON s.id = t.strategy_id
            ORDER BY t.broker_trade_id
            """)
    }

    private func named(_ text: String) throws -> StrategyChoice {
        .named(try #require(StrategyReference(parsing: text)))
    }

    @Test(arguments: TestBackend.allCases)
    func
        `a fill's own portfolio and strategy come before the batch's, and those before the default`(
            _ backend: TestBackend
        ) async throws
    {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.addPortfolio("swing", of: trader)
            try await world.addPortfolio("day", of: trader)
            let buy = { (id: String, portfolio: String?, strategy: String?, extra: String) in
                fill(
                    id, "BUY", "1", at: "2", portfolio: portfolio, strategy: strategy,
                    extra: extra)
            }
            _ = try await world.ingest(
                [buy("a", nil, nil, ""), buy("b", "day", "momo", "")], as: trader)
            _ = try await world.ingest(
                [
                    buy("c", nil, nil, ""), buy("d", "day", "mean@2", ""),
                    buy("e", nil, nil, #""strategy":null"#),
                ], portfolio: "swing", strategy: try named("momo@1.0"), as: trader)
            _ = try await world.ingest(
                [buy("f", nil, nil, ""), buy("g", nil, "momo", "")], strategy: .none, as: trader)
            #expect(
                try await holdings(in: world) == [
                    "a main -", "b day momo@1.0", "c swing momo@1.0", "d day mean@2",
                    "e swing -", "f main -", "g main momo@1.0",
                ])
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an unknown strategy is created by its first fill, once and audited`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let report = try await world.ingest(
                [
                    fill("a", "BUY", "1", at: "2", strategy: "momo"),
                    fill("b", "BUY", "1", at: "2", strategy: "momo@1.0"),
                    fill("c", "BUY", "1", at: "2", strategy: "momo@2.0"),
                ], as: trader)
            #expect(report.accepted == 3)
            try await world.post(fill("d", "BUY", "1", at: "2", strategy: "momo"), as: trader)
            let strategies = try await world.services.strategies.all(for: trader.caller)
            #expect(strategies.map(\.reference) == ["momo@1.0", "momo@2.0"])
            #expect(strategies.map(\.paramsJSON) == ["{}", "{}"])
            #expect(
                try await world.count(
                    of: "audit_log", where: "entity_type = 'STRATEGY' AND action = 'CREATE'") == 2)
            // Another user's strategy of the same name is another one.
            let other = try await world.member(1002)
            #expect(try await world.services.strategies.all(for: other.caller).isEmpty)
            try await world.post(fill("a", "BUY", "1", at: "2", strategy: "momo"), as: other)
            #expect(try await world.count(of: "strategies") == 3)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an unknown portfolio refuses the batch that names it, or the fill that does`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let other = try await world.member(1002)
            try await world.addPortfolio("secret", of: other)
            let before = try await world.rowCounts()
            for name in ["nowhere", "secret"] as [ExactText] {
                let error = await #expect(throws: ServiceError.self) {
                    try await world.ingest(
                        [fill("a", "BUY", "1", at: "2")], portfolio: name, as: trader)
                }
                #expect(error?.kind == .notFound)
                #expect(error?.code == "UNKNOWN_PORTFOLIO")
                #expect(error?.field == "portfolio")
            }
            #expect(try await world.rowCounts() == before)
            let report = try await world.ingest(
                [
                    fill("a", "BUY", "1", at: "2", portfolio: "secret"),
                    fill("b", "BUY", "1", at: "2"),
                    fill("c", "BUY", "1", at: "2", portfolio: "nowhere"),
                ], as: trader)
            #expect(
                report.words == [
                    "UNKNOWN_PORTFOLIO portfolio", "accepted", "UNKNOWN_PORTFOLIO portfolio",
                ])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `without a default portfolio only fills that name theirs are taken`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.execute(
                "UPDATE portfolios SET is_default = $1", [.bool(false)])
            let report = try await world.ingest(
                [
                    fill("a", "BUY", "1", at: "2"),
                    fill("b", "BUY", "1", at: "2", portfolio: "main"),
                ], as: trader)
            #expect(report.words == ["UNKNOWN_PORTFOLIO portfolio", "accepted"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a token for one portfolio posts to that alone`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.addPortfolio("swing", of: trader)
            let token = try await world.services.tokens.create(
                name: "bot", permissions: [.ingest], portfolio: "swing", strategy: nil,
                for: trader.caller)
            let narrow = try #require(try await world.services.tokens.authenticate(token))
            let report = try await world.ingest(
                [
                    fill("a", "BUY", "1", at: "2"),
                    fill("b", "BUY", "1", at: "2", portfolio: "main"),
                    fill("c", "BUY", "1", at: "2", portfolio: "swing"),
                    fill("d", "BUY", "1", at: "2", portfolio: "nowhere"),
                ], as: narrow)
            #expect(
                report.words == [
                    "accepted", "FORBIDDEN_PORTFOLIO portfolio", "accepted",
                    "UNKNOWN_PORTFOLIO portfolio",
                ])
            #expect(try await holdings(in: world) == ["a swing -", "c swing -"])
            let error = await #expect(throws: ServiceError.self) {
                try await world.ingest(
                    [fill("e", "BUY", "1", at: "2")], portfolio: "main", as: narrow)
            }
            #expect(error?.kind == .forbidden)
            #expect(error?.code == "FORBIDDEN_PORTFOLIO")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a token for one strategy posts to that alone and creates none`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let momo = try #require(StrategyReference(parsing: "momo"))
            let token = try await world.services.tokens.create(
                name: "bot", permissions: [.ingest], portfolio: nil, strategy: momo,
                for: trader.caller)
            let narrow = try #require(try await world.services.tokens.authenticate(token))
            let report = try await world.ingest(
                [
                    fill("a", "BUY", "1", at: "2"),
                    fill("b", "BUY", "1", at: "2", strategy: "momo@1.0"),
                    fill("c", "BUY", "1", at: "2", strategy: "other"),
                    fill("d", "BUY", "1", at: "2", extra: #""strategy":null"#),
                ], as: narrow)
            #expect(
                report.words == [
                    "accepted", "accepted", "FORBIDDEN_STRATEGY strategy",
                    "FORBIDDEN_STRATEGY strategy",
                ])
            #expect(try await holdings(in: world) == ["a main momo@1.0", "b main momo@1.0"])
            for choice in [StrategyChoice.none, try named("other")] {
                let error = await #expect(throws: ServiceError.self) {
                    try await world.ingest(
                        [fill("e", "BUY", "1", at: "2")], strategy: choice, as: narrow)
                }
                #expect(error?.kind == .forbidden)
                #expect(error?.code == "FORBIDDEN_STRATEGY")
            }
            #expect(try await world.count(of: "strategies") == 1)
        }
    }
}
