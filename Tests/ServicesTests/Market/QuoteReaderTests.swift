import Ledger
import Records
import Services
import Testing
import Wire
import World

/// What `POST /v1/quotes` and `POST /v1/fx` take, before anyone looks into the ledger.
struct QuoteReaderTests {
    private func quote(_ json: String) throws -> Result<QuoteReport, FillRefusal> {
        let batch = try QuoteReader.batch(from: Array("{\"quotes\":[\(json)]}".utf8))
        return try #require(batch.first)
    }

    private func rate(_ json: String) throws -> Result<RateReport, FillRefusal> {
        let batch = try RateReader.batch(from: Array("{\"rates\":[\(json)]}".utf8))
        return try #require(batch.first)
    }

    private func words(_ result: Result<some Any, FillRefusal>) -> String {
        switch result {
        case .success: "accepted"
        case .failure(let refusal):
            [refusal.code.rawValue, refusal.field].compactMap(\.self).joined(separator: " ")
        }
    }

    @Test func `a quote is read by its digits, with all that it may say`() throws {
        let report = try quote(
            """
            {"symbol":"BTCUSDT","exchange":"BINANCE","bid":65000.10,"ask":"65000.3","last":null,
             "time":"2026-02-19T15:32:00.5+01:00","asset_type":"crypto","currency":"USDT"}
            """
        ).get()
        #expect(report.symbol == "BTCUSDT" && report.exchange == "BINANCE")
        #expect(report.assetType == .crypto && report.currency?.code == "USDT")
        #expect(report.quote.bid?.description == "65000.1")
        #expect(report.quote.ask?.description == "65000.3")
        #expect(report.quote.last == nil)
        #expect(report.quote.time.description == "2026-02-19T14:32:00.500000Z")
        let least = try quote(#"{"symbol":"A","last":0,"time":"2026-02-19T14:32:00Z"}"#).get()
        #expect(least.exchange == nil && least.assetType == nil && least.currency == nil)
        #expect(least.quote.last == 0)
    }

    @Test(arguments: [
        (#""last":1"#, "accepted"), (#""bid":1,"ask":1"#, "accepted"), (#""ask":1"#, "accepted"),
        ("", "INVALID_FIELD last"), (#""bid":null"#, "INVALID_FIELD last"),
        (#""bid":2,"ask":1"#, "INVALID_FIELD bid"), (#""last":"x""#, "INVALID_FIELD last"),
        (#""last":true"#, "INVALID_FIELD last"), (#""last":[1]"#, "INVALID_FIELD last"),
        (#""last":1e21"#, "OUT_OF_RANGE last"), (#""bid":1e-19"#, "OUT_OF_RANGE bid"),
        (#""last":1,"last":2"#, "INVALID_FIELD last"),
        (#""last":1,"lats":2"#, "UNKNOWN_FIELD lats"),
        (#""last":1,"asset_type":"SHARE""#, "INVALID_FIELD asset_type"),
        (#""last":1,"currency":"€""#, "INVALID_FIELD currency"),
        (#""last":1,"exchange":"""#, "INVALID_FIELD exchange"),
        (#""last":1,"exchange":"\u0000""#, "INVALID_FIELD exchange"),
        (#""last":1,"time":"2026-02-19T14:32:00""#, "INVALID_FIELD time"),
    ])
    func `what is wrong with a quote refuses it with its field`(
        members: String, expected: String
    ) throws {
        let time = members.contains("time") ? "" : #","time":"2026-02-19T14:32:00Z""#
        let rest = members.isEmpty ? "" : ",\(members)"
        #expect(try words(quote(#"{"symbol":"A"\#(time)\#(rest)}"#)) == expected)
    }

    @Test func `a quote needs a symbol and a time, and is an object`() throws {
        #expect(
            try words(quote(#"{"last":1,"time":"2026-02-19T14:32:00Z"}"#))
                == "INVALID_FIELD symbol")
        #expect(try words(quote(#"{"symbol":"A","last":1}"#)) == "INVALID_FIELD time")
        for json in ["1", "null", "[]", "\"A\""] {
            #expect(try words(quote(json)) == "INVALID_FIELD", "\(json)")
        }
    }

    @Test(arguments: [
        (#""base":"USD","quote":"EUR","rate":"0.92","day":"2026-02-01""#, "accepted"),
        (#""base":"USD","quote":"EUR","rate":1e-18"#, "accepted"),
        (#""base":"USD","quote":"EUR","rate":1,"day":null"#, "accepted"),
        (#""base":"USD","quote":"USD","rate":1"#, "INVALID_FIELD quote"),
        (#""base":"USD","quote":"EUR","rate":0"#, "INVALID_FIELD rate"),
        (#""base":"USD","quote":"EUR","rate":"-1""#, "INVALID_FIELD rate"),
        (#""base":"USD","quote":"EUR","rate":"0,92""#, "INVALID_FIELD rate"),
        (#""base":"USD","quote":"EUR","rate":2e20"#, "OUT_OF_RANGE rate"),
        (#""base":"USD","quote":"EUR""#, "INVALID_FIELD rate"),
        (#""base":"USD","rate":1"#, "INVALID_FIELD quote"),
        (#""quote":"EUR","rate":1"#, "INVALID_FIELD base"),
        (#""base":"U D","quote":"EUR","rate":1"#, "INVALID_FIELD base"),
        (#""base":"USD","quote":"EUR","rate":1,"day":"2026-02-30""#, "INVALID_FIELD day"),
        (#""base":"USD","quote":"EUR","rate":1,"day":"1.2.2026""#, "INVALID_FIELD day"),
        (#""base":"USD","quote":"EUR","rate":1,"date":"2026-02-01""#, "UNKNOWN_FIELD date"),
        (#""base":"USD","base":"USD","quote":"EUR","rate":1"#, "INVALID_FIELD base"),
    ])
    func `what is wrong with a rate refuses it with its field`(
        members: String, expected: String
    ) throws {
        #expect(try words(rate("{\(members)}")) == expected)
    }

    @Test(arguments: [
        ("", "notJSON"), ("{\"quotes\":[}", "notJSON"), ("{\"quotes\":[]}x", "notJSON"),
        ("[]", "nil"), ("7", "nil"), ("{}", "quotes"), ("{\"quotes\":{}}", "quotes"),
        ("{\"quotes\":null}", "quotes"), ("{\"quotes\":[],\"quotes\":[]}", "quotes"),
        ("{\"quotes\":[],\"portfolio\":\"main\"}", "portfolio"), ("{\"rates\":[]}", "rates"),
    ])
    func `what is no batch is refused as a whole`(json: String, fault: String) throws {
        let error = #expect(throws: MarketBatchError.self) {
            try QuoteReader.batch(from: Array(json.utf8))
        }
        switch try #require(error) {
        case .notJSON: #expect(fault == "notJSON")
        case .refused(let field, _): #expect((field ?? "nil") == fault)
        case .tooMany: Issue.record("too many")
        }
    }

    @Test func `one more than the limit is too many`() throws {
        func batch(_ count: Int) -> [UInt8] {
            let quotes = Array(repeating: "1", count: count).joined(separator: ",")
            return Array("{\"quotes\":[\(quotes)]}".utf8)
        }
        #expect(try QuoteReader.batch(from: batch(3), limit: 3).count == 3)
        let error = #expect(throws: MarketBatchError.self) {
            try QuoteReader.batch(from: batch(4), limit: 3)
        }
        #expect(error == .tooMany(kind: "quotes", limit: 3))
        #expect(QuoteReader.batchLimit == 10_000 && RateReader.batchLimit == 10_000)
    }

    /// Whatever comes, each element has its answer or the whole has one, and nothing traps.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `a mutated batch is read or refused`(seed: UInt64) {
        let valid =
            Array(
                #"{"quotes":[{"symbol":"A","exchange":null,"bid":1.5,"ask":"2","last":1e-3,"#.utf8)
            + Array(#""time":"2026-02-19T14:32:00Z","currency":"USD"},{"symbol":"\u0041"}]}"#.utf8)
        var random = SeededGenerator(seed: seed)
        for round in 0..<2000 {
            var bytes = valid
            for _ in 0...Int.random(in: 0...2, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default:
                    bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &random)], at: place)
                }
            }
            guard let quotes = try? QuoteReader.batch(from: bytes) else { continue }
            for case .success(let report) in quotes {
                let quote = report.quote
                #expect(
                    quote.bid != nil || quote.ask != nil || quote.last != nil,
                    "seed \(seed), round \(round)")
            }
        }
    }
}
