import Ledger
public import Records
import Storage

/// Strategies by name and version.
public struct StrategyService: Sendable {
    let work: UnitOfWork

    public func all(for caller: Caller) async throws -> [Strategy] {
        try await work.read { try Strategies.all(for: caller, in: $0) }
    }

    /// The strategy of that name and version, added (with empty params) where it is not there yet.
    static func findOrAdd(
        _ reference: StrategyReference, for caller: Caller, in tx: any Transaction,
        _ draw: inout Draw
    ) throws -> Strategy {
        if let known = try find(reference, for: caller, in: tx) { return known }
        if let added = try Strategies.insert(
            uid: draw.uid(), name: reference.name, version: reference.version, paramsJSON: "{}",
            now: draw.now, for: caller, in: tx)
        {
            try AuditLog.append(
                [AuditEntry(.create, .strategy, id: added.id.raw)], userID: caller.userID,
                now: draw.now, in: tx)
            return added
        }
        guard let other = try find(reference, for: caller, in: tx) else {
            throw ServiceError.noStrategy(reference.name.text)
        }
        return other
    }

    static func find(
        _ reference: StrategyReference, for caller: Caller, in tx: any Transaction
    ) throws -> Strategy? {
        try Strategies.named(
            reference.name, version: reference.version, for: caller, in: tx)
    }
}
