import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Orders that their senders report.
struct OrderReportTests {
    @Test(arguments: TestBackend.allCases)
    func `a reported order is kept with all that is told of it, and a repeat is a duplicate`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let text = order(
                "o-1", "5", client: "c-1", filled: "0", strategy: "momo@2",
                extra: #"""
                    "stop_price":"99.5","time_in_force":"gtc",
                    "placed_at":"2025-12-31T10:00:00+01:00","meta":{"why": "test"}
                    """#)
            #expect(try await world.report(text, as: trader) == ["accepted"])
            let rows = try await world.rowCounts()
            #expect(try await world.report(text, text, as: trader) == ["duplicate", "duplicate"])
            #expect(try await world.rowCounts() == rows)
            #expect(rows["audit_log"].map { $0 >= 2 } == true)
            let stored = try await world.only(trader)
            #expect((stored.portfolio, stored.strategy) == ("main", "momo@2"))
            #expect((stored.side, stored.type, stored.status) == (.buy, "LIMIT", .new))
            #expect((stored.quantity, stored.filledQuantity, stored.price) == (5, 0, 100))
            #expect(stored.stopPrice == (try Decimal(parsing: "99.5")))
            #expect((stored.timeInForce, stored.clientOrderID) == ("GTC", "c-1"))
            #expect(stored.placedAt.description == "2025-12-31T09:00:00.000000Z")
            #expect((stored.reportedStatus, stored.reportedFilledQuantity) == (.new, 0))
            #expect(stored.metaJSON.contains("test"))
            // What is left out stays as it is known; the instrument needs no more than its symbol.
            let minimal = order(
                "o-1", "5", "CANCELED", type: nil, price: nil, exchange: nil, assetType: nil,
                currency: nil)
            #expect(try await world.report(minimal, as: trader) == ["accepted"])
            let after = try await world.only(trader)
            #expect((after.type, after.price, after.status) == ("LIMIT", 100, .canceled))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `fills that come before their order's report are linked by it`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let client = #""client_order_id":"c-2""#
            try await world.post(
                fill("1", "BUY", "1", at: "10", order: "o-1"),
                fill("2", "BUY", "1.5", at: "10", order: "o-1", extra: client),
                fill("3", "BUY", "1", at: "10", extra: client),
                fill("4", "SELL", "1", at: "10", order: "o-1"),
                fill("5", "BUY", "1", at: "10", symbol: "ETHUSDT", order: "o-1"),
                fill("6", "BUY", "1", at: "10", order: "o-3", extra: client), as: trader)
            #expect(
                try await world.report(
                    order("o-1", "3"), order("o-2", "1", client: "c-2"), as: trader)
                    == ["accepted", "accepted"])
            #expect(
                try await world.orderLines(of: trader)
                    == ["o-1: 2.5/3 PARTIALLY_FILLED", "o-2: 1/1 FILLED"])
            // The other side, another instrument, another id of the broker's: not this order's.
            #expect(
                try await world.linkLines() == [
                    "1 -> o-1", "2 -> o-1", "3 -> o-2", "4 -> -", "5 -> -", "6 -> -",
                ])
            try await world.post(
                fill("7", "BUY", "0.5", at: "10", order: "o-1"),
                fill("8", "SELL", "0.5", at: "10", order: "o-1"), as: trader)
            #expect(
                try await world.orderLines(of: trader) == ["o-1: 3/3 FILLED", "o-2: 1/1 FILLED"])
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a client's id that is told later links what waited for it`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.report(order("o-1", "2"), as: trader)
            try await world.post(
                fill("1", "BUY", "1", at: "10", extra: #""client_order_id":"c-1""#), as: trader)
            #expect(try await world.orderLines(of: trader) == ["o-1: 0/2 NEW"])
            #expect(
                try await world.report(order("o-1", "2", client: "c-1"), as: trader)
                    == ["accepted"])
            #expect(try await world.orderLines(of: trader) == ["o-1: 1/2 PARTIALLY_FILLED"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an order that we know by our own id gets the broker's from its report`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("0", "BUY", "1", at: "10"), as: trader)
            try await world.addOrder(
                "ours", quantity: 2, status: .pending, clientID: "c-1", of: trader)
            try await world.post(fill("1", "BUY", "1", at: "10", order: "o-1"), as: trader)
            let reports = [
                order("o-1", "2", "NEW", client: "c-1"), order("o-2", "2", client: "c-1"),
            ]
            #expect(
                try await world.report(reports, as: trader).words
                    == ["accepted", "CONFLICT client_order_id"])
            let stored = try await world.only(trader)
            #expect((stored.uid, stored.brokerOrderID) == ("ours", "o-1"))
            #expect(stored.status == .partiallyFilled)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `reports that overtake each other take no order back`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let at = { (second: Int) in "2025-12-31T00:00:0\(second)Z" }
            #expect(
                try await world.report(
                    order("o-1", "7", "CANCELED", price: "103", updated: at(3)),
                    order("o-1", "5", "NEW", price: "101", updated: at(1)),
                    order("o-1", "6", "PARTIALLY_FILLED", filled: "2", updated: at(2)),
                    order("o-1", "5", "NEW", price: "101", updated: at(1)), as: trader)
                    == ["accepted", "duplicate", "accepted", "duplicate"])
            let stored = try await world.only(trader)
            #expect((stored.quantity, stored.price, stored.status) == (7, 103, .canceled))
            #expect(stored.reportedFilledQuantity == 2)
            #expect(stored.filledQuantity == 0)
            // A complete fill is a fact, however late; a part of it leaves the order canceled.
            try await world.post(fill("1", "BUY", "3", at: "10", order: "o-1"), as: trader)
            #expect(try await world.orderLines(of: trader) == ["o-1: 3/7 CANCELED"])
            try await world.post(fill("2", "BUY", "4", at: "10", order: "o-1"), as: trader)
            #expect(try await world.orderLines(of: trader) == ["o-1: 7/7 FILLED"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a broker that says filled is believed before the fills come`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.report(order("o-1", "2", "FILLED", filled: "2"), as: trader)
            #expect(try await world.orderLines(of: trader) == ["o-1: 0/2 FILLED"])
            try await world.post(fill("1", "BUY", "1", at: "10", order: "o-1"), as: trader)
            let stored = try await world.only(trader)
            #expect((stored.filledQuantity, stored.reportedFilledQuantity) == (1, 2))
            #expect(stored.status == .filled)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what tells one order from another is a conflict with its field, and changes nothing`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.report(
                order("o-1", "5", client: "c-1", strategy: "momo"), order("o-2", "5"),
                as: trader)
            let before = try await world.rowCounts()
            let cases: [(String, String)] = [
                (order("o-1", "5", symbol: "ETHUSDT"), "CONFLICT symbol"),
                (order("o-1", "5", exchange: "KRAKEN"), "CONFLICT exchange"),
                (order("o-1", "5", assetType: "FUTURE"), "CONFLICT asset_type"),
                (order("o-1", "5", currency: "USD"), "CONFLICT currency"),
                (order("o-1", "5", side: "SELL"), "CONFLICT side"),
                (order("o-1", "5", strategy: "mean"), "CONFLICT strategy"),
                (order("o-1", "5", client: "c-9"), "CONFLICT client_order_id"),
                (order("o-2", "5", client: "c-1"), "CONFLICT client_order_id"),
                (order("o-3", "5", client: "c-1"), "CONFLICT client_order_id"),
                (order("o-1", "5", extra: #""multiplier":"2""#), "INSTRUMENT_MISMATCH multiplier"),
                (order("o-1", "5", price: "-1"), "INVALID_FIELD price"),
                (order("o-9", "5", symbol: "X", assetType: nil), "UNKNOWN_INSTRUMENT symbol"),
                (order("o-9", "5", portfolio: "nope"), "UNKNOWN_PORTFOLIO portfolio"),
                (order("o-9", "5", "DRAFT"), "INVALID_FIELD status"),
                (order("o-9", "5", "OPEN"), "INVALID_FIELD status"),
                (order("o-9", "0"), "INVALID_FIELD quantity"),
                (order("o-9", "1e30"), "OUT_OF_RANGE quantity"),
                (order("o-9", "5", filled: "-1"), "INVALID_FIELD filled_quantity"),
                (order("o-9", "5", updated: "2026-01-01T00:06:00Z"), "INVALID_FIELD updated_at"),
                (order("o-9", "5", extra: #""tif":"GTC""#), "UNKNOWN_FIELD tif"),
                (#"{"broker_order_id":"o-9"}"#, "INVALID_FIELD symbol"), ("7", "INVALID_FIELD"),
            ]
            #expect(
                try await world.report(cases.map(\.0), as: trader).words == cases.map(\.1))
            #expect(try await world.rowCounts() == before)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `more filled than ordered is kept, flagged and told once`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.report(order("o-1", "2"), as: trader)
            let outbox = try await world.count(of: "outbox")
            try await world.post(
                fill("1", "BUY", "2", at: "10", order: "o-1"),
                fill("2", "BUY", "0.5", at: "10", order: "o-1"),
                fill("3", "BUY", "1", at: "10", order: "o-2"),
                fill("4", "BUY", "1", at: "10", order: "o-3"), as: trader)
            #expect(try await world.only(trader).isOverfilled)
            #expect(try await world.orderLines(of: trader) == ["o-1: 2.5/2 FILLED"])
            #expect(try await world.count(of: "outbox") == outbox + 1)
            let overfills = "details_json LIKE '%overfilled%'"
                .replacing("details_json", with: "CAST(details_json AS TEXT)")
            #expect(try await world.count(of: "audit_log", where: overfills) == 1)
            try await world.post(fill("5", "BUY", "1", at: "10", order: "o-1"), as: trader)
            try await world.correct(.bust("5"), as: trader)
            #expect(try await world.orderLines(of: trader) == ["o-1: 2.5/2 FILLED"])
            #expect(try await world.count(of: "outbox") == outbox + 1)
            // Two at once are told in one notice.
            try await world.report(order("o-2", "0.5"), order("o-3", "0.5"), as: trader)
            #expect(try await world.count(of: "outbox") == outbox + 2)
            #expect(try await world.count(of: "audit_log", where: overfills) == 3)
            let notices = try await world.services.messages.unsent(limit: 10).compactMap {
                Notice($0)
            }
            guard case .overfill(let one, 0)? = notices.dropLast().last,
                case .overfill(_, 1)? = notices.last
            else { throw ServiceError(.invalid, code: "NO_NOTICE", detail: "\(notices)") }
            #expect((one.symbol, one.brokerOrderID, one.quantity) == ("BTCUSDT", "o-1", 2))
            #expect(one.filledQuantity == (try Decimal(parsing: "2.5")))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `corrections before and after the report leave the order right`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                fill("1", "BUY", "1", at: "10", order: "o-1"),
                fill("2", "BUY", "1", at: "10", order: "o-1"),
                fill("3", "BUY", "1", at: "10", order: "o-1"), as: trader)
            try await world.correct(.bust("1"), id: "c-1", as: trader)
            try await world.correct(.correct("2", quantity: "1.5"), id: "c-2", as: trader)
            try await world.report(order("o-1", "4"), as: trader)
            #expect(try await world.orderLines(of: trader) == ["o-1: 2.5/4 PARTIALLY_FILLED"])
            // Every revision is linked, those in force count.
            #expect(
                try await world.linkLines()
                    == ["1 -> o-1", "2 -> o-1", "2 -> o-1", "3 -> o-1"])
            try await world.correct(.correct("1", quantity: "1.5"), id: "c-3", as: trader)
            #expect(try await world.orderLines(of: trader) == ["o-1: 4/4 FILLED"])
            try await world.correct(.bust("1"), id: "c-4", as: trader)
            try await world.correct(.bust("2"), id: "c-5", as: trader)
            try await world.correct(.bust("3"), id: "c-6", as: trader)
            #expect(try await world.orderLines(of: trader) == ["o-1: 0/4 NEW"])
        }
    }
}
