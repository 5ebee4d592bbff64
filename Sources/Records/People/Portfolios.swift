public import Ledger
public import Storage

/// A book of positions, bound to one broker account. The boundary of consistency: what happens in
/// one portfolio happens in one order.
public struct Portfolio: Sendable, Hashable {
    public let id: PortfolioID
    public let uid: String
    public let name: ExactText
    public let accountName: ExactText
    public let brokerCode: String
    public let baseCurrency: Currency
    public let isDefault: Bool
    /// By what rules its holdings are kept.
    public let rules: HoldingRules
    /// Whether what is derived has to be made anew from its trades before it can be built upon.
    public let isRebuildDue: Bool
    /// Since when it is put away: out of the lists, its history kept, closed to new fills. Nil for
    /// one that is in use.
    public let archivedAt: Timestamp?

    public var isArchived: Bool { archivedAt != nil }
}

public enum Portfolios {
    private static let select = """
        SELECT p.id, p.uid, p.name, a.name, b.code, a.base_currency, p.is_default,
            p.cost_method, p.leg_window_sec, p.is_rebuild_due, p.archived_at
        FROM portfolios p
        JOIN accounts a ON a.id = p.account_id
        JOIN brokers b ON b.id = a.broker_id
        """

    private static func decode(_ row: any Row) throws -> Portfolio {
        Portfolio(
            id: try row.id(0), uid: try row.text(1), name: try row.exact(2),
            accountName: try row.exact(3), brokerCode: try row.text(4),
            baseCurrency: try row.currency(5), isDefault: try row.bool(6),
            rules: HoldingRules(
                lotMethod: try row.choice(7), legWindowSeconds: Int(try row.integer(8))),
            isRebuildDue: try row.bool(9), archivedAt: try row.optionalTime(10))
    }

    /// All of the caller's, the archived ones too.
    public static func all(for caller: Caller, in tx: any Transaction) throws -> [Portfolio] {
        try tx.query(
            SQL("\(select) WHERE p.user_id = $1 ORDER BY p.name", [.id(caller.userID)]), decode)
    }

    public static func named(
        _ name: ExactText, for caller: Caller, in tx: any Transaction
    ) throws -> Portfolio? {
        try tx.first(
            SQL(
                "\(select) WHERE p.user_id = $1 AND p.name = $2",
                [.id(caller.userID), .exact(name)]), decode)
    }

    public static func with(
        id: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws -> Portfolio? {
        try tx.first(
            SQL(
                "\(select) WHERE p.user_id = $1 AND p.id = $2", [.id(caller.userID), .id(id)]),
            decode)
    }

    /// The one that a command without a portfolio means.
    public static func standard(
        for caller: Caller, in tx: any Transaction
    ) throws -> Portfolio? {
        try tx.first(
            SQL(
                "\(select) WHERE p.user_id = $1 AND p.is_default = $2",
                [.id(caller.userID), .bool(true)]), decode)
    }

    /// Makes other units of work on these portfolios wait (PostgreSQL; SQLite has one writer).
    /// Returns those that are archived, perhaps by one that this one waited for.
    @discardableResult
    public static func lock(
        _ ids: [PortfolioID], for caller: Caller, in tx: any Transaction
    ) throws -> Set<PortfolioID> {
        guard tx.dialect == .postgres else { return [] }
        var archived: Set<PortfolioID> = []
        for id in ids.sorted(by: { $0.raw < $1.raw }) {
            let isArchived = try tx.first(
                SQL(
                    """
                    SELECT archived_at IS NOT NULL FROM portfolios
                    WHERE user_id = $1 AND id = $2
                    FOR UPDATE
                    """, [.id(caller.userID), .id(id)])
            ) { try $0.bool(0) }
            if isArchived == true { archived.insert(id) }
        }
        return archived
    }

    /// Sets the rules; what is derived is to be made anew by them.
    public static func setRules(
        _ rules: HoldingRules, of id: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE portfolios SET cost_method = $3, leg_window_sec = $4, is_rebuild_due = $5,
                    version = version + 1
                WHERE id = $1 AND user_id = $2
                """,
                [
                    .id(id), .id(caller.userID), .text(rules.lotMethod.rawValue),
                    .integer(Int64(rules.legWindowSeconds)), .bool(true),
                ]))
    }

    /// What is derived has been made anew.
    public static func setRebuilt(
        _ id: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                "UPDATE portfolios SET is_rebuild_due = $3 WHERE id = $1 AND user_id = $2",
                [.id(id), .id(caller.userID), .bool(false)]))
    }

    /// Adds a portfolio; making it the default takes that from the one that had it.
    public static func insert(
        uid: String, name: ExactText, account: AccountID, isDefault: Bool, rules: HoldingRules,
        now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws -> PortfolioID {
        if isDefault { try clearDefault(for: caller, in: tx) }
        let ids: [PortfolioID] = try tx.query(
            SQL(
                """
                INSERT INTO portfolios (uid, user_id, account_id, name, is_default, cost_method,
                    leg_window_sec, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                RETURNING id
                """,
                [
                    .text(uid), .id(caller.userID), .id(account), .exact(name), .bool(isDefault),
                    .text(rules.lotMethod.rawValue), .integer(Int64(rules.legWindowSeconds)),
                    .time(now),
                ])
        ) { try $0.id(0) }
        guard let id = ids.first else { throw StorageError.decoding(column: 0, expected: "an id") }
        return id
    }

    private static func clearDefault(for caller: Caller, in tx: any Transaction) throws {
        try tx.execute(
            SQL(
                """
                UPDATE portfolios SET is_default = $2, version = version + 1
                WHERE user_id = $1 AND is_default = $3
                """, [.id(caller.userID), .bool(false), .bool(true)]))
    }

    /// Makes it the default, which takes that from the one that had it.
    public static func setDefault(
        _ id: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws {
        try clearDefault(for: caller, in: tx)
        try tx.execute(
            SQL(
                """
                UPDATE portfolios SET is_default = $3, version = version + 1
                WHERE id = $1 AND user_id = $2
                """, [.id(id), .id(caller.userID), .bool(true)]))
    }

    public static func rename(
        _ id: PortfolioID, to name: ExactText, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE portfolios SET name = $3, version = version + 1
                WHERE id = $1 AND user_id = $2
                """, [.id(id), .id(caller.userID), .exact(name)]))
    }

    /// Puts it away at `time`; nil takes it out again.
    public static func setArchived(
        at time: Timestamp?, _ id: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE portfolios SET archived_at = $3, version = version + 1
                WHERE id = $1 AND user_id = $2
                """, [.id(id), .id(caller.userID), .optional(time)]))
    }

    /// In how many holdings of the portfolio a position is open.
    public static func countOpenPositions(
        in id: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws -> Int {
        let count = try tx.first(
            SQL(
                """
                SELECT COUNT(*) FROM positions
                WHERE portfolio_id = $1 AND user_id = $2 AND quantity <> '0'
                """, [.id(id), .id(caller.userID)])
        ) { try $0.integer(0) }
        return Int(count ?? 0)
    }
}
