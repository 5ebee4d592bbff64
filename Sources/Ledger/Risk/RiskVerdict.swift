/// What one policy found.
public struct RiskFinding: Sendable, Hashable {
    public let policy: PolicyNumber
    public let policyName: ExactText
    /// The rule's key.
    public let rule: String
    public let scope: RiskScope
    public let action: RiskAction
    public let measure: RiskMeasure
    /// Where the action is to reduce an order: the largest quantity that would pass, 0 if none.
    public let allowedQuantity: Decimal?
    /// Where what is held exceeds the limit and the action is to close: what there is to close.
    public let closes: [RiskPosition.Key]
    /// In a review: what becomes of trading in the scope by it.
    public let tradingState: TradingStateChange?

    public var isBreach: Bool { measure.isExceeded }
}

/// A policy that could not be judged. That is neither a pass nor a breach, and is never silent.
public struct UnjudgedPolicy: Sendable, Hashable {
    public let policy: PolicyNumber
    public let policyName: ExactText
    /// The rule's key.
    public let rule: String
    public let scope: RiskScope
    public let action: RiskAction
    public let reason: RiskUnknown
    /// The reason for people, to be read after "because".
    public let explanation: String
}

/// What becomes of an order, and why.
public struct RiskVerdict: Sendable, Hashable {
    /// The strictest of all policies'; at least a warning where one could not be judged.
    public let decision: RiskDecision
    /// How much of the order may leave: all of it, what it is cut down to, or 0.
    public let allowedQuantity: Decimal
    /// Of every policy that was judged, in the policies' order, for the whole order.
    public let findings: [RiskFinding]
    public let unjudged: [UnjudgedPolicy]
    /// The trading state that forbids the order, whatever the policies say; nil: none does.
    public let refusedBy: TradingState?

    public var breaches: [RiskFinding] { findings.filter(\.isBreach) }
}

/// How things stand without an order.
public struct RiskReview: Sendable, Hashable {
    /// Of every policy that has something to say of it, in the policies' order: one for each thing
    /// that exceeds it, else one.
    public let findings: [RiskFinding]
    public let unjudged: [UnjudgedPolicy]

    public var breaches: [RiskFinding] { findings.filter(\.isBreach) }

    /// What there is to close, each once.
    public var closes: [RiskPosition.Key] {
        var seen: Set<RiskPosition.Key> = []
        return findings.flatMap(\.closes).filter { seen.insert($0).inserted }
    }

    /// What trading becomes in the scopes of the policies that stop it: of several for one scope
    /// the strictest. A scope that is not there stays as it is.
    public var tradingStates: [RiskScope: TradingStateChange] {
        var changes: [RiskScope: TradingStateChange] = [:]
        for finding in findings {
            guard let change = finding.tradingState else { continue }
            changes[finding.scope] = changes[finding.scope]?.stricter(change) ?? change
        }
        return changes
    }
}
