import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// The list of orders.
struct OrderListTests {
    @Test(arguments: TestBackend.allCases)
    func `open orders are listed, newest first, unless other states are asked for`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.addPortfolio("second", of: trader)
            try await world.post(fill("0", "BUY", "1", at: "1"), as: trader)
            for (number, status) in OrderStatus.allCases.enumerated() {
                try await world.addOrder(
                    status.rawValue, portfolio: number.isMultiple(of: 2) ? "main" : "second",
                    quantity: 1, status: status,
                    time: world.world.now().adding(seconds: Int64(number)), of: trader)
            }
            let list = { (portfolio: ExactText?, statuses: [OrderStatus]?) in
                try await world.services.orders.list(
                    portfolio: portfolio, statuses: statuses, for: trader
                ).map(\.uid)
            }
            #expect(try await list(nil, nil) == ["PARTIALLY_FILLED", "NEW", "PENDING"])
            #expect(try await list("main", nil) == ["PARTIALLY_FILLED", "PENDING"])
            #expect(
                try await list(nil, [.filled, .denied, .draft]) == ["DENIED", "FILLED", "DRAFT"])
            #expect(try await list(nil, OrderStatus.allCases).count == OrderStatus.allCases.count)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an order is listed with all that is known of it`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("0", "BUY", "1", at: "1", strategy: "momo@2"), as: trader)
            try await world.addOrder(
                "u", strategy: StrategyReference(parsing: "momo@2"), side: .sell, quantity: 5,
                brokerID: "b", clientID: "c", of: trader)
            try await world.post(fill("1", "SELL", "2", at: "1", order: "b"), as: trader)
            let order = try #require(try await world.services.orders.list(for: trader).first)
            #expect(order.portfolio == "main")
            #expect(order.strategy == "momo@2")
            #expect(order.instrument.symbol == "BTCUSDT")
            #expect(order.side == .sell)
            #expect(order.type == "LIMIT")
            #expect(order.status == .partiallyFilled)
            #expect(order.timeInForce == nil)
            #expect([order.quantity, order.filledQuantity, order.price] == [5, 2, 100])
            #expect(order.stopPrice == nil)
            #expect((order.brokerOrderID, order.clientOrderID) == ("b", "c"))
            #expect(order.placedAt == world.world.now())
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the list ends at its limit`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("0", "BUY", "1", at: "1"), as: trader)
            try await world.addOrder("first", quantity: 1, of: trader)
            let more = OrderService.listLimit
            try await world.execute(
                """
                WITH RECURSIVE n (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < \(more))
                INSERT INTO orders (uid, user_id, portfolio_id, instrument_id, side, type, status,
                    quantity, placed_at, updated_at)
                SELECT 'more ' || n.k, o.user_id, o.portfolio_id, o.instrument_id, o.side, o.type,
                    o.status, o.quantity, o.placed_at, o.updated_at
                FROM orders o CROSS JOIN n
                """)
            let orders = try await world.services.orders.list(for: trader)
            #expect(orders.count == more)
            #expect(!orders.contains { $0.uid == "first" })
        }
    }
}
