import Ledger
import Services
import Testing
import Wire

private let minimal: JSONValue = [
    "broker_trade_id": "t-1", "symbol": "BTCUSDT", "side": "BUY", "quantity": "0.5",
    "price": "65000.1", "exec_time": "2026-02-19T14:32:00.123Z",
]

/// `minimal` with one member set, or taken away (nil).
private func fill(_ key: String, _ value: JSONValue?) -> JSONValue {
    var members = (minimal.object ?? []).filter { $0.key.text != key }
    if let value { members.append(JSONMember(ExactText(key), value)) }
    return .object(members)
}

private func read(_ value: JSONValue) -> Result<FillReport, FillRefusal> {
    FillReader.fill(fromJSONLine: Array(value.description.utf8)[...])
}

private func refusal(_ text: String) -> FillRefusal? {
    switch FillReader.fill(fromJSONLine: Array(text.utf8)[...]) {
    case .success: nil
    case .failure(let refusal): refusal
    }
}

struct FillReaderTests {
    @Test func `a full fill is read`() throws {
        let text = """
            {"broker_trade_id":"t-1","broker_order_id":"o-1","client_order_id":null,"symbol":"BTCUSDT",
             "exchange":"BINANCE","asset_type":"crypto","currency":"USDT","side":"Sell","quantity":"0.5",
             "price":65000.10,"fee":"-0.65","fee_currency":"BNB","exec_time":"2026-02-19T14:32:00.123+01:00",
             "meta":{"a": [1]},"multiplier":1e0,"tick_size":"0.01","portfolio":"main","strategy":"momo@2"}
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
                    strategy: .named(try #require(StrategyReference(parsing: "momo@2")))))
    }

    @Test func `what a fill needs is enough, and null is left out`() throws {
        let plain = try read(minimal).get()
        #expect(plain.metaJSON == "{}")
        #expect(plain.fee == nil)
        #expect(plain.strategy == .leftOut)
        let optional = [
            "broker_order_id", "client_order_id", "exchange", "asset_type", "currency", "fee",
            "fee_currency", "meta", "multiplier", "tick_size", "option", "portfolio",
        ]
        for key in optional {
            #expect(try read(fill(key, nil)).get() == plain)
            #expect(try read(fill(key, .null)).get() == plain, "\(key)")
        }
        #expect(try read(fill("strategy", .null)).get().strategy == .none)
    }

    @Test(arguments: [
        "broker_trade_id", "symbol", "side", "quantity", "price", "exec_time",
    ])
    func `a needed field may neither be missing nor null`(_ key: String) {
        for value in [nil, JSONValue.null] {
            #expect(
                read(fill(key, value))
                    == .failure(
                        FillRefusal(code: .invalidField, field: key, detail: "is missing")))
        }
    }

    private static let longID = String(repeating: "é", count: 64) + "x"
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
            ("Price", "1", .unknownField), ("fees", "1", .unknownField), ("", 1, .unknownField),
            ("quantitу", 1, .unknownField),
        ] as [(String, JSONValue, FillRefusal.Code)])
    func `a wrong field rejects its fill by name`(
        _ key: String, _ value: JSONValue, _ code: FillRefusal.Code
    ) {
        switch read(fill(key, value)) {
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
            ("price", "-37.63"), ("fee", "-0.1"), ("fee", 0), ("side", "bUy"),
            ("currency", "usd.x_-"),
            ("asset_type", "Future"), ("exec_time", "1999-12-31t23:59:59.9999999-0000"),
        ] as [(String, JSONValue)])
    func `a field may go to its limits`(_ key: String, _ value: JSONValue) throws {
        _ = try read(fill(key, value)).get()
    }

    @Test(arguments: AssetType.allCases)
    func `a negative price is for futures only`(_ type: AssetType) {
        var members = fill("price", "-1").object ?? []
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
        #expect(try read(fill("meta", ["a": most])).get().metaJSON.utf8.count == 16_384)
        let more = JSONValue.string(ExactText(String(repeating: "x", count: room + 1)))
        #expect(throws: FillRefusal.self) { try read(fill("meta", ["a": more])).get() }
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

struct FillReaderOptionTests {
    private let block: JSONValue = [
        "underlying": "SPX", "expiry": "2026-03-20", "strike": "5200", "right": "C",
    ]

    private func option(_ key: String, _ value: JSONValue?) -> JSONValue {
        var members = (block.object ?? []).filter { $0.key.text != key }
        if let value { members.append(JSONMember(ExactText(key), value)) }
        return .object(members)
    }

    @Test(arguments: ["C", "c", "CALL", "Call", "P", "put"])
    func `an option's block is read`(_ right: String) throws {
        let block = option("right", .string(ExactText(right)))
        let report = try read(fill("option", block)).get()
        #expect(report.option?.underlying == "SPX")
        #expect(report.option?.expiry.description == "2026-03-20")
        #expect(report.option?.strike == 5200)
        #expect(report.option?.right.rawValue == right.prefix(1).uppercased())
        #expect(report.multiplier == nil)
    }

    @Test func `its multiplier is the fill's, and may not be another one`() throws {
        let block = option("multiplier", "100")
        #expect(try read(fill("option", block)).get().multiplier == 100)
        var members = fill("option", block).object ?? []
        members.append(JSONMember("multiplier", .string("100.0")))
        #expect(try read(.object(members)).get().multiplier == 100)
        members[members.count - 1].value = 10
        #expect(throws: FillRefusal.self) { try read(.object(members)).get() }
    }

    @Test(
        arguments: [
            ("underlying", nil, .invalidField), ("expiry", nil, .invalidField),
            ("strike", nil, .invalidField), ("right", nil, .invalidField),
            ("underlying", .null, .invalidField), ("underlying", "", .invalidField),
            ("expiry", "20260320", .invalidField), ("expiry", "2026-02-30", .invalidField),
            ("expiry", "2026-03-20T00:00:00Z", .invalidField),
            ("expiry", 20_260_320, .invalidField),
            ("strike", "0", .invalidField), ("strike", "-1", .invalidField),
            ("strike", "1e30", .outOfRange), ("strike", [], .invalidField),
            ("right", "X", .invalidField), ("right", "", .invalidField),
            ("right", 1, .invalidField),
            ("multiplier", "0", .invalidField), ("multiplier", "x", .invalidField),
            ("style", "european", .unknownField),
        ] as [(String, JSONValue?, FillRefusal.Code)])
    func `a wrong field of it is named with its block`(
        _ key: String, _ value: JSONValue?, _ code: FillRefusal.Code
    ) {
        switch read(fill("option", option(key, value))) {
        case .success(let report): Issue.record("\(report)")
        case .failure(let refusal):
            #expect(refusal.code == code)
            #expect(refusal.field == "option.\(key)")
        }
    }

    @Test func `only options have one`() {
        var members = fill("option", block).object ?? []
        members.append(JSONMember("asset_type", "EQUITY"))
        switch read(.object(members)) {
        case .success: Issue.record("read")
        case .failure(let refusal): #expect(refusal.field == "option")
        }
    }
}

struct FillReaderBatchTests {
    private func batch(_ text: String, limit: Int = 10_000) throws(BatchError) -> FillBatch {
        try FillReader.batch(from: Array(text.utf8), limit: limit)
    }

    @Test func `a batch keeps its order, and a wrong fill stops no other`() throws {
        let good = minimal.description
        let batch = try batch(
            """
            {"strategy":"momo", "fills":[\(good), {"x":1}, 42, [{"a":1,"a":2}], \(good), {}], "portfolio":"main"}
            """)
        #expect(batch.portfolio == "main")
        #expect(batch.strategy == .named(try #require(StrategyReference(parsing: "momo@1.0"))))
        let codes = batch.fills.map { fill in
            switch fill {
            case .success: "read"
            case .failure(let refusal): "\(refusal.code.rawValue) \(refusal.field ?? "-")"
            }
        }
        #expect(
            codes == [
                "read", "UNKNOWN_FIELD x", "INVALID_FIELD -", "INVALID_FIELD -", "read",
                "INVALID_FIELD broker_trade_id",
            ])
    }

    @Test func `portfolio and strategy may be left out or null`() throws {
        let plain = try batch(#"{"fills":[]}"#)
        #expect(plain.portfolio == nil)
        #expect(plain.strategy == .leftOut)
        #expect(plain.fills.isEmpty)
        let null = try batch(#"{"portfolio":null,"strategy":null,"fills":[]}"#)
        #expect(null.portfolio == nil)
        #expect(null.strategy == .none)
    }

    @Test(
        arguments: [
            ("[]", nil), ("null", nil), ("42", nil), ("{}", "fills"),
            (#"{"portfolio":"x"}"#, "fills"),
            (#"{"fills":null}"#, "fills"), (#"{"fills":{}}"#, "fills"),
            (#"{"fills":"x"}"#, "fills"),
            (#"{"fills":[],"fill":[]}"#, "fill"), (#"{"atomic":true,"fills":[]}"#, "atomic"),
            (#"{"fills":[],"fills":[]}"#, "fills"), (#"{"portfolio":1,"fills":[]}"#, "portfolio"),
            (#"{"portfolio":"","fills":[]}"#, "portfolio"),
            (#"{"portfolio":"\ud800","fills":[]}"#, "portfolio"),
            (#"{"fills":[],"strategy":["momo"]}"#, "strategy"),
            (#"{"fills":[],"strategy":"a@b@c"}"#, "strategy"),
            (#"{"portfolio":"a","portfolio":"a","fills":[]}"#, "portfolio"),
        ] as [(String, String?)])
    func `JSON that is no batch is refused with the field`(_ text: String, _ field: String?) {
        do {
            let batch = try batch(text)
            Issue.record("\(batch)")
        } catch {
            guard case .refused(let found, _) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(found == field)
        }
    }

    @Test(arguments: [
        ("", ""), ("{", ""), (#"{"fills":[{"price":tru}]}"#, "fills[0].price"),
        (#"{"fills":[{},{"x":1,"side":"BUY]}"#, "fills[1].side"),
        (#"{"fills":[]}{}"#, ""), (#"{"x":1,"fills":[}"#, "fills[0]"),
        (#"{"fills":7,"portfolio":}"#, "portfolio"), ("[1,]", "[1]"),
        ("{\"fills\":[{\"symbol\":\"\t\"}]}", "fills[0].symbol"),
    ])
    func `what is no JSON is told with its place, whatever else is wrong`(
        _ text: String, _ path: String
    ) {
        do {
            let batch = try batch(text)
            Issue.record("\(batch)")
        } catch {
            guard case .notJSON(let found) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(found.path == path)
        }
    }

    @Test func `more fills than the limit are refused at once`() throws {
        #expect(try batch(#"{"fills":[{},{}]}"#, limit: 2).fills.count == 2)
        #expect(throws: BatchError.tooManyFills(limit: 2)) {
            try batch(#"{"fills":[{},{},{}, broken"#, limit: 2)
        }
        let most = Array(repeating: "{}", count: 10_000).joined(separator: ",")
        #expect(try batch("{\"fills\":[\(most)]}").fills.count == 10_000)
        #expect(throws: BatchError.tooManyFills(limit: 10_000)) {
            try batch("{\"fills\":[\(most),{}]}")
        }
    }
}

struct FillReaderCSVTests {
    private let row: [(name: String, value: String)] = [
        ("broker_trade_id", "t-1"), ("symbol", "SPX"), ("side", "sell"), ("quantity", "2"),
        ("price", "10.5"), ("exec_time", "2026-02-19T14:32:00Z"), ("fee", ""), ("strategy", ""),
        ("meta", ""), ("exchange", ""), ("option.strike", ""),
    ]

    @Test func `a record is read as the same fill in JSON is`() throws {
        let csv = try FillReader.fill(fromFields: row).get()
        let json = try read([
            "broker_trade_id": "t-1", "symbol": "SPX", "side": "SELL", "quantity": 2,
            "price": "10.5", "exec_time": "2026-02-19T14:32:00Z",
        ]).get()
        #expect(csv == json)
    }

    @Test func `an option and meta have their columns`() throws {
        let cells = [
            ("option.underlying", "SPX"), ("option.expiry", "2026-03-20"), ("option.right", "P"),
            ("option.strike", "5200"), ("option.multiplier", "100"), ("meta", #"{"a":1}"#),
        ]
        let fields = row.filter { !["meta", "option.strike"].contains($0.name) } + cells
        let report = try FillReader.fill(fromFields: fields).get()
        #expect(report.option?.right == .put)
        #expect(report.multiplier == 100)
        #expect(report.metaJSON == #"{"a":1}"#)
    }

    @Test(
        arguments: [
            ("quantity", "0", "quantity", .invalidField), ("fee", "x", "fee", .invalidField),
            ("meta", "x", "meta", .invalidField), ("meta", "[1]", "meta", .invalidField),
            ("meta", "{}{}", "meta", .invalidField),
            ("meta", #"{"a":"\u0000"}"#, "meta", .invalidField),
            ("exchange", "a\u{0}", "exchange", .invalidField),
            ("symbol", "", "symbol", .invalidField),
            ("strategy", "a\u{0}", "strategy", .invalidField),
            ("option.strike", "1", "option.underlying", .invalidField),
            ("option", "", "option", .unknownField),
            ("option.style", "", "option.style", .unknownField),
            ("Symbol", "", "Symbol", .unknownField), ("fee", "1e40", "fee", .outOfRange),
        ] as [(String, String, String, FillRefusal.Code)])
    func `a wrong cell rejects its record by column`(
        _ name: String, _ value: String, _ field: String, _ code: FillRefusal.Code
    ) {
        let fields = row.filter { $0.name != name } + [(name, value)]
        switch FillReader.fill(fromFields: fields) {
        case .success(let report): Issue.record("\(report)")
        case .failure(let refusal):
            #expect(refusal.field == field)
            #expect(refusal.code == code)
        }
    }

    @Test func `a column that stands twice is refused`() {
        switch FillReader.fill(fromFields: row + [("fee", "1")]) {
        case .success: Issue.record("read")
        case .failure(let refusal): #expect(refusal.detail == "given twice")
        }
    }
}

struct FillReaderFuzzTests {
    private static let full = """
        {"portfolio":"main","strategy":"momo@1.0","fills":[{"broker_trade_id":"t-1","broker_order_id":"o-1",\
        "client_order_id":null,"symbol":"SPX\\u00e9","exchange":"CBOE","asset_type":"OPTION","currency":"USD",\
        "side":"BUY","quantity":"0.5","price":65000.10,"fee":"-0.65","fee_currency":"USD","exec_time":\
        "2026-02-19T14:32:00.123Z","meta":{"a":[1,"\\ud83d\\ude00"]},"option":{"underlying":"SPX",\
        "expiry":"2026-03-20","strike":"5200","right":"C","multiplier":"100"},"tick_size":"0.05"},\
        {"broker_trade_id":"t-2","symbol":"CL","side":"SELL","quantity":1e-07,"price":"-37.63",\
        "exec_time":"2020-04-20T18:29:00+02:00","multiplier":1000,"strategy":null,"portfolio":"p2"}]}
        """

    @Test(arguments: [81, 82, 83] as [UInt64])
    func `a mutated batch is refused, or its fills come back as they were read`(_ seed: UInt64)
        throws
    {
        var random = Mutations(seed: seed)
        var survivors = 0
        for _ in 0..<1_500 {
            let bytes = random.mutate(Array(Self.full.utf8))
            guard let batch = try? FillReader.batch(from: bytes) else { continue }
            for case .success(let report) in batch.fills {
                survivors += 1
                let again = FillReader.fill(fromJSONLine: line(report)[...])
                #expect(again == .success(report), "seed \(seed)")
            }
        }
        #expect(survivors > 100, "seed \(seed)")
    }

    @Test(arguments: [91, 92] as [UInt64])
    func `mutated cells are refused, or mean the same in JSON`(_ seed: UInt64) {
        var random = Mutations(seed: seed)
        let row =
            "broker_trade_id\u{1}t\u{1}symbol\u{1}SPX\u{1}side\u{1}buy\u{1}quantity\u{1}2"
            + "\u{1}price\u{1}1.50\u{1}exec_time\u{1}2026-02-19T14:32:00Z\u{1}fee\u{1}\u{1}meta\u{1}{}"
        for _ in 0..<1_500 {
            let cells = random.mutate(Array(row.utf8))
                .split(separator: 1, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            let fields = stride(from: 0, to: cells.count - 1, by: 2).map {
                (cells[$0], cells[$0 + 1])
            }
            guard case .success(let report) = FillReader.fill(fromFields: fields) else { continue }
            #expect(
                FillReader.fill(fromJSONLine: line(report)[...]) == .success(report),
                "seed \(seed)")
        }
    }

    private func line(_ report: FillReport) -> [UInt8] {
        JSONWriter.object { json in
            json.write("broker_trade_id", report.brokerTradeID)
            json.write("broker_order_id", report.brokerOrderID)
            json.write("client_order_id", report.clientOrderID)
            json.write("symbol", report.symbol)
            json.write("exchange", report.exchange)
            json.write("asset_type", report.assetType)
            json.write("currency", report.currency)
            json.write("side", report.side)
            json.write("quantity", report.quantity)
            json.write("price", report.price)
            json.write("fee", report.fee)
            json.write("fee_currency", report.feeCurrency)
            json.write("exec_time", report.execTime)
            json.write("meta", JSONRaw(report.metaJSON))
            json.write("multiplier", report.multiplier)
            json.write("tick_size", report.tickSize)
            json.write("portfolio", report.portfolio)
            switch report.strategy {
            case .leftOut: break
            case .none: json.write("strategy", String?.none)
            case .named(let strategy): json.write("strategy", strategy.description)
            }
            if let option = report.option {
                json.object("option") { block in
                    block.write("underlying", option.underlying)
                    block.write("expiry", option.expiry)
                    block.write("strike", option.strike)
                    block.write("right", option.right)
                }
            }
        }
    }
}

/// Random changes to bytes, the same for the same seed (SplitMix64).
private struct Mutations: RandomNumberGenerator {
    private static let alphabet = Array(#"{}[]",:\u0123456789abcdefE+-. Z"#.utf8)
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &self) {
            let place = Int.random(in: 0..<max(1, bytes.count), using: &self)
            let known = Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &self)]
            let isWild = Int.random(in: 0..<5, using: &self) == 0
            let byte = isWild ? UInt8.random(in: 0...255, using: &self) : known
            switch Int.random(in: 0..<4, using: &self) {
            case 0 where place < bytes.count: bytes.remove(at: place)
            case 1 where place < bytes.count: bytes[place] = byte
            case 2:
                let end = min(bytes.count, place + Int.random(in: 0...40, using: &self))
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            default: bytes.insert(byte, at: place)
            }
        }
        return bytes
    }
}
