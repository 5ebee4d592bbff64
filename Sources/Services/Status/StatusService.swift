public import Records
public import Storage

/// How the database and what waits in it are.
public struct StoreStatus: Sendable, Hashable {
    public let dialect: Dialect
    public let sizeBytes: Int64
    /// The number of the last migration that was applied.
    public let schemaVersion: Int
    public let members: Int
    public let waitingForApproval: Int
    public let unsent: OutboxBacklog
}

/// What an admin asks for who wants to know whether all is well.
public struct StatusService: Sendable {
    let work: UnitOfWork

    public func store(for admin: Administrator) async throws -> StoreStatus {
        try await work.read { tx in
            StoreStatus(
                dialect: tx.dialect, sizeBytes: try StoreSize.bytes(in: tx),
                schemaVersion: try StoreSize.schemaVersion(in: tx),
                members: try Users.count(of: .approved, in: tx),
                waitingForApproval: try Users.count(of: .pending, in: tx),
                unsent: try Outbox.backlog(in: tx))
        }
    }
}
