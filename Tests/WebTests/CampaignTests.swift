import Ledger
import Services
import TestSupport
import Testing
import Web
import Wire
import World

/// `GET /v1/campaigns`, `GET /v1/campaigns/{uid}` and `GET /v1/positions/{symbol}/why`.
struct CampaignTests {
    /// Opened with two fills, added to, taken through zero.
    private func postJourney(_ web: WebWorld, _ token: String) async throws -> [JSONValue] {
        func at(_ time: String, _ id: String, _ side: String, _ quantity: String, _ price: String)
            -> String
        {
            fill(
                id, side, quantity, at: price, fee: "0.1", time: "2026-02-19T\(time)Z",
                strategy: "momo")
        }
        let posted = try await web.client.post(
            token: token,
            batch(
                at("10:00:00", "1", "BUY", "60", "10"), at("10:04:59", "2", "BUY", "40", "11"),
                at("11:00:00", "3", "BUY", "50", "12"), at("12:00:00", "4", "SELL", "200", "13")))
        return (posted.json["results"]?.array ?? []).map { $0["trade_uid"] ?? nil }
    }

    private static func object(_ uid: JSONValue?, _ members: [JSONMember]) -> JSONValue {
        .object([JSONMember("uid", uid ?? nil)] + members)
    }

    @Test(arguments: TestBackend.allCases)
    func `a campaign is listed and told with everything known of it`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            _ = try await postJourney(web, token)
            let reply = try await web.client.get("/v1/campaigns", token: token)
            #expect(reply.json["next_cursor"] == .null)
            let campaigns = try #require(reply.json["campaigns"]?.array)
            try #require(campaigns.count == 2)
            let long = Self.object(
                campaigns[1]["uid"],
                [
                    JSONMember("portfolio", "main"), JSONMember("symbol", "BTCUSDT"),
                    JSONMember("strategy", "momo@1.0"), JSONMember("direction", "long"),
                    JSONMember("status", "closed"),
                    JSONMember("opened_at", "2026-02-19T10:00:00Z"),
                    JSONMember("closed_at", "2026-02-19T12:00:00Z"),
                    JSONMember("qty_opened", "100"), JSONMember("qty_closed", "150"),
                    JSONMember("max_qty", "150"), JSONMember("avg_open_price", "10.4"),
                    JSONMember("avg_close_price", "13"), JSONMember("realized_pnl", "310"),
                    JSONMember("return_pct", "18.90243902439"),
                    JSONMember("holding_period_sec", 7200), JSONMember("num_fills", 4),
                    JSONMember("cost_basis_method", "average"), JSONMember("source", "broker"),
                    JSONMember("legs_count", 3), JSONMember("exchange", "BINANCE"),
                    JSONMember("currency", "USDT"), JSONMember("r_multiple", nil),
                ])
            #expect(campaigns[1] == long)
            #expect(campaigns[0]["direction"] == "short")
            #expect(campaigns[0]["status"] == "open")
            #expect(campaigns[0]["qty_opened"] == "50")
            for name in ["closed_at", "avg_close_price", "holding_period_sec"] {
                #expect(campaigns[0][name] == .null, "\(name)")
            }

