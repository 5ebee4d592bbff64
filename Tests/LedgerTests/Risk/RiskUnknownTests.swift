import Ledger
import Testing

/// A fact that is not known makes a rule that needs it one that can't be judged.
@Suite struct RiskUnknownTests {
    private typealias This = RiskSample

    private static let apple = InstrumentNumber(1)
    private static let other = InstrumentNumber(2)

    struct Case: Sendable, CustomTestStringConvertible {
        let rule: String
        var fields: [String: RiskValue] = ["max_amount": .number(1000)]
        var mark: Decimal? = 100
        var rate: Decimal? = 1
        var otherMark: Decimal? = 100
        var figures: RiskFigures = RiskSample.calm
        /// Nil: it can be judged all the same.
        let reason: RiskUnknown?

        var testDescription: String { "\(rule): \(reason.map { "\($0)" } ?? "known")" }
    }

    private static func figures(_ change: (inout RiskFigures) -> Void) -> RiskFigures {
        var figures = This.calm
        change(&figures)
        return figures
    }

    private static let percent: [String: RiskValue] = ["max_percent": .number(50)]

    private static let cases: [Case] =
        ["max_order_notional", "max_risk_per_trade"].flatMap { rule in
            [
                Case(rule: rule, mark: nil, reason: .price(of: apple)),
                Case(rule: rule, rate: nil, reason: .rate(of: apple)),
                Case(rule: rule, otherMark: nil, reason: nil),
                Case(rule: rule, figures: RiskFigures(), reason: nil),
                Case(
                    rule: rule, fields: percent, figures: RiskFigures(), reason: .figure(.equity)),
            ]
        }
        + [
            "max_exposure_per_asset_type", "max_exposure_per_currency", "max_total_exposure",
            "max_heat",
        ].flatMap { rule in
            [
                Case(rule: rule, mark: nil, reason: .price(of: apple)),
                Case(rule: rule, rate: nil, reason: .rate(of: apple)),
                Case(rule: rule, otherMark: nil, reason: .mark(of: other)),
                Case(rule: rule, figures: RiskFigures(), reason: nil),
                Case(
                    rule: rule, fields: percent, figures: RiskFigures(), reason: .figure(.equity)),
            ]
        }
        + [
            Case(rule: "max_exposure_per_instrument", mark: nil, reason: .price(of: apple)),
            Case(rule: "max_exposure_per_instrument", otherMark: nil, reason: nil),
            Case(
                rule: "max_leverage", fields: ["max_ratio": .number(1)],
                figures: figures { $0.equity = nil }, reason: .figure(.equity)),
            Case(
                rule: "max_leverage", fields: ["max_ratio": .number(1)], otherMark: nil,
                reason: .mark(of: other)),
            Case(
                rule: "daily_loss_limit", figures: figures { $0.dayProfit = nil },
                reason: .figure(.dayProfit)),
            Case(
                rule: "daily_loss_limit", figures: figures { $0.dayStartEquity = nil },
                reason: nil),
            Case(
                rule: "daily_loss_limit", fields: percent,
                figures: figures { $0.dayStartEquity = nil }, reason: .figure(.dayStartEquity)),
            Case(
                rule: "weekly_loss_limit", figures: figures { $0.weekProfit = nil },
                reason: .figure(.weekProfit)),
            Case(
                rule: "weekly_loss_limit", fields: percent,
                figures: figures { $0.weekStartEquity = nil }, reason: .figure(.weekStartEquity)),
            Case(
                rule: "max_drawdown", fields: percent, figures: figures { $0.peakEquity = nil },
                reason: .figure(.peakEquity)),
            Case(
                rule: "max_drawdown", fields: percent, figures: figures { $0.equity = nil },
                reason: .figure(.equity)),
            Case(
                rule: "max_trades_per_day", fields: ["max_count": .number(9)],
                figures: figures { $0.tradesToday = nil }, reason: .figure(.tradesToday)),
            Case(
                rule: "loss_cooldown", fields: ["losses": .number(2), "minutes": .number(9)],
                figures: figures { $0.closedResults = nil }, reason: .figure(.closedResults)),
            Case(
                rule: "max_position_quantity", fields: ["max_quantity": .number(9)], mark: nil,
                rate: nil, otherMark: nil, figures: RiskFigures(), reason: nil),
            Case(
                rule: "no_short", fields: [:], mark: nil, rate: nil, otherMark: nil,
                figures: RiskFigures(), reason: nil),
        ]

    @Test(arguments: cases)
    func `each rule asks for what it needs and for nothing else`(unknown: Case) throws {
        let instrument = try This.instrument(mark: unknown.mark, rate: unknown.rate)
        let other = try This.instrument("B", 2, mark: unknown.otherMark)
        let situation = RiskSituation(
            now: This.now, holdings: [This.holding(1, other)],
            figures: [.user: unknown.figures])
        let rule = try This.rule(unknown.rule, unknown.fields)
        let order = try This.order(1, instrument)
        let verdict = RiskJudge([This.policy(rule)]).judge(order, in: situation)
        #expect(verdict.unjudged.map(\.reason) == (unknown.reason.map { [$0] } ?? []))
        #expect(verdict.findings.count == (unknown.reason == nil ? 1 : 0))
    }

