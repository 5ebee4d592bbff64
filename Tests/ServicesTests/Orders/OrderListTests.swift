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
    func `pages hold every order once, whatever is placed in between`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.addPortfolio("second", of: trader)
            try await world.post(fill("0", "BUY", "1", at: "1"), as: trader)
            let statuses: [OrderStatus] = [.new, .filled, .partiallyFilled]
            for number in 0..<11 {
                // Several of one instant, in two portfolios, in three states.
                try await world.addOrder(
                    "\(number)", portfolio: number.isMultiple(of: 3) ? "second" : "main",
                    quantity: 1, status: statuses[number % 3],
                    time: world.world.now().adding(seconds: Int64(number / 4)), of: trader)
            }
            for asked in [nil, OrderStatus.allCases, [.filled]] as [[OrderStatus]?] {
                let all = try await world.services.orders.list(statuses: asked, for: trader)
                var query = OrderQuery(statuses: asked, limit: 2)
                var paged: [String] = []
                repeat {
                    let page = try await world.services.orders.page(query, for: trader)
                    #expect(page.orders.count == 2 || page.next == nil)
                    paged += page.orders.map(\.uid)
                    if paged.count == 2 {
                        try await world.addOrder(
                            "late \(all.count)", quantity: 1,
                            time: world.world.now().adding(seconds: 100), of: trader)
                    }
                    query.cursor = page.next
                } while query.cursor != nil
                #expect(paged == all.map(\.uid))
                #expect(paged.count == (asked == nil ? 7 : asked?.count == 1 ? 4 : 12))
            }
            for limit in [0, 1001] {
                await #expect(throws: ServiceError.self) {
                    try await world.services.orders.page(OrderQuery(limit: limit), for: trader)
                }
            }
        }
    }
}
