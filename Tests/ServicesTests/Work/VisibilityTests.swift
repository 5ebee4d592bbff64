import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// What a caller sees: their own, and no further than their token reaches.
struct VisibilityTests {
    /// One question to each list; gives how many rows each answers.
    private func look(
        portfolio: ExactText?, as authority: Authority, in world: ServiceWorld
    ) async throws -> [Int] {
        let services = world.services
        let period = try #require(Period("2026-01-01..2026-12-31", today: Day(number: 0)))
        let overview = try await services.risk.overview(portfolio: portfolio, for: authority)
        return [
            try await services.positions.snapshot(portfolio: portfolio, for: authority).count,
            try await services.performance.report(
                portfolio: portfolio, period: period, for: authority
            ).byInstrument.count,
            try await services.trades.page(TradeQuery(portfolio: portfolio), for: authority)
                .trades.count,
            try await services.orders.list(portfolio: portfolio, for: authority).count,
            overview.policies.count, overview.breaches.count,
        ]
    }

    private func addPolicy(
        _ name: String, portfolio: String? = nil, strategy: String? = nil, user: Int64,
        in world: ServiceWorld
    ) async throws {
        let kind = portfolio != nil ? "PORTFOLIO" : strategy != nil ? "STRATEGY" : "USER"
        let book =
            "(SELECT id FROM portfolios WHERE user_id = \(user) AND name = '\(portfolio ?? "")')"
        let way =
            "(SELECT id FROM strategies WHERE user_id = \(user) AND name = '\(strategy ?? "")')"
        let time = "2026-01-02T00:00:00.000000Z"
        try await world.execute(
            """
            INSERT INTO risk_policies (uid, user_id, scope_type, scope_id, portfolio_id,
                strategy_id, name, config_json, created_at)
            VALUES ('\(user) \(name)', \(user), '\(kind)', COALESCE(\(book), \(way), \(user)),
                \(book), \(way), '\(name)', '{}', '\(time)')
            """)
        try await world.execute(
            """
            INSERT INTO risk_breaches (uid, user_id, policy_id, portfolio_id, observed_json, action,
                created_at)
            SELECT uid, user_id, id, portfolio_id, '{}', 'WARNED', created_at
            FROM risk_policies WHERE uid = '\(user) \(name)'
            """)
    }

    /// In `main` two fills of no strategy, in `second` one of `momo`; an order and a policy of
    /// each.
    private func prepare(_ trader: Authority, in world: ServiceWorld) async throws {
        let momo = try #require(StrategyReference(parsing: "momo"))
        try await world.addPortfolio("second", of: trader)
        try await world.post(
            fill("a", "BUY", "1", at: "2"), fill("b", "BUY", "1", at: "2", symbol: "ETH"),
            fill("c", "BUY", "1", at: "2", portfolio: "second", strategy: "momo"), as: trader)
        let user = trader.caller.userID.raw
        try await world.addOrder("\(user) main", quantity: 1, of: trader)
        try await world.addOrder(
            "\(user) second", portfolio: "second", strategy: momo, quantity: 1, of: trader)
        try await addPolicy("mine", user: user, in: world)
        try await addPolicy("of main", portfolio: "main", user: user, in: world)
        try await addPolicy("of second", portfolio: "second", user: user, in: world)
        try await addPolicy("of momo", strategy: "momo", user: user, in: world)
    }

    @Test(arguments: TestBackend.allCases)
    func `another user's portfolio is not found, as one that is nowhere`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let stranger = try await world.member(1002, isAdmin: true)
            try await prepare(trader, in: world)
            #expect(try await look(portfolio: nil, as: stranger, in: world) == [0, 0, 0, 0, 0, 0])
            for name in ["second", "nowhere"] as [ExactText] {
                let services = world.services
                let period = try #require(Period("all", today: services.performance.today))
                let questions: [() async throws -> Void] = [
                    { _ = try await services.positions.snapshot(portfolio: name, for: stranger) },
                    {
                        _ = try await services.performance.report(
                            portfolio: name, period: period, for: stranger)
                    },
                    {
                        _ = try await services.trades.page(
                            TradeQuery(portfolio: name), for: stranger)
                    },
                    { _ = try await services.orders.list(portfolio: name, for: stranger) },
                    { _ = try await services.risk.overview(portfolio: name, for: stranger) },
                ]
                for question in questions {
                    let error = await #expect(throws: ServiceError.self) { try await question() }
                    #expect(
                        error
                            == ServiceError(
                                .notFound, code: "UNKNOWN_PORTFOLIO", field: "portfolio",
                                detail: "no portfolio named \(name)"))
                }
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `another user's strategy is not found`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let stranger = try await world.member(1002)
            try await prepare(trader, in: world)
            let momo = try #require(StrategyReference(parsing: "momo"))
            let period = try #require(Period("all", today: world.services.performance.today))
            let positions = await #expect(throws: ServiceError.self) {
                try await world.services.positions.snapshot(strategy: momo, for: stranger)
            }
            let figures = await #expect(throws: ServiceError.self) {
                try await world.services.performance.report(
                    strategy: momo, period: period, for: stranger)
            }
            #expect([positions?.code, figures?.code] == ["UNKNOWN_STRATEGY", "UNKNOWN_STRATEGY"])
            #expect(
                try await world.services.positions.snapshot(strategy: momo, for: trader).count
                    == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `each user sees what is theirs, by portfolio or all`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let other = try await world.member(1002)
            try await prepare(trader, in: world)
            try await prepare(other, in: world)
            for user in [trader, other] {
                #expect(try await look(portfolio: nil, as: user, in: world) == [3, 2, 3, 2, 4, 4])
                #expect(
                    try await look(portfolio: "main", as: user, in: world) == [2, 2, 2, 1, 3, 3])
                #expect(
                    try await look(portfolio: "second", as: user, in: world)
                        == [1, 1, 1, 1, 3, 3])
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a narrowed token reads no further than it reaches`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await prepare(trader, in: world)
            func token(_ portfolio: ExactText?, _ strategy: String?) async throws -> Authority {
                let text = try await world.services.tokens.create(
                    name: "\(portfolio ?? "-") \(strategy ?? "-")", permissions: [.read],
                    portfolio: portfolio,
                    strategy: strategy.flatMap { StrategyReference(parsing: $0) },
                    for: trader.caller)
                return try #require(try await world.services.tokens.authenticate(text))
            }
            let main = try await token("main", nil)
            #expect(try await look(portfolio: nil, as: main, in: world) == [2, 2, 2, 1, 3, 3])
            #expect(try await look(portfolio: "main", as: main, in: world) == [2, 2, 2, 1, 3, 3])
            let beyond = await #expect(throws: ServiceError.self) {
                try await look(portfolio: "second", as: main, in: world)
            }
            #expect(beyond?.kind == .notFound)
            let momo = try await token(nil, "momo")
            #expect(try await look(portfolio: nil, as: momo, in: world) == [1, 1, 1, 1, 4, 4])
            #expect(try await look(portfolio: "main", as: momo, in: world) == [0, 0, 0, 0, 3, 3])
            let fresh = try await token("second", "fresh@3")
            #expect(try await look(portfolio: nil, as: fresh, in: world) == [0, 0, 0, 0, 2, 2])
            let other = await #expect(throws: ServiceError.self) {
                try await world.services.positions.snapshot(
                    strategy: StrategyReference(parsing: "momo"), for: fresh)
            }
            #expect(other?.code == "UNKNOWN_STRATEGY")
        }
    }
}
