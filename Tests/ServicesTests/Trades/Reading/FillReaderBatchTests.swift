import Ledger
import Services
import Testing
import Wire

struct FillReaderBatchTests {
    private func batch(_ text: String, limit: Int = 10_000) throws(BatchError) -> FillBatch {
        try FillReader.batch(from: Array(text.utf8), limit: limit)
    }

    @Test func `a batch keeps its order, and a wrong fill stops no other`() throws {
        let good = minimalFill.description
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
        #expect(throws: BatchError.tooMany(kind: "fills", limit: 2)) {
            try batch(#"{"fills":[{},{},{}, broken"#, limit: 2)
        }
        let most = Array(repeating: "{}", count: 10_000).joined(separator: ",")
        #expect(try batch("{\"fills\":[\(most)]}").fills.count == 10_000)
        #expect(throws: BatchError.tooMany(kind: "fills", limit: 10_000)) {
            try batch("{\"fills\":[\(most),{}]}")
        }
    }
}
