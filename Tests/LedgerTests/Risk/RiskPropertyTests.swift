import Ledger
import Testing

/// What must hold for any facts, policies and orders at all.
@Suite struct RiskPropertyTests {
    private typealias This = RiskSample

    /// A small desk: few instruments, portfolios and strategies, so that all meet.
    private struct Desk {
        var instruments: [RiskInstrument] = []
        var holdings: [RiskHolding] = []

        init(_ random: inout SplitMix64) throws {
            let types: [(AssetType, String)] = [
                (.equity, "USD"), (.crypto, "USDT"), (.future, "EUR"),
            ]
            for (index, (type, currency)) in types.enumerated() {
                let lots: [Decimal?] = [nil, 1, try decimal("0.25"), 10]
                instruments.append(
                    try This.instrument(
                        ExactText("I\(index)"), Int64(index),
                        mark: Decimal(Int.random(in: 1...50, using: &random)),
                        rate: try Decimal(Int.random(in: 1...30, using: &random))
                            .divided(by: 10), type: type, currency: currency,
                        multiplier: type == .future ? 5 : 1,
                        lot: lots.randomElement(using: &random) ?? nil))
            }
            for instrument in instruments {
                for portfolio in [This.main, This.other] {
                    for strategy in [nil, This.momentum, This.carry] where random.next() % 2 == 0 {
                        holdings.append(
                            This.holding(
                                Decimal(Int.random(in: -20...20, using: &random)), instrument,
                                in: portfolio, for: strategy))
                    }
                }
            }
        }

        func order(_ random: inout SplitMix64, isAtMarket: Bool = false) throws -> RiskOrder {
            let instrument = instruments[Int(random.next() % 3)]
            let quantity = try Decimal(Int.random(in: 1...200, using: &random)).divided(by: 4)
            let price = Decimal(Int.random(in: 1...50, using: &random))
            return try This.order(
                random.next() % 2 == 0 ? quantity : -quantity, instrument,
                isAtMarket || random.next() % 2 == 0 ? .market : .limit(price),
                stop: random.next() % 2 == 0
                    ? Decimal(Int.random(in: 1...50, using: &random)) : nil,
                reduceOnly: !isAtMarket && random.next() % 9 == 0,
                in: random.next() % 3 == 0 ? This.other : This.main,
                for: [nil, This.momentum, This.carry][Int(random.next() % 3)])
        }
    }

    private static let scopes: [RiskScope] = [
        .user, .portfolio(This.main), .portfolio(This.other), .strategy(This.momentum),
        .strategy(This.carry),
    ]

    private func figures(_ random: inout SplitMix64) -> [RiskScope: RiskFigures] {
        var figures: [RiskScope: RiskFigures] = [:]
        for scope in Self.scopes where random.next() % 8 > 0 {
            var known = This.calm
            known.equity = Decimal(Int.random(in: -100...4000, using: &random))
            known.dayProfit = Decimal(Int.random(in: -500...500, using: &random))
            figures[scope] = known
        }
        return figures
    }

    /// Rules that look at quantities, with limits that are near.
    private func rule(_ random: inout SplitMix64) throws -> any RiskRule {
        let money: [String: RiskValue] = [
            "max_amount": .number(Decimal(Int.random(in: 0...3000, using: &random)))
        ]
        let share: [String: RiskValue] = [
            "max_percent": .number(Decimal(Int.random(in: 0...200, using: &random)))
        ]
        let limit = random.next() % 2 == 0 ? money : share
        let count = RiskValue.number(Decimal(Int.random(in: 0...30, using: &random)))
        switch random.next() % 11 {
        case 0: return try This.rule("max_order_notional", limit)
        case 1: return try This.rule("max_risk_per_trade", limit)
        case 2: return try This.rule("max_exposure_per_instrument", limit)
        case 3: return try This.rule("max_exposure_per_asset_type", limit)
        case 4: return try This.rule("max_exposure_per_currency", limit)
        case 5: return try This.rule("max_total_exposure", limit)
        case 6: return try This.rule("max_position_quantity", ["max_quantity": count])
        case 7: return try This.rule("max_open_positions", ["max_count": count])
        case 8: return try This.rule("max_leverage", ["max_ratio": count])
        case 9: return try This.rule("max_heat", limit)
        default: return try This.rule("no_short")
        }
    }

    private func policies(
        _ random: inout SplitMix64, _ actions: [RiskAction]
    ) throws -> [RiskPolicy] {
        try (0..<Int.random(in: 1...6, using: &random)).map { number in
            This.policy(
                try rule(&random), actions[Int(random.next() % UInt64(actions.count))],
                Self.scopes[Int(random.next() % 5)], number: Int64(number))
        }
    }

    private func situation(_ desk: Desk, _ random: inout SplitMix64) throws -> RiskSituation {
        var situation = RiskSituation(
            now: This.now, holdings: desk.holdings, figures: figures(&random))
        for _ in 0..<Int(random.next() % 4) {
            situation.openOrders.append(try desk.order(&random))
        }
        return situation
    }

