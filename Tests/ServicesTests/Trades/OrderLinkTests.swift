import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Fills and the orders that they fill.
struct OrderLinkTests {
    private func orders(_ world: ServiceWorld, _ trader: Authority) async throws -> [String] {
        try await world.services.orders.list(statuses: OrderStatus.allCases, for: trader).map {
            "\($0.uid) \($0.filledQuantity) \($0.status.rawValue)"
        }.sorted()
    }

    private func links(_ world: ServiceWorld) async throws -> [String] {
        try await world.texts(
            """
            SELECT t.broker_trade_id || ' ' || COALESCE(o.uid, '-') FROM trades t
            LEFT JOIN orders o ON o.id = t.order_id
            ORDER BY t.broker_trade_id
            """)
    }

    @Test(arguments: TestBackend.allCases)
    func `fills move their order to partially filled, filled and beyond`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("0", "BUY", "1", at: "10", order: "nobody's"), as: trader)
            try await world.addOrder("order", quantity: 3, brokerID: "o-1", of: trader)
            #expect(try await orders(world, trader) == ["order 0 NEW"])
            let part = fill("1", "BUY", "1", at: "10", order: "o-1")
            try await world.post(part, as: trader)
            #expect(try await orders(world, trader) == ["order 1 PARTIALLY_FILLED"])
            // A duplicate fills nothing, a conflict neither.
            try await world.post(
                part, fill("1", "BUY", "2", at: "10", order: "o-1"), as: trader)
            #expect(try await orders(world, trader) == ["order 1 PARTIALLY_FILLED"])
            try await world.post(
                fill("2", "BUY", "1.5", at: "10", order: "o-1"),
                fill("3", "BUY", "0.5", at: "10", order: "o-1"), as: trader)
            #expect(try await orders(world, trader) == ["order 3 FILLED"])
            // More than was ordered is a fact all the same.
            try await world.post(fill("4", "BUY", "2", at: "10", order: "o-1"), as: trader)
            #expect(try await orders(world, trader) == ["order 5 FILLED"])
            #expect(
                try await links(world) == ["0 -", "1 order", "2 order", "3 order", "4 order"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an order is found by the broker's id, else by the client's`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("0", "BUY", "1", at: "10"), as: trader)
            try await world.addOrder("both", quantity: 9, brokerID: "b", clientID: "c", of: trader)
            try await world.addOrder("client", quantity: 9, clientID: "c2", of: trader)
            let client = { (id: String, client: String, order: String?) in
                fill(
                    id, "BUY", "1", at: "10", order: order,
                    extra: #""client_order_id":"\#(client)""#)
            }
            try await world.post(
                client("1", "c2", "b"), client("2", "c", nil), client("3", "c2", "unknown"),
                client("4", "unknown", nil), as: trader)
            #expect(
                try await links(world) == ["0 -", "1 both", "2 both", "3 client", "4 -"])
            #expect(
                try await orders(world, trader)
                    == ["both 2 PARTIALLY_FILLED", "client 1 PARTIALLY_FILLED"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a late fill counts for its order once`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("9", "BUY", "1", at: "10"), as: trader)
            try await world.addOrder("order", quantity: 2, brokerID: "o-1", of: trader)
            let late = (1...2).map {
                fill(
                    "\($0)", "BUY", "1", at: "10", time: "2026-02-0\($0)T00:00:00Z", order: "o-1")
            }
            try await world.ingestAll(late.reversed(), as: trader)
            #expect(try await orders(world, trader) == ["order 2 FILLED"])
            #expect(try await links(world) == ["1 order", "2 order", "9 -"])
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a canceled order stays canceled until it turns out to be filled`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("0", "BUY", "1", at: "10"), as: trader)
            try await world.addOrder(
                "order", quantity: 2, status: .canceled, brokerID: "o-1", of: trader)
            try await world.post(fill("1", "BUY", "1", at: "10", order: "o-1"), as: trader)
            #expect(try await orders(world, trader) == ["order 1 CANCELED"])
            try await world.post(fill("2", "BUY", "1", at: "10", order: "o-1"), as: trader)
            #expect(try await orders(world, trader) == ["order 2 FILLED"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an order of another portfolio or user is not filled`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let other = try await world.member(1002)
            try await world.addPortfolio("second", of: trader)
            try await world.post(fill("0", "BUY", "1", at: "10"), as: trader)
            try await world.addOrder(
                "mine", portfolio: "second", quantity: 2, brokerID: "o-1", clientID: "c",
                of: trader)
            try await world.addOrder(
                "theirs", quantity: 2, brokerID: "o-1", clientID: "c", of: other)
            try await world.post(
                fill(
                    "1", "BUY", "1", at: "10", order: "o-1", extra: #""client_order_id":"c""#),
                as: trader)
            #expect(try await links(world) == ["0 -", "1 -"])
            #expect(try await orders(world, trader) == ["mine 0 NEW"])
            #expect(try await orders(world, other) == ["theirs 0 NEW"])
        }
    }
}
