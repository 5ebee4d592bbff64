import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// A member with 100,000 USD in a paper account, and a coin that is known and marked at 100.
struct RiskScene {
    let world: ServiceWorld
    let ada: Authority

    static func run(
        _ backend: TestBackend, _ body: (RiskScene) async throws -> Void
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let scene = RiskScene(world: world, ada: try await world.member())
            _ = try await scene.fill("t-0", "BUY", "1", at: "100")
            _ = try await scene.fill("t-1", "SELL", "1", at: "100")
            try await scene.mark(100)
            try await body(scene)
        }
    }

    var risk: RiskService { world.services.risk }
    var caller: Caller { ada.caller }

    func fill(
        _ id: String, _ side: String, _ quantity: String, at price: String,
        symbol: String = "COIN", order: String? = nil, strategy: String? = nil
    ) async throws -> IngestReport {
        try await world.post(
            TestSupport.fill(
                id, side, quantity, at: price, symbol: symbol, exchange: nil, currency: "USD",
                time: world.world.now().description, order: order, strategy: strategy), as: ada)
    }

    func mark(_ last: Decimal, _ symbol: ExactText = "COIN") async throws {
        await world.world.advance(seconds: 1)
        _ = try await world.services.quotes.post([
            .success(
                try QuoteReport(
                    symbol: symbol, exchange: nil,
                    quote: Quote(bid: nil, ask: nil, last: last, time: world.world.now())))
        ])
    }

    @discardableResult
    func policy(
        _ config: String, _ name: String = "p", portfolio: ExactText? = nil,
        strategy: StrategyReference? = nil
    ) async throws -> RiskPolicyRecord {
        try await risk.add(
            PolicyRequest(
                name: name, portfolio: portfolio, strategy: strategy, configJSON: config),
            for: caller)
    }

    func order(
        _ quantity: Decimal, _ side: Side = .buy, at limit: Decimal = 100,
        reduces: Bool = false, strategy: StrategyChoice = .none
    ) -> PlaceOrder {
        PlaceOrder(
            symbol: "COIN", side: side, size: .quantity(quantity), pricing: .limit(limit),
            timeInForce: .goodTillCanceled, isReduceOnly: reduces, strategy: strategy)
    }

    func decision(_ order: PlaceOrder) async throws -> RiskDecision {
        try await risk.check(order, as: ada).decision
    }

    /// What the watches do as time passes.
    func watch() async throws {
        let equity = EquityWatch(world.services) { Issue.record("\($0)") }
        let watch = RiskWatch(world.services) { Issue.record("\($0)") }
        try await equity.round()
        try await watch.round()
    }

    func breaches() async throws -> [RiskBreachRecord] {
        try await risk.overview(for: ada).breaches
    }

    func told() async throws -> [BreachNews] {
        try await world.services.messages.unsent(limit: 100).compactMap { message in
            if case .breach(let news)? = Notice(message) { news } else { nil }
        }
    }

    func advance(to instant: Timestamp) async {
        let wait = instant.microseconds - world.world.now().microseconds
        await world.world.advance(seconds: Double(max(0, wait)) / 1e6)
    }
}
