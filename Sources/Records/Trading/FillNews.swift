public import Ledger
public import Storage

/// Where in a portfolio the fills begin that its owner has not been told of.
public struct FillNewsRow: Sendable, Hashable {
    public let portfolioID: PortfolioID
    public let userID: UserID
    public let firstTradeID: TradeID
    /// When the first of them was stored.
    public let since: Timestamp
}

/// Which portfolios have fills that their owners have not been told of: a row for each.
public enum FillNewsRows {
    private static let columns = "n.portfolio_id, n.user_id, n.first_trade_id, n.since"

    private static func decode(_ row: any Row) throws -> FillNewsRow {
        FillNewsRow(
            portfolioID: try row.id(0), userID: try row.id(1), firstTradeID: try row.id(2),
            since: try row.time(3))
    }

    /// Notes the first fill of each portfolio; where earlier ones wait already nothing changes.
    public static func note(
        _ first: [PortfolioID: TradeID], now: Timestamp, for caller: Caller,
        in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("portfolio_id", .integer), .init("user_id", .integer),
            .init("first_trade_id", .integer), .init("since", .time),
        ])
        for (portfolio, trade) in first.sorted(by: { $0.key.raw < $1.key.raw }) {
            items.append([.id(portfolio), .id(caller.userID), .id(trade), .time(now)])
        }
        try tx.execute(
            """
            INSERT INTO fill_news (portfolio_id, user_id, first_trade_id, since)
            SELECT portfolio_id, user_id, first_trade_id, since
            FROM item
            WHERE true
            ON CONFLICT (portfolio_id) DO NOTHING
            """, forEach: items)
    }

    /// All that waits, with how its owner wants to be told: for the service that tells.
    public static func waiting(
        in tx: any Transaction
    ) throws -> [(news: FillNewsRow, fills: UserSettings.FillNotices)] {
        let standard = UserSettings().fills.rawValue
        return try tx.query(
            SQL(
                """
                SELECT \(columns), COALESCE(s.fills, '\(standard)')
                FROM fill_news n
                LEFT JOIN user_settings s ON s.user_id = n.user_id
                ORDER BY n.since, n.portfolio_id
                """)
        ) { (try decode($0), try $0.choice(4)) }
    }

    /// What waits in a portfolio.
    public static func of(
        _ portfolio: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws -> FillNewsRow? {
        try tx.first(
            SQL(
                "SELECT \(columns) FROM fill_news n WHERE n.portfolio_id = $1 AND n.user_id = $2",
                [.id(portfolio), .id(caller.userID)]), decode)
    }

    /// Those before this one were told.
    public static func move(
        _ portfolio: PortfolioID, to first: TradeID, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE fill_news SET first_trade_id = $3
                WHERE portfolio_id = $1 AND user_id = $2
                """, [.id(portfolio), .id(caller.userID), .id(first)]))
    }

    /// All were told, or are not to be.
    public static func remove(
        _ portfolio: PortfolioID, of userID: UserID, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                "DELETE FROM fill_news WHERE portfolio_id = $1 AND user_id = $2",
                [.id(portfolio), .id(userID)]))
    }
}