    private func sized(_ order: RiskOrder, _ quantity: Decimal) throws -> RiskOrder {
        try This.order(
            order.side == .buy ? quantity : -quantity, order.instrument, order.pricing,
            stop: order.stop, reduceOnly: order.isReduceOnly, in: order.portfolio,
            for: order.strategy)
    }

    /// What the whole of `order` may grow by: its lot, or the last decimal of its quantity.
    private func step(_ order: RiskOrder) throws -> Decimal {
        if let lot = order.instrument.instrument.lotSize { return lot }
        if order.instrument.instrument.assetType == .crypto { return try decimal("0.00000001") }
        if order.quantity.rounded(decimals: 0) == order.quantity { return 1 }
        return try decimal(order.quantity.rounded(decimals: 1) == order.quantity ? "0.1" : "0.01")
    }

    @Test func `what an order is cut down to passes, and a step more does not`() throws {
        var cut = 0
        Seeds.check { random in
            let desk = try Desk(&random)
            let situation = try situation(desk, &random)
            let order = try desk.order(&random)
            let judge = RiskJudge(try policies(&random, [.reduceSize]))
            let verdict = judge.judge(order, in: situation)
            guard verdict.decision > .warn else { return }
            let allowed = verdict.allowedQuantity
            try require(allowed < order.quantity, "\(allowed) of \(order.quantity)")
            if allowed > 0 {
                cut += 1
                let passes = judge.judge(try sized(order, allowed), in: situation)
                try require(passes.breaches.isEmpty, "\(allowed) does not pass: \(passes)")
            }
            // The next step on the grid; what closes an odd lot may stand off it.
            let step = try step(order)
            let next = Decimal(units: (allowed.units / step.units + 1) * step.units)
            let more = judge.judge(try sized(order, min(next, order.quantity)), in: situation)
            try require(!more.breaches.isEmpty, "\(next) passes too, not only \(allowed)")
        }
        #expect(cut > 50)
    }

    @Test func `what is judged before an order is what stands after its fill`() throws {
        var compared = 0
        Seeds.check { random in
            let desk = try Desk(&random)
            let order = try desk.order(&random, isAtMarket: true)
            let before = RiskSituation(
                now: This.now, holdings: desk.holdings, figures: figures(&random))
            var after = before
            let signed = order.side == .buy ? order.quantity : -order.quantity
            after.holdings = try desk.holdings.map { holding in
                let isIts =
                    holding.instrument.number == order.instrument.number
                    && holding.portfolio == order.portfolio && holding.strategy == order.strategy
                return try isIts
                    ? This.holding(
                        holding.quantity + signed, holding.instrument, in: holding.portfolio,
                        for: holding.strategy) : holding
            }
            if after.holdings == before.holdings {
                after.holdings.append(
                    This.holding(
                        signed, order.instrument, in: order.portfolio, for: order.strategy))
            }
            for scope in Self.scopes {
                for key in ["max_total_exposure", "max_leverage"] {
                    let rule = try This.rule(key, try #require(This.tightest[key]))
                    let policy = This.policy(rule, .warn, scope)
                    let verdict = RiskJudge([policy]).judge(order, in: before)
                    guard let foreseen = verdict.findings.first?.measure else { continue }
                    let found = RiskJudge([policy]).review(after).findings.first?.measure
                    compared += 1
                    try require(found == foreseen, "\(String(describing: found)) for \(foreseen)")
                }
            }
        }
        #expect(compared > 1_000)
    }

    @Test func `a verdict depends on nothing but the facts, in whatever order they stand`() throws {
        Seeds.check { random in
            let desk = try Desk(&random)
            var situation = try situation(desk, &random)
            let order = try desk.order(&random)
            let policies = try policies(&random, RiskAction.allCases)
            let verdict = RiskJudge(policies).judge(order, in: situation)
            try require(
                RiskJudge(policies).judge(order, in: situation) == verdict, "another verdict")
            situation.holdings.shuffle(using: &random)
            situation.openOrders.shuffle(using: &random)
            let shuffled = RiskJudge(policies).judge(order, in: situation)
            try require(shuffled == verdict, "\(shuffled) for \(verdict)")
            let turned = RiskJudge(policies.reversed()).judge(order, in: situation)
            try require(
                turned.decision == verdict.decision
                    && turned.allowedQuantity == verdict.allowedQuantity, "by their order")
        }
    }

    @Test func `more policies never let more through`() throws {
        Seeds.check { random in
            let desk = try Desk(&random)
            let situation = try situation(desk, &random)
            let order = try desk.order(&random)
            let policies = try policies(&random, RiskAction.allCases)
            var before = RiskJudge([]).judge(order, in: situation)
            for count in policies.indices {
                let verdict = RiskJudge(Array(policies[...count])).judge(order, in: situation)
                try require(
                    verdict.decision >= before.decision
                        && verdict.allowedQuantity <= before.allowedQuantity,
                    "\(verdict) after \(before)")
                before = verdict
            }
        }
    }
}
