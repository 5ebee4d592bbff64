import Ledger
import Records
import Services
import TestSupport
import Testing

/// Flex statements beyond the samples: ids, levels, accounts, corrections.
struct FlexImportTests {
    private func statement(_ rows: String, account: String = "U1") -> String {
        """
        <FlexQueryResponse queryName="q" type="AF"><FlexStatements count="1">
        <FlexStatement accountId="\(account)">
        <Trades>
        \(rows)
        </Trades></FlexStatement></FlexStatements></FlexQueryResponse>
        """
    }

    /// A row; `changes` replace or add attributes, an empty value takes one away.
    private func trade(
        _ id: String, _ side: String, _ quantity: String, at price: String = "10",
        _ changes: KeyValuePairs<String, String> = [:]
    ) -> String {
        var attributes = [
            "assetCategory": "STK", "symbol": "MSFT", "currency": "USD", "buySell": side,
            "quantity": quantity, "tradePrice": price, "dateTime": "20250115;093000",
            "tradeID": id, "transactionID": "9\(id)", "ibCommission": "-1",
            "ibCommissionCurrency": "USD", "levelOfDetail": "EXECUTION", "multiplier": "1",
            "transactionType": "ExchTrade",
        ]
        for (key, value) in changes { attributes[key] = value.isEmpty ? nil : value }
        let text = attributes.sorted { $0.key < $1.key }.map { "\($0)=\"\($1)\"" }
        return "<Trade \(text.joined(separator: " "))/>"
    }

    @Test(arguments: [
        ("20250115;093000", "2025-01-15T14:30:00"), ("2025-01-15;09:30:00", "2025-01-15T14:30:00"),
        ("2025-01-15, 09:30:00", "2025-01-15T14:30:00"), ("20250715 093000", "2025-07-15T13:30:00"),
        ("2025-01-15T09:30:00", "2025-01-15T14:30:00"), ("15-Jan-25;093000", "2025-01-15T14:30:00"),
        ("20250115 093000 EST", "2025-01-15T14:30:00"), ("15-OCT-25 093000", "2025-10-15T13:30:00"),
        ("20251015T093000", "2025-10-15T13:30:00"),
        ("20250115;093000 EDT", "2025-01-15T13:30:00"), ("20250115", "2025-01-15T05:00:00"),
    ])
    func `times are read in every way that a query writes them`(
        _ written: String, _ expected: String
    ) async throws {
        try await ImportBench.run { (bench) async throws in
            let row = trade("1", "BUY", "1", ["dateTime": written])
            #expect(try await bench.read(statement(row), "ibkr-flex").reasons == [])
            #expect(try await bench.trades().first?.hasSuffix(expected) == true)
        }
    }