    @Test func `the price of a slip is the mark`() throws {
        let rule = try This.rule("fat_finger", ["max_percent": .number(5)])
        let order = try This.order(1, This.instrument(mark: nil), .limit(100))
        #expect(throws: RiskUnknown.mark(of: Self.apple)) {
            try This.measure(rule, order, in: RiskSituation(now: This.now))
        }
        let free = try This.order(1, This.instrument(mark: 0), .limit(100))
        #expect(throws: RiskUnknown.outOfRange) {
            try This.measure(rule, free, in: RiskSituation(now: This.now))
        }
    }

    @Test func `what the order replaces need not be known, what it leaves does`() throws {
        let instrument = try This.instrument(mark: nil)
        let rule = try This.rule("max_total_exposure", ["max_amount": .number(1000)])
        var situation = RiskSituation(now: This.now, holdings: [This.holding(-1, instrument)])
        let flip = try This.order(6, instrument, .limit(100))
        #expect(try This.measure(rule, flip, in: situation)?.observed == 500)
        let more = try This.order(-6, instrument, .limit(100))
        #expect(throws: RiskUnknown.mark(of: Self.apple)) {
            try This.measure(rule, more, in: situation)
        }
        situation.holdings.append(This.holding(1, try This.instrument("B", 2, mark: nil)))
        #expect(throws: RiskUnknown.mark(of: Self.other)) {
            try This.measure(rule, flip, in: situation)
        }
    }

    @Test func `figures that do not fit can't be judged, and nothing traps`() throws {
        let huge = Decimal(units: .max)
        let instrument = try This.instrument(mark: huge, rate: huge, multiplier: 1000)
        let figures = RiskFigures(
            equity: Decimal(units: .min), dayStartEquity: huge, weekStartEquity: huge,
            peakEquity: huge, dayProfit: Decimal(units: .min), weekProfit: Decimal(units: .min),
            tradesToday: .max, closedResults: [ClosedResult(profit: -1, closedAt: This.now)])
        let situation = RiskSituation(
            now: Timestamp(microseconds: .max),
            holdings: [
                This.holding(huge, instrument, stop: -huge),
                This.holding(1, instrument, for: This.carry),
                This.holding(huge, try This.instrument("B", 2, mark: 1)),
            ],
            openOrders: [try This.order(huge, instrument)],
            figures: [.user: figures, .strategy(This.carry): figures])
        for rule in RiskRules.all {
            let fields = try #require(This.tightest[rule.about.key])
            let configured = try This.rule(rule.about.key, fields)
            for action in RiskAction.allCases {
                for scope: RiskScope in [.user, .strategy(This.carry)] {
                    let judge = RiskJudge([This.policy(configured, action, scope)])
                    let order = try This.order(-huge, instrument, .limit(-huge), for: This.carry)
                    let verdict = judge.judge(order, in: situation)
                    #expect(verdict.allowedQuantity <= huge)
                    _ = judge.review(situation)
                }
            }
        }
        let total = try This.rule("max_total_exposure", ["max_amount": .number(1)])
        let review = RiskJudge([This.policy(total)]).review(situation)
        #expect(review.unjudged.map(\.reason) == [.outOfRange])
    }

    @Test func `a rule asks for no figure but those that it names`() throws {
        let instrument = try This.instrument(mark: 100, rate: 1)
        var asked: Set<RiskFigure> = []
        for rule in RiskRules.all {
            var fields = try #require(This.tightest[rule.about.key])
            let keys = rule.about.fields.map(\.key)
            for isPercent in [false, true] {
                if keys.contains("max_amount"), keys.contains("max_percent") {
                    fields["max_amount"] = isPercent ? nil : .number(1)
                    fields["max_percent"] = isPercent ? .number(1) : nil
                }
                let configured = try This.rule(rule.about.key, fields)
                asked.formUnion(configured.figures)
                var situation = RiskSituation(
                    now: This.now, holdings: [This.holding(1, instrument)],
                    figures: [.user: This.calm.keeping(configured.figures)])
                let judge = RiskJudge([This.policy(configured)])
                let order = try This.order(1, instrument, .limit(100))
                let known = judge.judge(order, in: situation).unjudged
                #expect(known.isEmpty, "\(rule.about.key) asks for more: \(known)")
                #expect(judge.review(situation).unjudged.isEmpty, "\(rule.about.key)")
                for figure in configured.figures {
                    situation.figures[.user] = This.calm.keeping(
                        configured.figures.subtracting([figure]))
                    let reasons = judge.judge(order, in: situation).unjudged.map(\.reason)
                    #expect(
                        reasons == [.figure(figure)],
                        "\(rule.about.key) does not ask for \(figure)")
                }
            }
        }
        #expect(asked == Set(RiskFigure.allCases))
    }
}

extension RiskFigures {
    /// Only these are known.
    fileprivate func keeping(_ known: Set<RiskFigure>) -> RiskFigures {
        func kept<Value>(_ figure: RiskFigure, _ value: Value?) -> Value? {
            known.contains(figure) ? value : nil
        }
        return RiskFigures(
            equity: kept(.equity, equity), dayStartEquity: kept(.dayStartEquity, dayStartEquity),
            weekStartEquity: kept(.weekStartEquity, weekStartEquity),
            peakEquity: kept(.peakEquity, peakEquity), dayProfit: kept(.dayProfit, dayProfit),
            weekProfit: kept(.weekProfit, weekProfit),
            tradesToday: kept(.tradesToday, tradesToday),
            closedResults: kept(.closedResults, closedResults))
    }
}
