import Storage

/// What a holding is about: one instrument in one portfolio, of one strategy or none.
public struct HoldingKey: Sendable, Hashable {
    public let portfolioID: PortfolioID
    public let instrumentID: InstrumentID
    public let strategyID: StrategyID?

    public init(portfolioID: PortfolioID, instrumentID: InstrumentID, strategyID: StrategyID?) {
        self.portfolioID = portfolioID
        self.instrumentID = instrumentID
        self.strategyID = strategyID
    }

    /// The columns of `item` that name a holding; no strategy is 0, as the unique indexes have it.
    static let columns: [RowSet.Column] = [
        .init("portfolio_id", .integer), .init("instrument_id", .integer),
        .init("strategy_key", .integer),
    ]

    var values: [Value] {
        [.id(portfolioID), .id(instrumentID), .integer(strategyID?.raw ?? 0)]
    }
}

/// Which of a caller's rows a list is about: everything, or one portfolio, one strategy.
public struct Scope: Sendable, Hashable {
    public let portfolioID: PortfolioID?
    public let strategyID: StrategyID?

    public init(portfolioID: PortfolioID? = nil, strategyID: StrategyID? = nil) {
        self.portfolioID = portfolioID
        self.strategyID = strategyID
    }
}
