public import Ledger
public import Storage

/// A configured risk rule.
public struct RiskPolicyRecord: Sendable, Hashable {
    public let id: Int64
    public enum ScopeType: String, Sendable, CaseIterable {
        case user = "USER"
        case portfolio = "PORTFOLIO"
        case strategy = "STRATEGY"
    }

    public let uid: String
    public let name: ExactText
    public let scopeType: ScopeType
    /// The portfolio's or strategy's name; nil for a policy of the user.
    public let scopeName: ExactText?
    public let portfolioID: PortfolioID?
    public let strategyID: StrategyID?
    public let configJSON: String
    public let isActive: Bool
    public let createdAt: Timestamp
    /// Counts its changes.
    public let version: Int64
}

public enum RiskPolicies {
    private static let select = """
        SELECT r.id, r.uid, r.name, r.scope_type, b.name, s.name, s.version, r.portfolio_id,
            r.strategy_id, r.config_json, r.is_active, r.created_at, r.version
        FROM risk_policies r
        LEFT JOIN portfolios b ON b.id = r.portfolio_id
        LEFT JOIN strategies s ON s.id = r.strategy_id
        """

    private static func decode(_ row: any Row) throws -> RiskPolicyRecord {
        var scopeName = try row.optionalExact(4)
        if let strategy = try row.optionalText(5) {
            scopeName = ExactText("\(strategy)@\(try row.text(6))")
        }
        return RiskPolicyRecord(
            id: try row.integer(0), uid: try row.text(1), name: try row.exact(2),
            scopeType: try row.choice(3), scopeName: scopeName,
            portfolioID: try row.optionalID(7), strategyID: try row.optionalID(8),
            configJSON: try row.text(9), isActive: try row.bool(10),
            createdAt: try row.time(11), version: try row.integer(12))
    }

    /// The caller's active policies; those of other portfolios or strategies than the scope's are
    /// left out.
    public static func active(
        _ scope: Scope, for caller: Caller, in tx: any Transaction
    ) throws -> [RiskPolicyRecord] {
        try tx.query(
            SQL(
                """
                \(select)
                WHERE r.user_id = $1 AND r.is_active = $4
                    AND (CAST($2 AS BIGINT) = 0 OR r.portfolio_id IS NULL OR r.portfolio_id = $2)
                    AND (CAST($3 AS BIGINT) = 0 OR r.strategy_id IS NULL OR r.strategy_id = $3)
                ORDER BY r.name
                """,
                [
                    .id(caller.userID), .anyOr(scope.portfolioID), .anyOr(scope.strategyID),
                    .bool(true),
                ]), decode)
    }

    public static func hasActive(
        for caller: Caller, in tx: any Transaction
    ) throws -> Bool {
        let one = try tx.first(
            SQL(
                "SELECT 1 FROM risk_policies WHERE user_id = $1 AND is_active = $2 LIMIT 1",
                [.id(caller.userID), .bool(true)])
        ) { try $0.integer(0) }
        return one != nil
    }

    /// Who has policies in force, or breaches that stand: for the service that watches them.
    public static func watched(in tx: any Transaction) throws -> [UserID] {
        try tx.query(
            SQL(
                """
                SELECT user_id FROM risk_policies WHERE is_active = $1
                UNION
                SELECT user_id FROM risk_breaches
                WHERE subject IS NOT NULL AND cleared_at IS NULL
                ORDER BY 1
                """, [.bool(true)])
        ) { try $0.id(0) }
    }

    /// All of the caller's, by name.
    public static func all(
        for caller: Caller, in tx: any Transaction
    ) throws -> [RiskPolicyRecord] {
        try tx.query(
            SQL("\(select) WHERE r.user_id = $1 ORDER BY r.name", [.id(caller.userID)]), decode)
    }

    public static func named(
        _ name: ExactText, for caller: Caller, in tx: any Transaction
    ) throws -> RiskPolicyRecord? {
        try tx.first(
            SQL(
                "\(select) WHERE r.user_id = $1 AND r.name = $2",
                [.id(caller.userID), .exact(name)]), decode)
    }

    /// Writes what a policy says and whether it holds.
    public static func update(
        _ id: Int64, configJSON: String, isActive: Bool, for caller: Caller,
        in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE risk_policies SET config_json = $3, is_active = $4, version = version + 1
                WHERE id = $1 AND user_id = $2
                """, [.integer(id), .id(caller.userID), .text(configJSON), .bool(isActive)]))
    }

    /// Adds a policy of the user, of one portfolio, or of one strategy, and returns its id.
    public static func insert(
        uid: String, name: ExactText, portfolio: PortfolioID? = nil, strategy: StrategyID? = nil,
        configJSON: String, now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws -> Int64 {
        let (scope, id): (RiskPolicyRecord.ScopeType, Int64) =
            if let portfolio {
                (.portfolio, portfolio.raw)
            } else if let strategy {
                (.strategy, strategy.raw)
            } else {
                (.user, caller.userID.raw)
            }
        let ids = try tx.query(
            SQL(
                """
                INSERT INTO risk_policies (uid, user_id, scope_type, scope_id, portfolio_id,
                    strategy_id, name, config_json, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                RETURNING id
                """,
                [
                    .text(uid), .id(caller.userID), .text(scope.rawValue), .integer(id),
                    .optional(portfolio), .optional(portfolio == nil ? strategy : nil),
                    .exact(name), .text(configJSON), .time(now),
                ])
        ) { try $0.integer(0) }
        guard let id = ids.first else { throw StorageError.decoding(column: 0, expected: "an id") }
        return id
    }
}
