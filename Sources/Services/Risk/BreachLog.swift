import Ledger
import Records
import Storage

/// Stores what was exceeded, in the unit of work that found it, and tells the owner.
struct BreachLog {
    let caller: Caller
    let tx: any Transaction

    /// What was done about an order by what was found.
    func store(
        _ breaches: [RiskFinding], of plan: OrderPlan, order uid: String, _ draw: inout Draw
    ) throws {
        guard !breaches.isEmpty, let owner = try Users.with(id: caller.userID, in: tx) else {
            return
        }
        for breach in breaches {
            let action = breach.action.done
            try RiskPolicies.insertBreach(
                uid: draw.uid(), of: breach.policy.raw, portfolio: plan.portfolio.id,
                instrument: plan.holding.instrumentID, observedJSON: breach.observedJSON(uid),
                action: action, now: draw.now, for: caller, in: tx)
            try AuditLog.append(
                [
                    AuditEntry(
                        .breach, .policy, id: breach.policy.raw,
                        detailsJSON: breach.observedJSON(uid))
                ], userID: caller.userID, now: draw.now, in: tx)
            try Notice.breach(
                BreachNews(
                    policy: breach.policyName, portfolio: plan.portfolio.name,
                    observed: breach.sentence, isBlock: action == "BLOCKED")
            ).post(to: owner, in: tx, &draw)
        }
    }
}

extension RiskAction {
    /// As the column says it.
    fileprivate var done: String {
        switch self {
        case .warn: "WARNED"
        case .reduceSize: "REDUCED_SIZE"
        case .block, .closePosition: "BLOCKED"
        }
    }
}

extension RiskFinding {
    fileprivate func observedJSON(_ order: String?) -> String {
        Details.object([
            "rule": rule, "observed": measure.observed.description,
            "limit": measure.limit.description, "unit": measure.unit.rawValue,
            "allowed_quantity": allowedQuantity?.description, "order_uid": order,
        ])
    }

    /// What was observed, and what the rule allows.
    var sentence: String {
        "\(rule): \(measure.observed) of \(measure.limit) \(measure.unit.rawValue.lowercased())"
    }
}
