public import Ledger
public import Storage

/// A call of a hook that has not become a trade, or not at once.
public struct HookDelivery: Sendable, Hashable {
    public enum Status: String, Sendable, CaseIterable {
        /// Its fill is about to be stored.
        case received = "RECEIVED"
        /// It could not be stored, and waits for somebody.
        case quarantined = "QUARANTINED"
        /// It could be stored later.
        case retried = "RETRIED"
        /// Its owner did not want it.
        case discarded = "DISCARDED"
    }

    /// Why it is no trade, in the words of `FillRefusal`.
    public struct Reason: Sendable, Hashable {
        public let code: String
        public let field: String?
        public let detail: String

        public init(code: String, field: String?, detail: String) {
            self.code = code
            self.field = field
            self.detail = detail
        }
    }

    public let id: HookDeliveryID
    public let uid: String
    public let hookID: HookID
    public let hookName: ExactText
    public let status: Status
    /// How often it came.
    public let times: Int
    public let contentType: String?
    public let body: [UInt8]
    public let reason: Reason?
    public let receivedAt: Timestamp
}

public enum HookDeliveries {
    private static let select = """
        SELECT d.id, d.uid, d.hook_id, h.name, d.status, d.times, d.content_type, d.body, d.code,
            d.field, d.detail, d.received_at
        FROM hook_deliveries d
        JOIN hooks h ON h.user_id = d.user_id AND h.id = d.hook_id
        """

    private static func decode(_ row: any Row) throws -> HookDelivery {
        let code = try row.optionalText(8)
        let field = try row.optionalText(9)
        let detail = try row.optionalText(10) ?? ""
        return HookDelivery(
            id: try row.id(0), uid: try row.text(1), hookID: try row.id(2),
            hookName: try row.exact(3), status: try row.choice(4),
            times: Int(try row.integer(5)), contentType: try row.optionalText(6),
            body: try row.blob(7),
            reason: code.map { HookDelivery.Reason(code: $0, field: field, detail: detail) },
            receivedAt: try row.time(11))
    }

    public static func with(
        id: HookDeliveryID, for caller: Caller, in tx: any Transaction
    ) throws -> HookDelivery? {
        try tx.first(
            SQL("\(select) WHERE d.user_id = $1 AND d.id = $2", [.id(caller.userID), .id(id)]),
            decode)
    }

    /// What waits in quarantine, oldest first, after `id`.
    public static func quarantined(
        after id: HookDeliveryID = HookDeliveryID(0), limit: Int, for caller: Caller,
        in tx: any Transaction
    ) throws -> [HookDelivery] {
        try tx.query(
            SQL(
                """
                \(select)
                WHERE d.user_id = $1 AND d.settled_at IS NULL AND d.status = 'QUARANTINED'
                    AND d.id > $2
                ORDER BY d.id
                LIMIT $3
                """, [.id(caller.userID), .id(id), .integer(Int64(limit))]), decode)
    }

