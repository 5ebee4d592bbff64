import Ledger
import Services
import Storage
import TestSupport
import Testing
import Web
import Wire
import World

/// Orders and heartbeats of strategies, as they come in over HTTP.
struct OrderReportsTests {
    private let report = #"""
        {"strategy":"momo@1.0","orders":[
            {"broker_order_id":"o-1","client_order_id":"c-1","symbol":"BTCUSDT",
             "exchange":"BINANCE","asset_type":"CRYPTO","currency":"USDT","side":"BUY",
             "type":"LIMIT","status":"PARTIALLY_FILLED","quantity":"2","price":"100",
             "filled_quantity":"1.5","updated_at":"2025-12-31T23:00:00Z",
             "placed_at":"2025-12-31T22:00:00Z","time_in_force":"GTC","meta":{"a":1}},
            {"broker_order_id":"o-2"}]}
        """#

    @Test(arguments: TestBackend.allCases)
    func `orders are reported, listed and shown with their trades`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            let posted = try await web.client.post(
                token: token,
                batch(
                    fill("t-1", "BUY", "1", at: "100", order: "o-1"),
                    with: "\"strategy\":\"momo@1.0\","))
            let tradeUID = posted.json["results"]?[0]?["trade_uid"]
            let reply = try await web.client.post("/v1/orders/reports", token: token, report)
            #expect(reply.status == 200)
            let uid = try #require(reply.json["results"]?[0]?["order_uid"]?.string)
            #expect(
                reply.json == [
                    "accepted": 1, "duplicates": 0, "rejected": 1,
                    "results": [
                        ["index": 0, "status": "accepted", "order_uid": .string(ExactText(uid))],
                        [
                            "index": 1, "status": "rejected",
                            "error": [
                                "code": "INVALID_FIELD", "field": "symbol",
                                "detail": "is missing",
                            ],
                        ],
                    ],
                ])
            let again = try await web.client.post("/v1/orders/reports", token: token, report)
            #expect(again.json["results"]?[0]?["status"] == "duplicate")
            #expect(again.json["duplicates"] == 1)

            let shown = try await web.client.get("/v1/orders/\(uid)", token: token)
            #expect(shown.status == 200)
            let order = try #require(shown.json["order"])
            #expect(order["filled_quantity"] == "1")
            #expect(order["reported_filled_quantity"] == "1.5")
            #expect(order["status"] == "PARTIALLY_FILLED")
            #expect(order["overfilled"] == .bool(false))
            #expect(order["meta"] == ["a": 1])
            #expect(order["placed_at"] == "2025-12-31T22:00:00Z")
            #expect(shown.json["trades"]?[0]?["trade_uid"] == tradeUID)
            #expect(shown.json["trades"]?[0]?["order_uid"] == .string(ExactText(uid)))
            #expect(shown.json["next_cursor"] == .null)
            let listed = try await web.client.get("/v1/orders", token: token)
            #expect(listed.json["orders"]?[0]?["uid"] == .string(ExactText(uid)))
            #expect(listed.json["next_cursor"] == .null)
        }
    }

    @Test func `a list of orders is paged by its cursor`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let orders = (0..<5).map { number in
                #"{"broker_order_id":"o-\#(number)","symbol":"X","asset_type":"EQUITY","#
                    + #""currency":"USD","side":"BUY","quantity":1,"status":"NEW"}"#
            }
            _ = try await web.client.post(
                "/v1/orders/reports", token: token,
                "{\"orders\":[\(orders.joined(separator: ","))]}")
            var target = "/v1/orders?limit=2"
            var ids: [String] = []
            while true {
                let page = try await web.client.get(target, token: token)
                ids += (page.json["orders"]?.array ?? []).compactMap {
                    $0["broker_order_id"]?.string
                }
                guard let cursor = page.json["next_cursor"]?.string else { break }
                target = "/v1/orders?limit=2&cursor=\(cursor)"
            }
            #expect(ids == ["o-4", "o-3", "o-2", "o-1", "o-0"])
            for query in ["cursor=abc", "limit=0", "limit=1001", "cursor="] {
                let reply = try await web.client.get("/v1/orders?\(query)", token: token)
                #expect(reply.status == 422, "\(query)")
                #expect(reply.field == String(query.prefix { $0 != "=" }))
            }
        }
    }

    @Test func `faults of a request are told by status, code and field`() async throws {
        try await WebWorld.run { web in
            let (authority, token) = try await web.member()
            let (_, stranger) = try await web.member(1002)
            let reader = try await web.token(
                named: "reader", for: authority, permissions: [.read])
            let path = "/v1/orders/reports"
            for (body, status, code) in [
                ("{", 400, "NOT_JSON"), ("[]", 422, "INVALID_FIELD"),
                (#"{"orders":{}}"#, 422, "INVALID_FIELD"), ("{}", 422, "INVALID_FIELD"),
                (#"{"fills":[]}"#, 422, "INVALID_FIELD"),
                (#"{"portfolio":"nope","orders":[]}"#, 404, "UNKNOWN_PORTFOLIO"),
            ] {
                let reply = try await web.client.post(path, token: token, body)
                #expect((reply.status, reply.code) == (status, code), "\(body)")
            }
            #expect(try await web.client.post(path, token: reader, report).status == 403)
            #expect(try await web.client.post(path, report).status == 401)
            let many = Array(repeating: "{}", count: 10_001).joined(separator: ",")
            let tooMany = try await web.client.post(path, token: token, "{\"orders\":[\(many)]}")
            #expect((tooMany.status, tooMany.code) == (413, "TOO_MANY_ORDERS"))

            let posted = try await web.client.post(path, token: token, report)
            let uid = try #require(posted.json["results"]?[0]?["order_uid"]?.string)
            for (target, token) in [
                ("/v1/orders/\(uid)", stranger), ("/v1/orders/nope", token),
            ] {
                let reply = try await web.client.get(target, token: token)
                #expect((reply.status, reply.code) == (404, "UNKNOWN_ORDER"))
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a heartbeat answers with its run, and is refused with its field`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (authority, token) = try await web.member()
            let path = "/v1/strategies/momo@1.0/heartbeat"
            let first = try await web.client.post(
                path, token: token, #"{"run_id":"r-1","expect_within_seconds":90}"#)
            #expect(first.status == 200)
            let uid = try #require(first.json["run"]?["uid"]?.string)
            #expect(
                first.json == [
                    "run": [
                        "uid": .string(ExactText(uid)), "strategy": "momo@1.0", "run_id": "r-1",
                        "status": "RUNNING", "started_at": "2026-01-01T00:00:00Z",
                        "last_beat_at": "2026-01-01T00:00:00Z", "ended_at": nil, "beats": 1,
                        "expect_within_seconds": 90, "due_at": "2026-01-01T00:01:30Z",
                    ]
                ])
            // Without a body, and with the name encoded.
            let bare = try await web.client.send(
                "POST", "/v1/strategies/momo%401.0/heartbeat", token: token, body: [])
            #expect(bare.status == 200)
            #expect(bare.json["run"]?["run_id"] == .null)
            let narrow = try await web.token(
                named: "narrow", for: authority, permissions: [.ingest],
                strategy: StrategyReference(parsing: "momo@1.0"))
            #expect(try await web.client.post(path, token: narrow, "{}").status == 200)
            let foreign = try await web.client.post(
                "/v1/strategies/mean/heartbeat", token: narrow, "{}")
            #expect((foreign.status, foreign.code) == (403, "FORBIDDEN_STRATEGY"))
            for (target, body, status, field) in [
                (path, "{", 400, nil), (path, #"{"status":"X"}"#, 422, "status"),
                ("/v1/strategies/a@b@c/heartbeat", "{}", 422, "name"),
                (path + "?x=1", "{}", 422, "x"),
            ] as [(String, String, Int, String?)] {
                let reply = try await web.client.post(target, token: token, body)
                #expect((reply.status, reply.field) == (status, field), "\(target) \(body)")
            }
        }
    }
}
