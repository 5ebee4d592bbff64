public import Ledger
public import Storage

/// The Telegram updates that were acted on, so that one delivered again acts once.
public enum Inbox {
    /// Whether the update is new; it counts as seen from here on.
    public static func admit(
        updateID: Int64, now: Timestamp, in tx: any Transaction
    ) throws -> Bool {
        try tx.execute(
            SQL(
                """
                INSERT INTO inbox (update_id, received_at) VALUES ($1, $2)
                ON CONFLICT (update_id) DO NOTHING
                """, [.integer(updateID), .time(now)])) == 1
    }

    public static func contains(updateID: Int64, in tx: any Transaction) throws -> Bool {
        try tx.first(
            SQL("SELECT 1 FROM inbox WHERE update_id = $1", [.integer(updateID)])
        ) { try $0.integer(0) } != nil
    }

    /// Forgets what Telegram no longer delivers: updates wait there for a day.
    public static func prune(before time: Timestamp, in tx: any Transaction) throws {
        try tx.execute(SQL("DELETE FROM inbox WHERE received_at < $1", [.time(time)]))
    }
}
