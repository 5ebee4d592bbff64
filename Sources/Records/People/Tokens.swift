public import Ledger
public import Storage

/// What is kept of an API token: anything but the token.
public struct TokenRecord: Sendable, Hashable {
    public let uid: String
    public let name: ExactText
    /// Words of `ingest trade read`, separated by commas.
    public let scopes: String
    public let portfolioID: PortfolioID?
    public let portfolioName: ExactText?
    public let strategyID: StrategyID?
    public let strategy: ExactText?
    public let createdAt: Timestamp
    public let expiresAt: Timestamp?
    /// To the minute; nil where it never was.
    public let lastUsedAt: Timestamp?
    public let revokedAt: Timestamp?
    public let owner: User
}

public enum Tokens {
    private static let select = """
        SELECT t.uid, t.name, t.scopes, t.portfolio_id, p.name, t.strategy_id, t.created_at,
            t.expires_at, t.revoked_at, u.id, u.uid, u.telegram_user_id, u.username, u.is_admin,
            u.is_active, u.approved_at, u.created_at, t.last_used_at, s.name, s.version
        FROM api_tokens t
        JOIN users u ON u.id = t.user_id
        LEFT JOIN portfolios p ON p.id = t.portfolio_id
        LEFT JOIN strategies s ON s.id = t.strategy_id
        """

    private static func decode(_ row: any Row) throws -> TokenRecord {
        guard let telegramUserID = Int64(try row.text(11)) else {
            throw StorageError.decoding(column: 11, expected: "a Telegram user id")
        }
        let strategy = try row.optionalText(18)
        return TokenRecord(
            uid: try row.text(0), name: try row.exact(1), scopes: try row.text(2),
            portfolioID: try row.optionalID(3), portfolioName: try row.optionalExact(4),
            strategyID: try row.optionalID(5),
            strategy: try strategy.map { ExactText("\($0)@\(try row.text(19))") },
            createdAt: try row.time(6), expiresAt: try row.optionalTime(7),
            lastUsedAt: try row.optionalTime(17), revokedAt: try row.optionalTime(8),
            owner: User(
                id: try row.id(9), uid: try row.text(10), telegramUserID: telegramUserID,
                username: try row.optionalText(12), isAdmin: try row.bool(13),
                isActive: try row.bool(14), approvedAt: try row.optionalTime(15),
                createdAt: try row.time(16)))
    }

    /// Whose token is this? The question that comes before there is a caller.
    public static func with(hash: String, in tx: any Transaction) throws -> TokenRecord? {
        try tx.first(SQL("\(select) WHERE t.token_hash = $1", [.text(hash)]), decode)
    }

    /// The caller's token, also one that has ended; nil where they have none such.
    public static func with(
        uid: String, for caller: Caller, in tx: any Transaction
    ) throws -> TokenRecord? {
        try tx.first(
            SQL(
                "\(select) WHERE t.user_id = $1 AND t.uid = $2",
                [.id(caller.userID), .text(uid)]), decode)
    }

    /// The caller's tokens that still work, oldest first.
    public static func live(for caller: Caller, in tx: any Transaction) throws -> [TokenRecord] {
        try tx.query(
            SQL(
                "\(select) WHERE t.user_id = $1 AND t.revoked_at IS NULL ORDER BY t.id",
                [.id(caller.userID)]), decode)
    }

    public static func insert(
        uid: String, name: ExactText, hash: String, scopes: String, portfolio: PortfolioID?,
        strategy: StrategyID?, expiresAt: Timestamp?, now: Timestamp, for caller: Caller,
        in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                INSERT INTO api_tokens (uid, user_id, name, token_hash, scopes, portfolio_id,
                    strategy_id, expires_at, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                """,
                [
                    .text(uid), .id(caller.userID), .exact(name), .text(hash), .text(scopes),
                    .optional(portfolio), .optional(strategy), .optional(expiresAt),
                    .time(now),
                ]))
    }

    /// Notes that the token was used at `now`, unless a later use is known.
    public static func touch(
        uid: String, now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE api_tokens
                SET last_used_at = $3
                WHERE user_id = $1 AND uid = $2
                    AND (last_used_at IS NULL OR last_used_at < $3)
                """, [.id(caller.userID), .text(uid), .time(now)]))
    }

    /// Ends a token; false where the caller has none of this name that still works. Its name
    /// becomes free for another.
    public static func revoke(
        named name: ExactText, now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws -> Bool {
        try tx.execute(
            SQL(
                """
                UPDATE api_tokens
                SET revoked_at = $3, name = name || ' (' || uid || ')', version = version + 1
                WHERE user_id = $1 AND name = $2 AND revoked_at IS NULL
                """, [.id(caller.userID), .exact(name), .time(now)])) > 0
    }

    /// Ends all of a user's tokens; returns how many still worked.
    public static func revokeAll(
        now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws -> Int {
        try tx.execute(
            SQL(
                """
                UPDATE api_tokens
                SET revoked_at = $2, name = name || ' (' || uid || ')', version = version + 1
                WHERE user_id = $1 AND revoked_at IS NULL
                """, [.id(caller.userID), .time(now)]))
    }
}
