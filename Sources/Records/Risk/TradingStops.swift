public import Ledger
public import Storage

/// That somebody, or a policy, stopped trading.
public struct TradingStopRecord: Sendable, Hashable {
    public enum Setter: String, Sendable, CaseIterable {
        /// The owner, who may lift it.
        case user = "USER"
        case admin = "ADMIN"
        /// The breach of a policy. It is lifted by its time, or by an admin.
        case policy = "POLICY"
    }

    public let uid: String
    /// Of this portfolio alone.
    public let portfolioID: PortfolioID?
    /// Of this strategy alone; without either, of all that the user has.
    public let strategyID: StrategyID?
    /// The portfolio's name, or the strategy's.
    public let scopeName: ExactText?
    public let setBy: Setter
    public let state: TradingState
    /// Trading goes on by itself then; nil: when somebody resumes it.
    public let until: Timestamp?
    public let reason: String
    public let createdAt: Timestamp
}

public enum TradingStops {
    /// Those that hold at `now`, the strictest scope first.
    public static func inForce(
        at now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws -> [TradingStopRecord] {
        try tx.query(
            SQL(
                """
                SELECT x.uid, x.portfolio_id, x.strategy_id, b.name, s.name, s.version, x.set_by,
                    x.state, x.until, x.reason, x.created_at
                FROM trading_stops x
                LEFT JOIN portfolios b ON b.id = x.portfolio_id
                LEFT JOIN strategies s ON s.id = x.strategy_id
                WHERE x.user_id = $1 AND (x.until IS NULL OR x.until > $2)
                ORDER BY x.id
                """, [.id(caller.userID), .time(now)])
        ) { row in
            var name = try row.optionalExact(3)
            if let strategy = try row.optionalText(4) {
                name = ExactText("\(strategy)@\(try row.text(5))")
            }
            return TradingStopRecord(
                uid: try row.text(0), portfolioID: try row.optionalID(1),
                strategyID: try row.optionalID(2), scopeName: name, setBy: try row.choice(6),
                state: try row.choice(7), until: try row.optionalTime(8),
                reason: try row.text(9), createdAt: try row.time(10))
        }
    }

    /// Stores a stop in place of the one of the same setter and scope.
    public static func put(
        uid: String, portfolio: PortfolioID?, strategy: StrategyID?,
        setBy: TradingStopRecord.Setter, _ state: TradingState, until: Timestamp?,
        reason: String, now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws {
        try lift([setBy], portfolio: portfolio, strategy: strategy, for: caller, in: tx)
        try tx.execute(
            SQL(
                """
                INSERT INTO trading_stops (uid, user_id, portfolio_id, strategy_id, set_by, state,
                    until, reason, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                """,
                [
                    .text(uid), .id(caller.userID), .optional(portfolio), .optional(strategy),
                    .text(setBy.rawValue), .text(state.rawValue), .optional(until),
                    .text(reason), .time(now),
                ]))
    }

    /// Lifts the stops of these setters in one scope.
    public static func lift(
        _ setters: [TradingStopRecord.Setter], portfolio: PortfolioID?, strategy: StrategyID?,
        for caller: Caller, in tx: any Transaction
    ) throws {
        for setter in setters {
            try tx.execute(
                SQL(
                    """
                    DELETE FROM trading_stops
                    WHERE user_id = $1 AND set_by = $2 AND COALESCE(portfolio_id, 0) = $3
                        AND COALESCE(strategy_id, 0) = $4
                    """,
                    [
                        .id(caller.userID), .text(setter.rawValue), .anyOr(portfolio),
                        .anyOr(strategy),
                    ]))
        }
    }
}
