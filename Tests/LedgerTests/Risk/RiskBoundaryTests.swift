import Ledger
import Testing

@Suite struct RiskBoundaryTests {
    /// Far beyond every limit, and no business of the scope.
    private func foreign(_ scope: RiskScope) throws -> [RiskHolding] {
        let instrument = try RiskSample.instrument("AAPL", 1)
        let other = try RiskSample.instrument("TSLA", 55)
        switch scope {
        case .user: return []
        case .portfolio:
            return [
                RiskSample.holding(70_000, instrument, in: RiskSample.other),
                RiskSample.holding(70_000, other, in: RiskSample.other),
            ]
        case .strategy:
            return [
                RiskSample.holding(70_000, other, for: RiskSample.carry),
                RiskSample.holding(70_000, other, for: nil),
                RiskSample.holding(70_000, instrument, for: RiskSample.carry),
            ]
        }
    }

    @Test(arguments: RiskBoundary.all, RiskSample.scopes)
    func `a limit is exceeded above it, and neither below it nor at it`(
        boundary: RiskBoundary, scope: RiskScope
    ) throws {
        let rule = try RiskSample.rule(boundary.rule, boundary.fields)
        for direction: Decimal in [1, -1] {
            for figure in [
                try boundary.limit - boundary.step, boundary.limit,
                try boundary.limit + boundary.step,
            ] {
                let facts = try boundary.facts(figure, direction)
                let situation = RiskSituation(
                    now: RiskSample.now, holdings: facts.holdings + (try foreign(scope)),
                    openOrders: facts.openOrders, recentOrders: facts.recentOrders,
                    figures: [scope: facts.figures])
                let measure = try #require(
                    try RiskSample.measure(rule, facts.order, in: situation, scope))
                #expect(measure.isExceeded == (figure > boundary.limit), "\(figure) \(direction)")
                guard boundary.tellsFigure else { continue }
                #expect(measure.observed == figure)
                #expect(measure.limit == boundary.limit)
                #expect((measure.use > 1) == measure.isExceeded || measure.use == 1)
            }
        }
    }

    @Test func `every rule has its boundary tested, here or where it has none`() {
        let without: Set = [
            "allowed_instruments", "forbidden_instruments", "trading_hours", "no_short",
        ]
        let tested = Set(RiskBoundary.all.map(\.rule)).union(without)
        #expect(tested == Set(RiskRules.all.map { $0.about.key }))
    }

    @Test func `so much of a limit is used`() throws {
        let rule = try RiskSample.rule("max_total_exposure", ["max_amount": .number(1000)])
        func use(_ quantity: Decimal) throws -> Decimal? {
            let holding = RiskSample.holding(quantity, try RiskSample.instrument())
            let situation = RiskSituation(now: RiskSample.now, holdings: [holding])
            return try RiskSample.measure(rule, nil, in: situation)?.use
        }
        #expect(try use(0) == 0)
        #expect(try use(decimal("6.2")) == decimal("0.62"))
        #expect(try use(-15) == decimal("1.5"))
    }
}
