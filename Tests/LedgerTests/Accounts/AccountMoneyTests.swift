import Ledger
import Testing

/// What an account comes to: plain figures, boundaries, and what holds for any trades at all.
@Suite struct AccountMoneyTests {
    private static let today = Day(number: 20_000)
    private static let eur = Currency("EUR")

    private func money(
        deposits: [(amount: Decimal, currency: Currency)] = [(1000, .usd)],
        _ holdings: [AccountHolding], margin: Decimal = 100, rates: [ExchangeRate] = []
    ) -> AccountMoney {
        AccountMoney(
            deposits: deposits, holdings: holdings, marginPercent: margin,
            conversion: CurrencyConversion(to: .usd, at: ExchangeRates(rates)), on: Self.today)
    }

    private func held(
        _ quantity: Decimal, cost: Decimal, mark: Decimal?, multiplier: Decimal = 1,
        realized: Decimal = 0, fees: [Currency: Decimal] = [:], currency: Currency = .usd
    ) throws -> AccountHolding {
        var holding = AccountHolding(currency: currency, multiplier: multiplier, mark: mark)
        try holding.add(
            Position(quantity: quantity, cost: cost, realizedPnL: realized, fees: fees))
        return holding
    }

    @Test func `what is bought is paid for, and what it is worth stays in the equity`() throws {
        let figures = try #require(
            money([try held(4, cost: 400, mark: 120, realized: 50, fees: [.usd: 3])]).known)
        #expect(figures.deposits == 1000)
        #expect(figures.cash == 647)
        #expect(figures.marketValue == 480)
        #expect(figures.equity == 1127)
        #expect(figures.unrealizedPnL == 80)
        #expect(figures.grossExposure == 480)
        #expect(figures.netExposure == 480)
        // A cash account may spend its cash.
        #expect(figures.buyingPower == 647)
        #expect(figures.withdrawable == 647)
    }

    @Test func `what is sold short brings cash that covers it and can't be spent`() throws {
        let short = try held(-5, cost: -500, mark: 110)
        let figures = try #require(money([short]).known)
        #expect(figures.cash == 1500)
        #expect(figures.equity == 950)
        #expect(figures.netExposure == -550)
        #expect(figures.grossExposure == 550)
        #expect(figures.buyingPower == 400)
        #expect(figures.withdrawable == 400)
        let both = try #require(money([short, try held(3, cost: 300, mark: 100)]).known)
        #expect(both.grossExposure == 850)
        #expect(both.netExposure == -250)
        #expect(both.buyingPower == 100)
    }

    @Test(
        arguments: [
            (100, 0, 0), (50, 1000, 0), (25, 3000, 0), (40, 1500, 0),
        ] as [(Decimal, Decimal, Decimal)])
    func `a margin multiplies what may be bought, not what may be taken out`(
        margin: Decimal, buyingPower: Decimal, withdrawable: Decimal
    ) throws {
        let figures = try #require(
            money([try held(10, cost: 1000, mark: 100)], margin: margin).known)
        #expect(figures.buyingPower == buyingPower)
        #expect(figures.withdrawable == withdrawable)
    }

    @Test func `too much that is open leaves a buying power below zero`() throws {
        let figures = try #require(money([try held(10, cost: 1000, mark: 50)]).known)
        #expect(figures.equity == 500)
        #expect(figures.buyingPower == 0)
        let short = try #require(money([try held(-10, cost: -500, mark: 80)]).known)
        #expect(short.equity == 700)
        #expect(short.buyingPower == -100)
        #expect(short.withdrawable == 0)
    }

    @Test func `positions of several strategies in one instrument are one exposure`() throws {
        var holding = try held(5, cost: 500, mark: 120)
        try holding.add(Position(quantity: -3, cost: -330, realizedPnL: 10))
        let figures = try #require(money([holding]).known)
        #expect(figures.grossExposure == 240)
        #expect(figures.cash == 840)
        #expect(figures.equity == 1080)
    }

    @Test(
        arguments: [
            // Held, bought at 100, sold at 110, and what that could open.
            (0, 3, 0, 300), (0, 0, 3, 330), (0, 3, 2, 300), (0, 3, 3, 330), (5, 0, 5, 0),
            (5, 0, 6, 110), (5, 2, 0, 200), (5, 2, 5, 200), (-5, 5, 0, 0), (-5, 7, 0, 200),
            (-5, 0, 2, 220), (-5, 7, 2, 220),
        ] as [(Decimal, Decimal, Decimal, Decimal)])
    func `open orders bind what they could open, not what they close`(
        held quantity: Decimal, bought: Decimal, sold: Decimal, exposure: Decimal
    ) throws {
        var holding = try held(quantity, cost: 0, mark: 100)
        try holding.addOrder(.buy, remaining: bought, price: nil)
        try holding.addOrder(.sell, remaining: sold, price: 110)
        #expect(try holding.orderExposure() == exposure)
        let figures = try #require(money([holding]).known)
        #expect(figures.orderExposure == exposure)
        #expect(
            try figures.buyingPower == figures.equity - figures.grossExposure - exposure)
    }

    @Test func `what is filled beyond an order binds nothing`() throws {
        var holding = try held(0, cost: 0, mark: 100)
        try holding.addOrder(.buy, remaining: 0, price: 5)
        try holding.addOrder(.buy, remaining: -1, price: 5)
        #expect(try holding.orderExposure() == 0)
    }

    @Test func `without a mark a position counts at cost, an order not at all, and both are told`()
        throws
    {
        var holding = try held(2, cost: 300, mark: nil)
        try holding.addOrder(.buy, remaining: 1, price: nil)
        let money = money([holding, try held(0, cost: 0, mark: nil, realized: 5)])
        #expect(money.unmarkedHoldings == 1)
        #expect(money.unpricedOrders == 1)
        let figures = try #require(money.known)
        #expect(figures.equity == 1005)
        #expect(figures.unrealizedPnL == 0)
        #expect(figures.grossExposure == 300)
        #expect(figures.orderExposure == 0)
    }

    @Test func `an amount without a rate leaves no figures, and names its currency`() throws {
        let eur = try #require(Self.eur)
        let holding = try held(0, cost: 0, mark: nil, realized: 10, fees: [eur: 2])
        let unknown = money([holding])
        #expect(unknown.known == nil)
        #expect(
            unknown.figures
                == .lacking([MissingRate(currency: eur, day: Self.today)], to: .usd))
        let rate = ExchangeRate(base: eur, quote: .usd, day: Self.today, rate: 2)
        let known = money(deposits: [(1000, .usd), (50, eur)], [holding], rates: [rate])
        #expect(known.known?.equity == 1106)
        #expect(known.known?.deposits == 1100)
        // What comes to nothing needs no rate.
        #expect(money([try held(0, cost: 0, mark: nil, currency: eur)]).known?.equity == 1000)
    }

    @Test func `an account without entries says so`() throws {
        let money = money(deposits: [], [try held(1, cost: 10, mark: 12)])
        #expect(!money.hasDeposits)
        #expect(money.known?.equity == 2)
        #expect(money.known?.cash == -10)
    }

    @Test func `what does not fit a decimal is told, never wrapped`() throws {
        let most = try decimal("169000000000000000000")
        #expect(money(deposits: [(most, .usd), (most, .usd)], []).figures == .tooLarge(.usd))
        #expect(money([try held(most, cost: 0, mark: 2)]).figures == .tooLarge(.usd))
        #expect(throws: LedgerError.outOfRange) {
            var holding = try held(most, cost: 0, mark: 1)
            try holding.add(Position(quantity: most))
        }
    }

    @Test func `cash and positions conserve over any trades`() throws {
        Seeds.check { random in
            let eur = Currency("EUR") ?? .usd
            let rate = ExchangeRate(base: eur, quote: .usd, day: Self.today, rate: 2)
            var cash: [Currency: Decimal] = [.usd: 5000, eur: 100]
            var worth: [Currency: Decimal] = [:]
            var holdings: [AccountHolding] = []
            for number in 0..<Int.random(in: 1...5, using: &random) {
                let currency = Bool.random(using: &random) ? Currency.usd : eur
                let multiplier = Decimal(Bool.random(using: &random) ? 1 : 100)
                let mark = Decimal(Int.random(in: 1...200, using: &random))
                var fills: [Fill] = []
                var quantity = Decimal.zero
                for place in 0..<Int.random(in: 1...12, using: &random) {
                    let fill = try Fill(
                        id: ExactText("\(number)-\(place)"),
                        side: Bool.random(using: &random) ? .buy : .sell,
                        quantity: Decimal(Int.random(in: 1...9, using: &random)),
                        price: Decimal(Int.random(in: 1...200, using: &random)),
                        multiplier: multiplier,
                        fee: Decimal(Int.random(in: -1...5, using: &random)),
                        feeCurrency: Bool.random(using: &random) ? .usd : eur,
                        time: Timestamp(microseconds: Int64(place)))
                    fills.append(fill)
                    let isBuy = fill.side == .buy
                    quantity = try quantity + (isBuy ? fill.quantity : -fill.quantity)
                    cash[currency] =
                        try (cash[currency] ?? 0) + (isBuy ? -fill.notional : fill.notional)
                    cash[fill.feeCurrency] = try (cash[fill.feeCurrency] ?? 0) - fill.fee
                }
                worth[currency] = try (worth[currency] ?? 0) + quantity * multiplier * mark
                var holding = AccountHolding(
                    currency: currency, multiplier: multiplier, mark: mark)
                if let last = try Run(fills, HoldingRules()).last {
                    try holding.add(last.position)
                }
                holdings.append(holding)
            }
            let money = money(
                deposits: [(5000, .usd), (100, eur)], holdings, rates: [rate])
            guard let figures = money.known else { throw Disagreement("there are no figures") }
            func total(_ amounts: [Currency: Decimal]) throws -> Decimal {
                try (amounts[.usd] ?? 0) + (amounts[eur] ?? 0) * 2
            }
            try require(figures.cash == total(cash), "cash: \(figures.cash)")
            try require(
                figures.equity == total(cash) + total(worth), "equity: \(figures.equity)")
            try require(
                figures.withdrawable <= max(.zero, figures.cash), "more than the cash is free")
        }
    }
}
