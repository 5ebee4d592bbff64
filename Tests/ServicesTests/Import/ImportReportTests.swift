import Ledger
import Records
import Services
import TestSupport
import Testing

/// What an import tells, and how a file's format is found.
struct ImportReportTests {
    @Test func `so many rejections are listed, and the rest is counted`() async throws {
        try await ImportBench.run { bench in
            let limit = ImportReport.listLimit
            let lines = Array(repeating: "{", count: limit + 500).joined(separator: "\n")
            let report = try await bench.read(lines, "jsonl")
            #expect(report.rejected == limit + 500)
            #expect(report.rejections.count == limit)
            #expect(report.rejections.last?.line == limit)
            #expect(report.summary == "accepted 0, duplicates 0, rejected 1500")
        }
    }

    @Test func `a correction stands where it does in the file, between its fills`() async throws {
        try await ImportBench.run { bench in
            let rows = (0..<1500).map { index in
                "<Trade assetCategory=\"STK\" symbol=\"A\" currency=\"USD\" tradePrice=\"1\""
                    + " dateTime=\"20260717;120440\" tradeID=\"\(1000 + index)\" buySell=\"BUY\""
                    + " quantity=\"1\"/>"
            }
            let cancel =
                "<Trade assetCategory=\"STK\" symbol=\"A\" currency=\"USD\" tradePrice=\"1\""
                + " dateTime=\"20260717;120440\" origTradeID=\"2499\" buySell=\"BUY (Ca.)\""
                + " quantity=\"-1\" transactionID=\"1\"/>"
            let text =
                "<FlexQueryResponse><Trades>" + (rows + [cancel]).joined()
                + "</Trades></FlexQueryResponse>"
            let report = try await bench.read(text, "ibkr-flex")
            #expect(report.counts == [1500, 0, 0, 1, 0])
            #expect(
                try await bench.positions().first?.listing.position.quantity == 1499)
        }
    }

    @Test func `what is held until the end of a file has its limits`() async throws {
        try await ImportBench.run { bench in
            let rows = String(repeating: "<Trade x='1'/>", count: 100_001)
            let flex = "<FlexQueryResponse><Trades>\(rows)</Trades></FlexQueryResponse>"
            let refusal = try await bench.refusal(flex, "ibkr-flex")
            #expect(
                refusal == "more than 100000 rows without a word whose they are: name the account")
            let blanks = [UInt8](repeating: 0x20, count: 64 << 20) + [0x20]
            let error = await #expect(throws: ImportError.self) {
                try await bench.read(blanks, "freqtrade-json", piece: 1 << 20)
            }
            #expect(error?.description.hasPrefix("more than 67108864 bytes") == true)
            let zeros = "[" + String(repeating: "0,", count: 200_000) + "0,0]"
            let many = try await bench.refusal(zeros, "freqtrade-json")
            #expect(many.contains("more than 200000 fills and refusals"), "\(many)")
            let orders = String(repeating: "{},", count: 1 << 19)
            let long = try await bench.refusal("[{\"orders\":[\(orders){}]}]", "freqtrade-json")
            #expect(long.contains("a trade of more than 1048576 bytes"), "\(long)")
            #expect(try await bench.world.count(of: "trades") == 0)
        }
    }

    @Test(
        arguments: [
            ("a.xml", "<?xml version=\"1.0\"?>\n<FlexQueryResponse queryName=\"x\">", "ibkr-flex"),
            ("statement", "<FlexQueryResponse>", "ibkr-flex"), ("a.html", "<html>", nil),
            ("part.csv", "\u{FEFF}\"Date(UTC)\",\"Pair\",\"Side\",\"Price\"\n", "binance-csv"),
            ("part.txt", "Date(UTC);Market;Type;Price;Amount;Total;Fee;Fee Coin", "binance-csv"),
            ("orders.csv", "Date(UTC),OrderNo,Pair,Type", "binance-csv"),
            ("a.csv", "broker_trade_id,symbol,side,quantity,price", "csv"),
            ("a.csv", "x,y\n", "csv"),
            ("a.txt", "x,y\n", nil),
            ("a", "{\"broker_trade_id\":\"1\",\"symbol\":\"X\"}\n", "jsonl"),
            ("a.jsonl", "{\"x\":1}", "jsonl"), ("a.ndjson", "", "jsonl"),
            ("backtest.json", "{\"strategy\": {\"S\": {\"trades\": [", "freqtrade-json"),
            ("a.json", "[{\"trade_id\": 1,", "freqtrade-json"), ("a.json", "{\"x\": 1}", nil),
            ("", "", nil),
        ] as [(String, String, String?)])
    func `a file's beginning tells its format, or else its name`(
        _ name: String, _ head: String, _ expected: String?
    ) throws {
        let format = try ImportFormat.detected(name: name, head: Array(head.utf8))
        #expect(format?.name == expected)
    }

    @Test func `an archive is told to be one, whatever it is called`() {
        #expect(throws: ImportError.self) {
            try ImportFormat.detected(name: "fills.csv", head: Array("PK\u{3}\u{4}…".utf8))
        }
    }
}
