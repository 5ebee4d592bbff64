import Records

/// Which rows of the outbox are in memory, by chat and in order.
actor OutboxLine {
    private struct Chat {
        var waiting: [OutboxMessage] = []
        var isServed = false
    }

    private let waitingPerChat: Int
    private var chats: [Int64: Chat] = [:]
    private var known: Set<Int64> = []
    /// Rows that were finished since the present load began, and may still stand in its pages.
    private var finishedMeanwhile: Set<Int64> = []
    private var full: Set<Int64> = []

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
        where !known.contains(message.id) && !finishedMeanwhile.contains(message.id) {
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

    /// The next row to send; nil ends the service of that chat.
    func next(for chatID: Int64) -> OutboxMessage? {
        guard var chat = chats[chatID], !chat.waiting.isEmpty else {
            chats[chatID] = nil
            return nil
        }
        let message = chat.waiting.removeFirst()
        chats[chatID] = chat
        return message
    }

    /// The row is marked in the database, or is to be found again by the next load.
    func finished(_ message: OutboxMessage) {
        known.remove(message.id)
        finishedMeanwhile.insert(message.id)
    }
}
