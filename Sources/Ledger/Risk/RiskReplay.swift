/// A trade of the past, as far as a replay needs it.
public struct ReplayedTrade: Sendable, Hashable {
    public let portfolio: PortfolioNumber
    public let strategy: StrategyNumber?
    /// Its mark does not count: the prices of the trades do. Its rate holds for all of the past.
    public let instrument: RiskInstrument
    public let fill: Fill
    /// In the base currency; nil: not known.
    public let fee: Decimal?

    public init(
        portfolio: PortfolioNumber, strategy: StrategyNumber?, instrument: RiskInstrument,
        fill: Fill, fee: Decimal?
    ) {
        self.portfolio = portfolio
        self.strategy = strategy
        self.instrument = instrument
        self.fill = fill
        self.fee = fee
    }
}

/// Money that was paid in, or out (below zero), in the base currency; nil: not known.
public struct ReplayedCash: Sendable, Hashable {
    public let amount: Decimal?
    public let time: Timestamp

    public init(_ amount: Decimal?, at time: Timestamp) {
        self.amount = amount
        self.time = time
    }
}

/// An order of the past that the policy would have stopped or cut down.
public struct ReplayedBreach: Sendable, Hashable {
    public let time: Timestamp
    public let portfolio: PortfolioNumber
    public let strategy: StrategyNumber?
    public let instrument: Instrument
    public let side: Side
    /// Of the order, as far as it was filled.
    public let quantity: Decimal
    /// How much of what it opened would not have been opened.
    public internal(set) var prevented = Decimal.zero
    public let measure: RiskMeasure
    /// What the prevented quantity lost afterwards (below zero: made), before fees, in the base
    /// currency; nil where a rate is not known, or it does not fit.
    public internal(set) var saved: Decimal? = .zero
}

/// What a policy would have done in the past.
public struct ReplayedPolicy: Sendable, Hashable {
    /// Days with a trade that was looked at.
    public internal(set) var days = 0
    /// Orders that were judged; those that only closed, and that the rule does not judge, too.
    public internal(set) var orders = 0
    /// In their order.
    public internal(set) var breaches: [ReplayedBreach] = []
    /// Orders that could not be judged, and why the first of them could not.
    public internal(set) var unjudged = 0
    public internal(set) var reason: String?
    /// From when on nothing was judged any more, as it would have been too much work.
    public internal(set) var stoppedAt: Timestamp?

    public init() {}

    /// Of all breaches; nil where that of one is not known.
    public var saved: Decimal? {
        var total = Decimal.zero
        for breach in breaches {
            guard let saved = breach.saved, let sum = try? total + saved else { return nil }
            total = sum
        }
        return total
    }
}

/// Judges the trades of the past by one policy, each as the order that it was, on the positions and
/// figures of its moment, and reckons what the stopped quantities made afterwards.
///
/// It takes the past as it was: an order that is stopped here was traded, and what came after it
/// did come. So these are approximations:
/// - The fills of one order are judged once, with the first of them, as an order at the market.
/// - A price is that of the last trade in the instrument; nothing is known between trades.
/// - Equity is what was paid in, and what the scope made of it until then.
/// - Orders that were never filled, and the stops of the time, are not known.
/// - What a stopped order closed is not counted, only what it opened. That is released pro rata
///   with every later trade that closes, at average cost; what is still open counts at its mark.
public struct RiskReplay: Sendable {
    /// So many positions are looked at, in all orders together, before it stops.
    public static let mostEffort = 3_000_000

    private let policy: RiskPolicy
    private let judge: RiskJudge
    /// What is before the first, or not before the second, is only taken in.
    private let (from, until): (Timestamp, Timestamp)
    private let mostEffort: Int
    private var past: ReplayedBook
    private var effort = 0
    private var lastDay: Day?
    /// How much of an order is prevented: of its breach, by the order.
    private var preventions: [OrderKey: Prevention] = [:]
    private var seen: Set<OrderKey> = []
    private var result = ReplayedPolicy()

    /// What makes several fills one order.
    private struct OrderKey: Hashable {
        let holding: ReplayedBook.Key
        let side: Side
        let order: ExactText
    }

    private struct Prevention {
        let breach: Int
        /// That may still be opened and would not have been.
        var left: Decimal
    }

    /// The trades and the cash have to be in the order of time; the policy's scope has to cover all
    /// of them. `marks` value what is open at the end: where there is none, the price of the last
    /// trade does.
    public static func run(
        _ policy: RiskPolicy, trades: [ReplayedTrade], cash: [ReplayedCash], from: Timestamp,
        until: Timestamp = .distantFuture, marks: [InstrumentNumber: Decimal] = [:],
        mostEffort: Int = RiskReplay.mostEffort
    ) -> ReplayedPolicy {
        var replay = RiskReplay(policy, cash, from, until, mostEffort)
        let quantities = replay.quantities(of: trades)
        for trade in trades { replay.take(trade, quantities) }
        replay.past.settle(marks) { replay.result.breaches[$0.breach].add($0) }
        return replay.result
    }

