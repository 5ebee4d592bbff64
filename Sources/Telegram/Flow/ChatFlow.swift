/// What the throttle knows of one chat.
struct ChatFlow: Sendable {
    typealias Ticket = FloodThrottle.Ticket
    typealias Settings = FloodThrottle.Settings

    struct Head: Comparable {
        let ticket: Ticket
        let isReply: Bool

        static func < (left: Head, right: Head) -> Bool {
            left.isReply != right.isReply
                ? left.isReply : left.ticket.number < right.ticket.number
        }
    }

    private var replies: [Ticket] = []
    private var notifications: [Ticket] = []
    private(set) var underWay: Head?
    var pausedUntilSeconds = -Double.infinity
    /// The end of a pause that Telegram asked for.
    var floodedUntilSeconds = -Double.infinity
    /// When the burst is whole again; see the generic cell rate algorithm.
    private var arrivalSeconds = -Double.infinity
    private var recent = RecentTimes()

    static let groupWindowSeconds = 60.0

    var waiting: Int { replies.count + notifications.count }

    /// The next one to go, unless one is under way.
    var head: Head? {
        guard underWay == nil else { return nil }
        if let reply = replies.first { return Head(ticket: reply, isReply: true) }
        return notifications.first.map { Head(ticket: $0, isReply: false) }
    }

    mutating func append(_ ticket: Ticket, _ urgency: FloodThrottle.Urgency) {
        switch urgency {
        case .reply: replies.append(ticket)
        case .notification: notifications.append(ticket)
        }
    }

    func readyAt(isGroup: Bool, _ settings: Settings) -> Double {
        let burst = Double(settings.chatBurst - 1) * settings.chatIntervalSeconds
        let ready = max(pausedUntilSeconds, floodedUntilSeconds, arrivalSeconds - burst)
        guard isGroup else { return ready }
        return max(
            ready,
            recent.readyAt(
                limit: settings.groupMessagesPerMinute, windowSeconds: Self.groupWindowSeconds))
    }

    mutating func begin(now: Double, _ settings: Settings) {
        guard let head else { return }
        if head.isReply {
            replies.removeFirst()
        } else {
            notifications.removeFirst()
        }
        underWay = head
        arrivalSeconds = max(arrivalSeconds, now) + settings.chatIntervalSeconds
        recent.add(now, keeping: settings.groupMessagesPerMinute)
    }

    mutating func end() { underWay = nil }

    mutating func putBack() {
        guard let head = underWay else { return }
        underWay = nil
        if head.isReply {
            replies.insert(head.ticket, at: 0)
        } else {
            notifications.insert(head.ticket, at: 0)
        }
    }

    mutating func remove(_ ticket: Ticket) -> Bool {
        let before = waiting
        replies.removeAll { $0 == ticket }
        notifications.removeAll { $0 == ticket }
        return waiting < before
    }

    mutating func removeAll() -> [Ticket] {
        defer {
            replies.removeAll()
            notifications.removeAll()
        }
        return (replies + notifications).sorted { $0.number < $1.number }
    }

    /// Puts another chat's messages among these, each where its number says.
    mutating func take(_ other: ChatFlow) {
        replies = (replies + other.replies).sorted { $0.number < $1.number }
        notifications = (notifications + other.notifications).sorted { $0.number < $1.number }
    }

    func isForgettable(now: Double) -> Bool {
        waiting == 0 && underWay == nil && pausedUntilSeconds <= now
            && floodedUntilSeconds <= now && arrivalSeconds <= now
            && recent.isEmpty(now: now, windowSeconds: Self.groupWindowSeconds)
    }
}

/// The last times something was done, as many as one limit asks for.
struct RecentTimes: Sendable {
    /// A ring, once it is full.
    private var times: [Double] = []
    private var oldest = 0
    private var newest = -Double.infinity

    mutating func add(_ now: Double, keeping limit: Int) {
        newest = now
        guard times.count >= limit else { return times.append(now) }
        times[oldest] = now
        oldest = (oldest + 1) % limit
    }

    /// When one more fits into `limit` within any `windowSeconds`.
    func readyAt(limit: Int, windowSeconds: Double) -> Double {
        times.count < limit ? -.infinity : times[oldest] + windowSeconds
    }

    func isEmpty(now: Double, windowSeconds: Double) -> Bool { newest + windowSeconds <= now }
}
