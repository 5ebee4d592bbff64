/// What is known of a user, a portfolio or a strategy beside its holdings. Money is in the base
/// currency; nil is what nobody knows.
public struct RiskFigures: Sendable, Hashable {
    /// Cash and open positions at their marks. Of a strategy, which has no cash of its own: that
    /// of the accounts in which it trades.
    public var equity: Decimal?
    /// When the UTC day began.
    public var dayStartEquity: Decimal?
    /// When the week began, on Monday 00:00 UTC.
    public var weekStartEquity: Decimal?
    /// The highest that it has been, with later deposits added and withdrawals taken off.
    public var peakEquity: Decimal?
    /// Realized and unrealized, after fees, since the UTC day began; deposits and withdrawals are
    /// no profit.
    public var dayProfit: Decimal?
    /// The same since the week began.
    public var weekProfit: Decimal?
    /// The orders of this UTC day of which something was filled or still can be. One that fills in
    /// parts is one.
    public var tradesToday: Int?
    /// What the positions that were closed made, latest first: `RiskFigures.mostResults` of them
    /// are enough.
    public var closedResults: [ClosedResult]?

    /// So many closed positions are looked at by a rule at most.
    public static let mostResults = 20

    public init(
        equity: Decimal? = nil, dayStartEquity: Decimal? = nil, weekStartEquity: Decimal? = nil,
        peakEquity: Decimal? = nil, dayProfit: Decimal? = nil, weekProfit: Decimal? = nil,
        tradesToday: Int? = nil, closedResults: [ClosedResult]? = nil
    ) {
        self.equity = equity
        self.dayStartEquity = dayStartEquity
        self.weekStartEquity = weekStartEquity
        self.peakEquity = peakEquity
        self.dayProfit = dayProfit
        self.weekProfit = weekProfit
        self.tradesToday = tradesToday
        self.closedResults = closedResults
    }
}

/// What a position made from flat to flat.
public struct ClosedResult: Sendable, Hashable {
    /// In any currency: it is a loss below zero.
    public let profit: Decimal
    public let closedAt: Timestamp

    public init(profit: Decimal, closedAt: Timestamp) {
        self.profit = profit
        self.closedAt = closedAt
    }
}
