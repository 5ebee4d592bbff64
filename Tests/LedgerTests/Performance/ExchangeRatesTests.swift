import Ledger
import Testing

@Suite struct ExchangeRatesTests {
    private func currency(_ code: String) throws -> Currency { try #require(Currency(code)) }

    private func day(_ text: String) throws -> Day { try #require(Day(canonical: text)) }

    private func rate(
        _ base: String, _ quote: String, _ text: String, on date: String
    ) throws -> ExchangeRate {
        ExchangeRate(
            base: try currency(base), quote: try currency(quote), day: try day(date),
            rate: try decimal(text))
    }

    @Test(arguments: [
        // The last rate that is not later than the day.
        ("USD", "EUR", "2026-01-04", nil), ("USD", "EUR", "2026-01-05", "USD EUR 2026-01-05"),
        ("USD", "EUR", "2026-01-06", "USD EUR 2026-01-05"),
        ("USD", "EUR", "2026-01-09", "USD EUR 2026-01-09"),
        ("USD", "EUR", "9999-12-31", "USD EUR 2026-01-09"),
        // The other way round.
        ("EUR", "USD", "2026-01-06", "USD EUR 2026-01-05"), ("EUR", "USD", "2026-01-04", nil),
        // Told both ways: the later one, and of one day the direct one.
        ("BNB", "EUR", "2026-01-02", "EUR BNB 2026-01-01"),
        ("BNB", "EUR", "2026-01-03", "BNB EUR 2026-01-03"),
        ("EUR", "BNB", "2026-01-03", "EUR BNB 2026-01-03"),
        ("BNB", "EUR", "2026-01-05", "EUR BNB 2026-01-04"),
        // Never over a third currency, never by name alone.
        ("BNB", "USD", "2026-02-01", nil), ("USDT", "USD", "2026-02-01", nil),
        ("usd", "EUR", "2026-02-01", nil),
    ])
    func `the latest rate that is not later holds, told either way round`(
        source: String, target: String, on date: String, expected: String?
    ) throws {
        let rates = ExchangeRates([
            try rate("USD", "EUR", "0.91", on: "2026-01-09"),
            try rate("USD", "EUR", "0.92", on: "2026-01-05"),
            try rate("EUR", "BNB", "0.0015", on: "2026-01-01"),
            try rate("BNB", "EUR", "700", on: "2026-01-03"),
            try rate("EUR", "BNB", "0.0014", on: "2026-01-03"),
            try rate("EUR", "BNB", "0.0013", on: "2026-01-04"),
        ])
        let found = rates.rate(
            from: try currency(source), to: try currency(target), on: try day(date))
        #expect(found.map { "\($0.base) \($0.quote) \($0.day)" } == expected)
    }

    /// Against a plain search over all rates.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `of any rates the one is found that a plain search finds`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let codes = ["A", "B", "C"]
        for round in 0..<300 {
            var known: [String: ExchangeRate] = [:]
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                let pair = codes.shuffled(using: &random)
                let day = Day(number: Int32.random(in: 0...20, using: &random))
                known["\(pair[0]) \(pair[1]) \(day)"] = ExchangeRate(
                    base: try currency(pair[0]), quote: try currency(pair[1]), day: day,
                    rate: Decimal(Int.random(in: 1...9, using: &random)))
            }
            let all = Array(known.values)
            let day = Day(number: Int32.random(in: -1...21, using: &random))
            let (source, target) = (try currency("A"), try currency("B"))
            let fitting = all.filter { rate in
                rate.day <= day && Set([rate.base, rate.quote]) == Set([source, target])
            }
            let expected = fitting.max {
                ($0.day.number, $0.base == source ? 1 : 0)
                    < ($1.day.number, $1.base == source ? 1 : 0)
            }
            #expect(
                ExchangeRates(all).rate(from: source, to: target, on: day) == expected,
                "seed \(seed), round \(round)")
        }
    }

    @Test func `a product or quotient is rounded once, half-even, to 18 decimals`() throws {
        let euro = try currency("EUR")
        let dollar = try currency("USD")
        let half = try rate("USD", "EUR", "0.5", on: "2026-01-01")
        // Half of an odd unit goes to the even one.
        #expect(try half.convert(Decimal(units: 1), of: dollar) == Decimal(units: 0))
        #expect(try half.convert(Decimal(units: 3), of: dollar) == Decimal(units: 2))
        #expect(try half.convert(Decimal(units: -3), of: dollar) == Decimal(units: -2))
        #expect(try half.convert(Decimal(units: 3), of: euro) == Decimal(units: 6))
        let third = try rate("USD", "EUR", "3", on: "2026-01-01")
        #expect(try third.convert(2, of: euro) == decimal("0.666666666666666667"))
        #expect(try third.convert(decimal("-0.1"), of: dollar) == decimal("-0.3"))
        let great = try rate("USD", "EUR", "1e20", on: "2026-01-01")
        #expect(throws: LedgerError.outOfRange) { try great.convert(2, of: dollar) }
        #expect(try great.convert(2, of: euro) == Decimal(units: 0))
        let small = try rate("USD", "EUR", "1e-18", on: "2026-01-01")
        #expect(throws: LedgerError.outOfRange) { try small.convert(200, of: euro) }
    }

    @Test func `a conversion tells which rates it took and which it lacked`() throws {
        let euro = try currency("EUR")
        let dollar = try currency("USD")
        let coin = try currency("BNB")
        let older = try rate("USD", "EUR", "0.5", on: "2026-01-01")
        let newer = try rate("EUR", "USD", "4", on: "2026-01-03")
        let unused = try rate("USD", "EUR", "9", on: "2026-01-09")
        var conversion = CurrencyConversion(
            to: euro, at: ExchangeRates([older, newer, unused]))
        let (first, third) = (try day("2026-01-01"), try day("2026-01-03"))
        #expect(try conversion.convert(7, of: euro, on: first) == 7)
        // Nothing is nothing in any currency.
        #expect(try conversion.convert(0, of: coin, on: first) == 0)
        #expect(conversion.usedRates == [] && conversion.missingRates == [])

        #expect(try conversion.convert(8, of: dollar, on: third) == 2)
        #expect(try conversion.convert(8, of: dollar, on: first) == 4)
        #expect(try conversion.convert(2, of: dollar, on: third) == decimal("0.5"))
        #expect(conversion.usedRates == [newer, older])
        #expect(conversion.missingRates == [])

        #expect(try conversion.convert(1, of: coin, on: third) == nil)
        #expect(try conversion.convert(1, of: coin, on: first) == nil)
        #expect(try conversion.convert(1, of: coin, on: third) == nil)
        let before = try day("2025-12-31")
        #expect(try conversion.convert(-1, of: dollar, on: before) == nil)
        #expect(
            conversion.missingRates == [
                MissingRate(currency: coin, day: first),
                MissingRate(currency: dollar, day: before),
            ])
    }
}
