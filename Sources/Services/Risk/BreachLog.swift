import Ledger
import Records
import Storage

/// What was done about a breach, for the log and for people.
struct BreachOutcome {
    let action: RiskBreachRecord.Action
    /// A sentence without its full stop; empty where there is nothing to say.
    let done: String
}

/// Stores what was exceeded, in the unit of work that found it, and tells the owner.
struct BreachLog {
    let caller: Caller
    let tx: any Transaction

    /// What was done about an order by what was found.
    func store(
        _ breaches: [RiskFinding], of plan: OrderPlan, order uid: String, _ draw: inout Draw
    ) throws {
        for breach in breaches {
            let outcome = BreachOutcome(action: breach.action.ofOrder, done: "")
            try store(
                breach, outcome, portfolio: plan.portfolio.id, name: plan.portfolio.name,
                instrument: plan.holding.instrumentID, observed: breach.observedJSON(order: uid),
                &draw)
        }
    }

    /// What is held exceeds it now.
    func store(
        _ exceeded: StandingReview.Exceeded, _ outcome: BreachOutcome, _ facts: RiskFacts,
        _ draw: inout Draw
    ) throws {
        let finding = exceeded.finding
        let portfolio = facts.portfolio(of: finding)
        try store(
            finding, outcome, portfolio: portfolio?.id, name: portfolio?.name,
            instrument: finding.measure.subject.instrument, subject: exceeded.subject,
            observed: finding.observedJSON(done: outcome.done), &draw)
    }

    /// A fill that was made elsewhere exceeded it as an order.
    func store(_ finding: RiskFinding, of fill: MadeFill, _ draw: inout Draw) throws {
        let action: RiskBreachRecord.Action = finding.action == .warn ? .warned : .noted
        let outcome = BreachOutcome(
            action: action,
            done: action == .noted ? "it was made elsewhere and could only be noted" : "")
        let portfolio = try Portfolios.with(id: fill.holding.portfolioID, for: caller, in: tx)
        try store(
            finding, outcome, portfolio: portfolio?.id, name: portfolio?.name,
            instrument: fill.holding.instrumentID,
            observed: finding.observedJSON(
                done: outcome.done, brokerOrder: fill.brokerOrderID?.text), &draw)
    }

    private func store(
        _ finding: RiskFinding, _ outcome: BreachOutcome, portfolio: PortfolioID?,
        name: ExactText?, instrument: InstrumentID?, subject: String? = nil, observed: String,
        _ draw: inout Draw
    ) throws {
        guard let owner = try Users.with(id: caller.userID, in: tx) else { return }
        try RiskBreaches.insert(
            NewRiskBreach(
                uid: draw.uid(), policyID: finding.policy.raw, portfolio: portfolio,
                instrument: instrument, observedJSON: observed, action: outcome.action,
                subject: subject),
            now: draw.now, for: caller, in: tx)
        try AuditLog.append(
            [AuditEntry(.breach, .policy, id: finding.policy.raw, detailsJSON: observed)],
            userID: caller.userID, now: draw.now, in: tx)
        try Notice.breach(
            BreachNews(
                policy: finding.policyName, portfolio: name, observed: finding.sentence,
                isBlock: outcome.action == .blocked,
                done: outcome.done.isEmpty ? nil : outcome.done)
        ).post(to: owner, in: tx, &draw)
    }
}

extension RiskAction {
    /// What it does to an order.
    fileprivate var ofOrder: RiskBreachRecord.Action {
        switch self {
        case .warn: .warned
        case .reduceSize: .reducedSize
        case .block, .closePosition: .blocked
        }
    }
}

extension RiskFacts {
    /// The portfolio that a finding is about, where it is about one.
    fileprivate func portfolio(of finding: RiskFinding) -> Portfolio? {
        var id = finding.scope.portfolioID
        if case .position(let key) = finding.measure.subject {
            id = PortfolioID(key.portfolio.raw)
        }
        return portfolios.first { $0.id == id }
    }
}

extension RiskFinding {
    fileprivate func observedJSON(
        done: String = "", order: String? = nil, brokerOrder: String? = nil
    ) -> String {
        Details.object([
            "rule": rule, "observed": measure.observed.description,
            "limit": measure.limit.description, "unit": measure.unit.rawValue,
            "allowed_quantity": allowedQuantity?.description, "order_uid": order,
            "broker_order_id": brokerOrder, "done": done.isEmpty ? nil : done,
        ])
    }

    /// What was observed, and what the rule allows.
    var sentence: String {
        let unit = measure.unit.rawValue.lowercased()
        return "\(rule): \(measure.shownObserved) of \(measure.limit) \(unit)"
    }
}
