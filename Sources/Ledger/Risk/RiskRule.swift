/// A limit that was set: one file in `Rules`, and one line in `RiskRules.all`.
///
/// What only closes is judged by no rule but those that say so: they look at the order itself, not
/// at what it leads to.
public protocol RiskRule: Sendable {
    static var about: RiskRuleDescription { get }
    /// Whether orders that only close are judged too.
    static var judgesClosing: Bool { get }

    init(_ settings: RiskSettings) throws(RiskConfigFault)

    /// What happens to trading where the limit is exceeded.
    var consequence: TradingStop? { get }
    /// The figures that it asks for: others need not be known.
    var figures: Set<RiskFigure> { get }

    /// With an effect: what it would lead to, before the order leaves. Without: how things stand,
    /// after a fill or a new mark. Nil where there is nothing to judge.
    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure?

    /// How things stand: of all that exceeds the limit each, else what is nearest to it.
    func review(_ book: RiskBook) throws(RiskUnknown) -> [RiskMeasure]

    /// The largest quantity of an order that exceeds the limit with which it would not; 0: none.
    func allowedQuantity(of effect: RiskEffect, in book: RiskBook) -> Decimal
}

/// What a rule is called and has to be told.
public struct RiskRuleDescription: Sendable, Hashable {
    /// As a policy's configuration names it.
    public let key: String
    /// A few words.
    public let title: String
    /// What it does: a sentence.
    public let explanation: String
    public let fields: [RiskField]

    init(_ key: String, _ title: String, _ explanation: String, _ fields: [RiskField]) {
        self.key = key
        self.title = title
        self.explanation = explanation
        self.fields = fields
    }
}

extension RiskRule {
    public static var judgesClosing: Bool { false }
    public var consequence: TradingStop? { nil }
    public var figures: Set<RiskFigure> { [] }

    public func review(_ book: RiskBook) throws(RiskUnknown) -> [RiskMeasure] {
        try judge(nil, in: book).map { [$0] } ?? []
    }

    /// Whether the order passes; where that can't be judged it does not.
    func passes(_ effect: RiskEffect, in book: RiskBook) -> Bool {
        if effect.opens.isZero, !Self.judgesClosing { return true }
        do throws(RiskUnknown) {
            return try judge(effect, in: book).map { !$0.isExceeded } ?? true
        } catch {
            return false
        }
    }

    /// Found by halving, in steps of the instrument's lot size: the more an order opens, the more
    /// it exceeds. What it closes is always allowed, in odd lots too.
    public func allowedQuantity(of effect: RiskEffect, in book: RiskBook) -> Decimal {
        let order = effect.order
        let step = order.instrument.step(like: order.quantity).units
        let floor = Self.judgesClosing ? .zero : min(effect.closable, order.quantity)
        var passing = floor.units / step
        var failing = (order.quantity.units - 1) / step + 1
        while failing - passing > 1 {
            let middle = passing + (failing - passing) / 2
            if passes(effect.resized(to: Decimal(units: middle * step)), in: book) {
                passing = middle
            } else {
                failing = middle
            }
        }
        return max(floor, Decimal(units: passing * step))
    }
}
