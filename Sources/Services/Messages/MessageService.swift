public import Ledger
public import Records
import Storage
import World

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

    // MARK: In

    /// Keeps what came in, and notes what was answered meanwhile, in one unit of work. Repeating
    /// it is harmless. Each update once in `entries`.
    public func keep(_ entries: [InboxEntry], answered: [IncomingUpdate]) async throws {
        guard !entries.isEmpty || !answered.isEmpty else { return }
        try await work.write { tx, draw in
            try Inbox.markAnswered(answered.map(\.id), now: draw.now, in: tx)
            try Inbox.store(entries, now: draw.now, in: tx)
        }
    }

    /// Which of these came before, and whether they were answered.
    public func answers(to updates: [IncomingUpdate]) async throws -> [IncomingUpdate: Bool] {
        guard !updates.isEmpty else { return [:] }
        let answers = try await work.read { try Inbox.answers(to: updates.map(\.id), in: $0) }
        return Dictionary(uniqueKeysWithValues: answers.map { (IncomingUpdate(id: $0), $1) })
    }

    /// The highest number that an update had; nil where none is remembered.
    public func newestUpdate() async throws -> IncomingUpdate? {
        try await work.read { try Inbox.newest(in: $0) }.map(IncomingUpdate.init)
    }

    /// The chats in whose lines something waits to be answered.
    public func waitingChats() async throws -> [Int64] {
        try await work.read { try Inbox.waitingChats(in: $0) }
    }

    /// What waits to be answered in a chat's line, oldest first.
    public func waiting(
        in chatID: Int64, after update: IncomingUpdate?, limit: Int
    ) async throws -> [InboxEntry] {
        try await work.read {
            try Inbox.waiting(in: chatID, after: update?.id ?? .min, limit: limit, in: $0)
        }
    }

    /// Forgets updates that Telegram no longer delivers.
    public func pruneInbox() async throws {
        try await work.write { tx, draw in
            try Inbox.prune(
                before: draw.now.adding(seconds: -MessageService.inboxSeconds), in: tx)
        }
    }

    // MARK: Out

    /// What waits to be sent to people who can be reached, oldest first.
    public func unsent(after id: Int64 = 0, limit: Int) async throws -> [OutboxMessage] {
        let now = work.world.now()
        return try await work.read {
            try Outbox.unsent(after: id, limit: limit, now: now, in: $0)
        }
    }

    /// Notes that sending it begins: where nothing more is heard of it, it may have gone out.
    public func begin(_ message: OutboxMessage) async throws {
        try await work.write { tx, draw in try Outbox.begin(message.id, now: draw.now, in: tx) }
    }

    /// What was begun certainly did not go out.
    public func takeBack(_ message: OutboxMessage) async throws {
        try await work.write { tx, _ in try Outbox.takeBack(message.id, in: tx) }
    }

    public func hold(_ message: OutboxMessage, until time: Timestamp) async throws {
        try await work.write { tx, _ in try Outbox.hold(message.id, until: time, in: tx) }
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

    /// The group has a new number: what waits for it goes there.
    public func move(from old: Int64, to new: Int64) async throws {
        try await work.write { tx, _ in try Outbox.move(from: old, to: new, in: tx) }
    }
}
