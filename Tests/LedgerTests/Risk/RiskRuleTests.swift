import Ledger
import Testing

/// What the rules do beside their boundaries.
@Suite struct RiskRuleTests {
    private typealias This = RiskSample

    private func situation(
        _ holdings: [RiskHolding] = [], figures: RiskFigures = RiskSample.calm,
        now: Timestamp = RiskSample.now
    ) -> RiskSituation {
        RiskSituation(now: now, holdings: holdings, figures: [.user: figures])
    }

    @Test(
        arguments: [
            ("AAPL", nil, true), ("aapl", nil, false), ("NASDAQ:AAPL", "NASDAQ", true),
            ("NYSE:AAPL", "NASDAQ", false), ("NASDAQ:AAPL", nil, false), ("AAPL", "NASDAQ", true),
        ] as [(String, ExactText?, Bool)])
    func `an instrument is meant by its symbol, on one exchange or any`(
        listed: String, exchange: ExactText?, isMeant: Bool
    ) throws {
        let instrument = try This.instrument(exchange: exchange)
        let order = try This.order(1, instrument)
        let list: [String: RiskValue] = ["symbols": .list(["TSLA", listed])]
        let allowed = try This.measure(
            This.rule("allowed_instruments", list), order, in: situation())
        #expect(allowed?.isExceeded == !isMeant)
        let forbidden = try This.rule("forbidden_instruments", list)
        #expect(try This.measure(forbidden, order, in: situation())?.isExceeded == isMeant)
        // What is held is looked at too, what was sold is not.
        let held = situation([This.holding(-3, instrument)])
        #expect(try This.measure(forbidden, nil, in: held)?.isExceeded == isMeant)
        let flat = situation([This.holding(0, instrument)])
        #expect(try This.measure(forbidden, nil, in: flat)?.isExceeded == false)
    }

    /// 2026-11-20 is a Friday.
    @Test(arguments: [
        ("2026-11-20T08:29:59.999999Z", "09:30", "16:00", false),
        ("2026-11-20T08:30:00.000000Z", "09:30", "16:00", true),
        ("2026-11-20T14:59:59.999999Z", "09:30", "16:00", true),
        ("2026-11-20T15:00:00.000000Z", "09:30", "16:00", false),
        ("2026-11-21T10:00:00.000000Z", "09:30", "16:00", false),
        // Through midnight: Friday's hours end on Saturday, Sunday's never begin.
        ("2026-11-20T21:00:00.000000Z", "22:00", "02:00", true),
        ("2026-11-21T00:59:59.999999Z", "22:00", "02:00", true),
        ("2026-11-21T01:00:00.000000Z", "22:00", "02:00", false),
        ("2026-11-22T23:30:00.000000Z", "22:00", "02:00", false),
        ("2026-11-23T21:30:00.000000Z", "22:00", "02:00", true),
        ("2026-11-20T22:59:59.999999Z", "00:00", "24:00", true),
        ("2026-11-20T23:00:00.000000Z", "00:00", "24:00", false),
    ])
    func `trading hours are those of the zone's clock`(
        instant: String, from: String, to: String, isOpen: Bool
    ) throws {
        let rule = try This.rule(
            "trading_hours",
            ["from": .text(from), "to": .text(to), "zone": .text("+01:00")])
        let now = try #require(Timestamp(canonical: instant))
        let order = try This.order(1, This.instrument())
        #expect(try This.measure(rule, order, in: situation(now: now))?.isExceeded == !isOpen)
        #expect(try This.measure(rule, nil, in: situation(now: now)) == nil)
    }

    @Test(arguments: [(-5, 0), (-6, 1), (-1, 0), (6, 0)] as [(Decimal, Decimal)])
    func `what is not held can't be sold`(quantity: Decimal, short: Decimal) throws {
        let rule = try This.rule("no_short")
        let instrument = try This.instrument()
        let held = situation([This.holding(5, instrument)])
        let measure = try This.measure(rule, This.order(quantity, instrument), in: held)
        #expect(measure?.observed == short)
        #expect(measure?.isExceeded == (short > 0))
    }

