import Ledger
import Services
import TestSupport
import Testing
import Web
import Wire
import World

/// Quotes and exchange rates over HTTP, and what reports make of them.
struct MarketTests {
    @Test(arguments: TestBackend.allCases)
    func `a posted quote is a mark, each quote with its own answer`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            try await postSample(web, token)
            let reply = try await web.client.post(
                "/v1/quotes", token: token,
                """
                {"quotes":[
                  {"symbol":"BTCUSDT","exchange":"BINANCE","last":"110.5","time":"2025-12-31T23:59:00Z"},
                  {"symbol":"BTCUSDT","exchange":"BINANCE","last":1,"time":"2025-12-31T23:58:59Z"},
                  {"symbol":"NONE","last":1,"time":"2025-12-31T23:58:59Z"},
                  {"symbol":"AAPL","bid":2,"ask":1,"time":"2025-12-31T23:58:59Z"},
                  {"symbol":"AAPL","last":1,"time":"2025-12-31T23:58:59Z","lots":3}
                ]}
                """)
            #expect(reply.status == 200)
            #expect(reply.json["accepted"] == 1)
            #expect(reply.json["stale"] == 1)
            #expect(reply.json["rejected"] == 3)
            let results = try #require(reply.json["results"]?.array)
            #expect(results[0] == ["index": 0, "status": "accepted"])
            #expect(results[1] == ["index": 1, "status": "stale"])
            #expect(
                results[2...4].map { $0["error"]?["code"]?.string } == [
                    "UNKNOWN_INSTRUMENT", "INVALID_FIELD", "UNKNOWN_FIELD",
                ])
            #expect(
                results[2...4].map { $0["error"]?["field"]?.string } == ["symbol", "bid", "lots"])
            #expect(results[4]["error"]?["detail"]?.string?.contains("asset_type") == true)

            func mark() async throws -> [JSONValue?] {
                let reply = try await web.client.get("/v1/positions", token: token)
                let position = reply.json["positions"]?[0]
                return ["mark_price", "mark_time", "mark_is_stale", "unrealized_pnl"].map {
                    position?[$0]
                }
            }
            #expect(try await mark() == ["110.5", "2025-12-31T23:59:00Z", false, "21"])
            // The world stands at 2026-01-01; a mark is fresh for 900 s.
            await web.world.advance(seconds: 840)
            #expect(try await mark()[2] == false)
            await web.world.advance(seconds: 1)
            #expect(try await mark() == ["110.5", "2025-12-31T23:59:00Z", true, "21"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `rates are stored, listed, and convert what was earned`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            try await postSample(web, token)
            func converted(_ query: String = "") async throws -> [JSONValue?] {
                let reply = try await web.client.get("/v1/pnl\(query)", token: token)
                #expect(reply.status == 200)
                return [reply.json["converted"], reply.json["missing_rates"]]
            }
            #expect(try await converted() == [.null, ["BNB", "USDT"]])
            let posted = try await web.client.post(
                "/v1/fx", token: token,
                """
                {"rates":[
                  {"base":"USDT","quote":"USD","rate":"0.5","day":"2025-12-29"},
                  {"base":"USDT","quote":"USD","rate":"0.75","day":"2025-12-30"},
                  {"base":"USD","quote":"USD","rate":1},
                  {"base":"USD","quote":"EUR","rate":0.92}
                ]}
                """)
            #expect(
                posted.json == [
                    "accepted": 3, "rejected": 1,
                    "results": [
                        ["index": 0, "status": "accepted"], ["index": 1, "status": "accepted"],
                        [
                            "index": 2, "status": "rejected",
                            "error": [
                                "code": "INVALID_FIELD", "field": "quote",
                                "detail": "must be another currency than base",
                            ],
                        ],
                        ["index": 3, "status": "accepted"],
                    ],
                ])
            #expect(try await converted() == [.null, ["BNB"]])
            _ = try await web.client.post(
                "/v1/fx", token: token,
                #"{"rates":[{"base":"USD","quote":"BNB","rate":"0.002","day":"2025-12-31"}]}"#)
            // 0.75 and 1 realized; fees of half of 0.5 USDT, and 0.0001 BNB at 500.
            let rates: JSONValue = [
                ["base": "USD", "quote": "BNB", "day": "2025-12-31", "rate": "0.002"],
                ["base": "USDT", "quote": "USD", "day": "2025-12-29", "rate": "0.5"],
                ["base": "USDT", "quote": "USD", "day": "2025-12-30", "rate": "0.75"],
            ]
            #expect(
                try await converted() == [
                    [
                        "currency": "USD", "realized_pnl": "1.75", "fees": "0.3",
                        "net_pnl": "1.45", "rates": rates,
                    ], [],
                ])
            #expect(
                try await converted("?period=day") == [
                    [
                        "currency": "USD", "realized_pnl": "1", "fees": "0", "net_pnl": "1",
                        "rates": [],
                    ], [],
                ])

            func list(_ query: String) async throws -> [String] {
                let reply = try await web.client.get("/v1/fx\(query)", token: token)
                #expect(reply.status == 200)
                return (reply.json["rates"]?.array ?? []).map { rate in
                    ["base", "quote", "day", "rate"].compactMap { rate[$0]?.string }
                        .joined(separator: " ")
                }
            }
            let bnb = "USD BNB 2025-12-31 0.002"
            let eur = "USD EUR 2026-01-01 0.92"
            let usdt = "USDT USD 2025-12-30 0.75"
            #expect(try await list("") == [bnb, eur, usdt])
            #expect(try await list("?base=USD") == [bnb, eur])
            #expect(try await list("?quote=USD") == [usdt])
            #expect(try await list("?base=USD&quote=EUR") == [eur])
            #expect(try await list("?base=EUR&quote=USD") == [])
            let wrong = try await web.client.get("/v1/fx?base=%E2%82%AC", token: token)
            #expect((wrong.status, wrong.code, wrong.field) == (422, "INVALID_FIELD", "base"))
        }
    }

    @Test(arguments: ["/v1/quotes", "/v1/fx"])
    func `a wrong batch is refused as one of fills is`(path: String) async throws {
        try await WebWorld.run { web in
            let authority = try await web.base.member()
            let token = try await web.token(for: authority)
            let reader = try await web.token(
                named: "reader", for: authority, permissions: [.read, .trade])
            let key = path == "/v1/fx" ? "rates" : "quotes"
            let empty = "{\"\(key)\":[]}"
            func expect(
                _ reply: Reply, _ status: Int, _ code: String?, field: String? = nil
            ) {
                #expect(reply.status == status, "\(reply.text)")
                #expect(reply.code == code, "\(reply.text)")
                #expect(reply.field == field, "\(reply.text)")
            }
            let client = web.client
            expect(try await client.post(path, token: token, empty), 200, nil)
            expect(try await client.post(path, empty), 401, "UNAUTHORIZED")
            expect(try await client.post(path, token: reader, empty), 403, "FORBIDDEN_SCOPE")
            let text = try await client.send(
                "POST", path, token: token, headers: [("Content-Type", "text/csv")],
                body: Array(empty.utf8))
            expect(text, 415, "UNSUPPORTED_MEDIA_TYPE")
            // JSON before parameters, parameters before content.
            expect(try await client.post(path + "?x=1", token: token, "{"), 400, "NOT_JSON")
            expect(
                try await client.post(path + "?x=1", token: token, "[]"), 422, "UNKNOWN_FIELD",
                field: "x")
            expect(try await client.post(path, token: token, "[]"), 422, "INVALID_FIELD")
            expect(
                try await client.post(path, token: token, "{\"fills\":[]}"), 422,
                "INVALID_FIELD", field: "fills")
            let many = Array(repeating: "0", count: 10_001).joined(separator: ",")
            expect(
                try await client.post(path, token: token, "{\"\(key)\":[\(many)]}"), 413,
                "TOO_MANY_\(key.uppercased())")
            let full = Array(repeating: "0", count: 10_000).joined(separator: ",")
            let reply = try await client.post(path, token: token, "{\"\(key)\":[\(full)]}")
            expect(reply, 200, nil)
            #expect(reply.json["rejected"] == 10_000)
        }
    }

    @Test(arguments: TestBackend.allCases, [31, 32] as [UInt64])
    func `mutated quotes and rates are never a fault of ours`(
        _ backend: TestBackend, _ seed: UInt64
    ) async throws {
        let bodies = [
            (
                "/v1/quotes",
                #"{"quotes":[{"symbol":"AAPL","exchange":null,"bid":1.5,"ask":"2","last":-1e-3,"#
                    + #""time":"2025-12-31T14:32:00Z","asset_type":"EQUITY"}]}"#
            ),
            (
                "/v1/fx",
                #"{"rates":[{"base":"USD","quote":"EUR","rate":"0.92","day":"2025-12-31"}]}"#
            ),
        ]
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            try await postSample(web, token)
            var random = SeededGenerator(seed: seed)
            for round in 0..<150 {
                let (path, valid) = bodies[round % 2]
                var bytes = Array(valid.utf8)
                for _ in 0...Int.random(in: 0...1, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    if Bool.random(using: &random) {
                        bytes[place] = UInt8.random(in: 0...255, using: &random)
                    } else {
                        bytes.insert(UInt8(ascii: "9"), at: place)
                    }
                }
                let reply = try await web.client.send(
                    "POST", path, token: token, headers: [("Content-Type", "application/json")],
                    body: bytes)
                #expect(
                    [200, 400, 422].contains(reply.status),
                    "seed \(seed), round \(round): \(reply.text)")
            }
            for path in ["/v1/positions", "/v1/pnl", "/v1/fx"] {
                #expect(try await web.client.get(path, token: token).status == 200)
            }
        }
    }
}
