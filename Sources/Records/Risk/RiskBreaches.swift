public import Ledger
public import Storage

/// The stored fact that a policy was exceeded.
public struct RiskBreachRecord: Sendable, Hashable {
    /// What was done about it.
    public enum Action: String, Sendable, CaseIterable {
        case blocked = "BLOCKED"
        case warned = "WARNED"
        case reducedSize = "REDUCED_SIZE"
        case closedPosition = "CLOSED_POSITION"
        /// Nothing could be: a fill was made elsewhere.
        case noted = "NOTED"
    }

    public enum Status: String, Sendable, CaseIterable {
        case open = "OPEN"
        /// Somebody has seen it.
        case acknowledged = "ACKNOWLEDGED"
        /// What was exceeded is not any more.
        case cleared = "CLEARED"
    }

    public let uid: String
    public let policyName: ExactText
    public let portfolio: ExactText?
    public let symbol: ExactText?
    public let action: Action
    public let observedJSON: String
    public let createdAt: Timestamp
    public let status: Status
    /// What of its policy's scope it is about, as long as it stands; nil for one of an order, which
    /// was over as it was found.
    public let subject: String?
    public let acknowledgedAt: Timestamp?
    public let clearedAt: Timestamp?
}

/// A breach that is to be stored.
public struct NewRiskBreach: Sendable, Hashable {
    public let uid: String
    public let policyID: Int64
    public let portfolio: PortfolioID?
    public let instrument: InstrumentID?
    public let observedJSON: String
    public let action: RiskBreachRecord.Action
    public let subject: String?

    public init(
        uid: String, policyID: Int64, portfolio: PortfolioID?, instrument: InstrumentID?,
        observedJSON: String, action: RiskBreachRecord.Action, subject: String? = nil
    ) {
        self.uid = uid
        self.policyID = policyID
        self.portfolio = portfolio
        self.instrument = instrument
        self.observedJSON = observedJSON
        self.action = action
        self.subject = subject
    }
}

/// A breach of what is held, which has not been cleared.
public struct StandingBreach: Sendable, Hashable {
    public let id: Int64
    public let policyID: Int64
    public let subject: String
}

public enum RiskBreaches {
    private static let select = """
        SELECT x.uid, r.name, b.name, i.symbol, x.action, x.observed_json, x.created_at, x.status,
            x.subject, x.acknowledged_at, x.cleared_at
        FROM risk_breaches x
        JOIN risk_policies r ON r.id = x.policy_id
        LEFT JOIN portfolios b ON b.id = x.portfolio_id
        LEFT JOIN instruments i ON i.id = x.instrument_id
        """

    private static func decode(_ row: any Row) throws -> RiskBreachRecord {
        RiskBreachRecord(
            uid: try row.text(0), policyName: try row.exact(1),
            portfolio: try row.optionalExact(2), symbol: try row.optionalExact(3),
            action: try row.choice(4), observedJSON: try row.text(5),
            createdAt: try row.time(6), status: try row.choice(7),
            subject: try row.optionalText(8), acknowledgedAt: try row.optionalTime(9),
            clearedAt: try row.optionalTime(10))
    }

    /// The caller's latest breaches, newest first; those in other portfolios, or of policies of
    /// other strategies, than the scope's are left out.
    public static func latest(
        _ scope: Scope, limit: Int, for caller: Caller, in tx: any Transaction
    ) throws -> [RiskBreachRecord] {
        try tx.query(
            SQL(
                """
                \(select)
                WHERE x.user_id = $1
                    AND (CAST($2 AS BIGINT) = 0 OR x.portfolio_id IS NULL OR x.portfolio_id = $2)
                    AND (CAST($3 AS BIGINT) = 0 OR r.strategy_id IS NULL OR r.strategy_id = $3)
                ORDER BY x.created_at DESC, x.id DESC
                LIMIT $4
                """,
                [
                    .id(caller.userID), .anyOr(scope.portfolioID), .anyOr(scope.strategyID),
                    .integer(Int64(limit)),
                ]), decode)
    }

    /// Nil for what is absent or another user's.
    public static func with(
        uid: String, for caller: Caller, in tx: any Transaction
    ) throws -> RiskBreachRecord? {
        try tx.first(
            SQL(
                "\(select) WHERE x.uid = $1 AND x.user_id = $2",
                [.text(uid), .id(caller.userID)]), decode)
    }

    /// Those of what is held that are not cleared.
    public static func standing(
        for caller: Caller, in tx: any Transaction
    ) throws -> [StandingBreach] {
        try tx.query(
            SQL(
                """
                SELECT id, policy_id, subject FROM risk_breaches
                WHERE user_id = $1 AND subject IS NOT NULL AND cleared_at IS NULL
                """, [.id(caller.userID)])
        ) { row in
            StandingBreach(
                id: try row.integer(0), policyID: try row.integer(1), subject: try row.text(2))
        }
    }

    public static func insert(
        _ breach: NewRiskBreach, now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                INSERT INTO risk_breaches (uid, user_id, policy_id, portfolio_id, instrument_id,
                    observed_json, action, subject, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                """,
                [
                    .text(breach.uid), .id(caller.userID), .integer(breach.policyID),
                    .optional(breach.portfolio), .optional(breach.instrument),
                    .text(breach.observedJSON), .text(breach.action.rawValue),
                    .optional(breach.subject), .time(now),
                ]))
    }

    /// What was exceeded is not any more.
    public static func clear(
        _ ids: [Int64], now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws {
        guard !ids.isEmpty else { return }
        var items = RowSet([
            .init("id", .integer), .init("user_id", .integer), .init("cleared_at", .time),
        ])
        for id in ids { items.append([.integer(id), .id(caller.userID), .time(now)]) }
        try tx.execute(
            """
            UPDATE risk_breaches SET status = 'CLEARED', cleared_at = item.cleared_at
            FROM item
            WHERE risk_breaches.id = item.id AND risk_breaches.user_id = item.user_id
            """, forEach: items)
    }

    /// Somebody has seen an open one. What stands stays until it is cleared; of an order nothing
    /// is left to clear.
    public static func acknowledge(
        uid: String, now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE risk_breaches SET acknowledged_at = $3, status = 'ACKNOWLEDGED'
                WHERE uid = $1 AND user_id = $2 AND status = 'OPEN'
                """, [.text(uid), .id(caller.userID), .time(now)]))
        try tx.execute(
            SQL(
                """
                UPDATE risk_breaches SET cleared_at = acknowledged_at, status = 'CLEARED'
                WHERE uid = $1 AND user_id = $2 AND status = 'ACKNOWLEDGED' AND subject IS NULL
                """, [.text(uid), .id(caller.userID)]))
    }
}
