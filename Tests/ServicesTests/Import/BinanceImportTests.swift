import Records
import Services
import TestSupport
import Testing

/// The layouts of Binance's trade history.
struct BinanceImportTests {
    private let pairs = """
        Date(UTC),Pair,Side,Price,Executed,Amount,Fee
        2021-03-01 10:20:30,BTCUSDT,BUY,"45,000.50",0.5BTC,"22,500.25USDT",0.0005BTC

        """
    private let markets = """
        Date(UTC);Market;Type;Price;Amount;Total;Fee;Fee Coin
        21-03-01 10:20:30;BTCUSDT;BUY;45000.5;0.50000000;22500.25;0.0005;BTC

        """
    private let trade =
        "BUY 0.5 BTCUSDT @ 45000.5 fee 0.0005 BTC at 2021-03-01T10:20:30"

    @Test func `a trade has one id in whichever layout it is exported`() async throws {
        try await ImportBench.run { (bench) async throws in
            #expect(try await bench.read(pairs, "binance-csv").counts == [1, 0, 0, 0, 0])
            #expect(try await bench.trades() == [trade])
            #expect(
                try await bench.read("\u{FEFF}" + markets, "binance-csv", piece: 1).counts
                    == [0, 1, 0, 0, 0])
        }
    }

    @Test func `fills that look alike are told apart, and a longer export knows them`()
        async throws
    {
        try await ImportBench.run { (bench) async throws in
            let line = String(pairs.split(separator: "\n")[1]) + "\n"
            #expect(try await bench.read(pairs + line, "binance-csv").counts == [2, 0, 0, 0, 0])
            #expect(
                try await bench.read(pairs + line + line, "binance-csv").counts
                    == [1, 2, 0, 0, 0])
            #expect(try await bench.trades() == [trade, trade, trade])
        }
    }

    @Test(arguments: [
        // Assets whose names begin with digits, by the amounts after which they stand.
        (
            "2024-01-01 0:00:00,1INCHUSDT,SELL,0.5,23.51INCH,11.75USDT,0.011INCH",
            "SELL 23.5 1INCHUSDT @ 0.5 fee 0.01 1INCH at 2024-01-01T00:00:00"
        ),
        // Bare numbers, by the longest quote asset that is known.
        (
            "2024-01-01 0:00:00,BTCFDUSD,BUY,1,2,2,0.1BNB",
            "BUY 2 BTCFDUSD @ 1 fee 0.1 BNB at 2024-01-01T00:00:00"
        ),
        (
            "2024-01-01 0:00:00,ETH/BTC,BUY,0.05,2,0.1,0",
            "BUY 2 ETHBTC @ 0.05 fee 0 BTC at 2024-01-01T00:00:00"
        ),
        (
            "2024-01-01 0:00:00.123,XRPETH,sell,0.05,2XRP,0.1ETH,",
            "SELL 2 XRPETH @ 0.05 fee 0 ETH at 2024-01-01T00:00:00"
        ),
    ])
    func `pairs and fees are taken apart`(_ row: String, _ expected: String) async throws {
        try await ImportBench.run { bench in
            let text = "Date(UTC),Pair,Side,Price,Executed,Amount,Fee\n\(row)"
            let report = try await bench.read(text, "binance-csv")
            #expect(report.reasons == [])
            #expect(try await bench.trades() == [expected])
        }
    }

    @Test func `a row that can't be read is told with its line, the others are stored`()
        async throws
    {
        try await ImportBench.run { bench in
            let rows = [
                "2024-13-01 00:00:00,BTCUSDT,BUY,1,2BTC,2USDT,0.1BNB",
                "2024-01-01 00:00:00,NOPAIR,BUY,1,2,2,0.1BNB",
                "2024-01-01 00:00:00,BTCUSDT,HOLD,1,2BTC,2USDT,0.1BNB",
                "2024-01-01 00:00:00,BTCUSDT,BUY,\"1,23\",2BTC,2USDT,0.1BNB",
                "2024-01-01 00:00:00,BTCUSDT,BUY,1,0BTC,0USDT,0.1BNB",
                "2024-01-01 00:00:00,BTCUSDT,BUY,1,2BTC,2USDT",
                "2024-01-01 00:00:00,BTCUSDT,BUY,1,2,2,0.1",
                "2024-01-01 00:00:00,BTCUSDT,BUY,1,2BTC,2USDT,0.1BNB",
            ]
            let text =
                "Date(UTC),Pair,Side,Price,Executed,Amount,Fee\n" + rows.joined(separator: "\n")
            let report = try await bench.read(text, "binance-csv")
            #expect(report.counts == [1, 0, 7, 0, 0])
            #expect(
                report.reasons == [
                    "2: INVALID_FIELD exec_time: not of the form 2026-02-19 14:32:00",
                    "3: INVALID_FIELD symbol: which part of the pair is the quote asset is not"
                        + " known",
                    "4: INVALID_FIELD side: must be one of BUY, SELL",
                    "5: INVALID_FIELD price: not a number",
                    "6: INVALID_FIELD quantity: must be greater than 0",
                    "7: INVALID_FIELD: expected 7 fields as in the header, found 6",
                    "8: INVALID_FIELD fee_currency: the fee does not tell its asset",
                ])
        }
    }

    @Test(arguments: [
        ("Date(UTC),OrderNo,Pair,Type,Side,Order Price,Order Amount\n", "these are orders"),
        ("\"User_ID\",\"UTC_Time\",\"Account\",\"Operation\",\"Coin\",\"Change\"\n", "movements"),
        ("a,b,c\n", "no header of Binance's trade history"),
        ("", "empty file"),
        ("Date(UTC+99),Pair,Side,Price,Executed,Amount,Fee\n", "time zone"),
        ("Date(UTC),Pair,Side,Price,Executed,Amount,Fee\n\"never closed", "line 2: the quote"),
        ("PK\u{3}\u{4}…", "a zip archive"),
    ])
    func `another kind of file is refused with a word`(
        _ text: String, _ word: String
    ) async throws {
        try await ImportBench.run { bench in
            let refusal = try await bench.refusal(text, "binance-csv")
            #expect(refusal.contains(word), "\(refusal)")
            #expect(try await bench.world.count(of: "trades") == 0)
        }
    }

    @Test func `times are of the header's zone, or of the one that is named`() async throws {
        try await ImportBench.run { bench in
            let row = "2024-07-01 10:00:00,BTCUSDT,BUY,1,2BTC,2USDT,0.1BNB\n"
            let columns = "Pair,Side,Price,Executed,Amount,Fee\n"
            try await bench.read("Date(UTC+8),\(columns)\(row)", "binance-csv")
            try await bench.read(
                "Time,\(columns)\(row)", "binance-csv",
                options: ImportOptions(timeZone: "Europe/Berlin"))
            try await bench.read("Time,\(columns)\(row)", "binance-csv")
            #expect(
                try await bench.trades().map { String($0.suffix(8)) }
                    == ["02:00:00", "08:00:00", "10:00:00"])
        }
    }
}
