public import Ledger
public import Storage

/// Someone who once said `/start`, or was added at the command line.
public struct User: Sendable, Hashable {
    public enum State: String, Sendable, CaseIterable {
        /// Asked to join; an admin has not answered.
        case pending
        case approved
        /// An admin said no.
        case rejected
        /// Was approved once; an admin closed the door since.
        case deactivated
    }

    public let id: UserID
    public let uid: String
    public let telegramUserID: Int64
    public let username: String?
    public let isAdmin: Bool
    public let isActive: Bool
    public let approvedAt: Timestamp?
    public let createdAt: Timestamp
    /// Since when the bot can't write to them; until they write again.
    public var unreachableSince: Timestamp?
    /// In which their times are shown; nil is UTC, and where it was not looked up.
    public var timeZone: String?

    public var state: State {
        switch (approvedAt != nil, isActive) {
        case (false, true): .pending
        case (true, true): .approved
        case (false, false): .rejected
        case (true, false): .deactivated
        }
    }

    /// Only who is approved may do anything.
    public var caller: Caller? {
        state == .approved ? Caller(userID: id, isAdmin: isAdmin) : nil
    }
}

public enum Users {
    private static let ownColumns = """
        users.id, users.uid, users.telegram_user_id, users.username, users.is_admin,
        users.is_active, users.approved_at, users.created_at, users.unreachable_since
        """
    /// Of the table `users`. With the zone, which every answer needs: so it costs no question of
    /// its own.
    static let columns = """
        \(ownColumns), (SELECT s.time_zone FROM user_settings s WHERE s.user_id = users.id)
        """
    static let columnCount = 10

    static func decode(_ row: any Row) throws -> User {
        guard let telegramUserID = Int64(try row.text(2)) else {
            throw StorageError.decoding(column: 2, expected: "a Telegram user id")
        }
        return User(
            id: try row.id(0), uid: try row.text(1), telegramUserID: telegramUserID,
            username: try row.optionalText(3), isAdmin: try row.bool(4),
            isActive: try row.bool(5), approvedAt: try row.optionalTime(6),
            createdAt: try row.time(7), unreachableSince: try row.optionalTime(8),
            timeZone: try row.optionalText(9))
    }

    /// Who is this? The question that comes before there is a caller.
    public static func with(
        telegramUserID: Int64, in tx: any Transaction
    ) throws -> User? {
        try tx.first(
            SQL(
                "SELECT \(columns) FROM users WHERE telegram_user_id = $1",
                [.text(String(telegramUserID))]), decode)
    }

    public static func with(id: UserID, in tx: any Transaction) throws -> User? {
        try tx.first(SQL("SELECT \(columns) FROM users WHERE id = $1", [.id(id)]), decode)
    }

    public static func with(
        uid: String, for admin: Administrator, in tx: any Transaction
    ) throws -> User? {
        try tx.first(SQL("SELECT \(columns) FROM users WHERE uid = $1", [.text(uid)]), decode)
    }

    /// Everyone, in the order in which they came.
    public static func all(for admin: Administrator, in tx: any Transaction) throws -> [User] {
        try tx.query(SQL("SELECT \(columns) FROM users ORDER BY id"), decode)
    }

    /// The admins who are to hear of requests.
    public static func admins(in tx: any Transaction) throws -> [User] {
        try tx.query(
            SQL(
                """
                SELECT \(columns) FROM users
                WHERE is_admin = $1 AND is_active = $1 AND approved_at IS NOT NULL
                ORDER BY id
                """, [.bool(true)]), decode)
    }

    /// How many are in a state; both counts are bounded by `limits.max_users`.
    public static func count(of state: User.State, in tx: any Transaction) throws -> Int {
        let approved = state == .approved || state == .deactivated
        let active = state == .approved || state == .pending
        let condition = approved ? "IS NOT NULL" : "IS NULL"
        let count = try tx.first(
            SQL(
                "SELECT COUNT(*) FROM users WHERE is_active = $1 AND approved_at \(condition)",
                [.bool(active)])
        ) { try $0.integer(0) }
        return Int(count ?? 0)
    }

    /// On PostgreSQL, makes units of work that add, count or admit users wait for each other;
    /// SQLite has one writer. To be taken before what is to be decided on is read.
    public static func lockMembership(in tx: any Transaction) throws {
        guard tx.dialect == .postgres else { return }
        // An advisory lock: one on the table would also stop every row that refers to a user.
        _ = try tx.query(SQL("SELECT pg_advisory_xact_lock($1)", [membershipLock])) { _ in }
    }

    /// "members" in ASCII; any number that nothing else in the database locks.
    private static let membershipLock = Value.integer(0x6D_656D_6265_7273)

    /// On PostgreSQL, makes units of work that give names to this user's things wait for each
    /// other; SQLite has one writer.
    public static func lock(_ caller: Caller, in tx: any Transaction) throws {
        guard tx.dialect == .postgres else { return }
        _ = try tx.query(
            SQL("SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE", [.id(caller.userID)])
        ) { try $0.integer(0) }
    }

    public static func insert(
        uid: String, telegramUserID: Int64, username: String?, now: Timestamp,
        in tx: any Transaction
    ) throws -> User? {
        try tx.first(
            SQL(
                """
                INSERT INTO users (uid, telegram_user_id, username, created_at)
                VALUES ($1, $2, $3, $4)
                ON CONFLICT (telegram_user_id) DO NOTHING
                RETURNING \(ownColumns), CAST(NULL AS TEXT)
                """,
                [
                    .text(uid), .text(String(telegramUserID)), .optional(username), .time(now),
                ]), decode)
    }

    public static func rename(
        _ id: UserID, username: String?, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                "UPDATE users SET username = $2, version = version + 1 WHERE id = $1",
                [.id(id), .optional(username)]))
    }

    public static func approve(
        _ id: UserID, by admin: Administrator, now: Timestamp, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE users
                SET approved_at = $2, approved_by_user_id = $3, is_active = $4,
                    version = version + 1
                WHERE id = $1
                """, [.id(id), .time(now), .optional(admin.userID), .bool(true)]))
    }

    public static func setActive(
        _ id: UserID, _ isActive: Bool, by admin: Administrator, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                "UPDATE users SET is_active = $2, version = version + 1 WHERE id = $1",
                [.id(id), .bool(isActive)]))
    }

    public static func setAdmin(
        _ id: UserID, _ isAdmin: Bool, by admin: Administrator, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                "UPDATE users SET is_admin = $2, version = version + 1 WHERE id = $1",
                [.id(id), .bool(isAdmin)]))
    }

    /// Notes that the bot can't write to them; the first time stays.
    public static func markUnreachable(
        _ id: UserID, now: Timestamp, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE users SET unreachable_since = $2
                WHERE id = $1 AND unreachable_since IS NULL
                """, [.id(id), .time(now)]))
    }

    /// Whether they could not be written to until now.
    public static func markReachable(_ id: UserID, in tx: any Transaction) throws -> Bool {
        try tx.execute(
            SQL(
                """
                UPDATE users SET unreachable_since = NULL
                WHERE id = $1 AND unreachable_since IS NOT NULL
                """, [.id(id)])) == 1
    }
}
