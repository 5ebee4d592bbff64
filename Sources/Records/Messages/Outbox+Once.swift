public import Ledger
public import Storage

/// What waits in the outbox.
public struct OutboxBacklog: Sendable, Hashable {
    public let count: Int
    /// Since when the oldest waits; nil where nothing does.
    public let oldestAt: Timestamp?
}

extension Outbox {
    /// As `append`, unless a message with this `uid` is there: then nothing is written. Whether it
    /// was.
    public static func appendOnce(
        uid: String, to userID: UserID, chatID: Int64, kind: String, payloadJSON: String,
        now: Timestamp, in tx: any Transaction
    ) throws -> Bool {
        try tx.execute(
            SQL(
                """
                INSERT INTO outbox (uid, user_id, chat_id, kind, payload_json, created_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (uid) DO NOTHING
                """,
                [
                    .text(uid), .id(userID), .integer(chatID), .text(kind), .text(payloadJSON),
                    .time(now),
                ])) == 1
    }

    public static func backlog(in tx: any Transaction) throws -> OutboxBacklog {
        let backlog = try tx.first(
            SQL(
                """
                SELECT COUNT(*), MIN(created_at) FROM outbox
                WHERE sent_at IS NULL AND failure IS NULL
                """)
        ) { OutboxBacklog(count: Int(try $0.integer(0)), oldestAt: try $0.optionalTime(1)) }
        return backlog ?? OutboxBacklog(count: 0, oldestAt: nil)
    }
}
