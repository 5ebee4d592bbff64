import Telegram
import Testing

/// All in virtual time.
struct FloodThrottleTests {
    /// Drives a throttle whose messages are answered at once, and notes when each went.
    private struct Drive {
        var throttle: FloodThrottle
        var now = 0.0
        var sent: [(ticket: FloodThrottle.Ticket, chat: ChatID, at: Double)] = []

        init(_ settings: FloodThrottle.Settings = .init()) {
            throttle = FloodThrottle(settings: settings)
        }

        mutating func add(_ count: Int, to chat: ChatID, _ urgency: FloodThrottle.Urgency)
            -> [FloodThrottle.Ticket]
        {
            (0..<count).compactMap { _ in throttle.add(to: chat, urgency) }
        }

        mutating func runUntilIdle() {
            while true {
                switch throttle.next(now: now) {
                case .send(let ticket, let chat):
                    sent.append((ticket, chat, now))
                    throttle.finish(ticket, .over, now: now)
                case .wait(let until):
                    guard until > now else {
                        Issue.record("waits for the past: \(until) at \(now)")
                        return
                    }
                    now = until
                case .idle: return
                }
            }
        }

        func times(_ chat: ChatID) -> [Double] { sent.filter { $0.chat == chat }.map(\.at) }
    }

    @Test func `a private chat gets a small burst and then one message a second`() {
        var drive = Drive()
        let tickets = drive.add(6, to: 1, .notification)
        drive.runUntilIdle()
        #expect(drive.times(1) == [0, 0, 0, 1, 2, 3])
        #expect(drive.sent.map(\.ticket) == tickets)
        drive.now = 100
        _ = drive.add(4, to: 1, .notification)
        drive.runUntilIdle()
        #expect(drive.times(1).suffix(4) == [100, 100, 100, 101])
    }

    @Test func `a group gets at most twenty messages in any minute`() {
        var drive = Drive()
        _ = drive.add(70, to: -1, .notification)
        drive.runUntilIdle()
        let times = drive.times(-1)
        #expect(times.count == 70)
        for (first, later) in zip(times, times.dropFirst(20)) {
            #expect(later - first >= 60)
        }
        #expect(times[19] == 17)
        #expect(times[20] == 60)
    }

