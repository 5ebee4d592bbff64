import Ledger
import Services
import Storage
import TestSupport
import Testing
import Web
import Wire
import World

struct PostFillsTests {
    @Test(arguments: TestBackend.allCases)
    func `an accepted fill is named, and a known one is a duplicate with the same name`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            let body = batch(
                fill("t-1", "BUY", "0.50", at: "65000.1", fee: "0.65"),
                fill("t-2", "SELL", "0.2", at: "66000", time: "2026-02-19T16:00:00+01:00"))
            let first = try await web.client.post(token: token, body)
            #expect(first.status == 200)
            #expect(first.header("content-type") == "application/json")
            let uids = (0..<2).map { first.json["results"]?[$0]?["trade_uid"] }
            #expect(Set(uids.map { $0?.string?.utf8.count }) == [36])
            #expect(
                first.json == [
                    "accepted": 2, "duplicates": 0, "rejected": 0,
                    "results": [
                        ["index": 0, "status": "accepted", "trade_uid": uids[0] ?? nil],
                        ["index": 1, "status": "accepted", "trade_uid": uids[1] ?? nil],
                    ],
                ])
            let second = try await web.client.post(token: token, body)
            #expect(
                second.json == [
                    "accepted": 0, "duplicates": 2, "rejected": 0,
                    "results": [
                        ["index": 0, "status": "duplicate", "trade_uid": uids[0] ?? nil],
                        ["index": 1, "status": "duplicate", "trade_uid": uids[1] ?? nil],
                    ],
                ])
            try await web.base.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a rejected fill says why and stops no other`(_ backend: TestBackend) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            _ = try await web.client.post(token: token, batch(fill("t-1", "BUY", "1", at: "10")))
            let reply = try await web.client.post(
                token: token,
                batch(
                    fill("t-1", "BUY", "2", at: "10"),
                    fill("t-2", "BUY", "0", at: "10"),
                    fill("t-3", "BUY", "1", at: "10", extra: "\"feee\":\"1\""),
                    fill("t-4", "BUY", "1", at: "10", symbol: "X", assetType: nil, currency: nil),
                    fill("t-5", "BUY", "1", at: "1e30"),
                    fill("t-6", "BUY", "1", at: "10", portfolio: "nowhere"),
                    "7", fill("t-7", "BUY", "1", at: "10")))
            #expect(reply.status == 200)
            #expect(reply.json["accepted"] == 1)
            #expect(reply.json["rejected"] == 7)
            let results = reply.json["results"]?.array ?? []
            #expect(results.map { $0["index"]?.integer } == Array(0..<8))
            #expect(results.last?["status"] == "accepted")
            let words = results.dropLast().map { result in
                let error = result["error"]
                return "\(result["status"]?.string ?? "") \(error?["code"]?.string ?? "")"
                    + " \(error?["field"]?.string ?? "-")"
            }
            #expect(
                words == [
                    "rejected CONFLICT quantity", "rejected INVALID_FIELD quantity",
                    "rejected UNKNOWN_FIELD feee", "rejected UNKNOWN_INSTRUMENT symbol",
                    "rejected OUT_OF_RANGE price", "rejected UNKNOWN_PORTFOLIO portfolio",
                    "rejected INVALID_FIELD -",
                ])
            #expect(results.first?["trade_uid"] == nil)
            #expect(results.dropLast().allSatisfy { $0["error"]?["detail"]?.string != nil })
            try await web.base.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an atomic batch with a rejection is 422 with results and stores nothing`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            _ = try await web.client.post(token: token, batch(fill("t-1", "BUY", "1", at: "10")))
            let before = try await web.base.rowCounts()
            let body = batch(
                fill("t-1", "BUY", "1", at: "10"), fill("t-2", "BUY", "1", at: "10"),
                fill("t-3", "BUY", "-1", at: "10"))
            let refused = try await web.client.post("/v1/fills?atomic=true", token: token, body)
            #expect(refused.status == 422)
            #expect(refused.header("content-type") == "application/problem+json")
            #expect(refused.code == "NOT_STORED")
            #expect(refused.json["accepted"] == 0)
            #expect(refused.json["duplicates"] == 1)
            #expect(refused.json["rejected"] == 1)
            let results = refused.json["results"]?.array ?? []
            #expect(
                results.map { $0["status"]?.string } == ["duplicate", "not_stored", "rejected"])
            #expect(results.map { $0["trade_uid"] != nil } == [true, false, false])
            #expect(results.last?["error"]?["field"] == "quantity")
            #expect(try await web.base.rowCounts() == before)

            for query in ["?atomic=false", "?atomic=0", ""] {
                let reply = try await web.client.post("/v1/fills\(query)", token: token, body)
                #expect(reply.status == 200)
                #expect(reply.json["rejected"] == 1)
            }
            let whole = batch(fill("t-4", "BUY", "1", at: "10"), fill("t-5", "BUY", "1", at: "9"))
            for (query, accepted) in [("?atomic=1", 2), ("?atomic=TRUE", 0)] {
                let reply = try await web.client.post("/v1/fills\(query)", token: token, whole)
                #expect(reply.status == 200)
                #expect(reply.json["accepted"]?.integer == accepted)
            }
            try await web.base.expectVerified()
        }
    }

    @Test func `a batch without fills is accepted`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let reply = try await web.client.post(token: token, batch())
            #expect(reply.status == 200)
            #expect(
                reply.json == ["accepted": 0, "duplicates": 0, "rejected": 0, "results": []])
        }
    }

    @Test func `portfolio and strategy come from the fill, else the batch, else the token`()
        async throws
    {
        try await WebWorld.run { web in
            let (authority, token) = try await web.member()
            try await web.addPortfolio("second", for: authority)
            try await web.addPortfolio("third", for: authority)
            let momo = try #require(StrategyReference(parsing: "momo"))
            let narrow = try await web.token(
                named: "narrow", for: authority, portfolio: "third", strategy: momo)
            let members = "\"portfolio\":\"second\",\"strategy\":\"grid@2\","
            _ = try await web.client.post(
                token: token,
                batch(
                    fill("a", "BUY", "1", at: "10", portfolio: "third", strategy: "momo@1.0"),
                    fill("b", "BUY", "1", at: "10"),
                    fill("c", "BUY", "1", at: "10", extra: "\"strategy\":null"), with: members))
            _ = try await web.client.post(token: token, batch(fill("d", "BUY", "1", at: "10")))
            _ = try await web.client.post(token: narrow, batch(fill("e", "BUY", "1", at: "10")))
            let trades = try await web.client.get("/v1/trades", token: token).json["trades"]
            var places: [String: String] = [:]
            for trade in trades?.array ?? [] {
                places[trade["broker_trade_id"]?.string ?? ""] =
                    "\(trade["portfolio"]?.string ?? "") \(trade["strategy"]?.string ?? "none")"
            }
            #expect(
                places == [
                    "a": "third momo@1.0", "b": "second grid@2", "c": "second none",
                    "d": "main none", "e": "third momo@1.0",
                ])
        }
    }

    @Test func `a portfolio that is absent is 404, one beyond the token is 403`() async throws {
        try await WebWorld.run { web in
            let (authority, token) = try await web.member()
            try await web.addPortfolio("second", for: authority)
            let narrow = try await web.token(
                named: "narrow", for: authority, portfolio: "second")
            let one = fill("t", "BUY", "1", at: "10")
            let absent = try await web.client.post(
                token: token, batch(one, with: "\"portfolio\":\"nowhere\","))
            #expect(absent.status == 404)
            #expect(absent.code == "UNKNOWN_PORTFOLIO")
            #expect(absent.field == "portfolio")
            let beyond = try await web.client.post(
                token: narrow, batch(one, with: "\"portfolio\":\"main\","))
            #expect(beyond.status == 403)
            #expect(beyond.code == "FORBIDDEN_PORTFOLIO")
            let inside = try await web.client.post(
                token: narrow, batch(fill("t", "BUY", "1", at: "10", portfolio: "main")))
            #expect(inside.status == 200)
            #expect(inside.json["results"]?[0]?["error"]?["code"] == "FORBIDDEN_PORTFOLIO")
            #expect(try await web.base.count(of: "trades") == 0)
        }
    }

    @Test func `a strategy beyond the token is 403`() async throws {
        try await WebWorld.run { web in
            let authority = try await web.base.member()
            let momo = try #require(StrategyReference(parsing: "momo"))
            let narrow = try await web.token(for: authority, strategy: momo)
            for strategy in ["\"grid\"", "\"momo@2\"", "null"] {
                let reply = try await web.client.post(
                    token: narrow,
                    batch(fill("t", "BUY", "1", at: "1"), with: "\"strategy\":\(strategy),"))
                #expect(reply.status == 403, "\(strategy)")
                #expect(reply.code == "FORBIDDEN_STRATEGY")
                #expect(reply.field == "strategy")
            }
            let single = try await web.client.post(
                token: narrow, batch(fill("t", "BUY", "1", at: "1", strategy: "grid")))
            #expect(single.json["results"]?[0]?["error"]?["code"] == "FORBIDDEN_STRATEGY")
            #expect(try await web.base.count(of: "trades") == 0)
            #expect(try await web.base.count(of: "strategies") == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a minute of real fills gives the expected figures to the last digit`(
        _ backend: TestBackend
    ) async throws {
        let lines = String(decoding: try fixture("ethusdt-2023-02-02.jsonl"), as: UTF8.self)
            .split(separator: "\n")
        let expected = try JSONValue(parsing: try fixture("ethusdt-2023-02-02.expected.json"))
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            let body = "{\"fills\":[\(lines.joined(separator: ","))]}"
            let first = try await web.client.post(token: token, body)
            #expect(first.json["accepted"]?.integer == lines.count)
            let second = try await web.client.post(token: token, body)
            #expect(second.json["duplicates"]?.integer == lines.count)

            let positions = try await web.client.get("/v1/positions", token: token).json
            let wanted = expected["positions"]?[0]?.object ?? []
            #expect(!wanted.isEmpty)
            for member in wanted {
                #expect(positions["positions"]?[0]?[member.key.text] == member.value)
            }
            let performance = try await web.client.get("/v1/pnl?period=all", token: token).json
            #expect(performance["totals"] == expected["pnl_totals"])
            try await web.base.expectVerified()
        }
    }
}