    @Test func `a ban on short sales sees what is short, and the types that it is for`() throws {
        let instrument = try This.instrument()
        let held = situation([This.holding(-5, instrument)])
        let all = try This.measure(This.rule("no_short"), nil, in: held)
        #expect(all?.observed == 5)
        let crypto = try This.rule("no_short", ["asset_types": .list(["crypto"])])
        #expect(try This.measure(crypto, nil, in: held)?.observed == 0)
        #expect(try This.measure(crypto, This.order(-5, instrument), in: held) == nil)
    }

    @Test func `two open sales of one holding sell it short together`() throws {
        let instrument = try This.instrument()
        var held = situation([This.holding(5, instrument)])
        held.openOrders = [try This.order(-4, instrument, .limit(200))]
        // Six of them: one more than is held; the open four would go short with it.
        let measure = try This.measure(
            This.rule("no_short"), This.order(-6, instrument), in: held)
        #expect(measure?.observed == 5)
    }

    @Test func `only the groups that are named are limited`() throws {
        let bond = try This.instrument("B", 2, type: .bond, currency: "EUR")
        let held = situation([This.holding(50, bond), This.holding(1, try This.instrument())])
        let types: [String: RiskValue] = [
            "max_amount": .number(1000), "asset_types": .list(["EQUITY", "ETF"]),
        ]
        let byType = try This.rule("max_exposure_per_asset_type", types)
        #expect(try This.measure(byType, nil, in: held)?.observed == 100)
        #expect(try This.measure(byType, This.order(50, bond), in: held) == nil)
        let byCurrency = try This.rule(
            "max_exposure_per_currency",
            ["max_amount": .number(1000), "currencies": .text("USD")])
        #expect(try This.measure(byCurrency, nil, in: held)?.observed == 100)
        #expect(try This.measure(byCurrency, This.order(50, bond), in: held) == nil)
        let symbols: [String: RiskValue] = ["max_quantity": .number(10), "symbols": .text("AAPL")]
        let quantity = try This.rule("max_position_quantity", symbols)
        #expect(try This.measure(quantity, nil, in: held)?.observed == 1)
        #expect(try This.measure(quantity, This.order(50, bond), in: held) == nil)
    }

    @Test func `the greatest group is told with its name`() throws {
        let bond = try This.instrument("B", 2, rate: 2, type: .bond, currency: "EUR")
        let held = situation([
            This.holding(-4, bond), This.holding(3, try This.instrument()),
            This.holding(3, try This.instrument(), in: This.other),
        ])
        func subject(_ rule: String) throws -> RiskSubject? {
            let rule = try This.rule(rule, ["max_amount": .number(1000)])
            return try This.measure(rule, nil, in: held)?.subject
        }
        #expect(try subject("max_exposure_per_instrument") == .instrument(InstrumentNumber(2)))
        #expect(try subject("max_exposure_per_asset_type") == .assetType(.bond))
        let euro = try #require(Currency("EUR"))
        #expect(try subject("max_exposure_per_currency") == .currency(euro))
        #expect(try subject("max_total_exposure") == .scope)
    }

    @Test func `strategies of one portfolio are netted, portfolios are not`() throws {
        let instrument = try This.instrument()
        let rule = try This.rule("max_total_exposure", ["max_amount": .number(1)])
        let netted = situation([
            This.holding(10, instrument), This.holding(-7, instrument, for: This.carry),
        ])
        #expect(try This.measure(rule, nil, in: netted)?.observed == 300)
        let apart = situation([
            This.holding(10, instrument), This.holding(-7, instrument, in: This.other),
        ])
        #expect(try This.measure(rule, nil, in: apart)?.observed == 1700)
    }

    @Test func `a multiplier and a rate turn quantities into the base currency`() throws {
        let option = try This.instrument(
            "O", 3, mark: try decimal("2.5"), rate: try decimal("1.1"), currency: "EUR",
            multiplier: 100)
        let rule = try This.rule("max_order_notional", ["max_amount": .number(1)])
        let measure = try This.measure(rule, This.order(-2, option), in: situation())
        #expect(measure?.observed == 550)
        // Below zero futures have traded too.
        let oil = try This.instrument("CL", 4, mark: -37, type: .future, multiplier: 1000)
        #expect(try This.measure(rule, This.order(1, oil), in: situation())?.observed == 37_000)
    }

