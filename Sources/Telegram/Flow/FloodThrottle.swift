/// Decides which message may go out now, so that Telegram's limits are kept; something else sends.
///
/// A chat's messages go one at a time and in order: the next one only after the last was answered.
/// Replies have a lane of their own before the notifications, in their chat and over all. Time is
/// handed in: seconds on a clock that never jumps.
public struct FloodThrottle: Sendable {
    public struct Settings: Sendable {
        /// Messages that may follow each other at once in a chat after a quiet time.
        public var chatBurst: Int
        /// The pause between messages of a chat after that.
        public var chatIntervalSeconds: Double
        /// Messages in any 60 s in a group or channel.
        public var groupMessagesPerMinute: Int
        /// Messages in any second over all chats.
        public var messagesPerSecond: Int
        /// Messages that may wait, over all and for one chat; more are refused.
        public var maximumWaiting: Int
        public var maximumWaitingPerChat: Int

        public init(
            chatBurst: Int = 3, chatIntervalSeconds: Double = 1, groupMessagesPerMinute: Int = 20,
            messagesPerSecond: Int = 30, maximumWaiting: Int = 10_000,
            maximumWaitingPerChat: Int = 1_000
        ) {
            self.chatBurst = max(chatBurst, 1)
            self.chatIntervalSeconds = max(chatIntervalSeconds, 0)
            self.groupMessagesPerMinute = max(groupMessagesPerMinute, 1)
            self.messagesPerSecond = max(messagesPerSecond, 1)
            self.maximumWaiting = maximumWaiting
            self.maximumWaitingPerChat = maximumWaitingPerChat
        }
    }

    public enum Urgency: Sendable, Hashable {
        /// Someone waits for it.
        case reply
        case notification
    }

    /// A message that waits or is under way; what it says is the caller's to keep.
    public struct Ticket: Sendable, Hashable { let number: UInt64 }

    public enum Decision: Sendable, Hashable {
        /// Send this one now and tell how it ended with `finish`; then ask again.
        case send(Ticket, to: ChatID)
        /// Nothing may go before that time, unless something is added or finished.
        case wait(untilSeconds: Double)
        /// Nothing waits that is not behind a message under way.
        case idle
    }

    public enum Outcome: Sendable, Hashable {
        /// Telegram has it, or it was given up.
        case over
        /// To be sent again, before what waits behind it.
        case again(afterSeconds: Double)
        /// Telegram's 429. Where two chats get one at the same time, it is meant for all.
        case tooMany(retryAfterSeconds: Int)
    }

    private let settings: Settings
    private var chats: [ChatID: ChatFlow] = [:]
    private var chatsOfTickets: [Ticket: ChatID] = [:]
    private var lastNumber: UInt64 = 0
    private var recent = RecentTimes()
    private var pausedUntilSeconds = -Double.infinity
    private var sweptAtSeconds = -Double.infinity

    public init(settings: Settings = Settings()) { self.settings = settings }

    /// Messages that wait or are under way.
    public var count: Int { chatsOfTickets.count }

    /// Nil where too many wait: refuse or drop the message, and say so.
    public mutating func add(to chat: ChatID, _ urgency: Urgency) -> Ticket? {
        var flow = chats[chat] ?? ChatFlow()
        guard count < settings.maximumWaiting, flow.waiting < settings.maximumWaitingPerChat
        else { return nil }
        lastNumber += 1
        let ticket = Ticket(number: lastNumber)
        flow.append(ticket, urgency)
        chats[chat] = flow
        chatsOfTickets[ticket] = chat
        return ticket
    }

    /// What may go now, else when something may. A `send` counts as sent from here on.
    public mutating func next(now: Double) -> Decision {
        sweep(now: now)
        let limit = settings.messagesPerSecond
        let allReady = max(
            pausedUntilSeconds, recent.readyAt(limit: limit, windowSeconds: 1))
        var earliest = Double.infinity
        var best: (chat: ChatID, head: ChatFlow.Head)?
        for (chat, flow) in chats {
            guard let head = flow.head else { continue }
            let ready = max(allReady, flow.readyAt(isGroup: !chat.isPrivate, settings))
            if ready > now {
                earliest = min(earliest, ready)
            } else if let found = best?.head, found < head {
                continue
            } else {
                best = (chat, head)
            }
        }
        guard let best else {
            return earliest.isFinite ? .wait(untilSeconds: earliest) : .idle
        }
        chats[best.chat]?.begin(now: now, settings)
        recent.add(now, keeping: limit)
        return .send(best.head.ticket, to: best.chat)
    }

    /// Must follow every `send`; until then nothing else goes to that chat.
    public mutating func finish(_ ticket: Ticket, _ outcome: Outcome, now: Double) {
        guard let chat = chatsOfTickets[ticket], var flow = chats[chat],
            flow.underWay?.ticket == ticket
        else { return }
        switch outcome {
        case .over:
            flow.end()
            chatsOfTickets[ticket] = nil
        case .again(let seconds):
            flow.putBack()
            flow.pausedUntilSeconds = max(flow.pausedUntilSeconds, now + max(seconds, 0))
        case .tooMany(let seconds):
            let until = now + Double(max(seconds, 1))
            let others = chats.filter { $0.key != chat && $0.value.floodedUntilSeconds > now }
            if !others.isEmpty {
                let latest = others.values.map(\.floodedUntilSeconds).max() ?? until
                pausedUntilSeconds = max(pausedUntilSeconds, until, latest)
            }
            flow.putBack()
            flow.floodedUntilSeconds = max(flow.floodedUntilSeconds, until)
        }
        chats[chat] = flow
    }

    /// Takes one out that waits. False where it is under way or over.
    @discardableResult
    public mutating func withdraw(_ ticket: Ticket) -> Bool {
        guard let chat = chatsOfTickets[ticket], chats[chat]?.remove(ticket) == true else {
            return false
        }
        chatsOfTickets[ticket] = nil
        return true
    }

    /// Takes out all that wait for a chat, in their order: it cannot be written to any more.
    public mutating func withdrawAll(for chat: ChatID) -> [Ticket] {
        guard let tickets = chats[chat]?.removeAll() else { return [] }
        for ticket in tickets { chatsOfTickets[ticket] = nil }
        return tickets
    }

    /// The group has a new number: what waits for it goes there. Finish the one that learnt it
    /// with `again(afterSeconds: 0)` first.
    public mutating func move(from old: ChatID, to new: ChatID) {
        guard old != new, let moved = chats[old], moved.underWay == nil else { return }
        chats[old] = nil
        var flow = chats[new] ?? ChatFlow()
        flow.take(moved)
        chats[new] = flow
        for (ticket, chat) in chatsOfTickets where chat == old { chatsOfTickets[ticket] = new }
    }

    /// Forgets chats about which there is nothing to remember.
    private mutating func sweep(now: Double) {
        guard chats.count > 64, now - sweptAtSeconds >= 60 else { return }
        sweptAtSeconds = now
        chats = chats.filter { !$0.value.isForgettable(now: now) }
    }
}
