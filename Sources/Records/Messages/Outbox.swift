public import Ledger
public import Storage

/// A message to a chat, written in the unit of work that it tells about.
public struct OutboxMessage: Sendable, Hashable {
    public let id: Int64
    public let userID: UserID
    public let chatID: Int64
    public let kind: String
    public let payloadJSON: String
    public let createdAt: Timestamp
    public let attempts: Int
    /// When sending it was begun; it may have gone out then.
    public let begunAt: Timestamp?
    /// Until when it was held back.
    public let heldUntil: Timestamp?

    /// Since when nothing but Telegram keeps it.
    public var dueAt: Timestamp { max(createdAt, heldUntil ?? createdAt) }
}

public enum Outbox {
    private static let columns = """
        o.id, o.user_id, o.chat_id, o.kind, o.payload_json, o.created_at, o.attempts, o.begun_at,
        o.held_until
        """

    /// What is neither sent nor given up nor told by another message.
    private static let isUnsent = """
        o.sent_at IS NULL AND o.failure IS NULL AND o.merged_into IS NULL
        """

    private static func decode(_ row: any Row) throws -> OutboxMessage {
        OutboxMessage(
            id: try row.integer(0), userID: try row.id(1), chatID: try row.integer(2),
            kind: try row.text(3), payloadJSON: try row.text(4), createdAt: try row.time(5),
            attempts: Int(try row.integer(6)), begunAt: try row.optionalTime(7),
            heldUntil: try row.optionalTime(8))
    }

    /// Returns the message's id.
    @discardableResult
    public static func append(
        uid: String, to userID: UserID, chatID: Int64, kind: String, payloadJSON: String,
        now: Timestamp, in tx: any Transaction
    ) throws -> Int64? {
        try tx.first(
            SQL(
                """
                INSERT INTO outbox (uid, user_id, chat_id, kind, payload_json, created_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                RETURNING id
                """,
                [
                    .text(uid), .id(userID), .integer(chatID), .text(kind), .text(payloadJSON),
                    .time(now),
                ])
        ) { try $0.integer(0) }
    }

    public static func message(
        _ id: Int64, of userID: UserID, in tx: any Transaction
    ) throws -> OutboxMessage? {
        try tx.first(
            SQL(
                "SELECT \(columns) FROM outbox o WHERE o.id = $1 AND o.user_id = $2",
                [.integer(id), .id(userID)]), decode)
    }

    /// What waits to be sent now to people who can be reached, oldest first.
    public static func unsent(
        after id: Int64, limit: Int, now: Timestamp, in tx: any Transaction
    ) throws -> [OutboxMessage] {
        try tx.query(
            SQL(
                """
                SELECT \(columns)
                FROM outbox o
                JOIN users u ON u.id = o.user_id
                WHERE \(isUnsent) AND o.id > $1 AND (o.held_until IS NULL OR o.held_until <= $2)
                    AND u.unreachable_since IS NULL
                ORDER BY o.id
                LIMIT $3
                """, [.integer(id), .time(now), .integer(Int64(limit))]), decode)
    }

    /// What waits for one user and was never begun, oldest first.
    public static func untouched(
        of userID: UserID, limit: Int, now: Timestamp, in tx: any Transaction
    ) throws -> [OutboxMessage] {
        try tx.query(
            SQL(
                """
                SELECT \(columns)
                FROM outbox o
                WHERE \(isUnsent) AND o.begun_at IS NULL AND o.user_id = $1
                    AND (o.held_until IS NULL OR o.held_until <= $2)
                ORDER BY o.id
                LIMIT $3
                """, [.id(userID), .time(now), .integer(Int64(limit))]), decode)
    }

    /// Notes that sending it begins: from here on it may have gone out.
    public static func begin(_ id: Int64, now: Timestamp, in tx: any Transaction) throws {
        try tx.execute(
            SQL(
                """
                UPDATE outbox SET begun_at = COALESCE(begun_at, $2), attempts = attempts + 1
                WHERE id = $1
                """, [.integer(id), .time(now)]))
    }

    /// It certainly did not go out.
    public static func takeBack(_ id: Int64, in tx: any Transaction) throws {
        try tx.execute(SQL("UPDATE outbox SET begun_at = NULL WHERE id = $1", [.integer(id)]))
    }

    /// Not to be sent before `time`.
    public static func hold(_ id: Int64, until time: Timestamp, in tx: any Transaction) throws {
        try tx.execute(
            SQL(
                "UPDATE outbox SET held_until = $2 WHERE id = $1", [.integer(id), .time(time)]))
    }

    /// These are told by the message `pileID` from here on.
    public static func merge(
        _ ids: [Int64], into pileID: Int64, of userID: UserID, in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("user_id", .integer), .init("id", .integer), .init("pile_id", .integer),
        ])
        for id in ids { items.append([.id(userID), .integer(id), .integer(pileID)]) }
        try tx.execute(
            """
            UPDATE outbox SET merged_into = item.pile_id
            FROM item
            WHERE outbox.id = item.id AND outbox.user_id = item.user_id
            """, forEach: items)
    }

    public static func markSent(
        _ id: Int64, messageID: Int64?, now: Timestamp, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                "UPDATE outbox SET sent_at = $2, message_id = $3 WHERE id = $1",
                [.integer(id), .time(now), messageID.map(Value.integer) ?? .null]))
    }

    /// Gives up on a message for good; `reason` is kept for the admins.
    public static func markFailed(
        _ id: Int64, reason: String, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL("UPDATE outbox SET failure = $2 WHERE id = $1", [.integer(id), .text(reason)]))
    }

    /// The group has a new number: what waits for it goes there.
    public static func move(
        from old: Int64, to new: Int64, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                "UPDATE outbox SET chat_id = $2 WHERE chat_id = $1 AND sent_at IS NULL",
                [.integer(old), .integer(new)]))
    }
}

// What a user was told, one by one.
extension Outbox {
    /// The caller's newest message of other kinds than `pile` that is not newer than `id`; else
    /// the oldest.
    public static func news(
        notAfter id: Int64, except pile: String, for caller: Caller, in tx: any Transaction
    ) throws -> OutboxMessage? {
        func nearest(_ condition: String, _ order: String) throws -> OutboxMessage? {
            try tx.first(
                SQL(
                    """
                    SELECT \(columns)
                    FROM outbox o
                    WHERE o.user_id = $1 AND o.id \(condition) $2 AND o.kind <> $3
                    ORDER BY o.id \(order)
                    LIMIT 1
                    """, [.id(caller.userID), .integer(id), .text(pile)]), decode)
        }
        return try nearest("<=", "DESC") ?? nearest(">", "ASC")
    }

    /// The ids of the caller's messages before and after `id`, as far as there are any.
    public static func neighbours(
        of id: Int64, except pile: String, for caller: Caller, in tx: any Transaction
    ) throws -> (older: Int64?, newer: Int64?) {
        func neighbour(_ condition: String, _ order: String) throws -> Int64? {
            try tx.first(
                SQL(
                    """
                    SELECT o.id
                    FROM outbox o
                    WHERE o.user_id = $1 AND o.id \(condition) $2 AND o.kind <> $3
                    ORDER BY o.id \(order)
                    LIMIT 1
                    """, [.id(caller.userID), .integer(id), .text(pile)])
            ) { try $0.integer(0) }
        }
        return (older: try neighbour("<", "DESC"), newer: try neighbour(">", "ASC"))
    }
}
