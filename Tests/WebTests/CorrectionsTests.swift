import Ledger
import Services
import TestSupport
import Testing
import Web
import Wire
import World

/// `POST /v1/trades/corrections`.
struct CorrectionsTests {
    private static let path = "/v1/trades/corrections"

    private func body(
        _ action: String, _ members: String = "", trade: String = "a1", id: String = "c-1"
    ) -> String {
        "{\"broker_trade_id\":\"\(trade)\",\"correction_id\":\"\(id)\",\"action\":\"\(action)\""
            + (members.isEmpty ? "}" : ",\(members)}")
    }

    @Test(arguments: TestBackend.allCases)
    func `a correction is answered with both trades, and the list shows them`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            try await postSample(web, token)
            let request = body(
                "Correct",
                #""quantity":2.50,"price":"99","fee":null,"exec_time":"2025-12-29T11:00:00+01:00","#
                    + #""reason":"as the broker wrote","portfolio":"main""#)
            let reply = try await web.client.post(Self.path, token: token, request)
            #expect(reply.status == 200, "\(reply.text)")
            func trades() async throws -> [JSONValue] {
                let list = try await web.client.get(
                    "/v1/trades?symbol=BTCUSDT", token: token)
                return list.json["trades"]?.array ?? []
            }
            let listed = try await trades()
            #expect(listed.map { $0["broker_trade_id"] } == ["a2", "a1", "a1"])
            let (new, old) = (listed[1], listed[2])
            #expect(
                reply.json == [
                    "status": "accepted", "correction_id": "c-1", "action": "correct",
                    "trade_uid": old["trade_uid"] ?? nil,
                    "replacement_uid": new["trade_uid"] ?? nil,
                ])
            #expect(old["superseded_by"] == new["trade_uid"])
            #expect(new["superseded_by"] == JSONValue.null)
            #expect([new["quantity"], new["price"], new["fee"]] == ["2.5", "99", "0.5"])
            #expect(new["exec_time"] == "2025-12-29T10:00:00Z")
            #expect([new["action"], old["action"]] == ["BTO", JSONValue.null])
            #expect(listed[0]["realized_pnl"] == "2")

            let again = try await web.client.post(Self.path, token: token, request)
            #expect(again.status == 200)
            #expect(again.json["status"] == "duplicate")
            #expect(again.json["replacement_uid"] == new["trade_uid"])

