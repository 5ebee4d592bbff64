public import Ledger
public import Storage

/// Something that was proposed to a user, and what has become of it.
public struct PendingAction: Sendable, Hashable {
    /// What the user made of it; the first decision stays.
    public enum Decision: String, Sendable, CaseIterable { case confirm, discard }

    /// The single-use token that its buttons carry.
    public let token: String
    public let kind: String
    /// All that is needed to carry it out; a JSON object.
    public let contentJSON: String
    public let createdAt: Timestamp
    /// The first instant at which it can no longer be decided.
    public let expiresAt: Timestamp
    public let decision: Decision?
    /// What came of it, a JSON object; nil until it is carried out.
    public let resultJSON: String?
}

public enum PendingActions {
    private static let select = """
        SELECT uid, kind, content_json, created_at, expires_at, decision, result_json
        FROM pending_actions
        """

    private static func decode(_ row: any Row) throws -> PendingAction {
        PendingAction(
            token: try row.text(0), kind: try row.text(1), contentJSON: try row.text(2),
            createdAt: try row.time(3), expiresAt: try row.time(4),
            decision: row.isNull(5) ? nil : try row.choice(5),
            resultJSON: try row.optionalText(6))
    }

    /// Nil for a token that is unknown, or another user's.
    public static func with(
        token: String, for caller: Caller, in tx: any Transaction
    ) throws -> PendingAction? {
        try tx.first(
            SQL(
                "\(select) WHERE user_id = $1 AND uid = $2", [.id(caller.userID), .text(token)]),
            decode)
    }

    /// What this Telegram update proposed when it came the first time.
    public static func with(
        updateID: Int64, for caller: Caller, in tx: any Transaction
    ) throws -> PendingAction? {
        try tx.first(
            SQL(
                "\(select) WHERE user_id = $1 AND update_id = $2",
                [.id(caller.userID), .integer(updateID)]), decode)
    }

    /// The newest of a kind that can still be decided and is not.
    public static func newest(
        kind: String, now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws -> PendingAction? {
        try tx.first(
            SQL(
                """
                \(select)
                WHERE user_id = $1 AND kind = $2 AND decision IS NULL AND expires_at > $3
                ORDER BY id DESC
                LIMIT 1
                """, [.id(caller.userID), .text(kind), .time(now)]), decode)
    }

    /// How many can still be decided and are not.
    public static func countOpen(
        now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws -> Int {
        let count = try tx.first(
            SQL(
                """
                SELECT COUNT(*) FROM pending_actions
                WHERE user_id = $1 AND decision IS NULL AND expires_at > $2
                """, [.id(caller.userID), .time(now)])
        ) { try $0.integer(0) }
        return Int(count ?? 0)
    }

    /// All of a kind that can still be decided and are not, and whom they were proposed to.
    public static func open(
        kind: String, now: Timestamp, in tx: any Transaction
    ) throws -> [(userID: UserID, action: PendingAction)] {
        try tx.query(
            SQL(
                """
                SELECT uid, kind, content_json, created_at, expires_at, decision, result_json,
                    user_id
                FROM pending_actions
                WHERE kind = $1 AND decision IS NULL AND expires_at > $2
                """, [.text(kind), .time(now)])
        ) { (try $0.id(7), try decode($0)) }
    }

    public static func insert(
        token: String, updateID: Int64?, kind: String, contentJSON: String, now: Timestamp,
        expiresAt: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                INSERT INTO pending_actions (uid, user_id, update_id, kind, content_json,
                    created_at, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                """,
                [
                    .text(token), .id(caller.userID), updateID.map(Value.integer) ?? .null,
                    .text(kind), .text(contentJSON), .time(now), .time(expiresAt),
                ]))
    }

    /// Whether this is the first decision, made in time; any other changes nothing.
    public static func decide(
        _ token: String, as decision: PendingAction.Decision, now: Timestamp, for caller: Caller,
        in tx: any Transaction
    ) throws -> Bool {
        try tx.execute(
            SQL(
                """
                UPDATE pending_actions SET decision = $3, decided_at = $4
                WHERE user_id = $1 AND uid = $2 AND decision IS NULL AND expires_at > $4
                """,
                [
                    .id(caller.userID), .text(token), .text(decision.rawValue), .time(now),
                ])) == 1
    }

    /// Keeps the result of what was confirmed; the first one stays.
    public static func finish(
        _ token: String, resultJSON: String, now: Timestamp, for caller: Caller,
        in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE pending_actions SET result_json = $3, done_at = $4
                WHERE user_id = $1 AND uid = $2 AND decision = 'confirm' AND done_at IS NULL
                """,
                [.id(caller.userID), .text(token), .text(resultJSON), .time(now)]))
    }

    /// Forgets what was proposed before `time`.
    public static func prune(
        before time: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                "DELETE FROM pending_actions WHERE user_id = $1 AND created_at < $2",
                [.id(caller.userID), .time(time)]))
    }
}
