public import Ledger
public import Storage

/// Where another program calls when something was traded; its secret is not kept.
public struct HookRecord: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case freqtrade
        case tradingView = "tradingview"
    }

    public let id: HookID
    public let uid: String
    public let name: ExactText
    public let kind: Kind
    public let secretHash: String
    public let portfolioID: PortfolioID
    public let portfolioName: ExactText
    public let strategyID: StrategyID?
    /// `name@version`.
    public let strategyName: ExactText?
    /// Nil for the built-in one of its kind.
    public let templateJSON: String?
    /// The bot that fills are pulled from; nil where its messages have to do.
    public let restBot: ExactText?
    /// How often in a row the bot could not be asked.
    public let restFailures: Int
    public let restError: String?
    public let restSyncedAt: Timestamp?
    /// When the last message that is a fill of its own came: what was filled by then is not pulled.
    public let weakUntil: Timestamp?
    public let isActive: Bool
    public let calls: Int
    public let fills: Int
    public let lastCalledAt: Timestamp?
    /// When its owner was last told of something in quarantine.
    public let toldAt: Timestamp?
    public let createdAt: Timestamp
    public let owner: User
}

public enum Hooks {
    private static let select = """
        SELECT h.id, h.uid, h.name, h.kind, h.secret_hash, h.portfolio_id, p.name, h.strategy_id,
            s.name || '@' || s.version, h.template_json, h.rest_bot, h.rest_failures, h.rest_error,
            h.rest_synced_at, h.is_active, h.calls, h.fills, h.last_called_at, h.told_at,
            h.created_at, u.id, u.uid, u.telegram_user_id, u.username, u.is_admin, u.is_active,
            u.approved_at, u.created_at, h.weak_until
        FROM hooks h
        JOIN users u ON u.id = h.user_id
        JOIN portfolios p ON p.id = h.portfolio_id
        LEFT JOIN strategies s ON s.id = h.strategy_id
        """

    private static func decode(_ row: any Row) throws -> HookRecord {
        guard let telegramUserID = Int64(try row.text(22)) else {
            throw StorageError.decoding(column: 22, expected: "a Telegram user id")
        }
        return HookRecord(
            id: try row.id(0), uid: try row.text(1), name: try row.exact(2),
            kind: try row.choice(3), secretHash: try row.text(4), portfolioID: try row.id(5),
            portfolioName: try row.exact(6), strategyID: try row.optionalID(7),
            strategyName: try row.optionalExact(8), templateJSON: try row.optionalText(9),
            restBot: try row.optionalExact(10), restFailures: Int(try row.integer(11)),
            restError: try row.optionalText(12), restSyncedAt: try row.optionalTime(13),
            weakUntil: try row.optionalTime(28), isActive: try row.bool(14),
            calls: Int(try row.integer(15)),
            fills: Int(try row.integer(16)), lastCalledAt: try row.optionalTime(17),
            toldAt: try row.optionalTime(18), createdAt: try row.time(19),
            owner: User(
                id: try row.id(20), uid: try row.text(21), telegramUserID: telegramUserID,
                username: try row.optionalText(23), isAdmin: try row.bool(24),
                isActive: try row.bool(25), approvedAt: try row.optionalTime(26),
                createdAt: try row.time(27)))
    }

    /// Which hook is called? The question that comes before there is a caller.
    public static func with(secretHash: String, in tx: any Transaction) throws -> HookRecord? {
        try tx.first(SQL("\(select) WHERE h.secret_hash = $1", [.text(secretHash)]), decode)
    }

    /// As `with(secretHash:)`, for a call that proves itself by what it carries.
    public static func with(uid: String, in tx: any Transaction) throws -> HookRecord? {
        try tx.first(SQL("\(select) WHERE h.uid = $1", [.text(uid)]), decode)
    }

    /// The hooks of everybody whose fills are pulled from a bot.
    public static func pulling(
        for admin: Administrator, in tx: any Transaction
    ) throws -> [HookRecord] {
        try tx.query(
            SQL(
                "\(select) WHERE h.rest_bot IS NOT NULL AND h.is_active = $1 ORDER BY h.id",
                [.bool(true)]), decode)
    }

    /// By name.
    public static func all(for caller: Caller, in tx: any Transaction) throws -> [HookRecord] {
        try tx.query(
            SQL("\(select) WHERE h.user_id = $1 ORDER BY h.name", [.id(caller.userID)]), decode)
    }

    public static func named(
        _ name: ExactText, for caller: Caller, in tx: any Transaction
    ) throws -> HookRecord? {
        try tx.first(
            SQL(
                "\(select) WHERE h.user_id = $1 AND h.name = $2",
                [.id(caller.userID), .exact(name)]), decode)
    }

