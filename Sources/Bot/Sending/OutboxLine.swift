import Ledger
import Records

/// Which rows of the outbox are in memory, by chat and in order.
actor OutboxLine {
    private struct Chat {
        var waiting: [OutboxMessage] = []
        var isServed = false
    }

    /// So many are still sent one by one.
    static let mostOneByOne = 5
    /// What waited for longer is told by one message, be it only two.
    static let oldSeconds: Int64 = 600

    private let waitingPerChat: Int
    private var chats: [Int64: Chat] = [:]
    private var known: Set<Int64> = []
    /// Rows that were finished since the present load began, and may still stand in its pages.
    private var finishedMeanwhile: Set<Int64> = []
    private var full: Set<Int64> = []
    private var isStopped = false

    init(waitingPerChat: Int) { self.waitingPerChat = waitingPerChat }

    var leftSomeBehind: Bool { !full.isEmpty }

    func beginLoading() {
        full.removeAll()
        finishedMeanwhile.removeAll()
    }

    /// Takes up rows that are new; returns the chats that need somebody to send.
    func add(_ messages: [OutboxMessage]) -> Set<Int64> {
        var idle: Set<Int64> = []
        for message in messages
        where !isStopped && !known.contains(message.id)
            && !finishedMeanwhile.contains(message.id)
        {
            // Once one of a chat is left behind, so are those after it: their order is kept.
            guard !full.contains(message.chatID) else { continue }
            var chat = chats[message.chatID] ?? Chat()
            guard chat.waiting.count < waitingPerChat else {
                full.insert(message.chatID)
                continue
            }
            chat.waiting.append(message)
            known.insert(message.id)
            if !chat.isServed {
                chat.isServed = true
                idle.insert(message.chatID)
            }
            chats[message.chatID] = chat
        }
        return idle
    }

    /// The next rows to send: one, or many that are to be told by one message. Nil ends the
    /// service of that chat.
    func next(for chatID: Int64, now: Timestamp) -> [OutboxMessage]? {
        guard !isStopped, var chat = chats[chatID], !chat.waiting.isEmpty else {
            chats[chatID] = nil
            return nil
        }
        // What may have gone out goes by itself, with the word that it may.
        let untouched = chat.waiting.prefix { $0.begunAt == nil }
        let next = Self.arePile(untouched, now: now) ? untouched.count : 1
        defer {
            chat.waiting.removeFirst(next)
            chats[chatID] = chat
        }
        return Array(chat.waiting.prefix(next))
    }

    /// Whether so many rows, or such old ones, are told by one message.
    static func arePile(_ messages: some Collection<OutboxMessage>, now: Timestamp) -> Bool {
        guard messages.count <= mostOneByOne else { return true }
        guard messages.count > 1, let oldest = messages.map(\.dueAt).min() else { return false }
        return oldest.adding(seconds: oldSeconds) < now
    }

    /// Whether the row is to be sent by the one who asks: nobody else has taken it up.
    func claim(_ message: OutboxMessage) -> Bool { known.insert(message.id).inserted }

    /// The row is marked in the database, or is to be found again by the next load.
    func finished(_ message: OutboxMessage) {
        known.remove(message.id)
        finishedMeanwhile.insert(message.id)
    }

    /// Nothing can be sent to this chat now: its rows wait in the database.
    func leave(_ chatID: Int64) {
        for message in chats[chatID]?.waiting ?? [] { known.remove(message.id) }
        chats[chatID]?.waiting.removeAll()
    }

    /// Nothing can be sent any more.
    func stop() {
        isStopped = true
        chats.removeAll()
    }
}
