/// What is done where a policy's limit is exceeded.
public enum RiskAction: String, Sendable, CaseIterable {
    case warn = "WARN"
    /// The order is cut down to what passes.
    case reduceSize = "REDUCE_SIZE"
    case block = "BLOCK"
    /// What is exceeded by what is held is closed. An order that would exceed it is blocked.
    case closePosition = "CLOSE_POSITION"

    /// What becomes of an order that exceeds the limit.
    var decision: RiskDecision {
        switch self {
        case .warn: .warn
        case .reduceSize: .reduceSize
        case .block, .closePosition: .block
        }
    }
}

/// What becomes of an order, the stricter the greater.
public enum RiskDecision: String, Sendable, CaseIterable, Comparable {
    case allow = "ALLOW"
    case warn = "WARN"
    case reduceSize = "REDUCE_SIZE"
    case block = "BLOCK"

    private var strictness: Int {
        switch self {
        case .allow: 0
        case .warn: 1
        case .reduceSize: 2
        case .block: 3
        }
    }

    public static func < (left: RiskDecision, right: RiskDecision) -> Bool {
        left.strictness < right.strictness
    }
}

/// A rule, for whom it holds, and what is done about it.
public struct RiskPolicy: Sendable {
    public let number: PolicyNumber
    public let name: ExactText
    public let scope: RiskScope
    public let action: RiskAction
    public let rule: any RiskRule

    public init(
        _ number: PolicyNumber, name: ExactText, scope: RiskScope, action: RiskAction,
        rule: any RiskRule
    ) {
        self.number = number
        self.name = name
        self.scope = scope
        self.action = action
        self.rule = rule
    }

    public var description: RiskRuleDescription { type(of: rule).about }

    func applies(to order: RiskOrder) -> Bool {
        scope.covers(order.portfolio, order.strategy)
    }
}
