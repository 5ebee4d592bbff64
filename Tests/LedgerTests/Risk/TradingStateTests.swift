import Ledger
import Testing

@Suite struct TradingStateTests {
    private typealias This = RiskSample

    @Test(
        arguments: [
            (.active, 5, true), (.active, -15, true), (.reducing, -1, true), (.reducing, -10, true),
            (.reducing, -11, false), (.reducing, 1, false), (.halted, -10, false),
            (.halted, 1, false),
        ] as [(TradingState, Decimal, Bool)])
    func `reducing lets closing orders through, halted none`(
        state: TradingState, quantity: Decimal, isPermitted: Bool
    ) throws {
        let instrument = try This.instrument()
        let order = try This.order(quantity, instrument)
        for scope in This.scopes {
            let situation = RiskSituation(
                now: This.now, holdings: [This.holding(10, instrument)],
                tradingStates: [scope: state, .portfolio(This.other): .halted])
            let verdict = RiskJudge([]).judge(order, in: situation)
            #expect(verdict.decision == (isPermitted ? .allow : .block))
            #expect(verdict.refusedBy == (isPermitted ? nil : state))
            #expect(verdict.allowedQuantity == (isPermitted ? order.quantity : 0))
        }
    }

    @Test func `an order that may only reduce is let through while reducing`() throws {
        let order = try This.order(-50, This.instrument(), reduceOnly: true)
        let situation = RiskSituation(
            now: This.now, tradingStates: [.user: .reducing, .portfolio(This.main): .reducing])
        #expect(RiskJudge([]).judge(order, in: situation).decision == .allow)
    }

    private static let limits: [String: RiskValue] = ["max_percent": .number(0)]

    /// The sample's now is 2023-11-14, a Tuesday.
    @Test(
        arguments: [
            ("daily_loss_limit", "2023-11-15T00:00:00.000000Z"),
            ("weekly_loss_limit", "2023-11-20T00:00:00.000000Z"), ("max_drawdown", nil),
        ] as [(String, String?)])
    func `a loss stops trading until its time, in the scope of its policy`(
        key: String, until: String?
    ) throws {
        var figures = This.calm
        (figures.dayProfit, figures.weekProfit, figures.equity) = (-1, -1, 9_999)
        for scope in This.scopes {
            let situation = RiskSituation(now: This.now, figures: [scope: figures])
            func states(_ fields: [String: RiskValue]) throws -> [RiskScope: TradingStateChange] {
                let rule = try This.rule(key, Self.limits.merging(fields) { $1 })
                return RiskJudge([This.policy(rule, .warn, scope)]).review(situation).tradingStates
            }
            #expect(try states([:]).isEmpty)
            for state: TradingState in [.reducing, .halted] {
                let change = try states(["then": .text(state.rawValue)])[scope]
                #expect(change?.state == state)
                #expect(change?.until?.description == until)
            }
        }
        let calm = RiskSituation(now: This.now, figures: [.user: This.calm])
        let rule = try This.rule(key, Self.limits.merging(["then": .text("HALTED")]) { $1 })
        #expect(RiskJudge([This.policy(rule)]).review(calm).tradingStates.isEmpty)
    }

    @Test func `a week that has just begun lasts seven days`() throws {
        let monday = try #require(Timestamp(canonical: "2023-11-20T00:00:00.000000Z"))
        var figures = This.calm
        figures.weekProfit = -1
        let rule = try This.rule(
            "weekly_loss_limit", Self.limits.merging(["then": .text("HALTED")]) { $1 })
        let review = RiskJudge([This.policy(rule)]).review(
            RiskSituation(now: monday, figures: [.user: figures]))
        #expect(review.tradingStates[.user]?.until == monday.adding(seconds: 7 * 86_400))
    }

    @Test func `of several stops of one scope the strictest holds, then the longest`() throws {
        var figures = This.calm
        (figures.dayProfit, figures.weekProfit, figures.equity) = (-1, -1, 9_999)
        let situation = RiskSituation(now: This.now, figures: [.user: figures])
        func change(_ stops: [(String, TradingState)]) throws -> TradingStateChange? {
            let policies = try stops.map { key, state in
                This.policy(
                    try This.rule(
                        key, Self.limits.merging(["then": .text(state.rawValue)]) { $1 }), .warn)
            }
            return RiskJudge(policies).review(situation).tradingStates[.user]
        }
        let (day, week, ever) = ("daily_loss_limit", "weekly_loss_limit", "max_drawdown")
        let halted = try change([(ever, .reducing), (day, .halted), (week, .reducing)])
        #expect(halted?.state == .halted)
        #expect(halted?.until == This.now.day.adding(days: 1).start)
        let longer = try change([(week, .reducing), (day, .reducing)])
        #expect(longer?.until == This.now.day.adding(days: 6).start)
        #expect(try change([(day, .reducing), (ever, .reducing), (week, .reducing)])?.until == nil)
    }
}
