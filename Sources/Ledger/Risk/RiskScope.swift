/// For what a policy holds.
public enum RiskScope: Sendable, Hashable {
    /// All portfolios of the user together.
    case user
    case portfolio(PortfolioNumber)
    /// One strategy, in all portfolios in which it trades.
    case strategy(StrategyNumber)

    /// Whether what belongs to this portfolio and strategy is judged.
    func covers(_ portfolio: PortfolioNumber, _ strategy: StrategyNumber?) -> Bool {
        switch self {
        case .user: true
        case .portfolio(let own): own == portfolio
        case .strategy(let own): own == strategy
        }
    }
}
