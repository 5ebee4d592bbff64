public import Ledger
public import Storage

/// How many orders of one portfolio and strategy were filled.
public struct FilledOrders: Sendable, Hashable {
    public let portfolioID: PortfolioID
    public let strategyID: StrategyID?
    public let count: Int
}

/// What a holding made from flat to flat.
public struct ClosedHolding: Sendable, Hashable {
    /// By average cost, before fees, in the instrument's currency.
    public let profit: Decimal
    public let closedAt: Timestamp
}

extension Trades {
    /// The orders of which something was filled since an instant, and those that were placed since
    /// and still can be. Trades that tell no order are one each.
    public static func ordersFilled(
        since start: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws -> [FilledOrders] {
        try tx.query(
            SQL(
                """
                SELECT t.portfolio_id, t.strategy_id, COUNT(DISTINCT COALESCE(
                    'o' || CAST(t.order_id AS TEXT), 'b' || t.broker_order_id,
                    't' || CAST(t.id AS TEXT)))
                FROM portfolios b
                JOIN trades t ON t.portfolio_id = b.id AND t.exec_time >= $2
                WHERE b.user_id = $1 AND t.is_superseded = $3
                GROUP BY t.portfolio_id, t.strategy_id
                UNION ALL
                SELECT o.portfolio_id, o.strategy_id, COUNT(*)
                FROM portfolios b
                JOIN orders o ON o.portfolio_id = b.id AND o.placed_at >= $2
                    AND o.status IN ('PENDING', 'NEW')
                WHERE b.user_id = $1 AND o.gateway IS NOT NULL
                GROUP BY o.portfolio_id, o.strategy_id
                """, [.id(caller.userID), .time(start), .bool(false)])
        ) { row in
            FilledOrders(
                portfolioID: try row.id(0), strategyID: try row.optionalID(1),
                count: Int(try row.integer(2)))
        }
    }
}

extension Campaigns {
    /// What was closed last, the latest first; of one portfolio or strategy alone where given.
    public static func lastClosed(
        portfolio: PortfolioID?, strategy: StrategyID?, limit: Int, for caller: Caller,
        in tx: any Transaction
    ) throws -> [ClosedHolding] {
        try tx.query(
            SQL(
                """
                SELECT realized_pnl, closed_at FROM position_campaigns
                WHERE user_id = $1 AND closed_at IS NOT NULL
                    AND (CAST($2 AS BIGINT) = 0 OR portfolio_id = $2)
                    AND (CAST($3 AS BIGINT) = 0 OR strategy_id = $3)
                ORDER BY closed_at DESC, id DESC
                LIMIT $4
                """,
                [
                    .id(caller.userID), .anyOr(portfolio), .anyOr(strategy),
                    .integer(Int64(limit)),
                ])
        ) { ClosedHolding(profit: try $0.decimal(0), closedAt: try $0.time(1)) }
    }
}
