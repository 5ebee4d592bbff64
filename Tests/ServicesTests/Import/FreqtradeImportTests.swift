import Ledger
import Records
import Services
import TestSupport
import Testing

/// freqtrade's trades: backtests, live exports with orders, shorts, open ones.
struct FreqtradeImportTests {
    private let short = """
        {"trade_id": 7, "pair": "ETH/USDT:USDT", "exchange": "binance", "strategy": "Wave",
         "amount": 2.0000000000000004, "open_rate": 3000.5, "close_rate": 2900.25,
         "open_timestamp": 1769940000000, "close_timestamp": 1769943600000.0,
         "fee_open": 0.0005, "fee_close": 0.0005, "is_short": true, "leverage": 3.0,
         "is_open": false, "enter_tag": "dip", "exit_reason": "roi", "orders": null}
        """

    @Test func `a short trade sells first, and its leverage is kept`() async throws {
        try await ImportBench.run { bench in
            let report = try await bench.read("[\(short)]", "freqtrade-json")
            #expect(report.counts == [2, 0, 0, 0, 0])
            #expect(
                try await bench.trades() == [
                    "SELL 2 ETHUSDT @ 3000.5 fee 3.0005 USDT at 2026-02-01T10:00:00",
                    "BUY 2 ETHUSDT @ 2900.25 fee 2.90025 USDT at 2026-02-01T11:00:00",
                ])
            let listing = try #require(try await bench.positions().first?.listing)
            #expect(listing.strategy == "Wave@1.0")
            #expect(listing.instrument.instrument.assetType == .future)
            #expect(listing.instrument.instrument.exchange == "BINANCE")
            #expect(listing.position.realizedPnL.description == "200.5")
            let meta = try await bench.world.texts(
                "SELECT meta_json FROM trades ORDER BY exec_time")
            #expect(meta[0].contains("\"leverage\":\"3\"") && meta[0].contains("dip"))
            #expect(meta[1].contains("roi") && !meta[1].contains("dip"))
        }
    }

    @Test func `an open trade is its entry, and its exit once it is closed`() async throws {
        try await ImportBench.run { (bench) async throws in
            let open = short.replacing("\"is_open\": false", with: "\"is_open\": true")
                .replacing("2900.25", with: "null")
            let live = "{\"trades\": [\(open)], \"trades_count\": 1}"
            #expect(try await bench.read(live, "freqtrade-json").counts == [1, 0, 0, 0, 0])
            let closed = "{\"trades\": [\(short)], \"trades_count\": 1}"
            #expect(try await bench.read(closed, "freqtrade-json").counts == [1, 1, 0, 0, 0])
        }
    }

    @Test func `every filled order is a fill, with the fee that the exchange took`()
        async throws
    {
        try await ImportBench.run { bench in
            let orders = """
                {"order_id": "a1", "ft_order_side": "buy", "filled": 1.5, "amount": 2,
                 "average": 100, "safe_price": 101, "status": "canceled", "is_open": false,
                 "order_filled_timestamp": 1769940000000},
                {"order_id": "a2", "ft_order_side": "buy", "filled": 0.5, "average": 102,
                 "is_open": false, "order_filled_timestamp": 1769940060000, "ft_fee_base": 0.001},
                {"order_id": "a3", "ft_order_side": "buy", "filled": 0, "is_open": false,
                 "order_filled_timestamp": null},
                {"order_id": "a4", "ft_order_side": "stoploss", "filled": 2, "average": 90,
                 "is_open": false, "order_filled_timestamp": 1769940120000}
                """
            let trade = """
                {"pair": "BTC/USDT", "amount": 2, "fee_open": 0.001, "fee_close": 0.001,
                 "fee_open_cost": 9, "fee_open_currency": "BNB", "fee_close_cost": 0.07,
                 "fee_close_currency": "BNB", "is_open": false, "orders": [\(orders)]}
                """
            #expect(
                try await bench.read("{\"trades\": [\(trade)]}", "freqtrade-json").counts
                    == [3, 0, 0, 0, 0])
            // One cost for two entries is nobody's; the rate is.
            #expect(
                try await bench.trades() == [
                    "BUY 1.5 BTCUSDT @ 100 fee 0.15 USDT at 2026-02-01T10:00:00",
                    "BUY 0.5 BTCUSDT @ 102 fee 0.001 BTC at 2026-02-01T10:01:00",
                    "SELL 2 BTCUSDT @ 90 fee 0.07 BNB at 2026-02-01T10:02:00",
                ])
            let ids = try await bench.world.texts("SELECT broker_trade_id FROM trades ORDER BY 1")
            #expect(
                ids == ["ft-a1", "ft-a2", "ft-a4"])
            // While an order is open, what is filled of it may still change.
            let pending = trade.replacing(
                "\"status\": \"canceled\", \"is_open\": false",
                with: "\"is_open\": true"
            ).replacing("a1", with: "b1")
            let report = try await bench.read(
                "{\"trades\": [\(pending)]}", "freqtrade-json")
            #expect(report.counts == [0, 2, 0, 0, 1])
            #expect(report.notedLines.first?.text.contains("trade 1, BTC/USDT") == true)
        }
    }

    @Test(arguments: [
        (
            #"{"order_id":"a","ft_order_side":"buy","filled":1,"average":2,"is_open":false}"#,
            "order_filled_timestamp"
        ),
        (
            #"{"order_id":"a","ft_order_side":"buy","filled":1,"order_filled_timestamp":1}"#,
            "average"
        ),
        (#"{"ft_order_side":"buy","filled":1,"average":2,"is_open":false}"#, "exec_time"),
        (#"{"ft_order_side":"buy","filled":1,"order_filled_timestamp":1}"#, "price"),
    ])
    func `a filled order that lacks its time or price is rejected, not passed over`(
        _ order: String, _ field: String
    ) async throws {
        try await ImportBench.run { bench in
            let file = #"[{"pair":"BTC/USDT","orders":[\#(order)]}]"#
            let report = try await bench.read(file, "freqtrade-json")
            #expect(report.counts == [0, 0, 1, 0, 0])
            #expect(report.rejections.first?.refusal.field == field)
            // One that ended with nothing is none.
            let none = file.replacing("\"filled\":1", with: "\"filled\":null,\"amount\":1")
                .replacing(",\"order_filled_timestamp\":1", with: "")
            #expect(try await bench.read(none, "freqtrade-json").counts == [0, 0, 0, 0, 0])
        }
    }

    @Test func `trades of a backtest that are alike are all taken`() async throws {
        try await ImportBench.run { (bench) async throws in
            let file = "{\"strategy\": {\"S\": {\"trades\": [\(short), \(short)]}}, \"x\": []}"
            #expect(try await bench.read(file, "freqtrade-json").counts == [4, 0, 0, 0, 0])
            #expect(try await bench.read(file, "freqtrade-json").counts == [0, 4, 0, 0, 0])
            #expect(try await bench.positions().first?.listing.strategy == "S@1.0")
        }
    }

    @Test(arguments: [
        ("\"pair\": \"ETH/USDT:USDT\"", "\"pair\": \"ETHUSDT\"", "symbol: trade 1, ETHUSDT:"),
        ("\"amount\": 2.0000000000000004", "\"amount\": \"2\"", "quantity: trade 1"),
        ("\"open_rate\": 3000.5", "\"open_rate\": 1e40", "price: trade 1"),
        ("1769940000000", "1e30", "exec_time: trade 1"),
        ("\"open_rate\": 3000.5,", "", "open_rate or open_timestamp is missing"),
    ])
    func `a trade that can't be read is told with its place`(
        _ part: String, _ broken: String, _ reason: String
    ) async throws {
        try await ImportBench.run { bench in
            let file = "[\(short.replacing(part, with: broken))]"
            let report = try await bench.read(file, "freqtrade-json")
            #expect(report.counts[0] == 0 && report.counts[2] >= 1)
            #expect(report.reasons.first?.contains(reason) == true, "\(report.reasons)")
        }
    }

    @Test(arguments: [
        ("{\"trades\": [", "ends too early"), ("{}", "no trades"), ("{\"trades\": 5}", "no trades"),
        ("[1, 2", "ends too early"), ("5", "expected an object"), ("[] []", "nothing may follow"),
        ("", "ends too early"),
    ])
    func `what is no export of freqtrade is refused`(
        _ text: String, _ word: String
    ) async throws {
        try await ImportBench.run { bench in
            let refusal = try await bench.refusal(text, "freqtrade-json")
            #expect(refusal.contains(word), "\(refusal)")
        }
    }

    @Test func `an element that is no trade is one rejection`() async throws {
        try await ImportBench.run { bench in
            let report = try await bench.read("[5, \(short)]", "freqtrade-json")
            #expect(report.counts == [2, 0, 1, 0, 0])
        }
    }
}
