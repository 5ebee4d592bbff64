public import Ledger
public import Storage

/// A row of the audit log with the name of who did it.
public struct AuditListing: Sendable, Hashable {
    public let id: Int64
    public let createdAt: Timestamp
    /// Nil where it was the owner at the command line, the service itself, or somebody who is gone.
    public let actor: User?
    /// As it is stored: another version of the program may know other words.
    public let entity: String
    public let entityID: Int64?
    public let action: String
    public let detailsJSON: String
}

/// The log of who did what, newest first.
public enum AuditList {
    /// At most `limit` rows before the one with the id `before`. With `user`, what they did and
    /// what was done to them. Trades alone are left out unless they are asked for: each has a row.
    public static func page(
        about user: UserID?, entity: AuditEntry.Entity?, before: Int64?, limit: Int,
        for admin: Administrator, in tx: any Transaction
    ) throws -> [AuditListing] {
        // What is not asked for is left out of the text, so that each question has its own plan.
        var values: [Value] = [.integer(Int64(limit))]
        var conditions: [String] = []
        func bind(_ value: Value) -> String {
            values.append(value)
            return "$\(values.count)"
        }
        if entity == .trade {
            conditions.append("l.entity_type = 'TRADE'")
        } else {
            // As the index has it.
            conditions.append("l.entity_type <> 'TRADE'")
            if let entity {
                conditions.append("l.entity_type = \(bind(.text(entity.rawValue)))")
            }
        }
        if let user {
            let number = bind(.id(user))
            conditions.append(
                "(l.user_id = \(number) OR (l.entity_type = 'USER' AND l.entity_id = \(number)))")
        }
        if let before { conditions.append("l.id < \(bind(.integer(before)))") }
        return try tx.query(
            SQL(
                """
                \(select)
                WHERE \(conditions.joined(separator: " AND "))
                ORDER BY l.id DESC
                LIMIT $1
                """, values), decode)
    }

    /// What an admin last decided about somebody who asked to come in; nil where nobody has.
    public static func lastDecision(
        about user: UserID, in tx: any Transaction
    ) throws -> AuditListing? {
        try tx.first(
            SQL(
                """
                \(select)
                WHERE l.entity_type <> 'TRADE' AND l.entity_type = 'USER' AND l.entity_id = $1
                    AND l.action IN ('APPROVE', 'REJECT')
                ORDER BY l.id DESC
                LIMIT 1
                """, [.id(user)]), decode)
    }

    private static let select = """
        SELECT \(Users.columns), l.id, l.created_at, l.entity_type, l.entity_id, l.action,
            l.details_json
        FROM audit_log l
        LEFT JOIN users ON users.id = l.user_id
        """

    private static func decode(_ row: any Row) throws -> AuditListing {
        let first = Users.columnCount
        return AuditListing(
            id: try row.integer(first), createdAt: try row.time(first + 1),
            actor: row.isNull(0) ? nil : try Users.decode(row), entity: try row.text(first + 2),
            entityID: try row.optionalInteger(first + 3), action: try row.text(first + 4),
            detailsJSON: try row.text(first + 5))
    }
}