    private init(
        _ policy: RiskPolicy, _ cash: [ReplayedCash], _ from: Timestamp, _ until: Timestamp,
        _ mostEffort: Int
    ) {
        self.policy = policy
        (self.from, self.until) = (from, until)
        self.mostEffort = mostEffort
        judge = RiskJudge([policy])
        past = ReplayedBook(cash)
    }

    private static func key(of trade: ReplayedTrade) -> OrderKey {
        OrderKey(
            holding: ReplayedBook.Key(trade), side: trade.fill.side,
            order: trade.fill.orderID.map { ExactText("o\($0)") } ?? ExactText("t\(trade.fill.id)"))
    }

    /// Of whole orders.
    private func quantities(of trades: [ReplayedTrade]) -> [OrderKey: Decimal] {
        var quantities: [OrderKey: Decimal] = [:]
        for trade in trades {
            let key = Self.key(of: trade)
            let known = quantities[key] ?? .zero
            quantities[key] = (try? known + trade.fill.quantity) ?? known
        }
        return quantities
    }

    private mutating func take(_ trade: ReplayedTrade, _ quantities: [OrderKey: Decimal]) {
        past.see(trade)
        let key = Self.key(of: trade)
        let isFirst = seen.insert(key).inserted
        if isFirst, from <= trade.fill.time, trade.fill.time < until, result.stoppedAt == nil {
            judge(trade, key, quantities[key] ?? trade.fill.quantity)
        }
        if isFirst { past.noteOrder(trade, quantities[key] ?? trade.fill.quantity) }
        var prevented: ReplayedBook.Prevented?
        if let prevention = preventions[key] {
            prevented = ReplayedBook.Prevented(
                breach: prevention.breach, atMost: prevention.left)
        }
        past.post(trade, &prevented) { result.breaches[$0.breach].add($0) }
        if let prevented, prevented.quantity > .zero {
            let breach = prevented.breach
            result.breaches[breach].prevented =
                (try? result.breaches[breach].prevented + prevented.quantity)
                ?? result.breaches[breach].prevented
            preventions[key]?.left = (try? prevented.atMost - prevented.quantity) ?? .zero
        }
    }

    private mutating func judge(
        _ trade: ReplayedTrade, _ key: OrderKey, _ quantity: Decimal
    ) {
        effort += past.openCount + 1
        guard effort <= mostEffort else {
            result.stoppedAt = trade.fill.time
            return
        }
        guard
            let instruction = try? OrderInstruction(
                side: trade.fill.side, quantity: quantity, pricing: .market,
                timeInForce: .goodTillCanceled)
        else { return }
        if lastDay != trade.fill.time.day {
            lastDay = trade.fill.time.day
            result.days += 1
        }
        result.orders += 1
        let order = RiskOrder(
            instruction, of: past.instrument(trade), in: trade.portfolio, for: trade.strategy,
            time: trade.fill.time)
        let verdict = judge.judge(
            order, in: past.situation(at: trade.fill.time, for: policy.scope))
        if let unjudged = verdict.unjudged.first {
            result.unjudged += 1
            result.reason = result.reason ?? unjudged.explanation
        }
        guard let breach = verdict.breaches.first else { return }
        preventions[key] = Prevention(
            breach: result.breaches.count,
            left: policy.action == .reduceSize
                ? (try? quantity - verdict.allowedQuantity) ?? .zero : quantity)
        result.breaches.append(
            ReplayedBreach(
                time: trade.fill.time, portfolio: trade.portfolio, strategy: trade.strategy,
                instrument: trade.instrument.instrument, side: trade.fill.side,
                quantity: quantity, measure: breach.measure))
    }
}

extension ReplayedBreach {
    /// Takes in what a part of the prevented quantity made.
    fileprivate mutating func add(_ part: ReplayedBook.Made) {
        guard let known = saved, let made = part.made, let sum = try? known - made else {
            saved = nil
            return
        }
        saved = sum
    }
}

extension RiskReplay {
    /// What a rule finds in the past.
    public enum Sight: Sendable, Hashable {
        case whole
        /// And what is to be kept in mind.
        case partial(String)
        /// And why.
        case none(String)
    }

    /// How far the past tells what a rule needs.
    public static func sight(of rule: RiskRuleDescription) -> Sight {
        switch rule.key {
        case FatFinger.about.key:
            .none("a trade tells its price, but not the limit that its order had")
        case MaxRiskPerTrade.about.key, MaxHeat.about.key:
            .partial("the stops of the time are not known, so the assumed one was taken")
        case DuplicateOrder.about.key, MaxTradesPerDay.about.key:
            .partial("orders of which nothing was filled are not known")
        default: .whole
        }
    }
}
