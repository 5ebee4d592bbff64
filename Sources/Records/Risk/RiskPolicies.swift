public import Ledger
public import Storage

/// A configured risk rule.
public struct RiskPolicyRecord: Sendable, Hashable {
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
    public let configJSON: String
    public let createdAt: Timestamp
}

/// The stored fact that a policy was exceeded.
public struct RiskBreachRecord: Sendable, Hashable {
    public let uid: String
    public let policyName: ExactText
    public let portfolio: ExactText?
    public let symbol: ExactText?
    public let action: String
    public let observedJSON: String
    public let createdAt: Timestamp
}

public enum RiskPolicies {
    /// The caller's active policies; those of other portfolios or strategies than the scope's are
    /// left out.
    public static func active(
        _ scope: Scope, for caller: Caller, in tx: any Transaction
    ) throws -> [RiskPolicyRecord] {
        try tx.query(
            SQL(
                """
                SELECT r.uid, r.name, r.scope_type, b.name, s.name, s.version, r.config_json,
                    r.created_at
                FROM risk_policies r
                LEFT JOIN portfolios b ON b.id = r.portfolio_id
                LEFT JOIN strategies s ON s.id = r.strategy_id
                WHERE r.user_id = $1 AND r.is_active = $4
                    AND (CAST($2 AS BIGINT) = 0 OR r.portfolio_id IS NULL OR r.portfolio_id = $2)
                    AND (CAST($3 AS BIGINT) = 0 OR r.strategy_id IS NULL OR r.strategy_id = $3)
                ORDER BY r.name
                """,
                [
                    .id(caller.userID), .anyOr(scope.portfolioID), .anyOr(scope.strategyID),
                    .bool(true),
                ])
        ) { row in
            var scopeName = try row.optionalExact(3)
            if let strategy = try row.optionalText(4) {
                scopeName = ExactText("\(strategy)@\(try row.text(5))")
            }
            return RiskPolicyRecord(
                uid: try row.text(0), name: try row.exact(1), scopeType: try row.choice(2),
                scopeName: scopeName, configJSON: try row.text(6), createdAt: try row.time(7))
        }
    }

    /// The caller's latest breaches, newest first; those in other portfolios, or of policies of
    /// other strategies, than the scope's are left out.
    public static func latestBreaches(
        _ scope: Scope, limit: Int, for caller: Caller, in tx: any Transaction
    ) throws -> [RiskBreachRecord] {
        try tx.query(
            SQL(
                """
                SELECT x.uid, r.name, b.name, i.symbol, x.action, x.observed_json, x.created_at
                FROM risk_breaches x
                JOIN risk_policies r ON r.id = x.policy_id
                LEFT JOIN portfolios b ON b.id = x.portfolio_id
                LEFT JOIN instruments i ON i.id = x.instrument_id
                WHERE x.user_id = $1
                    AND (CAST($2 AS BIGINT) = 0 OR x.portfolio_id IS NULL OR x.portfolio_id = $2)
                    AND (CAST($3 AS BIGINT) = 0 OR r.strategy_id IS NULL OR r.strategy_id = $3)
                ORDER BY x.created_at DESC, x.id DESC
                LIMIT $4
                """,
                [
                    .id(caller.userID), .anyOr(scope.portfolioID), .anyOr(scope.strategyID),
                    .integer(Int64(limit)),
                ])
        ) { row in
            RiskBreachRecord(
                uid: try row.text(0), policyName: try row.exact(1),
                portfolio: try row.optionalExact(2), symbol: try row.optionalExact(3),
                action: try row.text(4), observedJSON: try row.text(5),
                createdAt: try row.time(6))
        }
    }

    /// Adds a policy of the user, or of one portfolio, and returns its id.
    public static func insert(
        uid: String, name: ExactText, portfolio: PortfolioID?, configJSON: String,
        now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws -> Int64 {
        let scope: RiskPolicyRecord.ScopeType = portfolio == nil ? .user : .portfolio
        let ids = try tx.query(
            SQL(
                """
                INSERT INTO risk_policies (uid, user_id, scope_type, scope_id, portfolio_id, name,
                    config_json, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                RETURNING id
                """,
                [
                    .text(uid), .id(caller.userID), .text(scope.rawValue),
                    .integer(portfolio?.raw ?? caller.userID.raw), .optional(portfolio),
                    .exact(name), .text(configJSON), .time(now),
                ])
        ) { try $0.integer(0) }
        guard let id = ids.first else { throw StorageError.decoding(column: 0, expected: "an id") }
        return id
    }

    /// Stores the fact that a policy was exceeded; `action` is what was done about it.
    public static func insertBreach(
        uid: String, of policyID: Int64, portfolio: PortfolioID?, instrument: InstrumentID?,
        observedJSON: String, action: String, now: Timestamp, for caller: Caller,
        in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                INSERT INTO risk_breaches (uid, user_id, policy_id, portfolio_id, instrument_id,
                    observed_json, action, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                [
                    .text(uid), .id(caller.userID), .integer(policyID), .optional(portfolio),
                    .optional(instrument), .text(observedJSON), .text(action), .time(now),
                ]))
    }
}
