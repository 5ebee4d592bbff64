public import Ledger
public import Storage

/// The position that the last alert of a strategy told of.
public struct HookPosition: Sendable, Hashable {
    public enum Direction: String, Sendable, CaseIterable { case long, short, flat }

    public let direction: Direction
    /// Without a sign; nil where the alert did not tell.
    public let size: Decimal?
    /// Of the alert that told it.
    public let alertIdentity: String
    public let alertedAt: Timestamp

    public init(
        direction: Direction, size: Decimal?, alertIdentity: String, alertedAt: Timestamp
    ) {
        self.direction = direction
        self.size = size
        self.alertIdentity = alertIdentity
        self.alertedAt = alertedAt
    }
}

public enum HookPositions {
    public static func last(
        of hook: HookID, symbol: ExactText, for caller: Caller, in tx: any Transaction
    ) throws -> HookPosition? {
        try tx.first(
            SQL(
                """
                SELECT direction, size, alert_identity, alerted_at
                FROM hook_positions
                WHERE user_id = $1 AND hook_id = $2 AND symbol = $3
                """, [.id(caller.userID), .id(hook), .exact(symbol)])
        ) { row in
            HookPosition(
                direction: try row.choice(0), size: try row.optionalDecimal(1),
                alertIdentity: try row.text(2), alertedAt: try row.time(3))
        }
    }

    /// Of how many symbols something is known.
    public static func count(
        of hook: HookID, for caller: Caller, in tx: any Transaction
    ) throws -> Int {
        let count = try tx.first(
            SQL(
                "SELECT COUNT(*) FROM hook_positions WHERE user_id = $1 AND hook_id = $2",
                [.id(caller.userID), .id(hook)])
        ) { try $0.integer(0) }
        return Int(count ?? 0)
    }

    public static func put(
        _ position: HookPosition, of hook: HookID, symbol: ExactText, for caller: Caller,
        in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                INSERT INTO hook_positions (hook_id, symbol, user_id, direction, size,
                    alert_identity, alerted_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (hook_id, symbol) DO UPDATE
                SET direction = excluded.direction, size = excluded.size,
                    alert_identity = excluded.alert_identity, alerted_at = excluded.alerted_at
                """,
                [
                    .id(hook), .exact(symbol), .id(caller.userID),
                    .text(position.direction.rawValue), .optional(position.size),
                    .text(position.alertIdentity), .time(position.alertedAt),
                ]))
    }
}
