public import Ledger
public import Storage

/// A portfolio whose equity may have moved.
public struct WatchedPortfolio: Sendable, Hashable {
    public let id: PortfolioID
    public let accountID: AccountID
    public let ownerID: UserID
    public let hasOpenPositions: Bool
    /// Another number whenever a trade changed a position of the portfolio.
    public let revision: Int64
}

/// How portfolios' equity went, day by day.
public enum EquityDays {
    private static let columns =
        "e.day, e.opening, e.highest, e.lowest, e.closing, e.deposits, e.currency"

    private static func decode(_ row: any Row) throws -> EquityDay {
        EquityDay(
            day: try row.day(0), opening: try row.decimal(1), highest: try row.decimal(2),
            lowest: try row.decimal(3), closing: try row.decimal(4),
            deposits: try row.decimal(5))
    }

    /// The last day that was seen of each of these portfolios.
    public static func last(
        of portfolios: [PortfolioID], for caller: Caller, in tx: any Transaction
    ) throws -> [PortfolioID: EquityDay] {
        var items = RowSet([.init("portfolio_id", .integer), .init("user_id", .integer)])
        for portfolio in portfolios { items.append([.id(portfolio), .id(caller.userID)]) }
        let rows: [(PortfolioID, EquityDay)] = try tx.query(
            """
            SELECT \(columns), e.portfolio_id
            FROM item
            JOIN equity_days e ON e.portfolio_id = item.portfolio_id AND e.user_id = item.user_id
            WHERE e.day = (
                SELECT MAX(l.day) FROM equity_days l WHERE l.portfolio_id = item.portfolio_id)
            """, forEach: items
        ) { (try $0.id(7), try decode($0)) }
        return Dictionary(rows) { first, _ in first }
    }

    /// The days from `from` on, the earliest first.
    public static func since(
        _ from: Day, of portfolio: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws -> [EquityDay] {
        try tx.query(
            SQL(
                """
                SELECT \(columns) FROM equity_days e
                WHERE e.portfolio_id = $1 AND e.user_id = $2 AND e.day >= $3
                ORDER BY e.day
                """, [.id(portfolio), .id(caller.userID), .day(from)]), decode)
    }

    /// The same, and before them the last one that was seen.
    public static func through(
        _ from: Day, of portfolio: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws -> [EquityDay] {
        try tx.query(
            SQL(
                """
                SELECT \(columns) FROM equity_days e
                WHERE e.portfolio_id = $1 AND e.user_id = $2 AND e.day >= COALESCE((
                    SELECT MAX(l.day) FROM equity_days l
                    WHERE l.portfolio_id = $1 AND l.day < $3), $3)
                ORDER BY e.day
                """, [.id(portfolio), .id(caller.userID), .day(from)]), decode)
    }

    /// Stores days in place of what was there; at most one of each portfolio is to be given.
    public static func put(
        _ days: [(portfolio: PortfolioID, day: EquityDay)], in currency: Currency,
        now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("user_id", .integer), .init("portfolio_id", .integer), .init("day", .date),
            .init("currency", .text), .init("opening", .decimal), .init("highest", .decimal),
            .init("lowest", .decimal), .init("closing", .decimal), .init("deposits", .decimal),
            .init("updated_at", .time),
        ])
        for (portfolio, day) in days {
            items.append([
                .id(caller.userID), .id(portfolio), .day(day.day), .text(currency.code),
                .decimal(day.opening), .decimal(day.highest), .decimal(day.lowest),
                .decimal(day.closing), .decimal(day.deposits), .time(now),
            ])
        }
        try tx.execute(
            """
            INSERT INTO equity_days (user_id, portfolio_id, day, currency, opening, highest,
                lowest, closing, deposits, updated_at)
            SELECT user_id, portfolio_id, day, currency, opening, highest, lowest, closing,
                deposits, updated_at
            FROM item
            WHERE true
            ON CONFLICT (portfolio_id, day) DO UPDATE SET
                opening = excluded.opening, highest = excluded.highest, lowest = excluded.lowest,
                closing = excluded.closing, deposits = excluded.deposits,
                updated_at = excluded.updated_at
            """, forEach: items)
    }

    /// Every portfolio that has positions and is not archived: for the service that watches them.
    public static func watched(in tx: any Transaction) throws -> [WatchedPortfolio] {
        try tx.query(
            SQL(
                """
                SELECT b.id, b.account_id, b.user_id,
                    MAX(CASE WHEN p.quantity <> '0' THEN 1 ELSE 0 END),
                    CAST(SUM(p.version) + COUNT(*) AS BIGINT)
                FROM portfolios b
                JOIN positions p ON p.portfolio_id = b.id
                WHERE b.archived_at IS NULL
                GROUP BY b.id, b.account_id, b.user_id
                ORDER BY b.user_id, b.account_id, b.id
                """)
        ) { row in
            WatchedPortfolio(
                id: try row.id(0), accountID: try row.id(1), ownerID: try row.id(2),
                hasOpenPositions: try row.integer(3) != 0, revision: try row.integer(4))
        }
    }
}
