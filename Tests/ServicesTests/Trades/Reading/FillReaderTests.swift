import Ledger
import Services
import Testing
import Wire

struct FillReaderTests {
    @Test func `a full fill is read`() throws {
        let text = """
            {"broker_trade_id":"t-1","broker_order_id":"o-1","client_order_id":null,"symbol":"BTCUSDT",
             "exchange":"BINANCE","asset_type":"crypto","currency":"USDT","side":"Sell","quantity":"0.5",
             "price":65000.10,"fee":"-0.65","fee_currency":"BNB","exec_time":"2026-02-19T14:32:00.123+01:00",
             "meta":{"a": [1]},"multiplier":1e0,"tick_size":"0.01","portfolio":"main","strategy":"momo@2",
             "net_amount":"32500.05","commission":0.40,"delta":"-0.35","reason":"a “hedge”"}
            """
        let report = try FillReader.fill(fromJSONLine: Array(text.utf8)[...]).get()
        #expect(
            report
                == FillReport(
                    brokerTradeID: "t-1", symbol: "BTCUSDT", side: .sell,
                    quantity: try Decimal(parsing: "0.5"), price: try Decimal(parsing: "65000.1"),
                    execTime: try Timestamp(iso8601: "2026-02-19T13:32:00.123Z"),
                    brokerOrderID: "o-1", exchange: "BINANCE", assetType: .crypto,
                    currency: Currency("USDT"), fee: try Decimal(parsing: "-0.65"),
                    feeCurrency: Currency("BNB"), metaJSON: #"{"a": [1]}"#, multiplier: 1,
                    tickSize: try Decimal(parsing: "0.01"), portfolio: "main",
                    strategy: .named(try #require(StrategyReference(parsing: "momo@2"))),
                    netAmount: try Decimal(parsing: "32500.05"),
                    commission: try Decimal(parsing: "0.4"),
                    delta: try Decimal(parsing: "-0.35"), reason: "a “hedge”"))
    }

    @Test func `what a fill needs is enough, and null is left out`() throws {
        let plain = try read(minimalFill).get()
        #expect(plain.metaJSON == "{}")
        #expect(plain.fee == nil)
        #expect(plain.strategy == .leftOut)
        let optional = [
            "broker_order_id", "client_order_id", "exchange", "asset_type", "currency", "fee",
            "fee_currency", "meta", "multiplier", "tick_size", "option", "portfolio", "net_amount",
            "commission", "delta", "reason",
        ]
        for key in optional {
            #expect(try read(changedFill(key, nil)).get() == plain)
            #expect(try read(changedFill(key, .null)).get() == plain, "\(key)")
        }
        #expect(try read(changedFill("strategy", .null)).get().strategy == .none)
    }