    @Test func `date and time apart, another zone, and what leaves the month open`() async throws {
        try await ImportBench.run { bench in
            let apart = trade(
                "1", "BUY", "1",
                ["dateTime": "", "tradeDate": "2025-01-15", "tradeTime": "093000"])
            let options = ImportOptions(timeZone: "Asia/Tokyo")
            try await bench.read(statement(apart), "ibkr-flex", options: options)
            #expect(
                try await bench.trades() == [
                    "BUY 1 MSFT @ 10 fee 1 USD at 2025-01-15T00:30:00"
                ])
            let open = trade("2", "BUY", "1", ["dateTime": "01/02/2025;093000"])
            let none = trade("3", "BUY", "1", ["dateTime": ""])
            let reasons = try await bench.read(statement(open + none), "ibkr-flex").reasons
            #expect(reasons.count == 2)
            #expect(reasons.first?.contains("yyyyMMdd") == true)
            #expect(reasons.last?.contains("add it to the Flex query") == true)
            let refusal = try await bench.refusal(
                statement(apart), "ibkr-flex", options: ImportOptions(timeZone: "Mars/Base"))
            #expect(refusal.contains("no time zone Mars/Base"))
        }
    }

    @Test func `sums of executions are passed over, and exercises are noted`() async throws {
        try await ImportBench.run { bench in
            let rows = [
                trade("1", "BUY", "1"), trade("2", "BUY", "9", ["levelOfDetail": "ORDER"]),
                trade("3", "SELL", "-1", ["levelOfDetail": "CLOSED_LOT"]),
                trade("4", "SELL", "-1", ["levelOfDetail": ""]),
            ]
            let text = statement(rows.joined(separator: "\n"))
                .replacing(
                    "</Trades>",
                    with: """
                        </Trades><OptionEAE>
                        <OptionEAE accountId="U1" symbol="AA    260717C00054000"
                          transactionType="Expiration" quantity="-2" date="20260717"/></OptionEAE>
                        <CorporateActions><CorporateAction accountId="U1" symbol="ACME" type="FS"
                          actionDescription="ACME(US00) SPLIT 2 FOR 1"/></CorporateActions>
                        """)
            let report = try await bench.read(text, "ibkr-flex")
            #expect(report.counts == [2, 0, 0, 0, 2])
            #expect(
                report.notedLines.map { "\($0.line): \($0.text)" } == [
                    "9: OptionEAE Expiration of -2 AA    260717C00054000 (20260717)",
                    "11: CorporateAction FS ACME (ACME(US00) SPLIT 2 FOR 1)",
                ])
            #expect(report.notes.contains { $0.hasPrefix("2 rows that sum up") })
        }
    }

    @Test func `stocks, options, futures, currencies, bonds and funds`() async throws {
        try await ImportBench.run { bench in
            let rows = [
                trade("1", "BUY", "1", ["subCategory": "ETF", "symbol": "SPY"]),
                trade(
                    "2", "SELL", "-10000", at: "1.0925",
                    ["assetCategory": "CASH", "symbol": "EUR.USD", "multiplier": ""]),
                trade(
                    "3", "BUY", "10000", at: "98.5",
                    ["assetCategory": "BOND", "symbol": "T 4 1/8 10/31/27", "proceeds": "-9850"]),
                trade(
                    "4", "BUY", "2", at: "5.25",
                    [
                        "assetCategory": "FOP", "symbol": "ESU5 C5500", "underlyingSymbol": "ESU5",
                        "strike": "5500", "expiry": "20250919", "putCall": "C",
                        "multiplier": "50",
                    ]),
                trade(
                    "5", "SELL", "-1", at: "-37.63",
                    ["assetCategory": "FUT", "symbol": "CLK0", "multiplier": "1000"]),
                trade("6", "BUY", "1", ["assetCategory": "WAR", "symbol": "W"]),
                trade("7", "BUY", "1", ["assetCategory": "FUND", "symbol": "F"]),
                trade("8", "BUY", "1", ["assetCategory": "CFD", "symbol": "IBUS30"]),
                trade("9", "BUY", "1", ["assetCategory": "MOON"]),
                trade("10", "BUY", "1", ["assetCategory": ""]),
            ]
            let report = try await bench.read(
                statement(rows.joined(separator: "\n")), "ibkr-flex")
            #expect(report.counts == [8, 0, 2, 0, 0])
            #expect(report.reasons.allSatisfy { $0.contains("assetCategory") })
            let kinds = try await bench.positions().map { view in
                let instrument = view.listing.instrument.instrument
                return "\(instrument.symbol) \(instrument.assetType.rawValue)"
                    + " \(instrument.multiplier) \(view.listing.position.cost)"
            }
            #expect(
                kinds.sorted() == [
                    "CLK0 FUTURE 1000 37630", "ESU5 C5500 OPTION 50 525",
                    "EUR.USD FOREX 1 -10925", "F FUND 1 10", "IBUS30 CFD 1 10", "SPY ETF 1 10",
                    "T 4 1/8 10/31/27 BOND 0.01 9850", "W WARRANT 1 10",
                ])
        }
    }

    @Test(
        arguments: ["FUT", "FOP"],
        [("", "is missing: add it to"), ("--", "is missing"), ("x", "not a number")])
    func `a future without its multiplier is refused, not taken for 1`(
        _ category: String, _ multiplier: (String, String)
    ) async throws {
        try await ImportBench.run { bench in
            let row = trade(
                "1", "BUY", "2",
                [
                    "assetCategory": category, "symbol": "ESU5 C5500", "underlyingSymbol": "ESU5",
                    "strike": "5500", "expiry": "20250919", "putCall": "C",
                    "multiplier": multiplier.0,
                ])
            let report = try await bench.read(statement(row), "ibkr-flex")
            #expect(report.counts == [0, 0, 1, 0, 0])
            let reason = "multiplier: \(multiplier.1)"
            #expect(report.reasons.first?.contains(reason) == true, "\(report.reasons)")
        }
    }

    @Test func `a fill's instrument is where it is listed, not where it was filled`()
        async throws
    {
        try await ImportBench.run { bench in
            let rows = [
                trade("1", "BUY", "1", ["exchange": "ARCA", "listingExchange": "NASDAQ"]),
                trade("2", "SELL", "-1", ["exchange": "IBKRATS", "listingExchange": "NASDAQ"]),
            ]
            try await bench.read(statement(rows.joined()), "ibkr-flex")
            let positions = try await bench.positions()
            #expect(positions.count == 1)
            #expect(positions.first?.listing.position.quantity == 0)
            #expect(positions.first?.listing.instrument.instrument.exchange == "NASDAQ")
            let meta = try await bench.world.texts("SELECT meta_json FROM trades")
            #expect(meta.contains { $0.contains("ARCA") && $0.contains("U1") })
        }
    }

    @Test func `taxes belong to the fee, and money is as the broker states it`() async throws {
        try await ImportBench.run { bench in
            let rows = [
                trade("1", "BUY", "1", ["taxes": "-0.25", "netCash": "-11.25"]),
                trade("2", "BUY", "1", ["ibCommission": "0.3"]),
                trade("3", "BUY", "1", ["ibCommissionCurrency": "EUR", "taxes": "0"]),
                trade("4", "BUY", "1", ["ibCommissionCurrency": "EUR", "taxes": "-1"]),
                trade("5", "SELL", "1,234.5"),
                trade("6", "BUY", "-1"),
            ]
            let report = try await bench.read(statement(rows.joined(separator: "\n")), "ibkr-flex")
            #expect(
                report.reasons == [
                    "7: INVALID_FIELD fee_currency: the taxes are in USD, the commission is in"
                        + " EUR: one fill has one fee",
                    "9: INVALID_FIELD side: buySell is BUY, and the quantity is negative",
                ])
            #expect(
                try await bench.trades().map { $0.split(separator: " at ")[0] } == [
                    "BUY 1 MSFT @ 10 fee 1.25 USD", "BUY 1 MSFT @ 10 fee -0.3 USD",
                    "BUY 1 MSFT @ 10 fee 1 EUR", "SELL 1234.5 MSFT @ 10 fee 1 USD",
                ])
            let trades = try await bench.world.services.trades.page(
                TradeQuery(), for: bench.trader)
            let first = try #require(trades.trades.last)
            #expect(first.brokerTradeID == "1")
            #expect(first.commission?.description == "1")
            #expect(first.netAmount?.description == "-11.25")
        }
    }

    @Test func `fills have the most lasting id that there is`() async throws {
        try await ImportBench.run { bench in
            let rows = [
                trade("1", "BUY", "1"), trade("2", "BUY", "1", ["tradeID": ""]),
                trade(
                    "3", "BUY", "1",
                    ["tradeID": "", "transactionID": "", "ibExecID": "00e.1.01.01"]),
                trade("4", "BUY", "1", ["tradeID": "", "transactionID": "0"]),
            ]
            try await bench.read(statement(rows.joined()), "ibkr-flex")
            let ids = try await bench.world.texts("SELECT broker_trade_id FROM trades ORDER BY 1")
            #expect(ids.prefix(2) == ["1", "execution-00e.1.01.01"])
            #expect(ids.contains("transaction-92"))
            #expect(ids.contains { $0.hasPrefix("ibkr-flex-") && $0.hasSuffix("-1") })
        }
    }
}
