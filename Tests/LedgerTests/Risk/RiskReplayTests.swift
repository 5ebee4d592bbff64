import Ledger
import Testing

/// A policy on trades that were made: how often it fires, and what that would have saved.
@Suite struct RiskReplayTests {
    private typealias This = RiskSample

    /// A trade at so many hours after the start of the tests' time.
    private struct Deal {
        let quantity: Decimal
        let price: Decimal
        var hour: Int64 = 0
        var order: ExactText?
        var rate: Decimal? = 1
        var fee: Decimal = .zero
    }

    private func trades(_ deals: [Deal]) throws -> [ReplayedTrade] {
        try deals.enumerated().map { number, deal in
            ReplayedTrade(
                portfolio: This.main, strategy: This.momentum,
                instrument: try This.instrument(mark: nil, rate: deal.rate),
                fill: try Sample.fill(
                    deal.quantity, at: deal.price, id: ExactText("t\(number)"),
                    second: deal.hour * 3600 + Int64(number), of: deal.order), fee: deal.fee)
        }
    }

    private func replay(
        _ rule: String, _ fields: [String: RiskValue], _ deals: [Deal],
        action: RiskAction = .block, from: Timestamp = .distantPast, mark: Decimal? = nil,
        deposits: Decimal? = 10_000, mostEffort: Int = RiskReplay.mostEffort
    ) throws -> ReplayedPolicy {
        let policy = This.policy(
            try This.rule(rule, fields), action, .portfolio(This.main))
        return RiskReplay.run(
            policy, trades: try trades(deals), cash: [ReplayedCash(deposits, at: .distantPast)],
            from: from, marks: mark.map { [InstrumentNumber(1): $0] } ?? [:],
            mostEffort: mostEffort)
    }

    private static let thousand: [String: RiskValue] = ["max_amount": .text("1000")]

    // MARK: What is saved

