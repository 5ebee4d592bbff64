import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import Wire
import World

/// A freqtrade trade's JSON as fills.
struct FreqtradeTradeTests {
    private func fills(_ json: String) throws -> [Result<FillReport, FillRefusal>] {
        try FreqtradeTrade(try JSONValue(parsing: json)).fills().map(\.fill)
    }

    private func fill(_ json: String) throws -> FillReport {
        let all = try fills(json)
        #expect(all.count == 1)
        return try #require(try all.first?.get())
    }

    @Test func `an order is a fill with the id of the exchange`() throws {
        let report = try fill(
            freqtradeTrade(
                orders: [
                    freqtradeOrder("o-1", "buy", "0.30000000000000004", at: "65000.100000000006")
                ],
                extra:
                    #""enter_tag":"dip","fee_open":0.001,"fee_open_cost":19.5,"fee_open_currency":"USDT""#
            ))
        #expect(report.brokerTradeID == "ft-o-1" && report.brokerOrderID == "o-1")
        #expect(report.symbol == "BTCUSDT" && report.exchange == "BINANCE")
        #expect(report.assetType == .crypto && report.currency?.code == "USDT")
        #expect(report.side == .buy && report.reason == "dip")
        #expect(report.quantity.description == "0.3")
        #expect(report.price.description == "65000.1")
        #expect(report.fee?.description == "19.5" && report.feeCurrency?.code == "USDT")
        #expect(report.execTime.description == "2026-02-19T14:32:07.123000Z")
        #expect(report.metaJSON == #"{"source":"freqtrade","trade_id":7,"pair":"BTC/USDT"}"#)
    }

    @Test func `fees are what was kept, what is stated, or what the rate says`() throws {
        let kept = try fill(
            freqtradeTrade(
                orders: [
                    freqtradeOrder("o", "buy", "2", at: "100", extra: #""ft_fee_base":0.002"#)
                ],
                extra: #""fee_open":0.001,"fee_open_cost":7,"fee_open_currency":"BNB""#))
        #expect(kept.fee?.description == "0.002" && kept.feeCurrency?.code == "BTC")
        // Of two entries nobody knows which one the stated cost is for.
        let rated = try fills(
            freqtradeTrade(
                orders: [
                    freqtradeOrder("o", "buy", "2", at: "100"),
                    freqtradeOrder("p", "buy", "1", at: "99"),
                    freqtradeOrder("q", "sell", "3", at: "110"),
                ],
                extra: """
                    "fee_open":0.001,"fee_open_cost":7,"fee_open_currency":"BNB","fee_close":0.002,
                    "fee_close_cost":0.66,"fee_close_currency":"USDT","exit_reason":"roi"
                    """)
        ).map { try $0.get() }
        #expect(rated.map(\.fee?.description) == ["0.2", "0.099", "0.66"])
        #expect(rated.map(\.feeCurrency?.code) == ["USDT", "USDT", "USDT"])
        #expect(rated.map { $0.metaJSON.contains("estimated") } == [true, true, false])
        #expect(rated.map(\.reason) == [nil, nil, "roi"])
    }

    @Test func `a short's entry sells, a stop-loss ends it`() throws {
        let reports = try fills(
            freqtradeTrade(
                pair: "ETH/USDT:USDT",
                orders: [
                    freqtradeOrder("a", "sell", "1", at: "3000"),
                    freqtradeOrder("b", "stoploss", "1", at: "3100"),
                ],
                extra:
                    #""is_short":true,"leverage":3.0,"trading_mode":"futures","fee_open":0.0005,"fee_close":0.0005"#
            )
        ).map { try $0.get() }
        #expect(reports.map(\.side) == [.sell, .buy])
        #expect(reports.map(\.symbol) == ["ETHUSDT", "ETHUSDT"])
        #expect(reports.allSatisfy { $0.assetType == .future && $0.multiplier == 1 })
        #expect(reports.allSatisfy { $0.metaJSON.contains(#""leverage":"3""#) })
    }

    @Test(arguments: [
        #""is_open":true,"status":"open""#, #""status":"open""#, #""status":"new""#,
        #""filled":0.0,"status":"canceled""#, #""filled":null,"status":"canceled""#,
        #""filled":0,"status":"expired""#,
    ])
    func `an order that is open, or ended with nothing, is no fill`(state: String) throws {
        let order = """
            {"order_id":"o","ft_order_side":"buy","amount":1.0,"average":2.0,"order_timestamp":1,
            \(state)}
            """
        #expect(try fills(freqtradeTrade(orders: [order])).isEmpty)
    }

    @Test func `an order that was canceled half way is a fill of that half`() throws {
        let report = try fill(
            freqtradeTrade(orders: [
                freqtradeOrder("o", "buy", "0.4", at: "10", status: "canceled")
            ]))
        #expect(report.quantity.description == "0.4")
    }

    @Test(arguments: [
        (#"{"ft_order_side":"buy","filled":1,"average":2,"order_timestamp":1}"#, "order_id"),
        (#"{"order_id":"o","filled":1,"average":2,"order_timestamp":1}"#, "ft_order_side"),
        (#"{"order_id":"o","ft_order_side":"buy","filled":1,"order_timestamp":1}"#, "average"),
        (
            #"{"order_id":"o","ft_order_side":"buy","filled":1,"average":2}"#,
            "order_filled_timestamp"
        ),
        (
            #"{"order_id":"o","ft_order_side":"buy","filled":"x","average":2,"order_timestamp":1}"#,
            "filled"
        ),
        (
            #"{"order_id":"o","ft_order_side":"buy","filled":1,"average":1e30,"order_timestamp":1}"#,
            "average"
        ),
    ])
    func `what an order lacks is named`(order: String, field: String) throws {
        let found = try fills(freqtradeTrade(orders: [order]))
        #expect(found.count == 1)
        #expect(throws: FillRefusal.self) { try found[0].get() }
        if case .failure(let refusal) = found[0] { #expect(refusal.field == field) }
    }

    @Test(arguments: [
        ("{}", "pair"), (#"{"pair":"BTCUSDT","orders":[]}"#, "pair"),
        (#"{"pair":"/USDT","orders":[]}"#, "pair"), (#"{"pair":"BTC/USDT"}"#, "orders"),
    ])
    func `what a trade lacks is named`(json: String, field: String) throws {
        let value = try JSONValue(parsing: json)
        do {
            _ = try FreqtradeTrade(value)
            Issue.record("it was taken")
        } catch {
            #expect(error.field == field)
        }
    }
}

/// A trade as `/api/v1/trade/7` answers it.
func freqtradeTrade(
    _ id: Int = 7, pair: String = "BTC/USDT", orders: [String], extra: String? = nil
) -> String {
    """
    {"trade_id":\(id),"pair":"\(pair)","exchange":"binance","is_open":false,\
    "orders":[\(orders.joined(separator: ","))]\(extra.map { ",\($0)" } ?? "")}
    """
}

func freqtradeOrder(
    _ id: String, _ side: String, _ filled: String, at average: String,
    status: String = "closed", time: Int = 1_771_511_527_123, extra: String? = nil
) -> String {
    """
    {"order_id":"\(id)","ft_order_side":"\(side)","filled":\(filled),"amount":9.9,\
    "average":\(average),"status":"\(status)","is_open":\(status == "open"),\
    "order_timestamp":1,"order_filled_timestamp":\(time)\(extra.map { ",\($0)" } ?? "")}
    """
}
