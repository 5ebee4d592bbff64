import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// Orders before risk policies: what is asked for is what happens.
struct RiskOrderTests {
    private func scene(
        _ backend: TestBackend, _ body: (ServiceWorld, Authority) async throws -> Void
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            _ = try await world.post(
                fill(
                    "t-1", "BUY", "2", at: "100", symbol: "COIN", exchange: nil, currency: "USD",
                    time: "2025-12-31T10:00:00Z"), as: ada)
            _ = try await world.services.quotes.post([
                .success(
                    try QuoteReport(
                        symbol: "COIN", exchange: nil,
                        quote: Quote(bid: nil, ask: nil, last: 100, time: world.world.now())))
            ])
            try await body(world, ada)
        }
    }

    private func order(
        _ quantity: Decimal, _ side: Side = .buy, at limit: Decimal = 100,
        id: ExactText? = nil
    ) -> PlaceOrder {
        PlaceOrder(
            symbol: "COIN", side: side, size: .quantity(quantity), pricing: .limit(limit),
            timeInForce: .goodTillCanceled, clientOrderID: id)
    }

    private func add(
        _ config: String, name: String = "p", to world: ServiceWorld, of ada: Authority
    ) async throws {
        _ = try await world.services.risk.add(
            PolicyRequest(name: name, configJSON: config), for: ada.caller)
    }

    @Test(arguments: TestBackend.allCases)
    func `an order above a limit is denied, its breach stored and told, and nothing is sent`(
        _ backend: TestBackend
    ) async throws {
        try await scene(backend) { world, ada in
            try await add(
                #"{"rule":"max_order_notional","action":"BLOCK","max_amount":"1000"}"#, to: world,
                of: ada)
            let at = try await world.services.risk.check(order(10), as: ada)
            #expect(at.decision == .allow && at.allowedQuantity == 10)
            let above = try await world.services.risk.check(order(11), as: ada)
            #expect(above.decision == .block && above.allowedQuantity == 0)
            let denied = try await world.services.orders.place(order(11, id: "c"), as: ada)
            #expect(denied.order.status == .denied)
            #expect(denied.order.reason?.contains("max_order_notional") == true)
            let again = try await world.services.orders.place(order(11, id: "c"), as: ada)
            #expect(again.isRepeated && again.order.uid == denied.order.uid)
            let placed = try await world.services.orders.place(order(10), as: ada)
            #expect(placed.order.status == .pending)
            let breaches = try await world.services.risk.overview(for: ada).breaches
            #expect(breaches.map(\.action) == [.blocked])
            let submissions = try await world.count(of: "order_submissions")
            #expect(submissions == 1)
            let told = try await world.services.messages.unsent(limit: 10)
            #expect(told.contains { if case .breach? = Notice($0) { true } else { false } })
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an order is cut down to what passes, and warned about`(
        _ backend: TestBackend
    ) async throws {
        try await scene(backend) { world, ada in
            try await add(
                #"{"rule":"max_order_notional","action":"REDUCE_SIZE","max_amount":450}"#,
                to: world, of: ada)
            try await add(
                #"{"rule":"max_total_exposure","action":"WARN","max_amount":1}"#, name: "w",
                to: world, of: ada)
            let verdict = try await world.services.risk.check(order(10), as: ada)
            #expect(verdict.decision == .reduceSize)
            let placed = try await world.services.orders.place(order(10), as: ada)
            #expect(placed.order.quantity == verdict.allowedQuantity)
            #expect(placed.order.quantity == (try Decimal(parsing: "4.5")))
            let breaches = try await world.services.risk.overview(for: ada).breaches
            let actions = breaches.map(\.action.rawValue)
            #expect(actions.sorted() == ["REDUCED_SIZE", "WARNED"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a fault in a configuration names its field, and nothing is stored`(
        _ backend: TestBackend
    ) async throws {
        try await scene(backend) { world, ada in
            for (config, field) in [
                (#"{"action":"BLOCK"}"#, "rule"), (#"{"rule":"no_short"}"#, "action"),
                (#"{"rule":"max_leverage","action":"BLOCK"}"#, "max_ratio"),
                (#"{"rule":"no_short","action":"BLOCK","x":1}"#, "x"), ("[]", "config"),
                (#"{"rule":"max_order_notional","action":"BLOCK","max_amount":-1}"#, "max_amount"),
            ] {
                let error = await #expect(throws: ServiceError.self) {
                    try await add(config, to: world, of: ada)
                }
                #expect(error?.field == field, "\(config): \(String(describing: error))")
            }
            let stored = try await world.count(of: "risk_policies")
            #expect(stored == 0)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what is asked for is what happens, for any policies and orders`(
        _ backend: TestBackend
    ) async throws {
        try await scene(backend) { world, ada in
            var random = SeededGenerator(seed: 7)
            let configs = [
                #"{"rule":"max_order_notional","action":"REDUCE_SIZE","max_amount":700}"#,
                #"{"rule":"max_position_quantity","action":"BLOCK","max_quantity":25}"#,
                #"{"rule":"no_short","action":"BLOCK"}"#,
                #"{"rule":"max_total_exposure","action":"REDUCE_SIZE","max_amount":3000}"#,
                #"{"rule":"fat_finger","action":"WARN","max_percent":10}"#,
            ]
            for (index, config) in configs.enumerated() {
                try await add(config, name: "p\(index)", to: world, of: ada)
            }
            for round in 0..<40 {
                let quantity = Decimal(Int.random(in: 1...12, using: &random))
                let side: Side = Bool.random(using: &random) ? .buy : .sell
                let limit = Decimal(Int.random(in: 80...120, using: &random))
                let wanted = order(quantity, side, at: limit)
                let verdict = try await world.services.risk.check(wanted, as: ada)
                let placed = try await world.services.orders.place(wanted, as: ada).order
                if verdict.decision == .block {
                    #expect(placed.status == .denied, "round \(round)")
                } else {
                    #expect(placed.status == .pending, "round \(round)")
                    #expect(placed.quantity == verdict.allowedQuantity, "round \(round)")
                }
            }
        }
    }
}
