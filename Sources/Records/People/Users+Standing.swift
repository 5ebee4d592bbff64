public import Ledger
public import Storage

/// A user as an admin sees them.
public struct UserListing: Sendable, Hashable {
    public let user: User
    /// When they last wrote or pressed, to the minute; nil where they never did.
    public let lastSeenAt: Timestamp?
    /// Those that are not archived.
    public let portfolios: Int
    public let openPositions: Int
}

extension Users {
    /// Everyone with what they have, in the order in which they came.
    public static func listings(
        for admin: Administrator, in tx: any Transaction
    ) throws -> [UserListing] {
        try tx.query(
            SQL(
                """
                SELECT \(columns), last_seen_at, COALESCE(books.number, 0),
                    COALESCE(holdings.number, 0)
                FROM users
                LEFT JOIN (
                    SELECT user_id, COUNT(*) AS number FROM portfolios
                    WHERE archived_at IS NULL
                    GROUP BY user_id) AS books ON books.user_id = users.id
                LEFT JOIN (
                    SELECT user_id, COUNT(*) AS number FROM positions
                    WHERE quantity <> '0'
                    GROUP BY user_id) AS holdings ON holdings.user_id = users.id
                ORDER BY id
                """)
        ) { row in
            UserListing(
                user: try decode(row), lastSeenAt: try row.optionalTime(columnCount),
                portfolios: Int(try row.integer(columnCount + 1)),
                openPositions: Int(try row.integer(columnCount + 2)))
        }
    }

    /// The members, in the order in which they came.
    public static func members(
        for admin: Administrator, in tx: any Transaction
    ) throws -> [User] {
        try tx.query(
            SQL(
                """
                SELECT \(columns) FROM users
                WHERE is_active = $1 AND approved_at IS NOT NULL
                ORDER BY id
                """, [.bool(true)]), decode)
    }

    /// Whether the caller may still do anything: asked within a unit of work by what may have
    /// begun before their membership ended.
    public static func isMember(_ caller: Caller, in tx: any Transaction) throws -> Bool {
        try tx.first(
            SQL(
                """
                SELECT 1 FROM users
                WHERE id = $1 AND is_active = $2 AND approved_at IS NOT NULL
                """, [.id(caller.userID), .bool(true)])
        ) { try $0.integer(0) } != nil
    }

    /// Notes when people were heard of, unless something later is known.
    public static func setLastSeen(
        _ times: [UserID: Timestamp], in tx: any Transaction
    ) throws {
        var items = RowSet([.init("id", .integer), .init("seen_at", .time)])
        for (id, time) in times.sorted(by: { $0.key.raw < $1.key.raw }) {
            items.append([.id(id), .time(time)])
        }
        try tx.execute(
            """
            UPDATE users
            SET last_seen_at = item.seen_at
            FROM item
            WHERE users.id = item.id
                AND (users.last_seen_at IS NULL OR users.last_seen_at < item.seen_at)
            """, forEach: items)
    }
}
