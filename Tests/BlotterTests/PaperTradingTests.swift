import Ledger
import TestSupport
import Testing
import Wire

/// Orders by HTTP, filled by the paper broker on posted quotes, through a killed process.
@Suite struct PaperTradingTests {
    private static let fill =
        #"{"fills":[{"broker_trade_id":"t-1","symbol":"COIN","asset_type":"CRYPTO","#
        + #""currency":"USD","side":"BUY","quantity":"1","price":"100","#
        + #""exec_time":"2026-02-19T14:32:00Z"}]}"#

    /// Quotes of the present, later ones later.
    private static func quote(_ bid: String, _ ask: String, at second: Int) -> String {
        #"{"quotes":[{"symbol":"COIN","bid":"\#(bid)","ask":"\#(ask)","#
            + #""time":"2026-03-01T00:00:\#(second < 10 ? "0" : "")\#(second)Z"}]}"#
    }

    private func post(
        _ target: String, _ body: String, status: Int, to served: ServedBlotter, _ token: String
    ) async throws -> JSONValue {
        let reply = try await served.post(body, to: target, token: token)
        try #require(reply.status == status, "\(target): \(reply.status) \(reply.text)")
        return reply.json
    }

    /// The order as soon as it is in one of these states; the last look where it never is.
    private func order(
        _ uid: String, until statuses: Set<String>, at served: ServedBlotter, _ token: String
    ) async throws -> JSONValue {
        var order = JSONValue.null
        for _ in 0..<200 {
            let reply = try await served.get("/v1/orders/\(uid)", token: token)
            order = reply.json["order"] ?? .null
            if let status = order["status"]?.string, statuses.contains(status) { return order }
            try await Task.sleep(for: .milliseconds(50))
        }
        return order
    }

    @Test(arguments: TestBackend.allCases)
    func `a market order fills at the quote, a limit order after a kill`(
        _ backend: TestBackend
    ) async throws {
        try await OperatedBlotter.run(on: backend) { blotter in
            try await blotter.addOwner()
            let token = try #require(
                try await blotter.done(
                    "token", "create", "--user", OperatedBlotter.owner, "--name", "all",
                    "--scope", "ingest,trade,read"
                ).first)
            try await ServedBlotter.run(on: blotter.databaseURL) { served in
                _ = try await post("/v1/fills", Self.fill, status: 200, to: served, token)
                _ = try await post(
                    "/v1/quotes", Self.quote("99", "101", at: 1), status: 200, to: served, token)
                let market = try await post(
                    "/v1/orders",
                    #"{"client_order_id":"m","symbol":"COIN","side":"BUY","quantity":"2"}"#,
                    status: 201, to: served, token)
                let marketUID = try #require(market["order"]?["uid"]?.string)
                let filled = try await order(marketUID, until: ["FILLED"], at: served, token)
                #expect(filled["status"]?.string == "FILLED", "\(filled)")
                let limit = try await post(
                    "/v1/orders",
                    #"{"client_order_id":"l","symbol":"COIN","side":"SELL","type":"LIMIT","#
                        + #""quantity":"3","price":"110"}"#, status: 201, to: served, token)
                let limitUID = try #require(limit["order"]?["uid"]?.string)
                _ = try await order(limitUID, until: ["NEW"], at: served, token)
                try await served.kill()
                try await served.start()
                let again = try await post(
                    "/v1/orders",
                    #"{"client_order_id":"l","symbol":"COIN","side":"SELL","type":"LIMIT","#
                        + #""quantity":"3","price":"110"}"#, status: 200, to: served, token)
                #expect(again["order"]?["uid"]?.string == limitUID)
                _ = try await post(
                    "/v1/quotes", Self.quote("112", "113", at: 2), status: 200, to: served, token)
                let sold = try await order(limitUID, until: ["FILLED"], at: served, token)
                #expect(sold["status"]?.string == "FILLED", "\(sold)")
                let trades = try await served.allTrades(token: token)
                #expect(
                    trades.compactMap { $0["price"]?.string }.sorted() == ["100", "101", "112"])
                let positions = try await served.get("/v1/positions", token: token).json
                #expect(positions["positions"]?.array?.count == 0)
            }
            try await blotter.expectVerified(trades: 3, holdings: 1)
        }
    }

    /// The orders of the only reduce kind, as soon as there are two that work; the last look else.
    private func exits(
        at served: ServedBlotter, _ token: String
    ) async throws -> [JSONValue] {
        var exits: [JSONValue] = []
        for _ in 0..<200 {
            let reply = try await served.get("/v1/orders?status=NEW", token: token)
            exits = reply.json["orders"]?.array ?? []
            if exits.count == 2 { return exits }
            try await Task.sleep(for: .milliseconds(50))
        }
        return exits
    }

    @Test(arguments: TestBackend.allCases)
    func `of two exits one is filled and the other ends, through a kill`(
        _ backend: TestBackend
    ) async throws {
        try await OperatedBlotter.run(on: backend) { blotter in
            try await blotter.addOwner()
            let token = try #require(
                try await blotter.done(
                    "token", "create", "--user", OperatedBlotter.owner, "--name", "all",
                    "--scope", "ingest,trade,read"
                ).first)
            try await ServedBlotter.run(on: blotter.databaseURL) { served in
                _ = try await post("/v1/fills", Self.fill, status: 200, to: served, token)
                _ = try await post(
                    "/v1/quotes", Self.quote("99", "101", at: 1), status: 200, to: served, token)
                _ = try await post(
                    "/v1/orders",
                    #"{"symbol":"COIN","side":"BUY","quantity":"2","stop_loss":"90","#
                        + #""take_profit":"110"}"#, status: 201, to: served, token)
                let exits = try await exits(at: served, token)
                #expect(Set(exits.compactMap { $0["type"]?.string }) == ["STOP", "LIMIT"])
                func uid(_ type: String) throws -> String {
                    try #require(exits.first { $0["type"]?.string == type }?["uid"]?.string)
                }
                try await served.kill()
                try await served.start()
                _ = try await post(
                    "/v1/quotes", Self.quote("112", "113", at: 2), status: 200, to: served, token)
                let profit = try await order(uid("LIMIT"), until: ["FILLED"], at: served, token)
                #expect(profit["close_reason"]?.string == "TP_HIT", "\(profit)")
                // In the unit of work that stored the fill.
                let stop = try await order(uid("STOP"), until: ["CANCELED"], at: served, token)
                #expect(stop["filled_quantity"]?.string == "0", "\(stop)")
                try await served.kill()
                try await served.start()
                _ = try await post(
                    "/v1/quotes", Self.quote("80", "81", at: 3), status: 200, to: served, token)
                let positions = try await served.get("/v1/positions", token: token).json
                #expect(
                    positions["positions"]?.array?.compactMap { $0["quantity"]?.string } == ["1"])
            }
            try await blotter.expectVerified(trades: 3, holdings: 1)
        }
    }
}
