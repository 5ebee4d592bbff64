import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import Web
import Wire
import World

/// The answers of the reading routes, member by member.
struct ReportsTests {
    @Test(arguments: TestBackend.allCases)
    func `positions show what is held, closed ones on demand`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            try await postSample(web, token)
            let held: JSONValue = [
                "portfolio": "main", "symbol": "BTCUSDT", "exchange": "BINANCE",
                "asset_type": "CRYPTO", "currency": "USDT", "strategy": nil, "quantity": "2",
                "avg_price": "100", "realized_pnl": "1", "fees": ["BNB": "0.0001", "USDT": "0.5"],
                "mark_price": nil, "mark_time": nil, "mark_is_stale": false, "unrealized_pnl": nil,
                "opened_at": "2025-12-29T10:00:00Z",
                "updated_at": "2025-12-31T23:59:59.999999Z",
            ]
            let closed: JSONValue = [
                "portfolio": "main", "symbol": "AAPL", "exchange": nil, "asset_type": "EQUITY",
                "currency": "USD", "strategy": "momo@1.0", "quantity": "0", "avg_price": "0",
                "realized_pnl": "1", "fees": [:], "mark_price": nil, "mark_time": nil,
                "mark_is_stale": false, "unrealized_pnl": nil,
                "opened_at": nil, "updated_at": "2026-01-01T00:00:01Z",
            ]
            func positions(_ query: String) async throws -> JSONValue? {
                let reply = try await web.client.get("/v1/positions\(query)", token: token)
                #expect(reply.status == 200)
                return reply.json["positions"]
            }
            #expect(try await positions("") == [held])
            #expect(try await positions("?include_closed=true") == [closed, held])
            #expect(try await positions("?include_closed=False&portfolio=main") == [held])
            #expect(try await positions("?include_closed=1&strategy=momo") == [closed])
            #expect(try await positions("?strategy=momo%401.0") == [])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a mark gives unrealized P&L, and quotients have twelve decimals`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            _ = try await web.client.post(
                token: token,
                batch(
                    fill("1", "BUY", "1", at: "10"),
                    fill("2", "BUY", "2", at: "11", time: "2026-02-19T14:33:00Z"),
                    fill("3", "SELL", "1", at: "12", time: "2026-02-19T14:34:00Z")))
            try await web.base.execute(
                """
                INSERT INTO quotes (instrument_id, last, quoted_at, updated_at)
                SELECT id, '13.5', '2026-02-19T15:00:00.000000Z', '2026-02-19T15:00:00.000000Z'
                FROM instruments
                """)
            let reply = try await web.client.get("/v1/positions", token: token)
            let position = reply.json["positions"]?[0]
            #expect(position?["avg_price"] == "10.666666666667")
            #expect(position?["realized_pnl"] == "1.333333333333")
            #expect(position?["mark_price"] == "13.5")
            #expect(position?["mark_time"] == "2026-02-19T15:00:00Z")
            #expect(position?["unrealized_pnl"] == "5.666666666667")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `P&L comes by currency, instrument and day`(_ backend: TestBackend) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            try await postSample(web, token)
            let reply = try await web.client.get("/v1/pnl", token: token)
            func amounts(
                _ currency: JSONValue, _ realized: JSONValue, _ fees: JSONValue,
                _ net: JSONValue, _ trades: JSONValue, _ more: [JSONMember] = []
            ) -> JSONValue {
                .object(
                    more + [
                        JSONMember("currency", currency), JSONMember("realized_pnl", realized),
                        JSONMember("fees", fees), JSONMember("net_pnl", net),
                        JSONMember("trades", trades),
                    ])
            }
            let bitcoin = [
                JSONMember("symbol", "BTCUSDT"), JSONMember("exchange", "BINANCE"),
                JSONMember("asset_type", "CRYPTO"),
            ]
            let apple = [
                JSONMember("symbol", "AAPL"), JSONMember("exchange", nil),
                JSONMember("asset_type", "EQUITY"),
            ]
            func date(_ text: String) -> [JSONMember] {
                [JSONMember("date", .string(ExactText(text)))]
            }
            #expect(
                reply.json == [
                    "period": ["from": "2025-12-29", "to": "2026-01-01"], "method": "average",
                    "totals": [
                        amounts("BNB", "0", "0.0001", "-0.0001", 0),
                        amounts("USD", "1", "0", "1", 2),
                        amounts("USDT", "1", "0.5", "0.5", 2),
                    ],
                    "by_instrument": [
                        amounts("USD", "1", "0", "1", 2, apple),
                        amounts("BNB", "0", "0.0001", "-0.0001", 0, bitcoin),
                        amounts("USDT", "1", "0.5", "0.5", 2, bitcoin),
                    ],
                    "daily": [
                        amounts("USDT", "0", "0.5", "-0.5", 1, date("2025-12-29")),
                        amounts("BNB", "0", "0.0001", "-0.0001", 0, date("2025-12-31")),
                        amounts("USDT", "1", "0", "1", 1, date("2025-12-31")),
                        amounts("USD", "1", "0", "1", 2, date("2026-01-01")),
                    ],
                    "converted": nil, "missing_rates": ["BNB", "USDT"],
                ])
        }
    }

    @Test func `P&L follows period, portfolio and strategy`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            try await postSample(web, token)
            func report(_ query: String) async throws -> (JSONValue?, [String]) {
                let reply = try await web.client.get("/v1/pnl?\(query)", token: token)
                #expect(reply.status == 200, "\(reply.text)")
                let totals = reply.json["totals"]?.array ?? []
                return (reply.json["period"], totals.compactMap { $0["currency"]?.string })
            }
            // 2026-01-01 is a Thursday.
            let cases: [(String, JSONValue, [String])] = [
                ("period=day", ["from": "2026-01-01", "to": "2026-01-01"], ["USD"]),
                (
                    "period=week", ["from": "2025-12-29", "to": "2026-01-01"],
                    ["BNB", "USD", "USDT"]
                ),
                ("period=ytd", ["from": "2026-01-01", "to": "2026-01-01"], ["USD"]),
                ("period=2D", ["from": "2025-12-31", "to": "2026-01-01"], ["BNB", "USD", "USDT"]),
                (
                    "period=2025-12-29..2025-12-30", ["from": "2025-12-29", "to": "2025-12-30"],
                    ["USDT"]
                ),
                (
                    "period=all&strategy=momo@1.0", ["from": "2026-01-01", "to": "2026-01-01"],
                    ["USD"]
                ),
                (
                    "portfolio=main&method=average", ["from": "2025-12-29", "to": "2026-01-01"],
                    ["BNB", "USD", "USDT"]
                ),
                ("period=2024-01-01..2024-01-02", ["from": "2024-01-01", "to": "2024-01-02"], []),
            ]
            for (query, period, currencies) in cases {
                let (gotPeriod, gotCurrencies) = try await report(query)
                #expect(gotPeriod == period, "\(query)")
                #expect(gotCurrencies == currencies, "\(query)")
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `P&L is told by the method that is asked for`(_ backend: TestBackend) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            _ = try await web.client.post(
                token: token,
                batch(
                    fill("1", "BUY", "1", at: "10", time: "2026-02-01T10:00:00Z"),
                    fill("2", "BUY", "1", at: "20", time: "2026-02-01T11:00:00Z"),
                    fill("3", "SELL", "1", at: "30", time: "2026-02-02T10:00:00Z")))
            for (query, method, realized) in [
                ("", "average", "15"), ("&method=average", "average", "15"),
                ("&method=fifo", "fifo", "20"), ("&method=LIFO", "lifo", "10"),
            ] {
                let reply = try await web.client.get(
                    "/v1/pnl?period=2026-02-02..2026-02-02\(query)", token: token)
                #expect(reply.json["method"]?.string == method)
                #expect(reply.json["totals"]?.array?.first?["realized_pnl"]?.string == realized)
            }
        }
    }

    @Test func `bad parameters of reports are 422 with their field`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let cases = [
                ("/v1/pnl?period=fortnight", "period"), ("/v1/pnl?period=0d", "period"),
                ("/v1/pnl?period=2026-02-02..2026-02-01", "period"),
                ("/v1/pnl?period=2026-02-30..2026-03-01", "period"),
                ("/v1/pnl?method=best", "method"), ("/v1/pnl?strategy=a@b@c", "strategy"),
                ("/v1/positions?include_closed=yes", "include_closed"),
                ("/v1/positions?strategy=%40", "strategy"),
                ("/v1/trades?limit=0", "limit"), ("/v1/trades?limit=1001", "limit"),
                ("/v1/trades?limit=-1", "limit"), ("/v1/trades?limit=%2B5", "limit"),
                ("/v1/trades?limit=99999999999999999999", "limit"),
                ("/v1/trades?limit=%D9%A1", "limit"),
                ("/v1/trades?from=yesterday", "from"), ("/v1/trades?to=2026-02-30", "to"),
                ("/v1/trades?from=2026-01-01T00:00:00", "from"),
                ("/v1/trades?from=2026-01-02&to=2026-01-01", "to"),
                ("/v1/trades?cursor=!", "cursor"), ("/v1/trades?cursor=AAAA", "cursor"),
                ("/v1/trades?cursor=A", "cursor"),
                ("/v1/orders?status=OPENED", "status"), ("/v1/orders?status=NEW,", "status"),
                ("/v1/orders?status=NEW,all", "status"),
            ]
            for (target, field) in cases {
                let reply = try await web.client.get(target, token: token)
                #expect(reply.status == 422, "\(target): \(reply.text)")
                #expect(reply.code == "INVALID_FIELD", "\(target)")
                #expect(reply.field == field, "\(target)")
            }
            let wrong = try await web.client.get("/v1/pnl?method=best", token: token)
            #expect(wrong.json["detail"] == "expected one of average, fifo, lifo")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `orders are listed by status, the open ones where none is named`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (authority, token) = try await web.member()
            _ = try await web.client.post(token: token, batch(fill("t", "BUY", "1", at: "1")))
            for (index, status) in [OrderStatus.new, .filled, .partiallyFilled, .denied]
                .enumerated()
            {
                try await web.base.addOrder(
                    "u-\(index)", quantity: 2, status: status, brokerID: ExactText("b-\(index)"),
                    time: Timestamp(microseconds: Int64(index) * 1_000_000), of: authority)
            }
            func uids(_ query: String) async throws -> [String] {
                let reply = try await web.client.get("/v1/orders\(query)", token: token)
                #expect(reply.status == 200)
                return (reply.json["orders"]?.array ?? []).compactMap { $0["uid"]?.string }
            }
            #expect(try await uids("") == ["u-2", "u-0"])
            #expect(try await uids("?status=Open") == ["u-2", "u-0"])
            #expect(try await uids("?status=all") == ["u-3", "u-2", "u-1", "u-0"])
            #expect(try await uids("?status=filled") == ["u-1"])
            #expect(try await uids("?status=FILLED,denied&portfolio=main") == ["u-3", "u-1"])
            #expect(try await uids("?status=EXPIRED") == [])

            let reply = try await web.client.get("/v1/orders?status=new", token: token)
            #expect(
                reply.json["orders"] == [
                    [
                        "uid": "u-0", "portfolio": "main", "strategy": nil, "symbol": "BTCUSDT",
                        "exchange": "BINANCE", "side": "BUY", "type": "LIMIT", "status": "NEW",
                        "time_in_force": nil, "quantity": "2", "filled_quantity": "0",
                        "price": "100", "stop_price": nil, "client_order_id": nil,
                        "broker_order_id": "b-0", "placed_at": "1970-01-01T00:00:00Z",
                        "updated_at": "1970-01-01T00:00:00Z", "overfilled": false,
                        "reported_status": nil, "reported_filled_quantity": nil, "gateway": nil,
                        "trail_amount": nil, "trail_percent": nil, "reduce_only": false,
                        "triggered_at": nil, "reason": nil, "close_reason": nil, "version": 1,
                    ]
                ])
        }
    }

    @Test func `risk shows policies and breaches with their own JSON`() async throws {
        try await WebWorld.run { web in
            let (authority, token) = try await web.member()
            #expect(
                try await web.client.get("/v1/risk", token: token).json
                    == ["policies": [], "use": [], "breaches": [], "stops": []])
            try await addPolicy("p-1", "size", for: authority, in: web)
            let reply = try await web.client.get("/v1/risk?portfolio=main", token: token)
            #expect(
                reply.json == [
                    "policies": [
                        [
                            "uid": "p-1", "name": "size", "scope_type": "USER", "scope": nil,
                            "config": ["max": "5"], "created_at": "2026-01-01T00:00:00Z",
                        ]
                    ],
                    "use": [
                        [
                            "policy": "size", "currency": "USD", "observed": nil, "limit": nil,
                            "unit": nil, "use": nil, "subject": nil,
                            "unknown_because":
                                "this version does not understand what the policy says",
                        ]
                    ],
                    "breaches": [
                        [
                            "uid": "x-p-1", "policy": "size", "portfolio": nil, "symbol": nil,
                            "action": "WARNED", "observed": ["size": "6"],
                            "created_at": "2026-01-01T00:00:00Z", "status": "OPEN",
                            "acknowledged_at": nil, "cleared_at": nil,
                        ]
                    ],
                    "stops": [],
                ])
        }
    }
}