    @Test func `without equity nothing may be opened by percent`() throws {
        var figures = This.calm
        for equity: Decimal in [0, -5] {
            figures.equity = equity
            for rule in [
                try This.rule("max_order_notional", ["max_percent": .number(100)]),
                try This.rule("max_leverage", ["max_ratio": .number(9)]),
            ] {
                let measure = try This.measure(
                    rule, This.order(1, This.instrument()), in: situation(figures: figures))
                #expect(measure?.isExceeded == true)
                #expect(measure?.observed == 100)
                #expect(measure?.unit == .money)
            }
        }
    }

    @Test func `a position that made nothing ends a row of losses`() throws {
        let rule = try This.rule("loss_cooldown", ["losses": .number(2), "minutes": .number(30)])
        func measure(_ profits: [Decimal]) throws -> RiskMeasure? {
            var figures = This.calm
            figures.closedResults = profits.map {
                ClosedResult(profit: $0, closedAt: This.now.adding(seconds: -90))
            }
            return try This.measure(rule, nil, in: situation(figures: figures))
        }
        #expect(try measure([-1, -1])?.observed == decimal("28.5"))
        #expect(try measure([-1, 0, -1])?.isExceeded == false)
        #expect(try measure([1, -1, -1])?.isExceeded == false)
        #expect(try measure([-1, 1])?.use == decimal("0.5"))
        #expect(try measure([-1, -1, -1])?.use == 1)
    }

    @Test func `another price, side, size or strategy is another order`() throws {
        let rule = try This.rule("duplicate_order", ["seconds": .number(60)])
        let instrument = try This.instrument()
        var situation = situation()
        situation.recentOrders = [try This.order(5, instrument, .limit(9))]
        func count(_ order: RiskOrder) throws -> Decimal? {
            try This.measure(rule, order, in: situation)?.observed
        }
        #expect(try count(This.order(5, instrument, .limit(9))) == 1)
        #expect(try count(This.order(5, instrument, .limit(9), in: This.other)) == 0)
        #expect(try count(This.order(5, instrument, .limit(8))) == 0)
        #expect(try count(This.order(5, instrument)) == 0)
        #expect(try count(This.order(-5, instrument, .limit(9))) == 0)
        #expect(try count(This.order(6, instrument, .limit(9))) == 0)
        #expect(try count(This.order(5, instrument, .limit(9), for: nil)) == 0)
        #expect(try count(This.order(5, This.instrument("A", 2), .limit(9))) == 0)
    }

    @Test func `a price on the side that gains, and one at the market, is no slip`() throws {
        let rule = try This.rule("fat_finger", ["max_percent": .number(1)])
        let instrument = try This.instrument()
        func observed(_ quantity: Decimal, _ pricing: OrderPricing) throws -> Decimal? {
            let order = try This.order(quantity, instrument, pricing)
            return try This.measure(rule, order, in: situation())?.observed
        }
        #expect(try observed(1, .limit(50)) == 0)
        #expect(try observed(-1, .limit(150)) == 0)
        #expect(try observed(1, .limit(150)) == 50)
        #expect(try observed(-1, .limit(50)) == 50)
        #expect(try observed(1, .market) == nil)
        #expect(try observed(-1, .stop(50)) == nil)
    }

    @Test func `an order for what is open, or waits to be opened, opens no other position`() throws
    {
        let rule = try This.rule("max_open_positions", ["max_count": .number(1)])
        let (one, two) = (try This.instrument(), try This.instrument("B", 2))
        var situation = situation()
        situation.openOrders = [try This.order(5, one)]
        #expect(try This.measure(rule, This.order(5, one), in: situation) == nil)
        #expect(try This.measure(rule, This.order(5, two), in: situation)?.observed == 2)
        #expect(try This.measure(rule, nil, in: situation)?.observed == 0)
    }
}
