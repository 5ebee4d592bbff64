/// Judges by policies. The same facts give the same verdict, whoever asks: a check before an order
/// is one and the same function as the check when it leaves.
public struct RiskJudge: Sendable {
    private let policies: [RiskPolicy]

    public init(_ policies: [RiskPolicy]) {
        self.policies = policies
    }

    /// Judges an order before it leaves, by all policies that hold for it; the strictest wins.
    ///
    /// Where policies only cut it down, the smallest quantity that they allow is judged again,
    /// until it passes all of them; where nothing is left the order is blocked.
    public func judge(_ order: RiskOrder, in situation: RiskSituation) -> RiskVerdict {
        var books = RiskBooks(situation, for: order)
        var notes = RiskNotes()
        var cutters: [(policy: RiskPolicy, effect: RiskEffect, book: RiskBook)] = []
        for policy in policies where policy.applies(to: order) {
            do throws(RiskUnknown) {
                let book = try books.book(of: policy.scope)
                let effect = RiskEffect(of: order, in: book)
                if effect.opens.isZero, !type(of: policy.rule).judgesClosing { continue }
                guard let measure = try policy.rule.judge(effect, in: book) else { continue }
                var allowed: Decimal?
                if policy.action == .reduceSize {
                    cutters.append((policy, effect, book))
                    if measure.isExceeded {
                        allowed = policy.rule.allowedQuantity(of: effect, in: book)
                    }
                }
                notes.add(policy, measure, allowedQuantity: allowed)
            } catch {
                notes.add(policy, error, books.instrument(of: error))
            }
        }
        let refusedBy = refusal(of: order, in: situation, &books)
        var decision = refusedBy == nil ? notes.decision : .block
        var quantity = decision == .block ? .zero : order.quantity
        if decision == .reduceSize {
            quantity = notes.findings.compactMap(\.allowedQuantity).reduce(quantity, min)
            while let less = cutters.lazy.compactMap({ cut(quantity, by: $0) }).first {
                quantity = less
            }
            if quantity.isZero { decision = .block }
        }
        return RiskVerdict(
            decision: decision, allowedQuantity: quantity, findings: notes.findings,
            unjudged: notes.unjudged, refusedBy: refusedBy)
    }

    /// Judges what is held, after a fill or a new mark: every policy.
    public func review(_ situation: RiskSituation) -> RiskReview {
        var books = RiskBooks(situation, for: nil)
        var notes = RiskNotes()
        for policy in policies {
            do throws(RiskUnknown) {
                let book = try books.book(of: policy.scope)
                for measure in try policy.rule.review(book) {
                    let closes = measure.isExceeded && policy.action == .closePosition
                    notes.add(
                        policy, measure, closes: closes ? book.positions(of: measure.subject) : [],
                        now: situation.now)
                }
            } catch {
                notes.add(policy, error, books.instrument(of: error))
            }
        }
        return RiskReview(findings: notes.findings, unjudged: notes.unjudged)
    }

    /// A smaller quantity than this one, where it does not pass either; nil where it does.
    private func cut(
        _ quantity: Decimal, by cutter: (policy: RiskPolicy, effect: RiskEffect, book: RiskBook)
    ) -> Decimal? {
        guard quantity > .zero else { return nil }
        let effect = cutter.effect.resized(to: quantity)
        if cutter.policy.rule.passes(effect, in: cutter.book) { return nil }
        let allowed = cutter.policy.rule.allowedQuantity(of: effect, in: cutter.book)
        return allowed < quantity ? allowed : .zero
    }

    /// The strictest state, of those that hold for the order, that forbids it.
    private func refusal(
        of order: RiskOrder, in situation: RiskSituation, _ books: inout RiskBooks
    ) -> TradingState? {
        var refusing: TradingState?
        for (scope, state) in situation.tradingStates
        where state != .active && scope.covers(order.portfolio, order.strategy) {
            let book = try? books.book(of: scope)
            let isPermitted = book.map { state.permits(RiskEffect(of: order, in: $0)) } ?? false
            if !isPermitted { refusing = max(refusing ?? state, state) }
        }
        return refusing
    }
}

/// The books of the scopes that were asked for, each made once.
private struct RiskBooks {
    private let index: RiskIndex
    private let order: RiskOrder?
    private var made: [(scope: RiskScope, book: Result<RiskBook, RiskUnknown>)] = []

    init(_ situation: RiskSituation, for order: RiskOrder?) {
        index = RiskIndex(situation)
        self.order = order
    }

    mutating func book(of scope: RiskScope) throws(RiskUnknown) -> RiskBook {
        if let known = made.first(where: { $0.scope == scope }) { return try known.book.get() }
        let index = index
        let book = Result { () throws(RiskUnknown) in try RiskBook(index, scope: scope) }
        made.append((scope, book))
        return try book.get()
    }

    /// The one that a reason is about.
    func instrument(of reason: RiskUnknown) -> Instrument? {
        guard let number = reason.instrument else { return nil }
        if let order, order.instrument.number == number { return order.instrument.instrument }
        return index.instrument(number)
    }
}

/// What was found so far.
private struct RiskNotes {
    private(set) var findings: [RiskFinding] = []
    private(set) var unjudged: [UnjudgedPolicy] = []

    var decision: RiskDecision {
        let found = findings.filter(\.isBreach).map(\.action.decision).max() ?? .allow
        return unjudged.isEmpty ? found : max(found, .warn)
    }

    /// `now` where the finding may stop trading.
    mutating func add(
        _ policy: RiskPolicy, _ measure: RiskMeasure, allowedQuantity: Decimal? = nil,
        closes: [RiskPosition.Key] = [], now: Timestamp? = nil
    ) {
        var change: TradingStateChange?
        if measure.isExceeded, let now, let stop = policy.rule.consequence {
            change = TradingStateChange(state: stop.state, until: stop.until(after: now))
        }
        findings.append(
            RiskFinding(
                policy: policy.number, policyName: policy.name, rule: policy.description.key,
                scope: policy.scope, action: policy.action, measure: measure,
                allowedQuantity: allowedQuantity, closes: closes, tradingState: change))
    }

    mutating func add(
        _ policy: RiskPolicy, _ reason: RiskUnknown, _ instrument: Instrument?
    ) {
        unjudged.append(
            UnjudgedPolicy(
                policy: policy.number, policyName: policy.name, rule: policy.description.key,
                scope: policy.scope, action: policy.action, reason: reason,
                explanation: reason.explanation(instrument)))
    }
}
