import Ledger
import Records
import Storage

/// Risk is judged again after every fill, and as marks move: what is exceeded then is stored in the
/// same unit of work, stands until it is not exceeded any more, and has its consequences once.
extension RiskService {
    /// Whether something is exceeded that was not, or was and is not.
    func hasNews(for caller: Caller, now: Timestamp, in tx: any Transaction) throws -> Bool {
        let facts = try RiskFacts(for: caller, now: now, in: tx)
        let review = try StandingReview(
            try policies(.everything, for: caller, in: tx), facts, currency: facts.currency)
        return !review.new.isEmpty || !review.cleared.isEmpty
    }

    /// Judges what the caller holds by all of their policies, and `fills` that were just made
    /// elsewhere as the orders that they were.
    func review(
        _ fills: [MadeFill] = [], for caller: Caller, in tx: any Transaction, _ draw: inout Draw
    ) throws {
        // What one finds out the other is to know.
        try Users.lock(caller, in: tx)
        let policies = try policies(.everything, for: caller, in: tx)
        let facts = try RiskFacts(for: caller, now: draw.now, in: tx)
        let review = try StandingReview(policies, facts, currency: facts.currency)
        try RiskBreaches.clear(
            review.cleared.map(\.id), now: draw.now, for: caller, in: tx)
        let consequences = Consequences(facts: facts, gateways: gateways)
        let log = BreachLog(caller: caller, tx: tx)
        for exceeded in review.new {
            let outcome = try consequences.draw(from: exceeded.finding, &draw)
            try log.store(exceeded, outcome, facts, &draw)
        }
        let others = policies.filter {
            !review.judged.contains($0.number.raw) && !review.unjudged.contains($0.number.raw)
        }
        for (fill, finding) in try FillsAsOrders(fills, facts).breaches(of: others) {
            try log.store(finding, of: fill, &draw)
        }
    }

    /// As `review`, where there are policies at all: one cheap look where there are none.
    func reviewIfNeeded(
        _ fills: [MadeFill], for caller: Caller, in tx: any Transaction, _ draw: inout Draw
    ) throws {
        guard try RiskPolicies.hasActive(for: caller, in: tx) else { return }
        try review(fills, for: caller, in: tx, &draw)
    }
}

extension Scope {
    fileprivate static let everything = Scope(portfolioID: nil, strategyID: nil)
}

extension RiskFacts {
    /// In which the money of a scope is counted.
    func currency(of scope: RiskScope) -> Currency {
        guard let id = scope.portfolioID,
            let portfolio = portfolios.first(where: { $0.id == id })
        else { return homeCurrency }
        return portfolio.baseCurrency
    }
}

/// What is done about what is held and exceeds a limit.
private struct Consequences {
    let facts: RiskFacts
    let gateways: Set<String>

    /// What came of it, for people and for the log.
    func draw(from finding: RiskFinding, _ draw: inout Draw) throws -> BreachOutcome {
        var done: [String] = []
        var closed = 0
        if !finding.closes.isEmpty { closed = try close(finding, &draw) }
        if closed > 0 {
            done.append(
                closed == 1 ? "a closing order is sent" : "\(closed) closing orders are sent")
        }
        if let change = finding.tradingState {
            try stop(finding, change, &draw)
            done.append(change.sentence)
        }
        let action: RiskBreachRecord.Action =
            switch finding.action {
            case .closePosition where closed > 0: .closedPosition
            case .warn: .warned
            case .block, .reduceSize, .closePosition: .noted
            }
        if action == .noted, done.isEmpty { done.append("it could only be noted") }
        return BreachOutcome(action: action, done: done.joined(separator: "; "))
    }

    /// How many closing orders are on their way by it.
    private func close(_ finding: RiskFinding, _ draw: inout Draw) throws -> Int {
        let keys = Set(finding.closes)
        let positions = try Positions.list(
            Scope(portfolioID: nil, strategyID: finding.scope.strategyID), includeClosed: false,
            for: facts.caller, in: facts.tx)
        var count = 0
        for position in positions where keys.contains(RiskPosition.Key(position.holding)) {
            guard
                let portfolio = facts.portfolios.first(where: {
                    $0.id == position.holding.portfolioID
                }), gateways.contains(portfolio.brokerCode)
            else { continue }
            let uid = try OrderService.close(
                position, at: portfolio.brokerCode, because: .riskLimit,
                note: "\(finding.policyName): \(finding.sentence)", for: facts.caller,
                in: facts.tx, &draw)
            if uid != nil { count += 1 }
        }
        return count
    }

    /// A stop of the same scope that is stricter, or lasts longer, stays.
    private func stop(
        _ finding: RiskFinding, _ change: TradingStateChange, _ draw: inout Draw
    ) throws {
        let (portfolio, strategy) = (finding.scope.portfolioID, finding.scope.strategyID)
        let known = try TradingStops.inForce(at: draw.now, for: facts.caller, in: facts.tx)
            .first { $0.setBy == .policy && $0.scope == finding.scope }
        if let known {
            let before = TradingStateChange(state: known.state, until: known.until)
            guard before.stricter(change) != before else { return }
        }
        try TradingStops.put(
            uid: draw.uid(), portfolio: portfolio, strategy: strategy, setBy: .policy,
            change.state, until: change.until, reason: finding.policyName.text, now: draw.now,
            for: facts.caller, in: facts.tx)
        try StopAudit.write(
            finding.scope, change.state.rawValue, because: finding.policyName.text,
            until: change.until, userID: facts.caller.userID, now: draw.now, in: facts.tx)
    }
}

extension RiskPosition.Key {
    fileprivate init(_ holding: HoldingKey) {
        self.init(
            portfolio: PortfolioNumber(holding.portfolioID.raw),
            instrument: InstrumentNumber(holding.instrumentID.raw))
    }
}

extension TradingStateChange {
    /// For people, to be read after what was exceeded.
    var sentence: String {
        let what = state == .halted ? "no orders" : "only orders that close"
        return until.map { "\(what) until \($0)" } ?? "\(what) until an admin resumes trading"
    }
}

/// How a stop of trading stands in the audit log.
enum StopAudit {
    static func write(
        _ scope: RiskScope, _ state: String, because reason: String?, until: Timestamp? = nil,
        by actor: UserID? = nil, userID: UserID, now: Timestamp, in tx: any Transaction
    ) throws {
        let (entity, id): (AuditEntry.Entity, Int64) =
            switch scope {
            case .user: (.user, userID.raw)
            case .portfolio(let number): (.portfolio, number.raw)
            case .strategy(let number): (.strategy, number.raw)
            }
        try AuditLog.append(
            [
                AuditEntry(
                    .update, entity, id: id,
                    detailsJSON: Details.object([
                        "trading": state, "because": reason, "until": until?.description,
                        "by": actor.map { String($0.raw) },
                    ]))
            ], userID: userID, now: now, in: tx)
    }
}
