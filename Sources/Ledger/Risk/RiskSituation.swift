/// All facts that risk is judged by, of one user at one instant. Money is in one base currency.
public struct RiskSituation: Sendable {
    public var now: Timestamp
    public var holdings: [RiskHolding]
    /// What is with the brokers and may still fill, with what is left of it. An order that the one
    /// which is judged would replace is left out.
    public var openOrders: [RiskOrder]
    /// Those that were placed in the last `RiskSituation.recentSeconds`, whatever became of them.
    public var recentOrders: [RiskOrder]
    /// A scope that is not there has no figure that is known.
    public var figures: [RiskScope: RiskFigures]
    /// Of the user, of portfolios, of strategies: one that is not there is active.
    public var tradingStates: [RiskScope: TradingState]

    /// No rule looks back further at orders.
    public static let recentSeconds = 3600

    public init(
        now: Timestamp, holdings: [RiskHolding] = [], openOrders: [RiskOrder] = [],
        recentOrders: [RiskOrder] = [], figures: [RiskScope: RiskFigures] = [:],
        tradingStates: [RiskScope: TradingState] = [:]
    ) {
        self.now = now
        self.holdings = holdings
        self.openOrders = openOrders
        self.recentOrders = recentOrders
        self.figures = figures
        self.tradingStates = tradingStates
    }
}

/// What is held of an instrument in one portfolio for one strategy, or for none.
public struct RiskHolding: Sendable, Hashable {
    public let portfolio: PortfolioNumber
    public let strategy: StrategyNumber?
    public let instrument: RiskInstrument
    /// Above zero when long, below when short.
    public let quantity: Decimal
    /// At which price it is closed to limit the loss; nil: none.
    public let stop: Decimal?

    public init(
        portfolio: PortfolioNumber, strategy: StrategyNumber?, instrument: RiskInstrument,
        quantity: Decimal, stop: Decimal? = nil
    ) {
        self.portfolio = portfolio
        self.strategy = strategy
        self.instrument = instrument
        self.quantity = quantity
        self.stop = stop
    }
}
