public import Storage

/// What is known of a user wherever it stands, so that it can be made to go.
public enum Traces {
    /// Tables that are about the person, not about what was traded; they go with the name.
    static let personal = [
        "api_tokens", "hook_positions", "hook_deliveries", "hooks", "outbox", "pending_actions",
        "alerts", "schedules", "screeners", "user_settings", "fill_news",
    ]

    /// Takes out what others' rows say about the user: the details of the audit log, what admins
    /// were told of them and were asked about them.
    public static func scrub(_ user: User, by admin: Administrator, in tx: any Transaction) throws {
        try tx.execute(
            SQL(
                """
                UPDATE audit_log SET details_json = $3
                WHERE user_id = $1 OR (entity_type = $2 AND entity_id = $1)
                """, [.id(user.id), .text(AuditEntry.Entity.user.rawValue), .text("{}")]))
        // What they wrote and nobody has answered yet.
        try tx.execute(
            SQL(
                "UPDATE inbox SET content_json = NULL, chat_id = NULL WHERE chat_id = $1",
                [.integer(user.telegramUserID)]))
        // What names the user does so by the id that nothing else has.
        for (table, column) in [("outbox", "payload_json"), ("pending_actions", "content_json")] {
            let rows = try tx.query(
                SQL(
                    """
                    SELECT id, \(column) FROM \(table)
                    WHERE user_id <> $1 AND CAST(\(column) AS TEXT) LIKE $2
                    """, [.id(user.id), .text("%\(user.uid)%")])
            ) { try $0.integer(0) }
            for id in rows {
                try tx.execute(
                    SQL(
                        "UPDATE \(table) SET \(column) = $2 WHERE id = $1",
                        [.integer(id), .text("{}")]))
            }
        }
    }

    /// With the user goes all that is theirs: the foreign keys see to that.
    public static func erase(_ id: UserID, by admin: Administrator, in tx: any Transaction) throws {
        try tx.execute(SQL("DELETE FROM users WHERE id = $1", [.id(id)]))
    }

    /// Leaves the books, under names that say nothing.
    public static func anonymise(
        _ id: UserID, by admin: Administrator, in tx: any Transaction
    ) throws {
        for table in personal {
            try tx.execute(SQL("DELETE FROM \(table) WHERE user_id = $1", [.id(id)]))
        }
        try tx.execute(
            SQL(
                "UPDATE accounts SET name = uid, account_uid = NULL WHERE user_id = $1",
                [.id(id)]))
        try tx.execute(
            SQL(
                "UPDATE portfolios SET name = uid, description = NULL WHERE user_id = $1",
                [.id(id)]))
        try tx.execute(
            SQL("UPDATE cash_entries SET note = NULL WHERE user_id = $1", [.id(id)]))
        // No Telegram user has a number below zero.
        try tx.execute(
            SQL(
                """
                UPDATE users
                SET telegram_user_id = $2, username = NULL, is_active = $3, is_admin = $3,
                    last_seen_at = NULL, unreachable_since = NULL,
                    version = version + 1
                WHERE id = $1
                """, [.id(id), .text("-\(id.raw)"), .bool(false)]))
    }
}
