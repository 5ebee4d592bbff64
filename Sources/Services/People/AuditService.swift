public import Records
import Storage

/// The log of who did what, for admins.
public struct AuditService: Sendable {
    let work: UnitOfWork

    /// A page of the log, newest first, and where the next one begins; nil on the last. `limit` is
    /// 1 to 1000. Throws `.notFound` for a user whom nobody knows.
    public func page(
        about telegramUserID: Int64?, entity: AuditEntry.Entity?, before: Int64?, limit: Int,
        for admin: Administrator
    ) async throws -> (rows: [AuditListing], next: Int64?) {
        try Limits.checkPage(limit)
        return try await work.read { tx in
            let user = try telegramUserID.map { try UserService.find($0, in: tx) }
            let found = try AuditList.page(
                about: user?.id, entity: entity, before: before, limit: limit + 1, for: admin,
                in: tx)
            let rows = Array(found.prefix(limit))
            return (rows, found.count > limit ? rows.last?.id : nil)
        }
    }
}
