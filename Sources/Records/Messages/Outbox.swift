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
}

public enum Outbox {
    public static func append(
        uid: String, to userID: UserID, chatID: Int64, kind: String, payloadJSON: String,
        now: Timestamp, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                INSERT INTO outbox (uid, user_id, chat_id, kind, payload_json, created_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                """,
                [
                    .text(uid), .id(userID), .integer(chatID), .text(kind), .text(payloadJSON),
                    .time(now),
                ]))
    }

    /// What waits to be sent, oldest first.
    public static func unsent(
        after id: Int64, limit: Int, in tx: any Transaction
    ) throws -> [OutboxMessage] {
        try tx.query(
            SQL(
                """
                SELECT id, user_id, chat_id, kind, payload_json, created_at, attempts
                FROM outbox
                WHERE sent_at IS NULL AND failure IS NULL AND id > $1
                ORDER BY id
                LIMIT $2
                """, [.integer(id), .integer(Int64(limit))])
        ) { row in
            OutboxMessage(
                id: try row.integer(0), userID: try row.id(1), chatID: try row.integer(2),
                kind: try row.text(3), payloadJSON: try row.text(4), createdAt: try row.time(5),
                attempts: Int(try row.integer(6)))
        }
    }

    public static func markSent(
        _ id: Int64, messageID: Int64?, now: Timestamp, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE outbox SET sent_at = $2, message_id = $3, attempts = attempts + 1
                WHERE id = $1
                """, [.integer(id), .time(now), messageID.map(Value.integer) ?? .null]))
    }

    /// Gives up on a message for good; `reason` is kept for the admins.
    public static func markFailed(
        _ id: Int64, reason: String, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                "UPDATE outbox SET failure = $2, attempts = attempts + 1 WHERE id = $1",
                [.integer(id), .text(reason)]))
    }

    public static func countAttempt(_ id: Int64, in tx: any Transaction) throws {
        try tx.execute(
            SQL("UPDATE outbox SET attempts = attempts + 1 WHERE id = $1", [.integer(id)]))
    }
}
