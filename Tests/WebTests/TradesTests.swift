import Ledger
import Services
import Storage
import TestSupport
import Testing
import Web
import Wire
import World

/// `GET /v1/trades`: content, order, pages, filters.
struct TradesTests {
    @Test(arguments: TestBackend.allCases)
    func `a trade is listed with everything known of it`(_ backend: TestBackend) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            let posted = try await web.client.post(
                token: token,
                batch(
                    fill(
                        "t\u{1F600}", "BUY", "0.50", at: "65000.10", fee: "-0.65",
                        feeCurrency: "BNB", time: "2026-02-19T15:32:00.123+01:00", order: "o-1",
                        strategy: "momo")))
            let uid = posted.json["results"]?[0]?["trade_uid"] ?? nil
            let reply = try await web.client.get("/v1/trades", token: token)
            #expect(
                reply.json == [
                    "trades": [
                        [
                            "trade_uid": uid, "portfolio": "main", "strategy": "momo@1.0",
                            "symbol": "BTCUSDT", "exchange": "BINANCE",
                            "side": "BUY",
                            "quantity": "0.5", "price": "65000.1", "notional": "32500.05",
                            "fee": "-0.65", "fee_currency": "BNB", "realized_pnl": "0",
                            "exec_time": "2026-02-19T14:32:00.123Z",
                            "broker_trade_id": "t\u{1F600}", "broker_order_id": "o-1",
                            "order_uid": nil, "source": "broker", "superseded_by": nil,
                            "action": "BTO", "commission": nil, "net_amount": nil, "delta": nil,
                            "reason": nil, "option": nil,
                        ]
                    ], "next_cursor": nil,
                ])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an option is listed with its contract`(_ backend: TestBackend) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            let block = """
                "option":{"underlying":"ODD|ONE","expiry":"2026-03-20","strike":"7.50","right":"P",\
                "multiplier":"10"},"reason":"hedge","delta":"-0.3","commission":"0.2",\
                "net_amount":"20.2"
                """
            let posted = try await web.client.post(
                token: token,
                batch(
                    fill(
                        "a", "BUY", "1", at: "2", symbol: "AAPL260320C00150000", exchange: nil,
                        assetType: "OPTION", currency: "USD", time: "2026-02-19T14:33:00Z"),
                    fill(
                        "b", "BUY", "1", at: "2", symbol: "ODD", exchange: "CBOE",
                        assetType: "OPTION", currency: "USD", extra: block)))
            #expect(posted.json["accepted"] == 2)
            let reply = try await web.client.get("/v1/trades", token: token)
            #expect(
                reply.json["trades"]?[0]?["option"] == [
                    "underlying": "AAPL", "expiry": "2026-03-20", "strike": "150", "right": "C",
                    "multiplier": "100", "occ_symbol": "AAPL  260320C00150000",
                ])
            #expect(
                reply.json["trades"]?[1]?["option"] == [
                    "underlying": "ODD|ONE", "expiry": "2026-03-20", "strike": "7.5",
                    "right": "P", "multiplier": "10", "occ_symbol": nil,
                ])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `pages of trades follow each other without a gap, newest first`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (authority, token) = try await web.member()
            try await web.addPortfolio("second", for: authority)
            // Ids that need escaping, several trades of one instant, two portfolios.
            let names = ["a", "a b", "\u{E9}", "e\u{301}", "z/?&", "Z"]
            var fills: [String] = []
            for minute in 10..<14 {
                for (index, name) in names.enumerated() {
                    fills.append(
                        fill(
                            "\(name)\(minute)", "BUY", "1", at: "1",
                            time: "2026-02-19T14:\(minute):00Z",
                            portfolio: index % 2 == 0 ? "main" : "second"))
                }
            }
            let body = "{\"fills\":[\(fills.joined(separator: ","))]}"
            #expect(try await web.client.post(token: token, body).json["accepted"] == 24)
            var seen: [String] = []
            var cursor: String? = ""
            var pages = 0
            while let current = cursor {
                let query = current.isEmpty ? "" : "&cursor=\(current)"
                let reply = try await web.client.get("/v1/trades?limit=5\(query)", token: token)
                #expect(reply.status == 200)
                seen += (reply.json["trades"]?.array ?? []).compactMap {
                    $0["broker_trade_id"]?.string
                }
                cursor = reply.json["next_cursor"]?.string
                pages += 1
            }
            #expect(pages == 5)
            let inOrder = (10..<14).reversed().flatMap { minute in
                names.map { "\($0)\(minute)" }.sorted { ExactText($1) < ExactText($0) }
            }
            #expect(seen.map { ExactText($0) } == inOrder.map { ExactText($0) })
        }
    }

    @Test func `trades follow symbol, portfolio and time, both ends included`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            try await postSample(web, token)
            let cases: [(String, [String])] = [
                ("", ["b2", "b1", "a2", "a1"]), ("symbol=AAPL", ["b2", "b1"]),
                ("symbol=aapl", []), ("portfolio=main&limit=1000", ["b2", "b1", "a2", "a1"]),
                ("from=2025-12-31", ["b2", "b1", "a2"]), ("to=2025-12-31", ["a2", "a1"]),
                ("from=2025-12-31&to=2025-12-31", ["a2"]),
                ("from=2026-01-01T00:00:01Z", ["b2"]),
                ("to=2026-01-01T00:00:00Z", ["b1", "a2", "a1"]),
                ("from=2026-01-01T01:00:01+01:00", ["b2"]),
                ("from=2026-01-01T01:00:01%2B01:00", ["b2"]),
                ("to=9999-12-31", ["b2", "b1", "a2", "a1"]),
                ("to=9999-12-31T23:59:59.999999Z", ["b2", "b1", "a2", "a1"]),
                ("from=0001-01-01&symbol=BTCUSDT", ["a2", "a1"]),
            ]
            for (query, ids) in cases {
                let reply = try await web.client.get("/v1/trades?\(query)", token: token)
                let trades = reply.json["trades"]?.array ?? []
                #expect(trades.compactMap { $0["broker_trade_id"]?.string } == ids, "\(query)")
            }
        }
    }
}
