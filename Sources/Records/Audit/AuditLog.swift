public import Ledger
public import Storage

/// Something that happened, for the audit log.
public struct AuditEntry: Sendable {
    public enum Entity: String, Sendable, CaseIterable {
        case user = "USER"
        case account = "ACCOUNT"
        case portfolio = "PORTFOLIO"
        case strategy = "STRATEGY"
        case order = "ORDER"
        case trade = "TRADE"
        case position = "POSITION"
        case policy = "POLICY"
        case token = "TOKEN"
        case fxRate = "FX_RATE"
        case hook = "HOOK"
        case message = "MESSAGE"
    }

    public enum Action: String, Sendable, CaseIterable {
        case create = "CREATE"
        case update = "UPDATE"
        case delete = "DELETE"
        case sync = "SYNC"
        case cancel = "CANCEL"
        case reject = "REJECT"
        case approve = "APPROVE"
        case breach = "BREACH"
        case deactivate = "DEACTIVATE"
        case activate = "ACTIVATE"
        case promote = "PROMOTE"
        case demote = "DEMOTE"
        case archive = "ARCHIVE"
        case restore = "RESTORE"
    }

    public let entity: Entity
    public let entityID: Int64?
    public let action: Action
    /// A JSON object; never a secret.
    public let detailsJSON: String

    public init(_ action: Action, _ entity: Entity, id: Int64?, detailsJSON: String = "{}") {
        self.entity = entity
        self.entityID = id
        self.action = action
        self.detailsJSON = detailsJSON
    }
}

/// The log of who did what; written in the unit of work that did it.
public enum AuditLog {
    public static func append(
        _ entries: [AuditEntry], userID: UserID?, now: Timestamp, in tx: any Transaction
    ) throws {
        let time = Value.time(now)
        var items = RowSet([
            .init("user_id", .integer), .init("entity_type", .text),
            .init("entity_id", .integer), .init("action", .text), .init("details_json", .json),
            .init("created_at", .time),
        ])
        for entry in entries {
            items.append([
                .optional(userID), .text(entry.entity.rawValue),
                entry.entityID.map(Value.integer) ?? .null, .text(entry.action.rawValue),
                .text(entry.detailsJSON), time,
            ])
        }
        try tx.execute(
            """
            INSERT INTO audit_log (user_id, entity_type, entity_id, action, details_json,
                created_at)
            SELECT user_id, entity_type, entity_id, action, details_json, created_at
            FROM item
            """, forEach: items)
    }
}
