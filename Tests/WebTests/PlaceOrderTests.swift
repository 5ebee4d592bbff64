import Ledger
import Services
import Storage
import TestSupport
import Testing
import Web
import Wire
import World

/// Orders that are placed, canceled and replaced over HTTP.
struct PlaceOrderTests {
    private static let order = #"""
        {"client_order_id":"c-1","symbol":"BTCUSDT","exchange":"BINANCE","asset_type":"CRYPTO",
         "currency":"USDT","side":"buy","type":"LIMIT","quantity":2,"price":"100.50",
         "meta":{"a":1}}
        """#

    private static func placed(
        _ web: WebWorld, _ token: String, _ body: String = order
    ) async throws -> Reply {
        try await web.client.post("/v1/orders", token: token, body)
    }

    private static func delete(
        _ web: WebWorld, _ target: String, _ token: String
    ) async throws -> Reply {
        try await web.client.send("DELETE", "/v1/orders/\(target)", token: token)
    }

    @Test(arguments: TestBackend.allCases)
    func `an order brings its exits, which are part of the request`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            func order(_ exits: String) -> String {
                Self.order.replacing(#""meta":{"a":1}"#, with: exits)
            }
            let exits = #""stop_loss":"90","take_profit":120"#
            #expect(try await Self.placed(web, token, order(exits)).status == 201)
            #expect(try await Self.placed(web, token, order(exits)).status == 200)
            let other = try await Self.placed(
                web, token, order(#""stop_loss_trail_percent":2,"take_profit":120"#))
            #expect((other.status, other.code) == (409, "CONFLICT"))
            #expect(
                try await web.base.count(
                    of: "brackets", where: "status = 'PENDING' AND exit_side = 'SELL'") == 1)
            for (members, field) in [
                (#""stop_loss":"100.50""#, "stop_loss"), (#""take_profit":100"#, "take_profit"),
                (#""stop_loss":90,"stop_loss_trail_amount":1"#, "stop_loss_trail_amount"),
            ] {
                let refused = try await Self.placed(
                    web, token, order(members).replacing("c-1", with: "c-2"))
                #expect((refused.status, refused.field) == (422, field), "\(refused.text)")
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an order is placed once, and shown as it is everywhere`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            let first = try await Self.placed(web, token)
            #expect(first.status == 201, "\(first.text)")
            let order = try #require(first.json["order"])
            let uid = try #require(order["uid"]?.string)
            for (member, value) in [
                ("portfolio", "main"), ("strategy", .null), ("side", "BUY"), ("type", "LIMIT"),
                ("status", "PENDING"), ("time_in_force", "GTC"), ("quantity", "2"),
                ("price", "100.5"), ("client_order_id", "c-1"), ("gateway", "PAPER"),
                ("reduce_only", .bool(false)), ("trail_amount", .null), ("version", 1),
                ("meta", ["a": 1]), ("reason", .null),
            ] as [(String, JSONValue)] {
                #expect(order[member] == value, "\(member): \(first.text)")
            }
            // By value the same.
            let again = try await Self.placed(
                web, token, Self.order.replacing("100.50", with: "1005e-1"))
            #expect(again.status == 200)
            #expect(again.json == first.json)
            let other = try await Self.placed(
                web, token, Self.order.replacing("100.50", with: "101"))
            #expect((other.status, other.code) == (409, "CONFLICT"))
            #expect(other.field == "client_order_id")
            let shown = try await web.client.get("/v1/orders/\(uid)", token: token)
            #expect(shown.json["order"] == order)
            let listed = try await web.client.get("/v1/orders", token: token)
            #expect(listed.json["orders"]?.array?.count == 1)
            #expect(listed.json["orders"]?[0]?["version"] == 1)
            #expect(try await web.base.count(of: "orders") == 1)
        }
    }

    /// Without an id of the sender's, each is one.
    @Test func `what a trail and a time in force say is kept`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let body = #"""
                {"symbol":"AAPL","asset_type":"EQUITY","currency":"USD","side":"SELL",
                 "type":"TRAILING","quantity":1,"trail_percent":"2.50"}
                """#
            for _ in 0..<2 {
                let reply = try await Self.placed(web, token, body)
                #expect(reply.status == 201)
                #expect(reply.json["order"]?["trail_percent"] == "2.5")
                #expect(reply.json["order"]?["time_in_force"] == "DAY")
            }
            // AAPL is known by now, and crypto it is not.
            let known = try await Self.placed(
                web, token, #"{"symbol":"AAPL","side":"SELL","quantity":1}"#)
            #expect(known.json["order"]?["time_in_force"] == "DAY")
            #expect(try await web.base.count(of: "orders") == 3)
        }
    }

    private static let faults: [(String, Int, String, String?)] = [
        ("{", 400, "NOT_JSON", nil), ("[]", 422, "INVALID_FIELD", nil),
        ("{}", 422, "INVALID_FIELD", "symbol"),
        (#"{"symbol":"X","side":"BUY"}"#, 422, "INVALID_FIELD", "quantity"),
        (#"{"symbol":"X","side":"BUY","qty":1}"#, 422, "UNKNOWN_FIELD", "qty"),
        (#"{"symbol":"X","side":"BUY","quantity":1}"#, 422, "UNKNOWN_INSTRUMENT", "symbol"),
        (known(#""price":5"#), 422, "INVALID_FIELD", "price"),
        (known(#""type":"LIMIT""#), 422, "INVALID_FIELD", "price"),
        (known(#""multiplier":7"#), 422, "INSTRUMENT_MISMATCH", "multiplier"),
        (known(#""portfolio":"nope""#), 404, "UNKNOWN_PORTFOLIO", "portfolio"),
        (known(#""portfolio":"away""#), 422, "NO_GATEWAY", "portfolio"),
        (known(#""reduce_only":true"#), 422, "NOTHING_TO_REDUCE", "side"),
        (
            #"{"symbol":"BTCUSDT","exchange":"BINANCE","side":"BUY","notional":5}"#, 422,
            "NO_QUOTE", "notional"
        ),
    ]

    private static func known(_ member: String) -> String {
        #"{"symbol":"BTCUSDT","exchange":"BINANCE","side":"BUY","quantity":1,\#(member)}"#
    }

    @Test func `faults are told by status, code and field, and store nothing`() async throws {
        try await WebWorld.run { web in
            let (authority, token) = try await web.member()
            try await web.addPortfolio("away", for: authority)
            _ = try await web.client.post(
                token: token, batch(fill("t-1", "BUY", "1", at: "100")))
            for (body, status, code, field) in Self.faults {
                let reply = try await Self.placed(web, token, body)
                #expect(
                    (reply.status, reply.code, reply.field) == (status, code, field),
                    "\(body): \(reply.text)")
            }
            let query = try await web.client.post("/v1/orders?x=1", token: token, Self.order)
            #expect((query.status, query.field) == (422, "x"))
            #expect(try await web.base.count(of: "orders") == 0)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a token is held to its scope, its portfolio and its strategy`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (authority, token) = try await web.member()
            let ingest = try await web.token(
                named: "ingest", for: authority, permissions: [.ingest, .read])
            #expect(try await Self.placed(web, ingest).code == "FORBIDDEN_SCOPE")
            let momo = try #require(StrategyReference(parsing: "momo"))
            let narrow = try await web.token(
                named: "narrow", for: authority, permissions: [.trade], portfolio: "main",
                strategy: momo)
            let own = try await Self.placed(web, narrow)
            #expect(own.json["order"]?["strategy"] == "momo@1.0", "\(own.text)")
            _ = try await web.services.portfolios.add(
                name: "paper2", brokerCode: "PAPER", currency: .usd, isDefault: false,
                for: authority.caller)
            for (member, code) in [
                (#""portfolio":"paper2""#, "FORBIDDEN_PORTFOLIO"),
                (#""strategy":"mean""#, "FORBIDDEN_STRATEGY"),
                (#""strategy":null"#, "FORBIDDEN_STRATEGY"),
            ] {
                let reply = try await Self.placed(
                    web, narrow, Self.order.replacing("{\"client", with: "{\(member),\"client"))
                #expect((reply.status, reply.code) == (403, code), "\(member)")
            }
            // Nor does it change what is not of its strategy.
            let foreign = try await Self.placed(
                web, token, Self.order.replacing("c-1", with: "c-2"))
            let uid = try #require(foreign.json["order"]?["uid"]?.string)
            let canceled = try await Self.delete(web, uid, narrow)
            #expect((canceled.status, canceled.code) == (404, "UNKNOWN_ORDER"))
            let replaced = try await web.client.post(
                "/v1/orders/\(uid)/replace", token: narrow, #"{"price":1}"#)
            #expect((replaced.status, replaced.code) == (404, "UNKNOWN_ORDER"))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an order is canceled, and that is told where it can't be`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (authority, token) = try await web.member()
            let (_, stranger) = try await web.member(1002)
            let placed = try await Self.placed(web, token)
            let uid = try #require(placed.json["order"]?["uid"]?.string)
            for (target, token, status, code, field) in [
                (uid, stranger, 404, "UNKNOWN_ORDER", "uid"),
                ("nope", token, 404, "UNKNOWN_ORDER", "uid"),
                ("\(uid)?version=9", token, 409, "VERSION_CONFLICT", "version"),
                ("\(uid)?version=x", token, 422, "INVALID_FIELD", "version"),
                ("\(uid)?versoin=1", token, 422, "UNKNOWN_FIELD", "versoin"),
            ] {
                let reply = try await Self.delete(web, target, token)
                #expect(
                    (reply.status, reply.code, reply.field) == (status, code, field),
                    "\(target): \(reply.text)")
            }
            for target in ["\(uid)?version=1", uid] {
                let reply = try await Self.delete(web, target, token)
                #expect(reply.status == 200, "\(reply.text)")
                #expect(reply.json["order"]?["uid"]?.string == uid)
            }
            #expect(
                try await web.base.count(of: "order_submissions", where: "kind = 'CANCEL'") == 1)
            try await web.base.execute("UPDATE orders SET status = 'FILLED'")
            let ended = try await Self.delete(web, uid, token)
            #expect((ended.status, ended.code) == (409, "ORDER_ENDED"))
            #expect(ended.json["detail"]?.string?.contains("FILLED") == true)
            let reported = "01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7afe"
            try await web.base.addOrder(reported, quantity: 1, brokerID: "o-1", of: authority)
            let foreign = try await Self.delete(web, reported, token)
            #expect((foreign.status, foreign.code) == (409, "NOT_OURS"))
        }
    }

    @Test func `an order gets other terms, if they are some`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let placed = try await Self.placed(web, token)
            let uid = try #require(placed.json["order"]?["uid"]?.string)
            let path = "/v1/orders/\(uid)/replace"
            for (body, status, code, field) in [
                ("[", 400, "NOT_JSON", nil), ("{}", 422, "INVALID_FIELD", nil),
                (#"{"price":"x"}"#, 422, "INVALID_FIELD", "price"),
                (#"{"side":"SELL"}"#, 422, "UNKNOWN_FIELD", "side"),
                (#"{"stop_price":5}"#, 422, "INVALID_FIELD", "stop_price"),
                (#"{"price":5,"version":2}"#, 409, "VERSION_CONFLICT", "version"),
            ] as [(String, Int, String, String?)] {
                let reply = try await web.client.post(path, token: token, body)
                #expect(
                    (reply.status, reply.code, reply.field) == (status, code, field),
                    "\(body): \(reply.text)")
            }
            #expect(try await web.base.count(of: "order_submissions") == 1)
            let reply = try await web.client.post(
                path, token: token, #"{"quantity":3,"price":"101","version":1}"#)
            #expect(reply.status == 200, "\(reply.text)")
            #expect(
                try await web.base.count(of: "order_submissions", where: "kind = 'REPLACE'") == 1)
        }
    }
}
