import Ledger
import Testing

/// A portfolio's equity day by day.
@Suite struct EquityDayTests {
    private func day(_ number: Int32) -> Day { Day(number: 20_000 + number) }

    @Test func `a day keeps where it began, how far it went, and where it is`() throws {
        var today = EquityDay(firstSeen: 1000, deposits: 1000, on: day(0))
        for equity in [1010, 990, 1005] as [Decimal] {
            try today.see(equity: equity, deposits: 1000)
        }
        #expect(today.opening == 1000 && today.closing == 1005)
        #expect(today.highest == 1010 && today.lowest == 990)
        #expect(try today.gain() == 5)
        var next = EquityDay(day(3), after: today)
        #expect(next.opening == 1005 && next.highest == 1005 && next.lowest == 1005)
        try next.see(equity: 900, deposits: 1000)
        #expect(next.highest == 1005 && next.lowest == 900)
        #expect(try next.gain() == -105)
    }

    @Test func `what is paid in or out is no gain and no loss`() throws {
        var today = EquityDay(firstSeen: 1000, deposits: 1000, on: day(0))
        try today.see(equity: 1020, deposits: 1000)
        try today.see(equity: 520, deposits: 500)
        #expect(today.opening == 500 && today.highest == 520 && today.lowest == 500)
        #expect(try today.gain() == 20)
        var next = EquityDay(day(1), after: today)
        try next.see(equity: 10_515, deposits: 10_500)
        #expect(next.opening == 10_520 && next.lowest == 10_515)
        #expect(try next.gain() == -5)
        #expect(try [today, next].gain() == 15)
        let drawdown = try #require(try [today, next].drawdown())
        #expect(drawdown.peak == 10_520 && drawdown.amount == 5)
    }

    @Test func `a drawdown is counted from the highest equity of all days`() throws {
        #expect(try [EquityDay]().drawdown() == nil)
        var first = EquityDay(firstSeen: 100, deposits: 100, on: day(0))
        #expect(try [first].drawdown()?.peak == 100)
        #expect(try [first].drawdown()?.amount == 0)
        try first.see(equity: 200, deposits: 100)
        try first.see(equity: 150, deposits: 100)
        var second = EquityDay(day(1), after: first)
        try second.see(equity: 160, deposits: 100)
        let drawdown = try #require(try [first, second].drawdown())
        #expect(drawdown.peak == 200 && drawdown.amount == 40)
        #expect(try drawdown.percent() == 20)
        let lost = EquityDay(firstSeen: -5, deposits: 0, on: day(0))
        #expect(try [lost].drawdown()?.percent() == nil)
    }

    @Test func `what does not fit changes nothing`() throws {
        let most = try decimal("169000000000000000000")
        var today = EquityDay(firstSeen: most, deposits: 0, on: day(0))
        let before = today
        #expect(throws: LedgerError.outOfRange) { try today.see(equity: 0, deposits: most) }
        #expect(today == before)
    }

    @Test func `figures stay in their order, and gains add up to what was made`() throws {
        Seeds.check { random in
            var deposits: Decimal = 1000
            var made = Decimal.zero
            var days: [EquityDay] = []
            var today = EquityDay(firstSeen: deposits, deposits: deposits, on: day(0))
            for step in 1...40 {
                switch Int.random(in: 0...9, using: &random) {
                case 0:
                    days.append(today)
                    today = EquityDay(day(Int32(step)), after: today)
                case 1:
                    deposits =
                        try deposits + Decimal(Int.random(in: -500...500, using: &random))
                default: made = try made + Decimal(Int.random(in: -99...99, using: &random))
                }
                try today.see(equity: try deposits + made, deposits: deposits)
                let range = today.lowest...today.highest
                try require(
                    range.contains(today.opening) && range.contains(today.closing),
                    "out of order: \(today)")
            }
            days.append(today)
            let gain = try days.gain()
            try require(gain == made, "\(gain) for \(made)")
            let drawdown = try days.drawdown()
            try require((drawdown?.amount ?? -1) >= .zero, "\(drawdown as Any)")
        }
    }
}
