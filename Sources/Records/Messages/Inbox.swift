public import Ledger
public import Storage

/// A Telegram update as it is kept until it is answered.
public struct InboxEntry: Sendable, Hashable {
    public let updateID: Int64
    /// The chat in whose line it stands; nil where there is nothing to be done.
    public let chatID: Int64?
    /// Nil where there is nothing to be answered (any more).
    public let contentJSON: String?

    public init(updateID: Int64, chatID: Int64?, contentJSON: String?) {
        self.updateID = updateID
        self.chatID = chatID
        self.contentJSON = contentJSON
    }
}

/// The Telegram updates that came in: what waits to be answered, and what had its effect, so that
/// one delivered again acts once.
///
/// They come from the installation's own bot and are of no user yet: whoever answers one finds out
/// whose it is.
public enum Inbox {
    /// Whether the update had no effect yet; from here on it had one.
    public static func admit(
        updateID: Int64, now: Timestamp, in tx: any Transaction
    ) throws -> Bool {
        try tx.execute(
            SQL(
                """
                INSERT INTO inbox (update_id, received_at, acted_at) VALUES ($1, $2, $2)
                ON CONFLICT (update_id) DO UPDATE SET acted_at = excluded.acted_at
                WHERE inbox.acted_at IS NULL
                """, [.integer(updateID), .time(now)])) == 1
    }

    /// Keeps what came in; what is there already stays as it is. Each update once.
    public static func store(
        _ entries: [InboxEntry], now: Timestamp, in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("update_id", .integer), .init("received_at", .time), .init("chat_id", .integer),
            .init("content_json", .text), .init("answered_at", .time),
        ])
        for entry in entries {
            items.append([
                .integer(entry.updateID), .time(now), entry.chatID.map(Value.integer) ?? .null,
                .optional(entry.contentJSON), entry.contentJSON == nil ? .time(now) : .null,
            ])
        }
        // An update may act, or be answered, before it is stored.
        try tx.execute(
            """
            INSERT INTO inbox (update_id, received_at, chat_id, content_json, answered_at)
            SELECT update_id, received_at, chat_id, content_json, answered_at
            FROM item
            WHERE true
            ON CONFLICT (update_id) DO UPDATE SET chat_id = excluded.chat_id,
                content_json = excluded.content_json, answered_at = excluded.answered_at
            WHERE inbox.answered_at IS NULL
            """, forEach: items)
    }

    /// There is nothing left to be said to these, and what they said is forgotten.
    public static func markAnswered(
        _ updateIDs: [Int64], now: Timestamp, in tx: any Transaction
    ) throws {
        try store(
            updateIDs.map { InboxEntry(updateID: $0, chatID: nil, contentJSON: nil) }, now: now,
            in: tx)
    }

    /// Which of these are known, and whether they are answered.
    public static func answers(
        to updateIDs: [Int64], in tx: any Transaction
    ) throws -> [Int64: Bool] {
        var items = RowSet([.init("update_id", .integer)])
        for updateID in updateIDs { items.append([.integer(updateID)]) }
        let rows = try tx.query(
            """
            SELECT i.update_id, i.answered_at
            FROM item
            JOIN inbox i ON i.update_id = item.update_id
            """, forEach: items
        ) { (try $0.integer(0), !$0.isNull(1)) }
        return Dictionary(rows) { first, _ in first }
    }

    /// The highest number that is known; nil where none is.
    public static func newest(in tx: any Transaction) throws -> Int64? {
        try tx.first(SQL("SELECT update_id FROM inbox ORDER BY update_id DESC LIMIT 1")) {
            try $0.integer(0)
        }
    }

    /// The chats in whose lines something waits to be answered.
    public static func waitingChats(in tx: any Transaction) throws -> [Int64] {
        try tx.query(
            SQL(
                """
                SELECT DISTINCT chat_id FROM inbox
                WHERE content_json IS NOT NULL AND chat_id IS NOT NULL
                ORDER BY chat_id
                """)
        ) { try $0.integer(0) }
    }

    /// What waits to be answered in a chat's line, oldest first.
    public static func waiting(
        in chatID: Int64, after updateID: Int64, limit: Int, in tx: any Transaction
    ) throws -> [InboxEntry] {
        try tx.query(
            SQL(
                """
                SELECT update_id, chat_id, content_json FROM inbox
                WHERE content_json IS NOT NULL AND chat_id = $1 AND update_id > $2
                ORDER BY update_id
                LIMIT $3
                """, [.integer(chatID), .integer(updateID), .integer(Int64(limit))])
        ) { row in
            InboxEntry(
                updateID: try row.integer(0), chatID: try row.integer(1),
                contentJSON: try row.text(2))
        }
    }

    /// Forgets what Telegram no longer delivers: updates wait there for a day.
    public static func prune(before time: Timestamp, in tx: any Transaction) throws {
        try tx.execute(SQL("DELETE FROM inbox WHERE received_at < $1", [.time(time)]))
    }
}