    private struct Saving: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let deals: @Sendable () -> [Deal]
        let fired: Int
        let saved: Decimal
        var action = RiskAction.block
        var mark: Decimal?
    }

    private static let savings = [
        Saving(
            testDescription: "at the limit it does not fire",
            deals: { [Deal(quantity: 10, price: 100), Deal(quantity: -10, price: 1)] }, fired: 0,
            saved: 0),
        Saving(
            testDescription: "a loss is saved",
            deals: { [Deal(quantity: 11, price: 100), Deal(quantity: -11, price: 90)] }, fired: 1,
            saved: 110),
        Saving(
            testDescription: "a gain is missed",
            deals: { [Deal(quantity: 11, price: 100), Deal(quantity: -11, price: 120)] },
            fired: 1, saved: -220),
        Saving(
            testDescription: "of a mixed position its share, at average cost",
            deals: {
                [
                    Deal(quantity: 9, price: 100), Deal(quantity: 11, price: 100),
                    Deal(quantity: -10, price: 90), Deal(quantity: -10, price: 80),
                ]
            }, fired: 1, saved: 165),
        Saving(
            testDescription: "what is open counts at the last price",
            deals: { [Deal(quantity: 11, price: 100), Deal(quantity: -1, price: 90)] }, fired: 1,
            saved: 110),
        Saving(
            testDescription: "what is open counts at its mark",
            deals: { [Deal(quantity: 11, price: 100)] }, fired: 1, saved: 550, mark: 50),
        Saving(
            testDescription: "what is sold short",
            deals: { [Deal(quantity: -11, price: 100), Deal(quantity: 11, price: 120)] },
            fired: 1, saved: 220),
        Saving(
            testDescription: "only what a flip opens",
            deals: {
                [
                    Deal(quantity: 5, price: 100), Deal(quantity: -16, price: 100),
                    Deal(quantity: 11, price: 110),
                ]
            }, fired: 1, saved: 110),
        Saving(
            testDescription: "only what is cut off",
            deals: { [Deal(quantity: 15, price: 100), Deal(quantity: -15, price: 80)] },
            fired: 1, saved: 100, action: .reduceSize),
        Saving(
            testDescription: "the fills of one order are judged once",
            deals: {
                [
                    Deal(quantity: 6, price: 100, order: "a"),
                    Deal(quantity: 6, price: 100, order: "a"), Deal(quantity: -12, price: 90),
                ]
            }, fired: 1, saved: 120),
        Saving(
            testDescription: "a warning tells what a block would have saved",
            deals: { [Deal(quantity: 11, price: 100), Deal(quantity: -11, price: 90)] },
            fired: 1, saved: 110, action: .warn),
    ]

    @Test(arguments: savings)
    private func `what was prevented is followed to its end`(_ saving: Saving) throws {
        let result = try replay(
            "max_order_notional", Self.thousand, saving.deals(), action: saving.action,
            mark: saving.mark)
        #expect(result.breaches.count == saving.fired)
        #expect(result.saved == saving.saved)
        #expect(result.unjudged == 0 && result.stoppedAt == nil)
    }

    @Test func `a breach tells the order, what was prevented of it, and what was observed`() throws
    {
        let result = try replay(
            "max_order_notional", Self.thousand,
            [Deal(quantity: 15, price: 100), Deal(quantity: -15, price: 80)], action: .reduceSize)
        let breach = try #require(result.breaches.first)
        #expect(breach.quantity == 15 && breach.prevented == 5 && breach.side == .buy)
        #expect(breach.measure.observed == 1500 && breach.measure.limit == 1000)
        #expect(breach.time == Sample.start && result.days == 1 && result.orders == 2)
    }

    // MARK: Figures of the moment

    @Test func `a daily loss stops what opens until the day ends`() throws {
        let fields: [String: RiskValue] = ["max_amount": .text("500")]
        func fired(lossOf loss: Decimal, _ hour: Int64) throws -> Int {
            let deals = [
                Deal(quantity: 10, price: 100),
                Deal(quantity: -10, price: try 100 - loss.divided(by: 10)),
                Deal(quantity: 1, price: 50, hour: hour),
            ]
            return try replay("daily_loss_limit", fields, deals).breaches.count
        }
        // The tests' time begins at 22:13 UTC.
        #expect(try fired(lossOf: 500, 1) == 0)
        #expect(try fired(lossOf: 501, 1) == 1)
        #expect(try fired(lossOf: 501, 2) == 0)
    }

    @Test func `drawdown, leverage and counts are those of the moment`() throws {
        let losing = [
            Deal(quantity: 10, price: 100), Deal(quantity: -10, price: 200),
            Deal(quantity: 10, price: 200), Deal(quantity: -10, price: 90),
            Deal(quantity: 1, price: 90),
        ]
        // From 11,000 down to 9,900: 10 %.
        #expect(try replay("max_drawdown", ["max_percent": .number(10)], losing).breaches == [])
        #expect(
            try replay("max_drawdown", ["max_percent": .text("9.9")], losing).breaches.count == 1)
        // 10,000 of equity carry 10,100.
        let leverage = try replay(
            "max_leverage", ["max_ratio": .number(1)],
            [Deal(quantity: 100, price: 100), Deal(quantity: 1, price: 100)])
        #expect(leverage.breaches.count == 1)
        let counted = try replay(
            "max_trades_per_day", ["max_count": .number(1)],
            [Deal(quantity: 1, price: 100), Deal(quantity: 1, price: 100)])
        #expect(counted.breaches.count == 1)
        let cooling = try replay(
            "loss_cooldown", ["losses": .number(1), "minutes": .number(90)],
            [
                Deal(quantity: 1, price: 100), Deal(quantity: -1, price: 99),
                Deal(quantity: 1, price: 99, hour: 1), Deal(quantity: 1, price: 99, hour: 2),
            ])
        #expect(cooling.breaches.count == 1)
    }

    @Test func `what is before the period is taken in and not judged`() throws {
        let deals = [
            Deal(quantity: 11, price: 100), Deal(quantity: 11, price: 100, hour: 30),
            Deal(quantity: -22, price: 90, hour: 31),
        ]
        let result = try replay(
            "max_position_quantity", ["max_quantity": .number(20)], deals,
            from: Sample.start.adding(seconds: 3600))
        #expect(result.breaches.count == 1 && result.orders == 2 && result.days == 1)
        #expect(result.saved == 110)
    }

    // MARK: What can't be told

    @Test func `an order that can't be judged is counted with its reason`() throws {
        let result = try replay(
            "max_order_notional", Self.thousand, [Deal(quantity: 11, price: 100, rate: nil)])
        #expect(result.breaches == [] && result.unjudged == 1)
        #expect(result.reason == "the exchange rate of USD is not known")
        let unpaid = try replay(
            "max_leverage", ["max_ratio": .number(1)], [Deal(quantity: 1, price: 100)],
            deposits: nil)
        #expect(unpaid.reason == "the equity is not known")
    }

    @Test func `it stops where it would be too much work, and says when`() throws {
        let deals = (0..<5).map { _ in Deal(quantity: 11, price: 100) }
        let result = try replay(
            "max_order_notional", Self.thousand, deals, mostEffort: 5)
        #expect(result.orders == 3 && result.breaches.count == 3)
        #expect(result.stoppedAt == Sample.start.adding(seconds: 3))
    }

    @Test func `every rule says how far the past tells what it needs`() {
        for rule in RiskRules.all {
            let isBlind =
                if case .none = RiskReplay.sight(of: rule.about) { true } else { false }
            #expect(isBlind == (rule.about.key == "fat_finger"))
        }
    }

    // MARK: Any trades

    @Test func `a policy that blocks everything saves all that was lost`() {
        Seeds.check { random in
            var deals: [Deal] = []
            for _ in 0..<Int.random(in: 1...30, using: &random) {
                let quantity = Decimal(Int.random(in: 1...9, using: &random))
                deals.append(
                    Deal(
                        quantity: random.next() % 2 == 0 ? quantity : -quantity,
                        price: Decimal(Int.random(in: 1...50, using: &random))))
            }
            let result = try replay("max_order_notional", ["max_amount": .number(0)], deals)
            let mark = deals.last?.price ?? .zero
            var lost = Decimal.zero
            for deal in deals { lost = try lost + deal.quantity * (deal.price - mark) }
            let saved = try #require(result.saved)
            // Shares of a cost are rounded, each by at most half of the last decimal.
            try require(
                try (saved - lost).magnitude < decimal("0.000000000001"), "\(saved), lost \(lost)")
        }
    }

    @Test func `a looser limit never fires more often, and never more is prevented`() {
        Seeds.check { random in
            var deals: [Deal] = []
            for _ in 0..<20 {
                let quantity = Decimal(Int.random(in: 1...9, using: &random))
                deals.append(
                    Deal(
                        quantity: random.next() % 2 == 0 ? quantity : -quantity,
                        price: Decimal(Int.random(in: 1...50, using: &random))))
            }
            let limit = Int.random(in: 0...400, using: &random)
            func replay(_ limit: Int) throws -> ReplayedPolicy {
                try self.replay(
                    "max_order_notional", ["max_amount": .number(Decimal(limit))], deals,
                    action: .reduceSize)
            }
            let (tight, loose) = (try replay(limit), try replay(limit + 50))
            try require(loose.breaches.count <= tight.breaches.count, "\(limit) fires less")
            for result in [tight, loose] {
                for breach in result.breaches {
                    try require(breach.prevented <= breach.quantity, "\(breach)")
                }
            }
        }
    }
}
