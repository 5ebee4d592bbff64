public import Ledger
public import Storage

/// A versioned way of trading; its trades are kept apart within a portfolio.
public struct Strategy: Sendable, Hashable {
    public let id: StrategyID
    public let uid: String
    public let name: ExactText
    public let version: ExactText
    public let paramsJSON: String
    /// Whether it is in use: of one that is not, silence is told to nobody. Its fills are stored
    /// all the same.
    public let isActive: Bool

    /// `name@version`, as the outside names it.
    public var reference: ExactText { ExactText("\(name.text)@\(version.text)") }
}

public enum Strategies {
    private static let columns = "id, uid, name, version, params_json, is_active"

    private static func decode(_ row: any Row) throws -> Strategy {
        Strategy(
            id: try row.id(0), uid: try row.text(1), name: try row.exact(2),
            version: try row.exact(3), paramsJSON: try row.text(4), isActive: try row.bool(5))
    }

    public static func all(for caller: Caller, in tx: any Transaction) throws -> [Strategy] {
        try tx.query(
            SQL(
                "SELECT \(columns) FROM strategies WHERE user_id = $1 ORDER BY name, version",
                [.id(caller.userID)]), decode)
    }

    public static func with(
        id: StrategyID, for caller: Caller, in tx: any Transaction
    ) throws -> Strategy? {
        try tx.first(
            SQL(
                "SELECT \(columns) FROM strategies WHERE user_id = $1 AND id = $2",
                [.id(caller.userID), .id(id)]), decode)
    }

    public static func named(
        _ name: ExactText, version: ExactText, for caller: Caller, in tx: any Transaction
    ) throws -> Strategy? {
        try tx.first(
            SQL(
                """
                SELECT \(columns) FROM strategies
                WHERE user_id = $1 AND name = $2 AND version = $3
                """, [.id(caller.userID), .exact(name), .exact(version)]), decode)
    }

    /// Adds a strategy; nil where the user has one of this name and version.
    public static func insert(
        uid: String, name: ExactText, version: ExactText, paramsJSON: String, now: Timestamp,
        for caller: Caller, in tx: any Transaction
    ) throws -> Strategy? {
        try tx.first(
            SQL(
                """
                INSERT INTO strategies (uid, user_id, name, version, params_json, created_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (user_id, name, version) DO NOTHING
                RETURNING \(columns)
                """,
                [
                    .text(uid), .id(caller.userID), .exact(name), .exact(version),
                    .text(paramsJSON), .time(now),
                ]), decode)
    }

    public static func setActive(
        _ isActive: Bool, of id: StrategyID, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                "UPDATE strategies SET is_active = $3 WHERE id = $1 AND user_id = $2",
                [.id(id), .id(caller.userID), .bool(isActive)]))
    }

    /// Replaces its params; a JSON object.
    public static func setParams(
        _ json: String, of id: StrategyID, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                "UPDATE strategies SET params_json = $3 WHERE id = $1 AND user_id = $2",
                [.id(id), .id(caller.userID), .text(json)]))
    }
}