    /// What was taken in for this hook and not stored, because the process ended meanwhile.
    public static func received(
        of hook: HookID, before time: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws -> [HookDelivery] {
        try tx.query(
            SQL(
                """
                \(select)
                WHERE d.user_id = $1 AND d.hook_id = $2 AND d.settled_at IS NULL
                    AND d.status = 'RECEIVED' AND d.received_at < $3
                ORDER BY d.id
                """, [.id(caller.userID), .id(hook), .time(time)]), decode)
    }

    /// The hooks of everybody with something received and not stored, each once.
    public static func hooksWithReceived(
        before time: Timestamp, for admin: Administrator, in tx: any Transaction
    ) throws -> [String] {
        try tx.query(
            SQL(
                """
                SELECT DISTINCT h.uid
                FROM hook_deliveries d
                JOIN hooks h ON h.user_id = d.user_id AND h.id = d.hook_id
                WHERE d.settled_at IS NULL AND d.status = 'RECEIVED' AND d.received_at < $1
                ORDER BY h.uid
                """, [.time(time)])
        ) { try $0.text(0) }
    }

    /// How many of the caller's wait in quarantine.
    public static func countQuarantined(
        for caller: Caller, in tx: any Transaction
    ) throws -> Int {
        let count = try tx.first(
            SQL(
                """
                SELECT COUNT(*) FROM hook_deliveries
                WHERE user_id = $1 AND settled_at IS NULL AND status = 'QUARANTINED'
                """, [.id(caller.userID)])
        ) { try $0.integer(0) }
        return Int(count ?? 0)
    }

    /// What one that came before is now.
    public static func status(
        identity: String, of hook: HookID, for caller: Caller, in tx: any Transaction
    ) throws -> HookDelivery.Status? {
        try tx.first(
            SQL(
                """
                SELECT status FROM hook_deliveries
                WHERE user_id = $1 AND hook_id = $2 AND identity = $3
                """, [.id(caller.userID), .id(hook), .text(identity)])
        ) { try $0.choice(0) }
    }

    /// Counts one that came before so many times more.
    public static func count(
        again times: Int, identity: String, of hook: HookID, for caller: Caller,
        in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE hook_deliveries SET times = times + $4
                WHERE user_id = $1 AND hook_id = $2 AND identity = $3
                """,
                [
                    .id(caller.userID), .id(hook), .text(identity), .integer(Int64(times)),
                ]))
    }

    /// It waits in quarantine (again), as it is now.
    public static func renew(
        identity: String, of hook: HookID, contentType: String?, body: [UInt8],
        reason: HookDelivery.Reason, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE hook_deliveries
                SET status = 'QUARANTINED', settled_at = NULL, content_type = $4, body = $5,
                    code = $6, field = $7, detail = $8
                WHERE user_id = $1 AND hook_id = $2 AND identity = $3
                """,
                [
                    .id(caller.userID), .id(hook), .text(identity), .optional(contentType),
                    .blob(body), .text(reason.code), .optional(reason.field),
                    .text(reason.detail),
                ]))
    }

    /// What waited under these identities is stored by now.
    public static func settleStored(
        identities: [String], of hook: HookID, now: Timestamp, for caller: Caller,
        in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("user_id", .integer), .init("hook_id", .integer), .init("identity", .text),
            .init("settled_at", .time),
        ])
        for identity in identities {
            items.append([.id(caller.userID), .id(hook), .text(identity), .time(now)])
        }
        try tx.execute(
            """
            UPDATE hook_deliveries
            SET status = 'RETRIED', settled_at = item.settled_at
            FROM item
            WHERE hook_deliveries.user_id = item.user_id
                AND hook_deliveries.hook_id = item.hook_id
                AND hook_deliveries.identity = item.identity
                AND hook_deliveries.settled_at IS NULL
            """, forEach: items)
    }

    public static func insert(
        uid: String, hook: HookID, status: HookDelivery.Status, identity: String?,
        contentType: String?, body: [UInt8], reason: HookDelivery.Reason?, now: Timestamp,
        for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                INSERT INTO hook_deliveries (uid, user_id, hook_id, status, identity, content_type,
                    body, code, field, detail, received_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                """,
                [
                    .text(uid), .id(caller.userID), .id(hook), .text(status.rawValue),
                    .optional(identity), .optional(contentType), .blob(body),
                    .optional(reason?.code), .optional(reason?.field), .optional(reason?.detail),
                    .time(now),
                ]))
    }

    /// It waits in quarantine, for this reason from now on.
    public static func quarantine(
        uid: String, reason: HookDelivery.Reason, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE hook_deliveries
                SET status = 'QUARANTINED', code = $3, field = $4, detail = $5
                WHERE user_id = $1 AND uid = $2 AND settled_at IS NULL
                """,
                [
                    .id(caller.userID), .text(uid), .text(reason.code), .optional(reason.field),
                    .text(reason.detail),
                ]))
    }

    /// Messages that came in `(from, until]` and wait wait no longer: what they tell of was pulled.
    public static func settlePulled(
        of hook: HookID, from: Timestamp?, until: Timestamp, now: Timestamp, for caller: Caller,
        in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE hook_deliveries SET status = 'RETRIED', settled_at = $5
                WHERE user_id = $1 AND hook_id = $2 AND settled_at IS NULL
                    AND status = 'QUARANTINED' AND identity IS NULL
                    AND received_at > $3 AND received_at <= $4
                """,
                [
                    .id(caller.userID), .id(hook), .time(from ?? .distantPast), .time(until),
                    .time(now),
                ]))
    }

    /// It waits no longer; false where it did not.
    public static func settle(
        uid: String, as status: HookDelivery.Status, now: Timestamp, for caller: Caller,
        in tx: any Transaction
    ) throws -> Bool {
        try tx.execute(
            SQL(
                """
                UPDATE hook_deliveries SET status = $3, settled_at = $4
                WHERE user_id = $1 AND uid = $2 AND settled_at IS NULL
                """,
                [.id(caller.userID), .text(uid), .text(status.rawValue), .time(now)])) > 0
    }

    /// Its fill is stored: nothing is left to tell.
    public static func remove(
        uid: String, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                DELETE FROM hook_deliveries
                WHERE user_id = $1 AND uid = $2 AND status = 'RECEIVED'
                """, [.id(caller.userID), .text(uid)]))
    }

    /// Forgets what was settled before `time`.
    public static func prune(
        before time: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                "DELETE FROM hook_deliveries WHERE user_id = $1 AND settled_at < $2",
                [.id(caller.userID), .time(time)]))
    }
}
