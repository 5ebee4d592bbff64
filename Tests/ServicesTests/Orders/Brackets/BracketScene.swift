import Gateways
import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// A member who has nothing, a quote of COIN, and a gateway that does as it is told.
struct BracketScene {
    let world: ServiceWorld
    let ada: Authority
    let gateway: ScriptedGateway
    let desk: OrderDesk

    init(_ world: ServiceWorld, honoursGroups: Bool) async throws {
        self.world = world
        ada = try await world.member()
        gateway = ScriptedGateway(honoursGroups: honoursGroups)
        desk = OrderDesk(world.services, gateways: [gateway])
        // Known by a trade that left nothing.
        _ = try await world.post(
            Self.fill("t-1", "BUY", "1", at: "100"), Self.fill("t-2", "SELL", "1", at: "100"),
            as: ada)
        try await quote(100)
    }

    static func run(
        on backend: TestBackend, honoursGroups: Bool = false,
        _ body: (BracketScene) async throws -> Void
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            try await body(BracketScene(world, honoursGroups: honoursGroups))
            try await world.expectVerified()
        }
    }

    static func fill(
        _ id: String, _ side: String, _ quantity: String, at price: String,
        strategy: String? = nil
    ) -> String {
        TestSupport.fill(
            id, side, quantity, at: price, symbol: "COIN", exchange: nil, currency: "USD",
            time: "2025-12-31T10:00:00Z", strategy: strategy)
    }

    var orders: OrderService { world.services.orders }

    func quote(_ price: Decimal) async throws {
        _ = try await world.services.quotes.post([
            .success(
                try QuoteReport(
                    symbol: "COIN", exchange: nil,
                    quote: Quote(bid: nil, ask: nil, last: price, time: world.world.now())))
        ])
    }

    func entry(
        _ quantity: Decimal = 10, _ exits: ExitTerms? = BracketScene.exits,
        _ pricing: OrderPricing = .limit(100), _ side: Side = .buy, id: ExactText? = nil
    ) -> PlaceOrder {
        PlaceOrder(
            symbol: "COIN", side: side, size: .quantity(quantity), pricing: pricing,
            timeInForce: .goodTillCanceled, clientOrderID: id, exits: exits)
    }

    static let exits = ExitTerms(stop: .price(90), profit: 120)

    /// Places an order that reaches the gateway.
    func place(_ order: PlaceOrder) async throws -> String {
        let uid = try await orders.place(order, as: ada).order.uid
        try await carry()
        return uid
    }

    func carry() async throws { _ = try await desk.carryDue() }

    /// A fill of an order, which the gateway knows of, too.
    func fills(_ uid: String, _ quantity: Decimal, at price: Decimal = 100) async throws {
        await world.world.advance(seconds: 1)
        let event = GatewayEvent(
            uid: uid, brokerOrderID: ExactText("b-\(uid)"),
            kind: .filled(
                GatewayFill(
                    id: ExactText("\(uid)-\(world.world.now())"), quantity: quantity, price: price,
                    fee: .zero, feeCurrency: try #require(Currency("USD")),
                    time: world.world.now())), time: world.world.now())
        #expect(try await orders.record(event, from: gateway.brokerCode) == .stored)
    }

    func tell(_ uid: String, _ kind: GatewayEvent.Kind) async throws {
        let event = GatewayEvent(
            uid: uid, brokerOrderID: nil, kind: kind, time: world.world.now())
        #expect(try await orders.record(event, from: gateway.brokerCode) == .stored)
    }

    /// All orders that may only reduce, as `STOP 90 10/0 NEW`: with quantity and what is filled.
    func exits() async throws -> [String] {
        try await listed().filter(\.isReduceOnly).map { order in
            let price = (order.price ?? order.stopPrice).map { " \($0)" } ?? ""
            let reason = order.closeReason.map { " \($0.rawValue)" } ?? ""
            return "\(order.type)\(price) \(order.quantity)/\(order.filledQuantity)"
                + " \(order.status.rawValue)\(reason)"
        }
    }

    /// The exits that work.
    func working() async throws -> [String] {
        try await listed().filter { $0.isReduceOnly && $0.status.isOpen }.map { order in
            let price = (order.price ?? order.stopPrice).map { " \($0)" } ?? ""
            return "\(order.type)\(price) \(order.quantity)/\(order.filledQuantity)"
        }
    }

    /// The exit of that type that works.
    func exit(_ type: String) async throws -> OrderListing {
        try #require(
            try await listed().last { $0.isReduceOnly && $0.type == type && $0.status.isOpen })
    }

    /// Oldest first.
    func listed() async throws -> [OrderListing] {
        try await orders.page(
            OrderQuery(statuses: OrderStatus.allCases, limit: 1000), for: ada
        ).orders.reversed()
    }

    func brackets() async throws -> [String] {
        try await world.texts(
            "SELECT status || ' ' || COALESCE(close_reason, '-') FROM brackets ORDER BY id")
    }

    func held() async throws -> Decimal {
        let positions = try await world.services.positions.snapshot(for: ada)
        return positions.first?.listing.position.quantity ?? .zero
    }

    func place() async throws -> PositionPlace {
        let positions = try await world.services.positions.snapshot(for: ada)
        return PositionPlace(try #require(positions.first).listing)
    }

    func set(
        _ change: ExitsChange, request: String = "r"
    ) async throws -> PositionExits {
        try await orders.setExits(change, of: try await place(), request: request, as: ada)
    }
}
