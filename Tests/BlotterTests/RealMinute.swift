import Foundation
import Ledger
import TestSupport
import Testing
import Wire

/// A thousand real executions, and what an independent exact model makes of them.
struct RealMinute {
    /// Each line a FILL.
    let lines: [String]
    private let expected: JSONValue

    init() throws {
        lines = String(decoding: try fixture("ethusdt-2023-02-02.jsonl"), as: UTF8.self)
            .split(separator: "\n").map(String.init)
        expected = try JSONValue(parsing: try fixture("ethusdt-2023-02-02.expected.json"))
    }

    /// Writes the fills, or other lines, into a folder.
    func write(_ lines: [String]? = nil, as name: String, into folder: String) throws -> String {
        let path = folder + "/" + name
        let text = (lines ?? self.lines).joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    /// The bodies of `POST /v1/fills` that bring all of them.
    func batches(of size: Int) -> [String] {
        stride(from: 0, to: lines.count, by: size).map { start in
            let batch = lines[start..<min(start + size, lines.count)]
            return "{\"fills\":[\(batch.joined(separator: ","))]}"
        }
    }

    /// As CSV, with the fields of the first line as its header.
    func csv() throws -> [String] {
        let records = try lines.map { try #require(try JSONValue(parsing: $0).object) }
        let header = try #require(records.first).map(\.key.text)
        return [header.joined(separator: ",")]
            + records.map { record in
                record.map { $0.value.string ?? "" }.joined(separator: ",")
            }
    }

    /// Expects that what the API answers for the whole portfolio is what the model says.
    func expectAnswers(of served: ServedBlotter, token: String) async throws {
        let positions = try await served.get("/v1/positions", token: token)
        #expect(positions.status == 200)
        let position = try #require(expected["positions"]?[0])
        let held = try #require(positions.json["positions"]?[0], "\(positions.text)")
        #expect(positions.json["positions"]?.array?.count == 1)
        for key in [
            "symbol", "exchange", "asset_type", "currency", "strategy", "quantity",
            "avg_price", "realized_pnl", "fees", "opened_at",
        ] {
            #expect(held[key] == position[key], "\(key)")
        }
        let report = try await served.get("/v1/pnl?period=all", token: token)
        let total = try #require(report.json["totals"]?[0], "\(report.text)")
        #expect(report.json["totals"] == expected["pnl_totals"])
        // One day, one instrument: each is the total.
        for list in ["by_instrument", "daily"] {
            #expect(report.json[list]?.array?.count == 1)
            for member in total.object ?? [] {
                #expect(report.json[list]?[0]?[member.key.text] == member.value, "\(list)")
            }
        }
        try await expectTrades(of: served, token: token)
    }

    /// Pages through all trades: each fill is there once, newest first, and says what was posted.
    private func expectTrades(of served: ServedBlotter, token: String) async throws {
        let trades = try await served.allTrades(token: token)
        #expect(trades.count == lines.count)
        let posted = Dictionary(
            uniqueKeysWithValues: try lines.map { line in
                let fill = try JSONValue(parsing: line)
                return (fill["broker_trade_id"]?.string ?? "", fill)
            })
        var realized = Ledger.Decimal.zero
        var fees = Ledger.Decimal.zero
        for trade in trades {
            let fill = try #require(posted[trade["broker_trade_id"]?.string ?? ""])
            for key in [
                "symbol", "exchange", "side", "quantity", "price", "fee", "fee_currency",
                "exec_time",
            ] {
                #expect(trade[key] == fill[key], "\(key) of \(trade)")
            }
            realized = try realized + #require(trade["realized_pnl"]?.decimal)
            fees = try fees + #require(trade["fee"]?.decimal)
        }
        #expect(Set(trades.map { $0["broker_trade_id"] }).count == lines.count)
        let times = try trades.map { try Timestamp(iso8601: #require($0["exec_time"]?.string)) }
        #expect(times == times.sorted(by: >))
        let total = try #require(expected["pnl_totals"]?[0])
        #expect(fees.description == total["fees"]?.string)
        // Each trade's figure is rounded for itself.
        let exact = try #require(total["realized_pnl"]?.decimal)
        let rest = try realized - exact
        #expect(try rest.magnitude < Ledger.Decimal(parsing: "0.000000001"))
    }

    /// Expects that a screen shows the position, its gain, its fees and its P&L.
    func expectScreens(positions: String, pnl: String) throws {
        let position = try #require(expected["positions"]?[0])
        let total = try #require(expected["pnl_totals"]?[0])
        let quantity = try #require(position["quantity"]?.string)
        let average = try #require(position["avg_price"]?.string)
        for text in ["ETHUSDT", quantity, average] {
            #expect(positions.contains(text), "\(text) in \(positions)")
        }
        for (screen, key) in [
            (positions, "realized_pnl"), (pnl, "realized_pnl"), (pnl, "fees"), (pnl, "net_pnl"),
        ] {
            let amount = try #require(total[key]?.decimal).rounded(decimals: 8)
            #expect(screen.contains(amount.description), "\(key) \(amount) in \(screen)")
        }
        #expect(pnl.contains("1000"))
    }
}

extension ServedBlotter {
    /// All pages of `GET /v1/trades`.
    func allTrades(token: String, limit: Int = 300) async throws -> [JSONValue] {
        var trades: [JSONValue] = []
        var cursor: String?
        repeat {
            let page = try await get(
                "/v1/trades?limit=\(limit)" + (cursor.map { "&cursor=\($0)" } ?? ""), token: token)
            try #require(page.status == 200, "\(page.text)")
            let list = try #require(page.json["trades"]?.array)
            #expect(list.count <= limit)
            trades += list
            cursor = page.json["next_cursor"]?.string
            try #require(!list.isEmpty || cursor == nil)
        } while cursor != nil
        return trades
    }
}