            let bust = try await web.client.post(
                Self.path, token: token, body("bust", trade: "a2", id: "c-2"))
            #expect(bust.json["action"] == "bust")
            #expect(bust.json["replacement_uid"] == JSONValue.null)
            let corrections = try await web.base.texts(
                "SELECT uid FROM trade_corrections WHERE correction_id = 'c-2'")
            #expect(try await trades()[0]["superseded_by"]?.string == corrections.first)
            #expect(try await trades()[0]["realized_pnl"] == "0")
            let position = try await web.client.get("/v1/positions", token: token)
            #expect(position.json["positions"]?[0]?["quantity"] == "2.5")
            try await web.base.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what may not be is refused with its status, code and field`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (authority, token) = try await web.member()
            try await web.addPortfolio("second", for: authority)
            try await postSample(web, token)
            let huge = "170141183460469231731"
            let cases: [(String, Int, String, String?)] = [
                ("", 400, "NOT_JSON", nil),
                ("{\"action\":}", 400, "NOT_JSON", nil),
                (body("bust") + "x", 400, "NOT_JSON", nil),
                ("[]", 422, "INVALID_FIELD", nil),
                ("{}", 422, "INVALID_FIELD", "broker_trade_id"),
                ("{\"broker_trade_id\":\"a1\"}", 422, "INVALID_FIELD", "correction_id"),
                (
                    "{\"broker_trade_id\":\"a1\",\"correction_id\":\"c\"}", 422, "INVALID_FIELD",
                    "action"
                ),
                (body("cancel"), 422, "INVALID_FIELD", "action"),
                (body("correct"), 422, "INVALID_FIELD", "action"),
                (body("correct", "\"price\":null"), 422, "INVALID_FIELD", "action"),
                (body("bust", "\"price\":\"1\""), 422, "INVALID_FIELD", "price"),
                (
                    body("bust", "\"exec_time\":\"2026-01-01T00:00:00Z\",\"fee\":1"), 422,
                    "INVALID_FIELD", "exec_time"
                ),
                (body("correct", "\"quantity\":0"), 422, "INVALID_FIELD", "quantity"),
                (body("correct", "\"quantity\":\"-1\""), 422, "INVALID_FIELD", "quantity"),
                (body("correct", "\"price\":true"), 422, "INVALID_FIELD", "price"),
                (body("correct", "\"price\":\".5\""), 422, "INVALID_FIELD", "price"),
                (body("correct", "\"price\":-1"), 422, "INVALID_FIELD", "price"),
                (body("correct", "\"fee\":[1]"), 422, "INVALID_FIELD", "fee"),
                (
                    body("correct", "\"exec_time\":\"2026-01-01T00:00:00\""), 422,
                    "INVALID_FIELD", "exec_time"
                ),
                (body("bust", "\"reason\":\"\""), 422, "INVALID_FIELD", "reason"),
                (
                    body("bust", "\"reason\":\"\(String(repeating: "x", count: 501))\""), 422,
                    "INVALID_FIELD", "reason"
                ),
                (body("bust", "\"reason\":\"\\u0000\""), 422, "INVALID_FIELD", "reason"),
                (body("bust", "\"portfolio\":7"), 422, "INVALID_FIELD", "portfolio"),
                (body("bust", "\"action\":\"bust\""), 422, "INVALID_FIELD", "action"),
                (body("bust", "\"side\":\"SELL\""), 422, "UNKNOWN_FIELD", "side"),
                (body("correct", "\"Price\":1"), 422, "UNKNOWN_FIELD", "Price"),
                (body("correct", "\"price\":\(huge)"), 422, "OUT_OF_RANGE", "price"),
                (body("correct", "\"price\":1e-19"), 422, "OUT_OF_RANGE", "price"),
                (
                    body("correct", "\"quantity\":\"1e19\",\"price\":\"1e19\""), 422,
                    "OUT_OF_RANGE", "quantity"
                ),
                (body("bust", trade: "a"), 404, "UNKNOWN_TRADE", "broker_trade_id"),
                (
                    body("bust", "\"portfolio\":\"second\""), 404, "UNKNOWN_TRADE",
                    "broker_trade_id"
                ),
                (body("bust", "\"portfolio\":\"x\""), 404, "UNKNOWN_PORTFOLIO", "portfolio"),
            ]
            for (body, status, code, field) in cases {
                let reply = try await web.client.post(Self.path, token: token, body)
                #expect(reply.status == status, "\(body): \(reply.text)")
                #expect(reply.code == code, "\(body): \(reply.text)")
                #expect(reply.field == field, "\(body): \(reply.text)")
            }
            #expect(try await web.base.count(of: "trade_corrections") == 0)
            let query = try await web.client.post(
                Self.path + "?dry=1", token: token, body("bust"))
            #expect((query.status, query.field) == (422, "dry"))
            let type = try await web.client.send(
                "POST", Self.path, token: token, headers: [("Content-Type", "text/plain")],
                body: Array(body("bust").utf8))
            #expect(type.status == 415)
            #expect(try await web.base.count(of: "trade_corrections") == 0)

            #expect(
                try await web.client.post(Self.path, token: token, body("bust")).status == 200)
            let conflict = try await web.client.post(
                Self.path, token: token, body("correct", "\"fee\":1"))
            #expect((conflict.status, conflict.code) == (409, "CONFLICT"))
            #expect(conflict.field == "action")
            let twice = try await web.client.post(
                Self.path, token: token, body("bust", id: "c-2"))
            #expect((twice.status, twice.code) == (409, "CONFLICT"))
            #expect(twice.field == "broker_trade_id")
        }
    }

    @Test func `a token reaches no further than it was made for`() async throws {
        try await WebWorld.run { web in
            let (authority, token) = try await web.member()
            try await web.addPortfolio("second", for: authority)
            try await postSample(web, token)
            let momo = try #require(StrategyReference(parsing: "momo"))
            let tokens = [
                try await web.token(named: "reader", for: authority, permissions: [.read]),
                try await web.token(
                    named: "second", for: authority, portfolio: "second"),
                try await web.token(named: "momo", for: authority, strategy: momo),
            ]
            let request = body("bust", "\"portfolio\":\"main\"")
            for (token, code) in zip(
                tokens, ["FORBIDDEN_SCOPE", "FORBIDDEN_PORTFOLIO", "FORBIDDEN_STRATEGY"])
            {
                let reply = try await web.client.post(Self.path, token: token, request)
                #expect((reply.status, reply.code) == (403, code))
            }
            let (_, stranger) = try await web.member(1002)
            let unknown = try await web.client.post(Self.path, token: stranger, request)
            #expect((unknown.status, unknown.code) == (404, "UNKNOWN_TRADE"))
            let own = try await web.client.post(
                Self.path, token: tokens[2], body("bust", trade: "b1"))
            #expect(own.status == 200)
            #expect(try await web.client.post(Self.path, request).status == 401)
        }
    }
}
