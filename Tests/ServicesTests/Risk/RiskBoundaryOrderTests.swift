import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Each rule, at the boundary, in each scope: as it is asked about and as it is placed.
struct RiskBoundaryOrderTests {
    /// An order that just passes, and one that does not.
    struct Boundary: Sendable {
        let rule: String
        let fields: String
        let below: Wish
        let at: Wish
        let above: Wish
        /// Whether it needs an equity, which only a portfolio is sure to have.
        var needsEquity = false
    }

    struct Wish: Sendable {
        var quantity: Decimal
        var side = Side.buy
        var limit: Decimal = 100
        var symbol: ExactText = "COIN"
    }

    /// 2 COIN are held at 100, and nothing of OTHER.
    private static let boundaries: [Boundary] = {
        let thousandth = Decimal(units: 1_000_000_000_000_000)
        func quantities(
            _ rule: String, _ fields: String, _ at: Decimal, needsEquity: Bool = false
        ) -> Boundary {
            Boundary(
                rule: rule, fields: fields, below: Wish(quantity: (try? at - thousandth) ?? at),
                at: Wish(quantity: at), above: Wish(quantity: (try? at + thousandth) ?? at),
                needsEquity: needsEquity)
        }
        let money = #""max_amount":"1000""#
        // Of an equity of 100,000.
        let share = #""max_percent":1"#
        return [
            quantities("max_order_notional", money, 10),
            quantities("max_order_notional", share, 10, needsEquity: true),
            quantities("max_risk_per_trade", money, 10),
            quantities("max_exposure_per_instrument", money, 8),
            quantities("max_exposure_per_asset_type", money, 8),
            quantities("max_exposure_per_currency", money, 8),
            quantities("max_total_exposure", money, 8),
            quantities("max_total_exposure", share, 8, needsEquity: true),
            quantities("max_heat", money, 8),
            quantities("max_position_quantity", #""max_quantity":"10""#, 8),
            quantities("max_leverage", #""max_ratio":"0.01""#, 8, needsEquity: true),
            Boundary(
                rule: "fat_finger", fields: #""max_percent":10"#,
                below: Wish(quantity: 1, limit: 109), at: Wish(quantity: 1, limit: 110),
                above: Wish(quantity: 1, limit: 111)),
            Boundary(
                rule: "no_short", fields: "", below: Wish(quantity: 1, side: .sell),
                at: Wish(quantity: 2, side: .sell), above: Wish(quantity: 3, side: .sell)),
            Boundary(
                rule: "max_open_positions", fields: #""max_count":1"#,
                below: Wish(quantity: 1, side: .sell), at: Wish(quantity: 1),
                above: Wish(quantity: 1, symbol: "OTHER")),
            Boundary(
                rule: "forbidden_instruments", fields: #""symbols":["OTHER"]"#,
                below: Wish(quantity: 1, side: .sell), at: Wish(quantity: 1),
                above: Wish(quantity: 1, symbol: "OTHER")),
            Boundary(
                rule: "allowed_instruments", fields: #""symbols":["COIN"]"#,
                below: Wish(quantity: 1, side: .sell), at: Wish(quantity: 1),
                above: Wish(quantity: 1, symbol: "OTHER")),
        ]
    }()

    enum ScopeKind: String, CaseIterable { case user, portfolio, strategy }

    private func scene(
        _ backend: TestBackend, _ body: (ServiceWorld, Authority) async throws -> Void
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            _ = try await world.post(
                fill(
                    "t-1", "BUY", "2", at: "100", symbol: "COIN", exchange: nil, currency: "USD",
                    time: "2025-12-31T10:00:00Z", strategy: "momo"),
                fill(
                    "t-2", "BUY", "1", at: "100", symbol: "OTHER", exchange: nil,
                    currency: "USD", time: "2025-12-31T10:00:00Z", strategy: "momo"),
                fill(
                    "t-3", "SELL", "1", at: "100", symbol: "OTHER", exchange: nil,
                    currency: "USD", time: "2025-12-31T11:00:00Z", strategy: "momo"), as: ada)
            for symbol: ExactText in ["COIN", "OTHER"] {
                _ = try await world.services.quotes.post([
                    .success(
                        try QuoteReport(
                            symbol: symbol, exchange: nil,
                            quote: Quote(
                                bid: nil, ask: nil, last: 100, time: world.world.now())))
                ])
            }
            try await body(world, ada)
        }
    }

    private func order(_ wish: Wish, _ pricing: OrderPricing? = nil) throws -> PlaceOrder {
        PlaceOrder(
            symbol: wish.symbol, side: wish.side, size: .quantity(wish.quantity),
            pricing: pricing ?? .limit(wish.limit), timeInForce: .goodTillCanceled,
            strategy: .named(try #require(StrategyReference(parsing: "momo"))))
    }

    private func request(
        _ name: String, _ config: String, _ scope: ScopeKind
    ) -> PolicyRequest {
        switch scope {
        case .user: PolicyRequest(name: name, configJSON: config)
        case .portfolio: PolicyRequest(name: name, portfolio: "main", configJSON: config)
        case .strategy:
            PolicyRequest(
                name: name, strategy: StrategyReference(parsing: "momo"), configJSON: config)
        }
    }

    @Test(arguments: TestBackend.allCases, ScopeKind.allCases)
    func `what is at a limit leaves, what is above it does not`(
        _ backend: TestBackend, _ scope: ScopeKind
    ) async throws {
        try await scene(backend) { world, ada in
            for boundary in Self.boundaries where scope == .portfolio || !boundary.needsEquity {
                let name = "\(boundary.rule) \(boundary.fields)"
                let fields = boundary.fields.isEmpty ? "" : ",\(boundary.fields)"
                let config = #"{"rule":"\#(boundary.rule)","action":"BLOCK"\#(fields)}"#
                let risk = world.services.risk
                let policy = try await risk.add(request("p", config, scope), for: ada.caller)
                for (wish, passes) in [
                    (boundary.below, true), (boundary.at, true), (boundary.above, false),
                ] {
                    let wanted = try order(wish)
                    let verdict = try await risk.check(wanted, as: ada)
                    #expect(
                        verdict.decision == (passes ? .allow : .block),
                        "\(name): \(wish) is \(verdict)")
                    #expect(verdict.unjudged == [], "\(name)")
                    let shown = try await world.services.orders.preview(wanted, as: ada)
                    #expect(shown.verdict.decision == verdict.decision, "\(name)")
                    let placed = try await world.services.orders.place(wanted, as: ada).order
                    #expect(placed.status == (passes ? .pending : .denied), "\(name): \(wish)")
                    // What it left behind is not to count for the next.
                    try await world.execute("DELETE FROM risk_breaches")
                    try await world.execute("DELETE FROM order_submissions")
                    try await world.execute("DELETE FROM orders")
                }
                try await world.execute(
                    "DELETE FROM risk_policies WHERE id = $1", [.integer(policy.id)])
            }
        }
    }

    /// Configurations with a limit in the place of `N`.
    private static let configs = [
        #""rule":"max_order_notional","max_amount":"N00""#,
        #""rule":"max_risk_per_trade","max_amount":"N00""#,
        #""rule":"max_exposure_per_instrument","max_amount":"N00""#,
        #""rule":"max_total_exposure","max_amount":"N00""#,
        #""rule":"max_leverage","max_ratio":"0.0N""#,
        #""rule":"max_position_quantity","max_quantity":"N""#,
        #""rule":"max_open_positions","max_count":1"#, #""rule":"no_short""#,
        #""rule":"fat_finger","max_percent":"N""#, #""rule":"duplicate_order","seconds":60"#,
        #""rule":"daily_loss_limit","max_amount":"N""#,
        #""rule":"max_heat","max_amount":"N00""#,
    ]

    @Test(arguments: TestBackend.allCases, [1, 2, 3])
    func `the check, the preview and the order path always agree`(
        _ backend: TestBackend, _ seed: UInt64
    ) async throws {
        try await scene(backend) { world, ada in
            var random = SeededGenerator(seed: seed)
            let services = world.services
            for round in 0..<25 {
                if round % 5 == 0 {
                    try await world.execute("DELETE FROM risk_breaches")
                    try await world.execute("DELETE FROM risk_policies")
                    for number in 0..<4 {
                        let limit = Int.random(in: 1...20, using: &random)
                        let config = Self.configs[
                            Int.random(in: Self.configs.indices, using: &random)
                        ].replacing("N", with: "\(limit)")
                        let actions = RiskAction.allCases
                        let action = actions[Int.random(in: actions.indices, using: &random)]
                        let scopes = ScopeKind.allCases
                        _ = try await services.risk.add(
                            request(
                                "p\(number)",
                                #"{\#(config),"action":"\#(action.rawValue)"}"#,
                                scopes[Int.random(in: scopes.indices, using: &random)]),
                            for: ada.caller)
                    }
                }
                let wish = Wish(
                    quantity: Decimal(Int.random(in: 1...12, using: &random)),
                    side: Bool.random(using: &random) ? .buy : .sell,
                    limit: Decimal(Int.random(in: 90...115, using: &random)),
                    symbol: Bool.random(using: &random) ? "COIN" : "OTHER")
                let wanted = try order(
                    wish, Int.random(in: 0...3, using: &random) == 0 ? .market : nil)
                let verdict = try await services.risk.check(wanted, as: ada)
                let shown = try await services.orders.preview(wanted, as: ada)
                let placed = try await services.orders.place(wanted, as: ada).order
                let place: Comment = "seed \(seed), round \(round)"
                #expect(shown.verdict.decision == verdict.decision, place)
                #expect(shown.verdict.allowedQuantity == verdict.allowedQuantity, place)
                if verdict.decision == .block {
                    #expect(placed.status == .denied, place)
                } else {
                    #expect(placed.status == .pending, place)
                    #expect(placed.quantity == verdict.allowedQuantity, place)
                    #expect(shown.instruction.quantity == placed.quantity, place)
                }
                await world.world.advance(seconds: 20)
            }
        }
    }
}
