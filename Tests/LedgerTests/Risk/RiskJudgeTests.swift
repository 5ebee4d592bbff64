import Ledger
import Testing

@Suite struct RiskJudgeTests {
    private typealias This = RiskSample

    /// Where every rule finds something to say of a purchase or sale of AAPL.
    private func grim(_ instrument: RiskInstrument, holding quantity: Decimal) -> RiskSituation {
        let figures = RiskFigures(
            equity: 1_000, dayStartEquity: 9_000, weekStartEquity: 9_000, peakEquity: 9_000,
            dayProfit: -8_000, weekProfit: -8_000, tradesToday: 100,
            closedResults: [ClosedResult(profit: -1, closedAt: This.now)])
        return RiskSituation(
            now: This.now, holdings: [This.holding(quantity, instrument)],
            figures: [.user: figures, .portfolio(This.main): figures])
    }

    @Test(arguments: RiskRules.all.map { $0.about.key })
    func `everybody can get flat, but not by slips`(key: String) throws {
        let instrument = try This.instrument()
        let rule = try This.rule(key, try #require(This.tightest[key]))
        let judge = RiskJudge([This.policy(rule)])
        for held: Decimal in [10, -10] {
            var situation = grim(instrument, holding: held)
            let pricing = OrderPricing.limit(held > 0 ? 90 : 110)
            let close = try This.order(-held, instrument, pricing)
            let isSlip = key == "fat_finger" || key == "duplicate_order"
            situation.recentOrders = [close]
            let verdict = judge.judge(close, in: situation)
            #expect(verdict.decision == (isSlip ? .block : .allow))
            #expect(verdict.findings.isEmpty == !isSlip)
            #expect(verdict.allowedQuantity == (isSlip ? 0 : 10))
            // What opens is not let through.
            let opens =
                key == "no_short"
                ? try This.order(-11, instrument)
                : try This.order(
                    held * 2, This.instrument("AAPL", 2), .limit(held > 0 ? 110 : 90))
            situation.recentOrders = [opens]
            #expect(judge.judge(opens, in: situation).decision == .block)
        }
    }

    @Test func `a strategy can close its own, though the portfolio is flat`() throws {
        let instrument = try This.instrument()
        let rule = try This.rule("max_total_exposure", ["max_amount": .number(0)])
        let judge = RiskJudge([This.policy(rule, .block, .portfolio(This.main))])
        var situation = RiskSituation(now: This.now)
        situation.holdings = [
            This.holding(10, instrument), This.holding(-10, instrument, for: This.carry),
        ]
        #expect(judge.judge(try This.order(-10, instrument), in: situation).decision == .allow)
        #expect(judge.judge(try This.order(-11, instrument), in: situation).decision == .block)
        #expect(judge.judge(try This.order(1, instrument), in: situation).decision == .block)
    }

    private static let decisions: [(RiskAction, RiskDecision)] = [
        (.warn, .warn), (.reduceSize, .reduceSize), (.block, .block), (.closePosition, .block),
    ]

    @Test func `the strictest of all that are exceeded wins`() throws {
        let instrument = try This.instrument()
        let order = try This.order(10, instrument)
        let tight = try This.rule("max_order_notional", ["max_amount": .number(500)])
        let wide = try This.rule("max_order_notional", ["max_amount": .number(1000)])
        let situation = RiskSituation(now: This.now)
        for (one, ofOne) in Self.decisions {
            for (two, ofTwo) in Self.decisions {
                let judge = RiskJudge([
                    This.policy(tight, one, number: 1), This.policy(tight, two, number: 2),
                    This.policy(wide, .block, number: 3),
                ])
                let verdict = judge.judge(order, in: situation)
                #expect(verdict.decision == max(ofOne, ofTwo), "\(one) \(two)")
                #expect(verdict.findings.map(\.policy.raw) == [1, 2, 3])
                #expect(verdict.breaches.map(\.policy.raw) == [1, 2])
                let allowed: Decimal =
                    switch verdict.decision {
                    case .block: 0
                    case .reduceSize: 5
                    case .warn, .allow: 10
                    }
                #expect(verdict.allowedQuantity == allowed)
            }
        }
        let calm = RiskJudge([This.policy(wide)]).judge(order, in: situation)
        #expect(calm.decision == .allow)
        #expect(calm.allowedQuantity == 10)
        #expect(RiskJudge([]).judge(order, in: situation).decision == .allow)
    }

    @Test func `only policies that hold for the order judge it`() throws {
        let rule = try This.rule("max_order_notional", ["max_amount": .number(0)])
        let scopes: [RiskScope] = [
            .user, .portfolio(This.main), .portfolio(This.other), .strategy(This.momentum),
            .strategy(This.carry),
        ]
        let judge = RiskJudge(
            scopes.enumerated().map { This.policy(rule, .warn, $1, number: Int64($0)) })
        func judged(_ order: RiskOrder) -> [RiskScope] {
            judge.judge(order, in: RiskSituation(now: This.now)).findings.map(\.scope)
        }
        let instrument = try This.instrument()
        #expect(
            judged(try This.order(1, instrument))
                == [.user, .portfolio(This.main), .strategy(This.momentum)])
        #expect(
            judged(try This.order(1, instrument, in: This.other, for: nil))
                == [.user, .portfolio(This.other)])
    }

    @Test func `the smallest quantity that is allowed counts, to the lot`() throws {
        let instrument = try This.instrument("BTC", 1, mark: 3, type: .crypto, lot: 0)
        let lots = try This.instrument("BTC", 1, mark: 3, type: .crypto, lot: decimal("0.05"))
        let shares = try This.instrument(mark: 3)
        func allowed(_ limits: [Decimal], _ instrument: RiskInstrument, _ quantity: Decimal)
            throws -> Decimal
        {
            let policies = try limits.map { limit in
                This.policy(
                    try This.rule("max_order_notional", ["max_amount": .number(limit)]),
                    .reduceSize)
            }
            let order = try This.order(quantity, instrument)
            let verdict = RiskJudge(policies).judge(order, in: RiskSituation(now: This.now))
            #expect(verdict.decision == (verdict.allowedQuantity == 0 ? .block : .reduceSize))
            return verdict.allowedQuantity
        }
        #expect(try allowed([20, 10, 15], shares, 10) == 3)
        #expect(try allowed([10], instrument, 10) == decimal("3.33333333"))
        #expect(try allowed([10], lots, 10) == decimal("3.3"))
        #expect(try allowed([10], shares, decimal("10.01")) == decimal("3.33"))
        #expect(try allowed([10, 2], shares, 10) == 0)
        #expect(try allowed([10, 0], lots, 10) == 0)
    }

    @Test func `an order through zero is cut down to what it may open, or to flat`() throws {
        let instrument = try This.instrument(lot: 10)
        let situation = RiskSituation(now: This.now, holdings: [This.holding(7, instrument)])
        func allowed(_ limit: Decimal) throws -> Decimal {
            let rule = try This.rule("max_total_exposure", ["max_amount": .number(limit)])
            let judge = RiskJudge([This.policy(rule, .reduceSize)])
            return judge.judge(try This.order(-47, instrument), in: situation).allowedQuantity
        }
        #expect(try allowed(4000) == 47)
        #expect(try allowed(3999) == 40)
        #expect(try allowed(2300) == 30)
        #expect(try allowed(299) == 7)
    }

    @Test func `what can't be judged is neither passed nor a breach, and never silent`() throws {
        let unpriced = try This.instrument(mark: nil)
        let rule = try This.rule("max_order_notional", ["max_amount": .number(0)])
        let policy = This.policy(rule)
        let order = try This.order(1, unpriced)
        let verdict = RiskJudge([policy]).judge(order, in: RiskSituation(now: This.now))
        #expect(verdict.decision == .warn)
        #expect(verdict.allowedQuantity == 1)
        #expect(verdict.findings.isEmpty)
        #expect(verdict.unjudged.map(\.reason) == [.price(of: InstrumentNumber(1))])
        #expect(
            verdict.unjudged.first?.explanation == "the price of an order for AAPL is not known")
        let strict = This.policy(try This.rule("forbidden_instruments", ["symbols": .text("AAPL")]))
        let both = RiskJudge([policy, strict]).judge(order, in: RiskSituation(now: This.now))
        #expect(both.decision == .block)
        #expect(both.unjudged.count == 1)
    }

    @Test func `a review tells of each thing that exceeds a limit, and what to close once`() throws
    {
        let (one, two) = (try This.instrument(), try This.instrument("B", 2, type: .bond))
        let held = [
            This.holding(10, one), This.holding(-3, one, in: This.other),
            This.holding(5, two), This.holding(0, two, in: This.other),
        ]
        let key = { (portfolio, number) in
            RiskPosition.Key(portfolio: portfolio, instrument: InstrumentNumber(number))
        }
        func closes(
            _ rule: String, _ scope: RiskScope, _ action: RiskAction = .closePosition,
            things: Int = 1
        ) throws -> Set<RiskPosition.Key> {
            let tight = try This.rule(rule, try #require(This.tightest[rule]))
            let policies = [This.policy(tight, action, scope), This.policy(tight, action, scope)]
            var situation = RiskSituation(now: This.now, holdings: held)
            situation.figures[scope] = This.calm
            let review = RiskJudge(policies).review(situation)
            #expect(review.breaches.count == 2 * things, "\(rule)")
            let closes = review.closes
            #expect(Set(closes).count == closes.count)
            return Set(closes)
        }
        let (main, other): (RiskScope, RiskScope) = (.portfolio(This.main), .portfolio(This.other))
        #expect(
            try closes("max_exposure_per_instrument", .user, things: 2)
                == [key(This.main, 1), key(This.other, 1), key(This.main, 2)])
        #expect(
            try closes("max_exposure_per_instrument", main, things: 2)
                == [key(This.main, 1), key(This.main, 2)])
        #expect(try closes("max_total_exposure", main) == [key(This.main, 1), key(This.main, 2)])
        #expect(try closes("max_total_exposure", other) == [key(This.other, 1)])
        let all = [key(This.main, 1), key(This.other, 1), key(This.main, 2)]
        #expect(try closes("max_position_quantity", .user, things: 3) == Set(all))
        #expect(try closes("max_exposure_per_asset_type", .user, things: 2) == Set(all))
        #expect(try closes("no_short", .user) == [key(This.other, 1)])
        #expect(try closes("max_total_exposure", main, .warn).isEmpty)
    }
}
