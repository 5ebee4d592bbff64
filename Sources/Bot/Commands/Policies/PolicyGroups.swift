import Ledger

/// The rules as they are offered: by what they are about.
enum PolicyGroup: String, CaseIterable, Sendable {
    case orders, positions, losses, conduct

    var title: String {
        switch self {
        case .orders: "One order"
        case .positions: "What is held"
        case .losses: "Losses"
        case .conduct: "What and when"
        }
    }

    static func of(_ rule: RiskRuleDescription) -> PolicyGroup {
        switch rule.key {
        case "max_risk_per_trade", "max_order_notional", "fat_finger", "duplicate_order": .orders
        case "daily_loss_limit", "weekly_loss_limit", "max_drawdown", "loss_cooldown": .losses
        case "allowed_instruments", "forbidden_instruments", "trading_hours", "no_short",
            "max_trades_per_day":
            .conduct
        default: .positions
        }
    }

    var rules: [RiskRuleDescription] {
        RiskRules.all.map { $0.about }.filter { Self.of($0) == self }
    }
}