    @Test(arguments: [
        "broker_trade_id", "symbol", "side", "quantity", "price", "exec_time",
    ])
    func `a needed field may neither be missing nor null`(_ key: String) {
        for value in [nil, JSONValue.null] {
            #expect(
                read(changedFill(key, value))
                    == .failure(
                        FillRefusal(code: .invalidField, field: key, detail: "is missing")))
        }
    }

    private static let longID = String(repeating: "é", count: 64) + "x"
    private static let longReason = String(repeating: "é", count: 250) + "x"
    private static let longName = String(repeating: "x", count: 65)

    @Test(
        arguments: [
            ("broker_trade_id", 17, .invalidField), ("broker_trade_id", "", .invalidField),
            ("broker_trade_id", .string(.init(longID)), .invalidField),
            ("broker_trade_id", ["a"], .invalidField), ("broker_order_id", true, .invalidField),
            ("client_order_id", "", .invalidField),
            ("symbol", .string(.init(longName)), .invalidField), ("symbol", [:], .invalidField),
            ("exchange", "", .invalidField), ("exchange", .string(.init(longName)), .invalidField),
            ("portfolio", 1, .invalidField), ("portfolio", .string(.init(longName)), .invalidField),
            ("asset_type", "STOCK", .invalidField), ("asset_type", "", .invalidField),
            ("asset_type", 1, .invalidField), ("currency", "", .invalidField),
            ("currency", "US D", .invalidField), ("currency", "ABCDEFGHIJKLMNOPQ", .invalidField),
            ("currency", "€", .invalidField), ("fee_currency", false, .invalidField),
            ("side", "B", .invalidField), ("side", "LONG", .invalidField),
            ("side", "buy ", .invalidField), ("side", 1, .invalidField),
            ("side", "buybuybuybuybuybuybuy", .invalidField),
            ("quantity", "0", .invalidField), ("quantity", 0, .invalidField),
            ("quantity", "-1", .invalidField), ("quantity", -0, .invalidField),
            ("quantity", "", .invalidField), ("quantity", "+5", .invalidField),
            ("quantity", ".5", .invalidField), ("quantity", "5.", .invalidField),
            ("quantity", " 5", .invalidField), ("quantity", "٥", .invalidField),
            ("quantity", "NaN", .invalidField), ("quantity", "1,000", .invalidField),
            ("quantity", true, .invalidField), ("quantity", [1], .invalidField),
            ("quantity", "1e-19", .outOfRange), ("quantity", "170000000000000000001", .outOfRange),
            ("quantity", .number(literal: "1e21"), .outOfRange),
            ("quantity", .number(literal: "1e999999"), .outOfRange),
            ("quantity", "1e999999999999999999999", .outOfRange),
            ("price", "x", .invalidField), ("price", "0.1234567890123456789", .outOfRange),
            ("fee", "free", .invalidField), ("fee", "-1e300", .outOfRange),
            ("multiplier", "0", .invalidField), ("multiplier", -100, .invalidField),
            ("tick_size", "0", .invalidField), ("tick_size", [:], .invalidField),
            ("exec_time", "2026-02-19T14:32:00", .invalidField),
            ("exec_time", "2026-02-30T14:32:00Z", .invalidField),
            ("exec_time", 1_771_511_520, .invalidField), ("exec_time", "", .invalidField),
            ("meta", "x", .invalidField), ("meta", [1], .invalidField), ("meta", 1, .invalidField),
            ("option", "AAPL", .invalidField), ("option", [], .invalidField),
            ("strategy", "", .invalidField), ("strategy", "@1.0", .invalidField),
            ("strategy", "momo@", .invalidField), ("strategy", "a@b@c", .invalidField),
            ("strategy", .string(.init(longName)), .invalidField), ("strategy", 1, .invalidField),
            ("net_amount", "x", .invalidField), ("net_amount", [], .invalidField),
            ("net_amount", "1e30", .outOfRange), ("commission", true, .invalidField),
            ("commission", "", .invalidField), ("commission", "1e-19", .outOfRange),
            ("delta", "half", .invalidField), ("delta", [:], .invalidField),
            ("delta", "0.1234567890123456789", .outOfRange), ("reason", 1, .invalidField),
            ("reason", "", .invalidField), ("reason", ["a"], .invalidField),
            ("reason", .string(.init(longReason)), .invalidField),
            ("netAmount", "1", .unknownField), ("Price", "1", .unknownField),
            ("fees", "1", .unknownField), ("", 1, .unknownField),
            ("quantitу", 1, .unknownField),
        ] as [(String, JSONValue, FillRefusal.Code)])
    func `a wrong field rejects its fill by name`(
        _ key: String, _ value: JSONValue, _ code: FillRefusal.Code
    ) {
        switch read(changedFill(key, value)) {
        case .success(let report): Issue.record("\(report)")
        case .failure(let refusal):
            #expect(refusal.code == code)
            #expect(refusal.field == key)
            #expect(!refusal.detail.isEmpty)
        }
    }

    @Test(
        arguments: [
            ("broker_trade_id", .string(.init(String(repeating: "é", count: 64)))),
            ("symbol", .string(.init(String(repeating: "x", count: 64)))),
            ("symbol", "ES \u{1F600}\n"), ("quantity", "1e-18"), ("quantity", 1),
            ("quantity", "169999999999999999999.999999999999999999"), ("price", "0"),
            ("price", "-0"),
            ("price", "-37.63"), ("fee", "-0.1"), ("fee", 0), ("net_amount", "-1"),
            ("commission", "-0.1"),
            ("delta", "-1"), ("reason", .string(.init(String(repeating: "é", count: 250)))),
            ("reason", "two\nlines"), ("side", "bUy"),
            ("currency", "usd.x_-"),
            ("asset_type", "Future"), ("exec_time", "1999-12-31t23:59:59.9999999-0000"),
        ] as [(String, JSONValue)])
    func `a field may go to its limits`(_ key: String, _ value: JSONValue) throws {
        _ = try read(changedFill(key, value)).get()
    }

    @Test(arguments: AssetType.allCases)
    func `a negative price is for futures only`(_ type: AssetType) {
        var members = changedFill("price", "-1").object ?? []
        members.append(JSONMember("asset_type", .string(ExactText(type.rawValue))))
        switch read(.object(members)) {
        case .success: #expect(type == .future)
        case .failure(let refusal):
            #expect(type != .future)
            #expect(refusal.field == "price")
            #expect(refusal.code == .invalidField)
        }
    }

    @Test(arguments: [
        (#"{"symbol":"\ud800"}"#, "symbol"), (#"{"symbol":"a\u0000"}"#, "symbol"),
        (#"{"quantity":"\udc00"}"#, "quantity"), (#"{"strategy":"\ud800"}"#, "strategy"),
        (#"{"exec_time":"\u0000"}"#, "exec_time"), (#"{"meta":{"a":"\ud800"}}"#, "meta"),
        (#"{"meta":{"a":["\u0000"]}}"#, "meta"), (#"{"meta":{"\udfff":1}}"#, "meta"),
        (#"{"meta":{"a":1,"a":2}}"#, "meta"), (#"{"meta":{"a":1e1001}}"#, "meta"),
        (#"{"option":{"underlying":"\ud800"}}"#, "option.underlying"),
        (#"{"side":"BUY","side":"SELL"}"#, "side"), (#"{"fee":null,"fee":1}"#, "fee"),
        (#"{"meta":{},"meta":{}}"#, "meta"), (#"{"option":{},"option":null}"#, "option"),
        (#"{"option":{"strike":1,"strike":2}}"#, "option.strike"),
    ])
    func `what is no text, or given twice, is invalid in its field`(_ text: String, _ field: String)
    {
        #expect(refusal(text)?.code == .invalidField)
        #expect(refusal(text)?.field == field)
    }

    @Test func `the first fault is told, and a long key is shortened`() {
        #expect(refusal(#"{"fee":true,"quantity":0,"x":1}"#)?.field == "fee")
        let key = String(repeating: "k", count: 5_000)
        #expect(refusal("{\"\(key)\":1}")?.field?.utf8.count ?? 0 < 140)
        #expect(refusal(#"{"\ud800":1}"#)?.code == .unknownField)
    }

    @Test func `meta is kept as it was written, up to its limit`() throws {
        let room = FillLimits.metaBytes - #"{"a":""}"#.utf8.count
        let most = JSONValue.string(ExactText(String(repeating: "x", count: room)))
        #expect(try read(changedFill("meta", ["a": most])).get().metaJSON.utf8.count == 16_384)
        let more = JSONValue.string(ExactText(String(repeating: "x", count: room + 1)))
        #expect(throws: FillRefusal.self) { try read(changedFill("meta", ["a": more])).get() }
    }

    @Test(arguments: ["", "{", "[1]", "1", "null", "\"x\"", "{}{}", "{'a':1}", "\u{0}"])
    func `a line that is no fill is one rejection`(_ text: String) {
        #expect(refusal(text)?.code == .invalidField)
    }

    @Test func `a strategy without version is 1.0`() throws {
        let plain = try #require(StrategyReference(parsing: "momo"))
        #expect(plain == StrategyReference(parsing: "momo@1.0"))
        #expect(plain.description == "momo@1.0")
        #expect(StrategyReference(parsing: "a\u{0}") == nil)
        #expect(StrategyReference(parsing: String(repeating: "x", count: 64))?.version == "1.0")
    }
}