    public static func with(
        id: HookID, for caller: Caller, in tx: any Transaction
    ) throws -> HookRecord? {
        try tx.first(
            SQL("\(select) WHERE h.user_id = $1 AND h.id = $2", [.id(caller.userID), .id(id)]),
            decode)
    }

    public static func insert(
        uid: String, name: ExactText, kind: HookRecord.Kind, secretHash: String,
        portfolio: PortfolioID, strategy: StrategyID?, now: Timestamp, for caller: Caller,
        in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                INSERT INTO hooks (uid, user_id, name, kind, secret_hash, portfolio_id,
                    strategy_id, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                [
                    .text(uid), .id(caller.userID), .exact(name), .text(kind.rawValue),
                    .text(secretHash), .id(portfolio), .optional(strategy), .time(now),
                ]))
    }
}

/// What changes of a hook.
extension Hooks {
    /// Nil goes back to the built-in template.
    public static func setTemplate(
        _ json: String?, of id: HookID, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE hooks SET template_json = $3, version = version + 1
                WHERE id = $1 AND user_id = $2
                """, [.id(id), .id(caller.userID), .optional(json)]))
    }

    public static func setActive(
        _ isActive: Bool, of id: HookID, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE hooks SET is_active = $3, version = version + 1
                WHERE id = $1 AND user_id = $2
                """, [.id(id), .id(caller.userID), .bool(isActive)]))
    }

    /// Turns all of a user's hooks off; returns how many were on.
    public static func turnAllOff(for caller: Caller, in tx: any Transaction) throws -> Int {
        try tx.execute(
            SQL(
                """
                UPDATE hooks SET is_active = $2, version = version + 1
                WHERE user_id = $1 AND is_active = $3
                """, [.id(caller.userID), .bool(false), .bool(true)]))
    }

    /// From which bot fills are pulled from now on; nil for none.
    public static func setBot(
        _ bot: ExactText?, of id: HookID, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE hooks
                SET rest_bot = $3, rest_failures = 0, rest_error = NULL, rest_synced_at = NULL,
                    version = version + 1
                WHERE id = $1 AND user_id = $2
                """, [.id(id), .id(caller.userID), .optional(bot)]))
    }

    /// Replaces the secret: the old one opens nothing from here on.
    public static func setSecretHash(
        _ hash: String, of id: HookID, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE hooks SET secret_hash = $3, version = version + 1
                WHERE id = $1 AND user_id = $2
                """, [.id(id), .id(caller.userID), .text(hash)]))
    }

    /// Counts a call.
    public static func noteCall(
        of id: HookID, now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                "UPDATE hooks SET calls = calls + 1, last_called_at = $3"
                    + " WHERE id = $1 AND user_id = $2",
                [.id(id), .id(caller.userID), .time(now)]))
    }

    /// Counts fills that came through it and were stored.
    public static func noteFills(
        _ count: Int, of id: HookID, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                "UPDATE hooks SET fills = fills + $3 WHERE id = $1 AND user_id = $2",
                [.id(id), .id(caller.userID), .integer(Int64(count))]))
    }

    /// Notes that the message that came at `time` becomes a fill of its own. False where it may
    /// not: the hook has a bot by now, and what the message tells of is pulled.
    public static func noteWeakFill(
        at time: Timestamp, of id: HookID, for caller: Caller, in tx: any Transaction
    ) throws -> Bool {
        try tx.execute(
            SQL(
                """
                UPDATE hooks
                SET weak_until = CASE WHEN weak_until > $3 THEN weak_until ELSE $3 END
                WHERE id = $1 AND user_id = $2 AND (rest_bot IS NULL OR weak_until >= $3)
                """, [.id(id), .id(caller.userID), .time(time)])) > 0
    }

    /// Its bot was asked: `error` is why in vain, nil where it answered.
    public static func noteSync(
        error: String?, of id: HookID, now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws {
        if let error {
            try tx.execute(
                SQL(
                    """
                    UPDATE hooks SET rest_failures = rest_failures + 1, rest_error = $3
                    WHERE id = $1 AND user_id = $2
                    """, [.id(id), .id(caller.userID), .text(error)]))
        } else {
            try tx.execute(
                SQL(
                    """
                    UPDATE hooks SET rest_failures = 0, rest_error = NULL, rest_synced_at = $3
                    WHERE id = $1 AND user_id = $2
                    """, [.id(id), .id(caller.userID), .time(now)]))
        }
    }

    public static func noteTold(
        of id: HookID, now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                "UPDATE hooks SET told_at = $3 WHERE id = $1 AND user_id = $2",
                [.id(id), .id(caller.userID), .time(now)]))
    }
}
