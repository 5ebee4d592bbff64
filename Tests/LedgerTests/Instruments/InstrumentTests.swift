import Ledger
import Testing

@Suite struct CurrencyTests {
    @Test(arguments: ["USD", "USDT", "1INCH", "kPEPE", "BRK.B", "a_b-c", "X", "ABCDEFGHIJKLMNOP"])
    func `a code is kept as it is`(code: String) {
        #expect(Currency(code)?.code == code)
        #expect(Currency(code)?.description == code)
    }

    @Test(arguments: [
        "", "ABCDEFGHIJKLMNOPQ", "US D", " USD", "USD\n", "€", "É", "E\u{301}", "US/D", "ＵＳＤ", "@",
        "[", "`", "{", "/", ":", "\u{0}",
    ])
    func `anything else is no code`(code: String) {
        #expect(Currency(code) == nil)
    }

    @Test(arguments: [
        ("USD", 2), ("EUR", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("TND", 3), ("CLF", 4),
        ("UGX", 0), ("ZWL", 2), ("USDT", 8), ("BTC", 8), ("usd", 8), ("XAU", 8),
    ])
    func `amounts have the minor unit's decimals`(code: String, decimals: Int) {
        #expect(Currency(code)?.decimals == decimals)
    }

    @Test func `codes are compared bytewise`() {
        let codes = ["-", ".", "1", "A", "AB", "B", "_", "a"].compactMap(Currency.init)
        #expect(codes.count == 8)
        #expect(codes.shuffled().sorted() == codes)
        #expect(Currency("usd") != Currency("USD"))
    }
}

@Suite struct OptionContractTests {
    private func contract(
        _ underlying: ExactText, _ expiry: String, _ strike: String, _ right: OptionRight
    ) throws -> OptionContract {
        OptionContract(
            underlying: underlying, expiry: try #require(Day(canonical: expiry)),
            strike: try Decimal(parsing: strike), right: right)
    }

    @Test func `an OCC symbol is read with and without its padding`() throws {
        let apple = try contract("AAPL", "2026-03-20", "150", .call)
        #expect(OptionContract(occSymbol: "AAPL  260320C00150000") == apple)
        #expect(OptionContract(occSymbol: "AAPL260320C00150000") == apple)
        #expect(
            OptionContract(occSymbol: "SPXW  260320P05200500")
                == (try contract("SPXW", "2026-03-20", "5200.5", .put)))
        #expect(
            OptionContract(occSymbol: "GOOGL1991231P99999999")
                == (try contract("GOOGL1", "2099-12-31", "99999.999", .put)))
        #expect(
            OptionContract(occSymbol: "F000229C00000001")
                == (try contract("F", "2000-02-29", "0.001", .call)))
    }

    @Test(arguments: [
        "", "AAPL", "260320C00150000", "      260320C00150000", "AAPL 260320C00150000",
        " AAPL 260320C00150000", "A APL 260320C00150000", "AAPLXYZ260320C00150000",
        "AAPL  261320C00150000", "AAPL  260230C00150000", "AAPL  260320X00150000",
        "AAPL  260320c00150000", "aapl  260320C00150000", "AAPL  260320C0015000",
        "AAPL  260320C0015000O", "AAPL  260320C00000000", "AAPL  260320C-0150000",
        "AAPL  2603-0C00150000", "AAPL  260320C00150000 ", "ÄPL   260320C00150000",
        "AAPL\t\t260320C00150000",
    ])
    func `anything else is no OCC symbol`(text: String) {
        #expect(OptionContract(occSymbol: text) == nil)
    }

    @Test func `a contract prints as 21 characters`() throws {
        #expect(
            try contract("AAPL", "2026-03-20", "150", .call).occSymbol == "AAPL  260320C00150000")
        #expect(
            try contract("F", "2026-03-20", "0.5", .put).occSymbol == "F     260320P00000500")
    }

    @Test func `a contract that does not fit prints as nothing`() throws {
        #expect(try contract("AAPLXYZ", "2026-03-20", "150", .call).occSymbol == nil)
        #expect(try contract("", "2026-03-20", "150", .call).occSymbol == nil)
        #expect(try contract("BRK.B", "2026-03-20", "150", .call).occSymbol == nil)
        #expect(try contract("AAPL", "1999-12-31", "150", .call).occSymbol == nil)
        #expect(try contract("AAPL", "2100-01-01", "150", .call).occSymbol == nil)
        #expect(try contract("AAPL", "2026-03-20", "100000", .call).occSymbol == nil)
        #expect(try contract("AAPL", "2026-03-20", "0.0005", .call).occSymbol == nil)
        #expect(try contract("AAPL", "2026-03-20", "0", .call).occSymbol == nil)
        #expect(try contract("AAPL", "2026-03-20", "-1", .call).occSymbol == nil)
    }

    @Test(arguments: [UInt64](1...5))
    func `what prints is read back the same`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let letters = Array("ABCXYZ019")
        for _ in 0..<200 {
            let length = Int.random(in: 1...6, using: &random)
            let root = String((0..<length).map { _ in letters[Int(random.next() % 9)] })
            let original = OptionContract(
                underlying: ExactText(root),
                expiry: Day(number: Int32.random(in: 10_957...47_481, using: &random)),
                strike: Decimal(
                    units: Int128(Int.random(in: 1...99_999_999, using: &random))
                        * 1_000_000_000_000_000),
                right: random.next() % 2 == 0 ? .call : .put)
            let symbol = try #require(original.occSymbol)
            #expect(symbol.utf8.count == 21)
            #expect(OptionContract(occSymbol: symbol) == original)
            #expect(OptionContract(occSymbol: symbol.filter { $0 != " " }) == original)
        }
    }
}

@Suite struct InstrumentTests {
    @Test func `no exchange is a value of its own`() throws {
        let currency = try #require(Sample.usd)
        let nowhere = Instrument(
            symbol: "AAPL", exchange: nil, assetType: .equity, currency: currency)
        let somewhere = Instrument(
            symbol: "AAPL", exchange: "", assetType: .equity, currency: currency)
        #expect(nowhere != somewhere)
        #expect(nowhere.multiplier == 1)
    }

    @Test func `the asset types are those of the interfaces`() {
        #expect(
            AssetType.allCases.map(\.rawValue).joined(separator: " ")
                == "CRYPTO EQUITY ETF FUND FUTURE FOREX OPTION INDEX BOND CFD WARRANT")
        #expect(Side.allCases.map(\.rawValue) == ["BUY", "SELL"])
        #expect(OptionRight.allCases.map(\.rawValue) == ["C", "P"])
    }
}
