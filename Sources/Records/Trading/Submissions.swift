public import Ledger
public import Storage

/// A call that leaves for a gateway after the commit that stored it.
public struct Submission: Sendable, Hashable {
    /// The raw values are stored.
    public enum Kind: String, Sendable, CaseIterable {
        case place = "PLACE"
        case cancel = "CANCEL"
        case replace = "REPLACE"
    }

    public enum State: String, Sendable, CaseIterable {
        /// It has not left.
        case waiting = "WAITING"
        /// It is on its way, or was when the process ended.
        case sending = "SENDING"
        /// It may have arrived: the broker is asked.
        case unknown = "UNKNOWN"
        case done = "DONE"
        /// It never arrived, or was refused.
        case failed = "FAILED"
    }

    public let id: SubmissionID
    public let order: OrderID
    public let orderUID: String
    public let ownerID: UserID
    public let gateway: String
    public let kind: Kind
    /// The new terms of a replacement, as JSON.
    public let termsJSON: String
    public let state: State
    public let attempts: Int
    public let createdAt: Timestamp
}

public typealias SubmissionID = RowID<Submission>

/// What is on its way to gateways. What waits for one order leaves in the order in which it was
/// stored.
public enum Submissions {
    public static func insert(
        _ kind: Submission.Kind, of order: OrderID, termsJSON: String = "{}", now: Timestamp,
        for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                INSERT INTO order_submissions (user_id, order_id, kind, terms_json, due_at,
                    created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $5, $5)
                """,
                [
                    .id(caller.userID), .id(order), .text(kind.rawValue), .text(termsJSON),
                    .time(now),
                ]))
    }

    /// Those that have not ended, of all users, the first to leave first, at most `limit`; of each
    /// order the first one alone.
    public static func due(
        before now: Timestamp, limit: Int, in tx: any Transaction
    ) throws -> [Submission] {
        try tx.query(
            SQL(
                """
                \(select)
                WHERE s.state IN ('WAITING', 'SENDING', 'UNKNOWN') AND s.due_at <= $1
                    AND NOT EXISTS (
                        SELECT 1 FROM order_submissions e
                        WHERE e.order_id = s.order_id AND e.id < s.id
                            AND e.state IN ('WAITING', 'SENDING', 'UNKNOWN'))
                ORDER BY s.due_at, s.id
                LIMIT $2
                """, [.time(now), .integer(Int64(limit))]), decode)
    }

    /// When the next one is due; nil where none waits.
    public static func nextDue(in tx: any Transaction) throws -> Timestamp? {
        try tx.first(
            SQL(
                """
                SELECT MIN(due_at) FROM order_submissions
                WHERE state IN ('WAITING', 'SENDING', 'UNKNOWN')
                """)
        ) { try $0.optionalTime(0) } ?? nil
    }

    /// What is still on its way for an order, with the terms of replacements.
    public static func pending(
        of order: OrderID, for caller: Caller, in tx: any Transaction
    ) throws -> [(kind: Submission.Kind, termsJSON: String)] {
        try tx.query(
            SQL(
                """
                SELECT kind, terms_json FROM order_submissions
                WHERE order_id = $1 AND user_id = $2
                    AND state IN ('WAITING', 'SENDING', 'UNKNOWN')
                ORDER BY id
                """, [.id(order), .id(caller.userID)])
        ) { (try $0.choice(0), try $0.text(1)) }
    }

    /// All that is still on its way for an order, the first to leave first.
    public static func underway(
        of order: OrderID, for caller: Caller, in tx: any Transaction
    ) throws -> [Submission] {
        try tx.query(
            SQL(
                """
                \(select)
                WHERE s.order_id = $1 AND s.user_id = $2
                    AND s.state IN ('WAITING', 'SENDING', 'UNKNOWN')
                ORDER BY s.id
                """, [.id(order), .id(caller.userID)]), decode)
    }

    /// Whether other terms, or the end, of the same order were asked for since.
    public static func isOvertaken(
        _ submission: Submission, in tx: any Transaction
    ) throws -> Bool {
        try tx.first(
            SQL(
                """
                SELECT 1 FROM order_submissions
                WHERE order_id = $1 AND user_id = $2 AND id > $3
                    AND kind IN ('CANCEL', 'REPLACE') AND state IN ('WAITING', 'SENDING', 'UNKNOWN')
                """, [.id(submission.order), .id(submission.ownerID), .id(submission.id)])
        ) { _ in true } ?? false
    }

    /// Writes what has become of one; `due` is when it is looked at again.
    public static func set(
        _ state: Submission.State, of submission: Submission, attempts: Int, error: String? = nil,
        due: Timestamp, now: Timestamp, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE order_submissions
                SET state = $3, attempts = $4, error = $5, due_at = $6, updated_at = $7
                WHERE id = $1 AND user_id = $2
                """,
                [
                    .id(submission.id), .id(submission.ownerID), .text(state.rawValue),
                    .integer(Int64(attempts)), .optional(error), .time(due), .time(now),
                ]))
    }

    /// At the start, what was on its way when the process ended may have arrived.
    public static func doubtWhatWasSent(now: Timestamp, in tx: any Transaction) throws {
        try tx.execute(
            SQL(
                """
                UPDATE order_submissions SET state = 'UNKNOWN', due_at = $1, updated_at = $1
                WHERE state = 'SENDING'
                """, [.time(now)]))
    }

    private static let select = """
        SELECT s.id, s.order_id, o.uid, s.user_id, o.gateway, s.kind, s.terms_json, s.state,
            s.attempts, s.created_at
        FROM order_submissions s
        JOIN orders o ON o.id = s.order_id
        """

    private static func decode(_ row: any Row) throws -> Submission {
        Submission(
            id: try row.id(0), order: try row.id(1), orderUID: try row.text(2),
            ownerID: try row.id(3), gateway: try row.text(4), kind: try row.choice(5),
            termsJSON: try row.text(6), state: try row.choice(7),
            attempts: Int(try row.integer(8)), createdAt: try row.time(9))
    }
}
