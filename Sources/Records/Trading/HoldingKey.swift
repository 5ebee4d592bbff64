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

/// By portfolio, instrument and strategy, those of no strategy first.
extension HoldingKey: Comparable {
    public static func < (left: HoldingKey, right: HoldingKey) -> Bool {
        (left.portfolioID.raw, left.instrumentID.raw, left.strategyID?.raw ?? 0)
            < (right.portfolioID.raw, right.instrumentID.raw, right.strategyID?.raw ?? 0)
    }
}
