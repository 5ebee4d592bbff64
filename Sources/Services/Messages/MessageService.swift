import Ledger
public import Records
import Storage

/// The update that a command came in by; stored with the command's effect, so that one delivered
/// again does nothing twice.
public struct IncomingUpdate: Sendable, Hashable {
    public let id: Int64

    public init(id: Int64) { self.id = id }

    /// Thrown where the update had its effect before.
    public struct AlreadySeen: Error {}

    func admit(now: Timestamp, in tx: any Transaction) throws {
        guard try Inbox.admit(updateID: id, now: now, in: tx) else { throw AlreadySeen() }
    }
}

/// What came in over Telegram and what goes out.
public struct MessageService: Sendable {
    let work: UnitOfWork

    /// Telegram keeps updates for a day; ours are remembered for longer.
    private static let inboxSeconds: Int64 = 3 * 24 * 3600

    public func hasSeen(_ update: IncomingUpdate) async throws -> Bool {
        try await work.read { try Inbox.contains(updateID: update.id, in: $0) }
    }

    /// Notes updates that needed no effect of their own (a reading command, an unknown message), so
    /// that the polling offset may move past them.
    public func markSeen(_ updates: [IncomingUpdate]) async throws {
        guard !updates.isEmpty else { return }
        try await work.write { tx, draw in
            for update in updates {
                _ = try Inbox.admit(updateID: update.id, now: draw.now, in: tx)
            }
        }
    }

    public func pruneInbox() async throws {
        try await work.write { tx, draw in
            try Inbox.prune(
                before: draw.now.adding(seconds: -MessageService.inboxSeconds), in: tx)
        }
    }

    /// What waits to be sent, oldest first.
    public func unsent(after id: Int64 = 0, limit: Int) async throws -> [OutboxMessage] {
        try await work.read { try Outbox.unsent(after: id, limit: limit, in: $0) }
    }

    public func markSent(_ message: OutboxMessage, messageID: Int64?) async throws {
        try await work.write { tx, draw in
            try Outbox.markSent(message.id, messageID: messageID, now: draw.now, in: tx)
        }
    }

    public func markFailed(_ message: OutboxMessage, reason: String) async throws {
        try await work.write { tx, _ in
            try Outbox.markFailed(message.id, reason: reason, in: tx)
        }
    }

    public func countAttempt(_ message: OutboxMessage) async throws {
        try await work.write { tx, _ in try Outbox.countAttempt(message.id, in: tx) }
    }
}