    @Test func `all chats together get at most thirty messages in any second`() {
        var drive = Drive()
        for chat in 1...100 { _ = drive.add(1, to: ChatID(Int64(chat)), .notification) }
        drive.runUntilIdle()
        let times = drive.sent.map(\.at)
        #expect(times.count == 100)
        for (first, later) in zip(times, times.dropFirst(30)) { #expect(later - first >= 1) }
        #expect(times.last == 3)
    }

    @Test func `a chat's next message waits for the answer to the last one`() {
        var throttle = FloodThrottle()
        let tickets = (0..<2).compactMap { _ in throttle.add(to: 1, .notification) }
        let others = [2].compactMap { throttle.add(to: $0, .notification) }
        #expect(throttle.next(now: 0) == .send(tickets[0], to: 1))
        #expect(throttle.next(now: 0) == .send(others[0], to: 2))
        #expect(throttle.next(now: 0) == .idle)
        #expect(throttle.next(now: 99) == .idle)
        throttle.finish(tickets[0], .over, now: 99)
        #expect(throttle.next(now: 99) == .send(tickets[1], to: 1))
        #expect(throttle.count == 2)
    }

    @Test func `replies go before notifications in their chat and over all`() {
        var drive = Drive(.init(messagesPerSecond: 1))
        let notices = drive.add(2, to: 1, .notification) + drive.add(1, to: 2, .notification)
        let replies = drive.add(1, to: 2, .reply) + drive.add(2, to: 1, .reply)
        drive.runUntilIdle()
        #expect(drive.sent.map(\.ticket) == replies + notices)
        #expect(drive.sent.map(\.at) == [0, 1, 2, 3, 4, 5])
    }

    @Test func `what Telegram has not taken is sent again before the rest`() {
        var throttle = FloodThrottle()
        let first = throttle.add(to: 1, .notification)
        let second = throttle.add(to: 1, .notification)
        guard let first, let second else {
            Issue.record("refused")
            return
        }
        #expect(throttle.next(now: 0) == .send(first, to: 1))
        throttle.finish(first, .again(afterSeconds: 5), now: 10)
        #expect(throttle.next(now: 10) == .wait(untilSeconds: 15))
        #expect(throttle.next(now: 15) == .send(first, to: 1))
        throttle.finish(first, .over, now: 15)
        #expect(throttle.next(now: 15) == .send(second, to: 1))
    }

    @Test func `a pause that Telegram asks for holds one chat alone`() {
        var drive = Drive()
        guard let ticket = drive.throttle.add(to: 1, .reply) else {
            Issue.record("refused")
            return
        }
        #expect(drive.throttle.next(now: 0) == .send(ticket, to: 1))
        drive.throttle.finish(ticket, .tooMany(retryAfterSeconds: 7), now: 0)
        _ = drive.add(1, to: 1, .reply)
        _ = drive.add(2, to: 2, .notification)
        drive.runUntilIdle()
        #expect(drive.times(2) == [0, 0])
        #expect(drive.times(1) == [7, 7])
        #expect(drive.sent.first { $0.chat == 1 }?.ticket == ticket)
    }

    @Test func `two chats told to pause at one time mean all`() {
        var drive = Drive()
        let tickets = drive.add(1, to: 1, .reply) + drive.add(1, to: 2, .reply)
        for (ticket, seconds) in zip(tickets, [9, 4]) {
            guard case .send = drive.throttle.next(now: 0) else {
                Issue.record("not sent")
                return
            }
            drive.throttle.finish(ticket, .tooMany(retryAfterSeconds: seconds), now: 0)
        }
        _ = drive.add(1, to: 3, .reply)
        drive.runUntilIdle()
        #expect(drive.sent.map(\.at) == [9, 9, 9])
    }

    @Test func `a queue has a limit for each chat and over all`() {
        var throttle = FloodThrottle(settings: .init(maximumWaiting: 5, maximumWaitingPerChat: 3))
        let accepted = [1, 1, 1, 1, 2, 2, 2].map { throttle.add(to: ChatID($0), .reply) != nil }
        #expect(accepted == [true, true, true, false, true, true, false])
        guard case .send(let ticket, _) = throttle.next(now: 0) else {
            Issue.record("not sent")
            return
        }
        throttle.finish(ticket, .over, now: 0)
        let hasRoom = throttle.add(to: 2, .reply) != nil
        #expect(hasRoom)
        #expect(throttle.count == 5)
    }

    @Test func `what waits can be taken back but not what is under way`() {
        var throttle = FloodThrottle()
        let tickets = [1, 1, 1, 2].compactMap { throttle.add(to: ChatID($0), .notification) }
        #expect(throttle.next(now: 0) == .send(tickets[0], to: 1))
        let withdrawn = [0, 1, 1].map { throttle.withdraw(tickets[$0]) }
        #expect(withdrawn == [false, true, false])
        #expect(throttle.withdrawAll(for: 1) == [tickets[2]])
        #expect(throttle.withdrawAll(for: 9) == [])
        #expect(throttle.count == 2)
        throttle.finish(tickets[0], .over, now: 0)
        #expect(throttle.next(now: 0) == .send(tickets[3], to: 2))
    }

    @Test func `what waits for a group goes to its new number in order`() {
        var throttle = FloodThrottle()
        let tickets = [-1, -9, -1].compactMap { throttle.add(to: ChatID($0), .notification) }
        #expect(throttle.next(now: 0) == .send(tickets[0], to: -1))
        throttle.finish(tickets[0], .again(afterSeconds: 0), now: 0)
        throttle.move(from: -1, to: -9)
        for ticket in tickets {
            #expect(throttle.next(now: 0) == .send(ticket, to: -9))
            throttle.finish(ticket, .over, now: 0)
        }
        #expect(throttle.next(now: 0) == .idle)
        #expect(throttle.count == 0)
    }

    @Test func `an end that was not begun changes nothing`() {
        var throttle = FloodThrottle()
        let tickets = [1, 1].compactMap { throttle.add(to: ChatID($0), .notification) }
        throttle.finish(tickets[1], .over, now: 0)
        #expect(throttle.next(now: 0) == .send(tickets[0], to: 1))
        throttle.finish(tickets[1], .tooMany(retryAfterSeconds: 50), now: 0)
        throttle.finish(tickets[0], .over, now: 0)
        throttle.finish(tickets[0], .over, now: 0)
        #expect(throttle.next(now: 0) == .send(tickets[1], to: 1))
    }

    /// Any mix of chats, lanes, delays and refusals: every message ends once, in order within its
    /// lane, and no limit is broken.
    @Test func `no mix breaks a limit or an order`() {
        for _ in 0..<40 { mix(seed: UInt64.random(in: 0...UInt64.max)) }
    }

    private func mix(seed: UInt64) {
        var random = Seeded(state: seed)
        var throttle = FloodThrottle()
        let chats: [ChatID] = [1, 2, 3, -1, -2]
        var expected: [[FloodThrottle.Ticket]] = Array(repeating: [], count: 10)
        var ended: [[FloodThrottle.Ticket]] = Array(repeating: [], count: 10)
        var lanes: [FloodThrottle.Ticket: Int] = [:]
        for _ in 0..<120 {
            let lane = Int(random.next() % 10)
            let urgency = lane % 2 == 0 ? FloodThrottle.Urgency.reply : .notification
            guard let ticket = throttle.add(to: chats[lane / 2], urgency) else { continue }
            lanes[ticket] = lane
            expected[lane].append(ticket)
        }
        var now = 0.0
        var times: [ChatID: [Double]] = [:]
        var underWay: [(ticket: FloodThrottle.Ticket, chat: ChatID)] = []
        var steps = 0
        while throttle.count > 0, steps < 10_000 {
            steps += 1
            let decision = throttle.next(now: now)
            if case .send(let ticket, let chat) = decision {
                #expect(!underWay.contains { $0.chat == chat }, "seed \(seed)")
                underWay.append((ticket, chat))
                times[chat, default: []].append(now)
            }
            let isStuck = if case .send = decision { false } else { true }
            if !underWay.isEmpty, isStuck || random.next() % 2 == 0 {
                let (ticket, _) = underWay.remove(at: Int(random.next() % UInt64(underWay.count)))
                switch random.next() % 10 {
                case 0: throttle.finish(ticket, .again(afterSeconds: 0.5), now: now)
                case 1: throttle.finish(ticket, .tooMany(retryAfterSeconds: 3), now: now)
                default:
                    throttle.finish(ticket, .over, now: now)
                    if let lane = lanes[ticket] { ended[lane].append(ticket) }
                }
            } else if case .wait(let until) = decision {
                #expect(until > now, "seed \(seed)")
                now = until
            }
        }
        #expect(throttle.count == 0, "seed \(seed)")
        #expect(ended == expected, "seed \(seed)")
        for (chat, times) in times where !chat.isPrivate {
            for (first, later) in zip(times, times.dropFirst(20)) {
                #expect(later - first >= 60, "seed \(seed)")
            }
        }
        for times in times.values {
            for (first, later) in zip(times, times.dropFirst(3)) {
                #expect(later - first >= 1, "seed \(seed)")
            }
        }
        let all = times.values.joined().sorted()
        for (first, later) in zip(all, all.dropFirst(30)) {
            #expect(later - first >= 1, "seed \(seed)")
        }
    }
}
