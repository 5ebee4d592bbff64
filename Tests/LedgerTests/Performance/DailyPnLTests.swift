import Ledger
import Testing

@Suite struct DailyPnLTests {
    private typealias Days = [DailyPnL.Key: DailyPnL]

    private func post(_ fills: [Fill]) throws -> Days {
        var days: Days = [:]
        var holding = Holding()
        let currency = try #require(Sample.usd)
        for fill in fills {
            try days.add(try holding.apply(fill), of: fill, currency: currency)
        }
        return days
    }

    private func key(_ day: String, _ code: String) throws -> DailyPnL.Key {
        DailyPnL.Key(
            day: try #require(Day(canonical: day)), currency: try #require(Currency(code)))
    }

    // The fixtures begin on 2023-11-14 at 22:13:20.
    @Test func `profit falls on the day of the fill that made it`() throws {
        let days = try post([
            Sample.fill(2, at: 10, fee: 1),
            Sample.fill(-1, at: 13, fee: 1, id: "u", second: 60),
            Sample.fill(-1, at: 8, fee: -3, id: "v", second: 86_400),
        ])
        #expect(
            days == [
                try key("2023-11-14", "USD"): DailyPnL(
                    realizedPnL: 3, lotRealizedPnL: 3, fees: 2, trades: 2),
                try key("2023-11-15", "USD"): DailyPnL(
                    realizedPnL: -2, lotRealizedPnL: -2, fees: -3, trades: 1),
            ])
    }

    @Test func `a fee in another currency stands apart and counts no trade`() throws {
        let days = try post([
            Sample.fill(1, at: 10, fee: 2, in: Sample.bnb),
            Sample.fill(-1, at: 11, in: Sample.bnb, id: "u", second: 1),
        ])
        #expect(
            days == [
                try key("2023-11-14", "USD"): DailyPnL(
                    realizedPnL: 1, lotRealizedPnL: 1, trades: 2),
                try key("2023-11-14", "BNB"): DailyPnL(fees: 2),
            ])
    }

    @Test func `by average cost and by lots a day may tell differently, flat they agree`() throws {
        let days = try post([
            Sample.fill(1, at: 10), Sample.fill(1, at: 20, id: "u", second: 1),
            Sample.fill(-1, at: 20, id: "v", second: 2),
            Sample.fill(-1, at: 20, id: "w", second: 86_400),
        ])
        #expect(
            days == [
                try key("2023-11-14", "USD"): DailyPnL(
                    realizedPnL: 5, lotRealizedPnL: 10, trades: 3),
                try key("2023-11-15", "USD"): DailyPnL(
                    realizedPnL: 5, lotRealizedPnL: 0, trades: 1),
            ])
    }

    @Test func `a sum that would not fit changes nothing`() throws {
        let great = try decimal("1.6e20")
        let currency = try #require(Sample.usd)
        for feeCurrency in [Sample.usd, Sample.bnb] {
            let fill = try Sample.fill(1, at: 10, fee: great, in: feeCurrency)
            let day = fill.time.day
            let rows = [Sample.usd, Sample.bnb].compactMap { $0 }.map {
                (DailyPnL.Key(day: day, currency: $0), DailyPnL(fees: great, trades: 1))
            }
            let before = Days(uniqueKeysWithValues: rows)
            var after = before
            var holding = Holding()
            let posting = try holding.apply(fill)
            #expect(throws: LedgerError.outOfRange) {
                try after.add(posting, of: fill, currency: currency)
            }
            #expect(after == before)
        }
        for row in [
            DailyPnL(realizedPnL: great), DailyPnL(lotRealizedPnL: great), DailyPnL(fees: -great),
        ] {
            var sum = row
            #expect(throws: LedgerError.outOfRange) { try sum.add(row) }
            #expect(sum == row)
            try sum.add(-row)
            #expect(sum.isEmpty)
        }
        var row = DailyPnL(trades: .max)
        #expect(throws: LedgerError.outOfRange) { try row.add(DailyPnL(trades: 1)) }
        #expect(row == DailyPnL(trades: .max))
    }
}
