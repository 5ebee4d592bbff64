import Ledger
public import Records
import Storage

// Many messages told by one, and one by one again.
extension MessageService {
    /// At most so many messages go into one pile at a time; the others make the next one.
    private static let pileSize = 10_000

    /// Puts one message in the place of `messages`, which all wait for one chat; a pile among them
    /// goes into the new one. Returns it.
    public func pile(
        _ messages: [OutboxMessage], because reason: Pile.Reason, isSilent: Bool
    ) async throws -> OutboxMessage? {
        guard let first = messages.first else { return nil }
        return try await work.write { tx, draw in
            try MessageService.pile(messages, first, reason, isSilent, in: tx, &draw)
        }
    }

    private static func pile(
        _ messages: [OutboxMessage], _ first: OutboxMessage, _ reason: Pile.Reason,
        _ isSilent: Bool, in tx: any Transaction, _ draw: inout Draw
    ) throws -> OutboxMessage? {
        let payload = Pile(of: messages, because: reason, isSilent: isSilent).payloadJSON
        let id = try Outbox.append(
            uid: draw.uid(), to: first.userID, chatID: first.chatID, kind: Pile.kind,
            payloadJSON: payload, now: draw.now, in: tx)
        guard let id else { return nil }
        try Outbox.merge(messages.map(\.id), into: id, of: first.userID, in: tx)
        return try Outbox.message(id, of: first.userID, in: tx)
    }

    /// The bot can't write to them: what is for them waits until they write.
    public func markUnreachable(_ userID: UserID) async throws {
        try await work.write { tx, draw in
            try Users.markUnreachable(userID, now: draw.now, in: tx)
        }
    }

    /// They are there again: what they missed is told, several messages by one.
    public func markReachable(_ userID: UserID) async throws {
        try await work.write { tx, draw in
            guard try Users.markReachable(userID, in: tx) else { return }
            let missed = try Outbox.untouched(
                of: userID, limit: MessageService.pileSize, now: draw.now, in: tx)
            draw.hasMail = true
            guard missed.count > 1, let first = missed.first else { return }
            _ = try MessageService.pile(missed, first, .theyWereAway, false, in: tx, &draw)
        }
    }

    /// One of the messages that a user was sent, or is to be.
    public struct News: Sendable, Hashable {
        public let message: OutboxMessage
        /// Ids of the message before this one and of the one after it.
        public let olderID: Int64?
        public let newerID: Int64?
    }

    /// The caller's newest message that is not newer than `id`, without one the newest of all; nil
    /// where there never was any. Messages that only tell of others are left out.
    public func news(notAfter id: Int64?, for caller: Caller) async throws -> News? {
        try await work.read { tx in
            guard
                let message = try Outbox.news(
                    notAfter: id ?? .max, except: Pile.kind, for: caller, in: tx)
            else { return nil }
            let neighbours = try Outbox.neighbours(
                of: message.id, except: Pile.kind, for: caller, in: tx)
            return News(message: message, olderID: neighbours.older, newerID: neighbours.newer)
        }
    }
}
