import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// What corrections make of orders, and of what is known by a trade.
struct CorrectionOrderTests {
    private func orders(_ world: ServiceWorld, _ trader: Authority) async throws -> [String] {
        try await world.services.orders.list(statuses: OrderStatus.allCases, for: trader).map {
            "\($0.uid) \($0.filledQuantity) \($0.status.rawValue)"
        }.sorted()
    }

    @Test(arguments: TestBackend.allCases)
    func `an order counts what was filled after all`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("0", "BUY", "1", at: "10"), as: trader)
            try await world.addOrder("order", quantity: 3, brokerID: "o-1", of: trader)
            try await world.addOrder("other", quantity: 3, brokerID: "o-2", of: trader)
            try await world.post(
                fill("1", "BUY", "1", at: "10", order: "o-1"),
                fill("2", "BUY", "2", at: "10", order: "o-1"), as: trader)
            func after(_ correction: Correction, _ id: String) async throws -> String {
                try await world.correct(correction, id: id, as: trader)
                let orders = try await orders(world, trader)
                #expect(orders.last == "other 0 NEW")
                return orders[0]
            }
            #expect(try await orders(world, trader)[0] == "order 3 FILLED")
            #expect(try await after(.bust("0"), "a") == "order 3 FILLED")
            #expect(try await after(.correct("2", price: "11"), "b") == "order 3 FILLED")
            #expect(
                try await after(.correct("2", quantity: "1.5"), "c")
                    == "order 2.5 PARTIALLY_FILLED")
            #expect(try await after(.correct("2", quantity: "4"), "d") == "order 5 FILLED")
            #expect(try await after(.bust("2"), "e") == "order 1 PARTIALLY_FILLED")
            #expect(try await after(.bust("1"), "f") == "order 0 NEW")
            #expect(try await after(.correct("1", quantity: "3"), "g") == "order 3 FILLED")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a canceled order stays canceled`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("0", "BUY", "1", at: "10"), as: trader)
            try await world.addOrder(
                "order", quantity: 3, status: .canceled, brokerID: "o-1", of: trader)
            try await world.post(fill("1", "BUY", "2", at: "10", order: "o-1"), as: trader)
            try await world.correct(.correct("1", quantity: "1"), id: "a", as: trader)
            #expect(try await orders(world, trader) == ["order 1 CANCELED"])
            try await world.correct(.bust("1"), id: "b", as: trader)
            #expect(try await orders(world, trader) == ["order 0 CANCELED"])
        }
    }

    /// Campaigns and legs with their uids and what was written on them.
    private func journeys(_ world: ServiceWorld) async throws -> [String] {
        try await world.texts(
            """
            SELECT c.uid || ' ' || CAST(c.tags_json AS TEXT) || ' ' || c.status || ' '
                || l.uid || ' ' || COALESCE(l.notes, '-') || ' ' || l.leg_type
            FROM position_campaigns c
            JOIN campaign_legs l ON l.campaign_id = c.id
            ORDER BY c.opened_at, l.leg_number
            """)
    }

    @Test(arguments: TestBackend.allCases)
    func `a campaign and its legs survive the correction of the trade they are known by`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            func at(_ hour: Int, _ id: String, _ side: String, _ quantity: String) -> String {
                fill(id, side, quantity, at: "100", time: "2026-02-19T1\(hour):00:00Z")
            }
            _ = try await world.ingest(
                [
                    at(0, "a", "BUY", "2"), at(1, "b", "BUY", "1"), at(2, "c", "SELL", "1"),
                    at(3, "d", "SELL", "5"), at(4, "e", "BUY", "1"),
                ], as: trader)
            try await world.execute("UPDATE position_campaigns SET tags_json = '[\"kept\"]'")
            try await world.execute("UPDATE campaign_legs SET notes = 'on ' || leg_type")
            let before = try await journeys(world)
            #expect(before.count == 6)
            #expect(before.allSatisfy { $0.contains("kept") })
            for (number, correction) in [
                Correction.correct("a", price: "101"),
                .correct("a", quantity: "3", time: "2026-02-19T09:00:00Z"),
                .correct("b", price: "99"), .correct("c", quantity: "2"),
                .correct("d", price: "98"), .correct("d", quantity: "4"),
                .correct("e", fee: "1"),
            ].enumerated() {
                try await world.correct(correction, id: "c-\(number)", as: trader)
                #expect(try await journeys(world) == before, "\(correction)")
                try await world.expectVerified()
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what no trade stands behind any more is forgotten`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                fill("a", "BUY", "2", at: "100", fee: "1"), fill("b", "SELL", "2", at: "90"),
                as: trader)
            try await world.correct(.bust("b"), id: "1", as: trader)
            try await world.correct(.bust("a"), id: "2", as: trader)
            for table in [
                "positions", "daily_pnl", "position_campaigns", "campaign_legs", "leg_trade_map",
                "position_lots", "lot_closures",
            ] {
                #expect(try await world.count(of: table) == 0, "\(table)")
            }
            #expect(try await world.count(of: "trades") == 2)
            #expect(
                try await world.services.positions.snapshot(includeClosed: true, for: trader)
                    .isEmpty)
            try await world.expectVerified()
        }
    }
}