            let uid = try #require(campaigns[1]["uid"]?.string)
            let detail = try await web.client.get("/v1/campaigns/\(uid)", token: token)
            #expect(detail.status == 200)
            let legs = try #require(detail.json["legs"]?.array)
            let expected: [[JSONMember]] = [
                ("open", "BUY", "100", "10.4", "10:00:00", "10:04:59", 2),
                ("add", "BUY", "50", "12", "11:00:00", "11:00:00", 1),
                ("flip_close", "SELL", "150", "13", "12:00:00", "12:00:00", 1),
            ].map { kind, side, quantity, price, start, end, fills in
                [
                    JSONMember("leg_type", .string(ExactText(kind))),
                    JSONMember("side", .string(ExactText(side))),
                    JSONMember("quantity", .string(ExactText(quantity))),
                    JSONMember("avg_price", .string(ExactText(price))),
                    JSONMember("started_at", .string(ExactText("2026-02-19T\(start)Z"))),
                    JSONMember("ended_at", .string(ExactText("2026-02-19T\(end)Z"))),
                    JSONMember("fill_count", .number(literal: ExactText("\(fills)"))),
                ]
            }
            #expect(legs == zip(legs, expected).map { Self.object($0["uid"], $1) })
            #expect(Set(legs.map { $0["uid"] }).count == 3)
            #expect(
                detail.json
                    == .object([
                        JSONMember("campaign", campaigns[1]), JSONMember("legs", .array(legs)),
                        JSONMember(
                            "evaluations",
                            .object([
                                JSONMember("campaign", nil), JSONMember("legs", .object([])),
                            ])), JSONMember("contexts", []),
                    ]))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `pages and filters of campaigns`(_ backend: TestBackend) async throws {
        try await WebWorld.run(on: backend) { web in
            let (authority, token) = try await web.member()
            try await web.addPortfolio("second", for: authority)
            var fills: [String] = []
            for (index, name) in ["a", "b c", "\u{E9}/?"].enumerated() {
                for portfolio in ["main", "second"] {
                    fills.append(
                        fill(
                            "\(name) open", "BUY", "1", at: "1", symbol: "S\(index)",
                            portfolio: portfolio))
                }
                fills.append(
                    fill(
                        "\(name) close", "SELL", "1", at: "2", symbol: "S\(index)",
                        time: "2026-02-19T15:00:00Z", portfolio: "main"))
            }
            #expect(
                try await web.client.post(
                    token: token, "{\"fills\":[\(fills.joined(separator: ","))]}"
                ).json["accepted"] == 9)
            func count(_ query: String) async throws -> Int {
                var seen: Set<String> = []
                var cursor: String? = ""
                var pages = 0
                while let current = cursor, pages < 20 {
                    let next = current.isEmpty ? "" : "&cursor=\(current)"
                    let reply = try await web.client.get(
                        "/v1/campaigns?limit=1&\(query)\(next)", token: token)
                    #expect(reply.status == 200, "\(query)")
                    let uids = reply.json["campaigns"]?.array?.compactMap { $0["uid"]?.string }
                    for uid in uids ?? [] { #expect(seen.insert(uid).inserted) }
                    cursor = reply.json["next_cursor"]?.string
                    pages += 1
                }
                return seen.count
            }
            for (query, expected) in [
                ("", 6), ("status=open", 3), ("status=CLOSED", 3), ("symbol=S1", 2),
                ("symbol=S1&status=open", 1), ("portfolio=main", 3),
                ("portfolio=main&status=open", 0), ("symbol=S9", 0),
            ] {
                #expect(try await count(query) == expected, "\(query)")
            }
            for (query, field) in [
                ("status=new", "status"), ("limit=0", "limit"), ("limit=1001", "limit"),
                ("cursor=x", "cursor"), ("strategy=a%40b%40c", "strategy"),
            ] {
                let reply = try await web.client.get("/v1/campaigns?\(query)", token: token)
                #expect(reply.status == 422, "\(query)")
                #expect(reply.field == field, "\(query)")
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `why lists what a position's figures are made of`(_ backend: TestBackend) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            let uids = try await postJourney(web, token)
            _ = try await web.client.post(
                token: token,
                batch(
                    fill(
                        "5", "BUY", "20", at: "12.5", time: "2026-02-19T13:00:00Z",
                        strategy: "momo")))
            let reply = try await web.client.get("/v1/positions/BTCUSDT/why", token: token)
            #expect(reply.status == 200)
            let positions = try await web.client.get("/v1/positions", token: token)
            let campaigns = try await web.client.get("/v1/campaigns", token: token)
            #expect(
                reply.json.object?.map(\.key) == [
                    "position", "carried", "campaign", "lot_method", "trades", "lots", "closures",
                    "next_cursor",
                ])
            #expect(reply.json["position"] == positions.json["positions"]?[0])
            #expect(reply.json["campaign"] == campaigns.json["campaigns"]?[0])
            #expect(reply.json["carried"] == ["campaigns": 1, "realized_pnl": "310"])
            #expect(reply.json["lot_method"] == "fifo")
            let trades = try #require(reply.json["trades"]?.array)
            try #require(trades.count == 2)
            #expect(
                trades[0] == [
                    "trade_uid": uids[3], "broker_trade_id": "4",
                    "exec_time": "2026-02-19T12:00:00Z", "side": "SELL", "action": "STC+STO",
                    "quantity": "200", "allocated_qty": "50", "price": "13", "notional": "2600",
                    "fee": "0.1", "fee_currency": "USDT", "realized_pnl": "0",
                    "quantity_after": "-50", "cost_after": "-650",
                ])
            #expect(trades[1]["action"] == "BTC")
            #expect(trades[1]["realized_pnl"] == "10")
            #expect(trades[1]["quantity_after"] == "-30")
            #expect(
                reply.json["lots"] == [
                    [
                        "trade_uid": uids[3], "quantity": "50", "cost": "-650",
                        "open_quantity": "30", "open_cost": "-390",
                    ]
                ])
            #expect(
                reply.json["closures"] == [
                    [
                        "trade_uid": trades[1]["trade_uid"] ?? nil, "lot_trade_uid": uids[3],
                        "quantity": "20", "cost": "-260", "proceeds": "-250",
                        "realized_pnl": "10",
                    ]
                ])

            let first = try await web.client.get(
                "/v1/positions/BTCUSDT/why?limit=1", token: token)
            #expect(first.json["trades"] == [trades[0]])
            #expect(first.json["closures"] == [])
            let cursor = try #require(first.json["next_cursor"]?.string)
            let second = try await web.client.get(
                "/v1/positions/BTCUSDT/why?limit=1&cursor=\(cursor)", token: token)
            #expect(second.json["trades"] == [trades[1]])
            #expect(second.json["lots"] == [])
            #expect(second.json["closures"] == reply.json["closures"])
            #expect(second.json["next_cursor"] == .null)
        }
    }

    @Test func `a symbol in a path may hold anything, encoded`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let symbols = [
                "BRK/B", "A B", "A+B", "SPXW  260320C05200000", "ß%", "..", "why", "{symbol}",
            ]
            for (index, symbol) in symbols.enumerated() {
                _ = try await web.client.post(
                    token: token, batch(fill("t\(index)", "BUY", "1", at: "1", symbol: symbol)))
            }
            for symbol in symbols {
                let encoded = symbol.utf8.map { byte in
                    let hex = String(byte, radix: 16, uppercase: true)
                    return "%" + (hex.utf8.count < 2 ? "0" : "") + hex
                }.joined()
                let reply = try await web.client.get(
                    "/v1/positions/\(encoded)/why", token: token)
                #expect(reply.json["position"]?["symbol"]?.string == symbol, "\(symbol)")
            }
            // A plus sign is a plus sign in a path.
            let plus = try await web.client.get("/v1/positions/A+B/why", token: token)
            #expect(plus.json["position"]?["symbol"] == "A+B")
        }
    }

    @Test func `paths with parameters keep to the rules of the others`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            _ = try await postJourney(web, token)
            let list = try await web.client.get("/v1/campaigns", token: token)
            let uid = try #require(list.json["campaigns"]?[0]?["uid"]?.string)
            for path in ["/v1/campaigns/\(uid)", "/v1/positions/BTCUSDT/why"] {
                let reply = try await web.client.get(path, token: token)
                let head = try await web.client.send("HEAD", path, token: token)
                #expect(head.status == 200)
                #expect(head.body == [])
                #expect(head.header("content-length") == "\(reply.body.count)")
                for method in ["POST", "PUT", "DELETE"] {
                    let wrong = try await web.client.send(method, path, token: token)
                    #expect(wrong.status == 405, "\(method) \(path)")
                    #expect(wrong.header("allow") == "GET, HEAD")
                }
                #expect(try await web.client.get(path).status == 401)
            }
            for path in [
                "/v1/campaigns/", "/v1/campaigns/\(uid)/", "/v1/campaigns/\(uid)/x",
                "/v1/campaigns//\(uid)", "/v1/positions//why", "/v1/positions/BTCUSDT/WHY",
                "/v1/positions/BTC/USDT/why", "/v1/positions/BTCUSDT", "/v1/Campaigns/\(uid)",
            ] {
                let reply = try await web.client.get(path, token: token)
                #expect(reply.status == 404, "\(path)")
                #expect(reply.code == "NOT_FOUND", "\(path)")
            }
            let long = String(repeating: "x", count: 1025)
            for segment in ["%ff", "%zz", "%0", "a%00b", "%", long] {
                for (path, field) in [
                    ("/v1/campaigns/\(segment)", "uid"),
                    ("/v1/positions/\(segment)/why", "symbol"),
                ] {
                    let reply = try await web.client.get(path, token: token)
                    #expect(reply.status == 422, "\(path)")
                    #expect(reply.code == "INVALID_FIELD", "\(path)")
                    #expect(reply.field == field, "\(path)")
                }
            }
            for (path, code) in [
                ("/v1/campaigns/nothing", "UNKNOWN_CAMPAIGN"),
                ("/v1/campaigns/%7Buid%7D", "UNKNOWN_CAMPAIGN"),
                ("/v1/campaigns/\(uid.uppercased())", "UNKNOWN_CAMPAIGN"),
                ("/v1/positions/NOTHING/why", "UNKNOWN_POSITION"),
            ] {
                let reply = try await web.client.get(path, token: token)
                #expect(reply.status == 404, "\(path)")
                #expect(reply.code == code, "\(path)")
            }
        }
    }

    @Test func `which of several positions is meant is asked for`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            _ = try await web.client.post(
                token: token,
                batch(
                    fill("1", "BUY", "1", at: "1", strategy: "momo"),
                    fill("2", "BUY", "2", at: "1"), fill("3", "BUY", "3", at: "1", exchange: nil)))
            let path = "/v1/positions/BTCUSDT/why"
            for (query, field) in [("", "strategy"), ("?strategy=null", "exchange")] {
                let reply = try await web.client.get(path + query, token: token)
                #expect(reply.status == 422)
                #expect(reply.code == "AMBIGUOUS")
                #expect(reply.field == field)
                #expect(reply.json["detail"]?.string?.contains("exchange=null") == true)
            }
            for (query, quantity) in [
                ("strategy=momo", "1"), ("strategy=null&exchange=BINANCE", "2"),
                ("exchange=null", "3"), ("strategy=momo&asset_type=crypto&currency=USDT", "1"),
            ] {
                let reply = try await web.client.get("\(path)?\(query)", token: token)
                #expect(reply.json["position"]?["quantity"]?.string == quantity, "\(query)")
            }
            for (query, field) in [
                ("asset_type=x", "asset_type"), ("currency=%24", "currency"),
                ("cursor=x", "cursor"), ("limit=0", "limit"),
            ] {
                let reply = try await web.client.get("\(path)?\(query)", token: token)
                #expect(reply.status == 422, "\(query)")
                #expect(reply.field == field, "\(query)")
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `one's campaigns do not exist for others, nor for tokens that are narrowed to less`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (authority, token) = try await web.member()
            let (_, stranger) = try await web.member(1002)
            try await web.addPortfolio("second", for: authority)
            _ = try await postJourney(web, token)
            _ = try await web.client.post(
                token: token,
                batch(fill("s", "BUY", "1", at: "1", symbol: "ETH", portfolio: "second")))
            let second = try await web.token(
                named: "second", for: authority, portfolio: "second")
            let reference = try #require(StrategyReference(parsing: "grid"))
            let grid = try await web.token(named: "grid", for: authority, strategy: reference)
            let list = try await web.client.get(
                "/v1/campaigns?portfolio=main", token: token)
            for campaign in list.json["campaigns"]?.array ?? [] {
                let path = "/v1/campaigns/\(campaign["uid"]?.string ?? "")"
                #expect(try await web.client.get(path, token: token).status == 200)
                for narrow in [stranger, second, grid] {
                    let reply = try await web.client.get(path, token: narrow)
                    #expect(reply.status == 404)
                    #expect(reply.code == "UNKNOWN_CAMPAIGN")
                }
            }
            for narrow in [stranger, second, grid] {
                let reply = try await web.client.get("/v1/positions/BTCUSDT/why", token: narrow)
                #expect(reply.status == 404)
                #expect(reply.code == "UNKNOWN_POSITION")
            }
            #expect(
                try await web.client.get("/v1/positions/ETH/why", token: second).status == 200)
            #expect(
                try await web.client.get("/v1/campaigns", token: grid).json["campaigns"] == [])
        }
    }

    @Test func `a file's fields are those of the lists`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            _ = try await postJourney(web, token)
            for (list, fields) in [
                ("trades", ListFormat.trades.fields), ("positions", ListFormat.positions.fields),
                ("campaigns", ListFormat.campaigns.fields),
            ] {
                let reply = try await web.client.get("/v1/\(list)", token: token)
                let row = reply.json[list]?[0]?.object ?? []
                #expect(row.map(\.key.text) == fields, "\(list)")
            }
            let pnl = try await web.client.get(
                "/v1/pnl?period=2026-01-01..2026-12-31", token: token)
            let day = pnl.json["daily"]?[0]?.object ?? []
            #expect(day.map(\.key.text) == ListFormat.pnl.fields)
        }
    }
}
