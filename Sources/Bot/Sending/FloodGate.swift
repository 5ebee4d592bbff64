import Telegram
import World

/// Lets messages out one by one as Telegram's limits allow, each chat's in the order in which they
/// took their tickets, and repeats what failed for a reason that passes.
actor FloodGate {
    typealias Ticket = FloodThrottle.Ticket

    /// More wait than `FloodThrottle.Settings` allow.
    struct TooManyWaiting: Error {}

    private static let firstPauseSeconds = 1.0
    private static let longestPauseSeconds = 60.0
    private static let graceSeconds = 2.0

    private let world: any World
    private var throttle: FloodThrottle
    private var turns: [Ticket: CheckedContinuation<ChatID, any Error>] = [:]
    /// Turns that came before anybody waited for them.
    private var granted: [Ticket: ChatID] = [:]
    private var alarm: (task: Task<Void, Never>, atSeconds: Double)?

    init(world: any World, settings: FloodThrottle.Settings) {
        self.world = world
        throttle = FloodThrottle(settings: settings)
    }

    /// Messages that wait for their turn or are under way.
    var waitingCount: Int { throttle.count }

    /// Takes a place in the chat's line. Every ticket must be given to `send`.
    func ticket(
        for chat: ChatID, _ urgency: FloodThrottle.Urgency
    ) throws(TooManyWaiting) -> Ticket {
        guard let ticket = throttle.add(to: chat, urgency) else { throw TooManyWaiting() }
        return ticket
    }

    /// A call that is to be made now.
    struct Turn: Sendable {
        /// The chat, which may have a new number since the ticket was taken.
        let chat: ChatID
        /// Whether an earlier call may have been carried out although its answer was lost.
        let isRepeat: Bool
    }

    /// Makes the call when the ticket's turn has come, again where it failed for a reason that
    /// passes. `failed` hears of every failure that is followed by another attempt.
    ///
    /// Throws `TelegramError`, what else `call` throws, or `CancellationError`.
    func send<Answer: Sendable>(
        _ ticket: Ticket,
        failed: @Sendable (TelegramError, Turn) async -> Void = { _, _ in },
        _ call: @escaping @Sendable (Turn) async throws -> Answer
    ) async throws -> Answer {
        var failures = 0
        var isRepeat = false
        while true {
            let chat = try await turn(of: ticket)
            do {
                // The one before it may have left the line just now, and goes first after the
                // next start.
                try Task.checkCancellation()
                let turn = Turn(chat: chat, isRepeat: isRepeat)
                let answer = try await inGrace { try await call(turn) }
                finish(ticket, .over)
                return answer
            } catch let error as TelegramError {
                failures += error.passes ? 1 : 0
                isRepeat = isRepeat || error.mayHaveBeenCarriedOut
                guard let next = next(after: error, failures) else {
                    finish(ticket, .over)
                    throw error
                }
                await failed(error, Turn(chat: chat, isRepeat: isRepeat))
                throttle.finish(ticket, next, now: world.uptimeSeconds())
                if case .chatMigrated(let newChat) = error {
                    throttle.move(from: chat, to: newChat)
                }
            } catch {
                finish(ticket, .over)
                throw error
            }
        }
    }

    /// Lets a call that is under way come to its end although the task is cancelled, for a short
    /// while: what Telegram has taken is then known, and not sent again after the next start.
    private nonisolated func inGrace<Answer: Sendable>(
        _ call: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        let calling = Task { try await call() }
        return try await withTaskCancellationHandler {
            try await calling.value
        } onCancel: {
            Task {
                try? await world.sleep(seconds: Self.graceSeconds)
                calling.cancel()
            }
        }
    }

    /// Nil where there is no use in another attempt. What passes is waited for, however long.
    private func next(after error: TelegramError, _ failures: Int) -> FloodThrottle.Outcome? {
        switch error {
        case .retryAfter(let seconds): return .tooMany(retryAfterSeconds: seconds)
        case .chatMigrated: return .again(afterSeconds: 0)
        case _ where error.passes:
            var pause = Self.firstPauseSeconds
            for _ in 1..<max(failures, 1) where pause < Self.longestPauseSeconds { pause *= 2 }
            let jitter = 0.5 + 0.5 * world.randomFraction()
            return .again(afterSeconds: min(pause, Self.longestPauseSeconds) * jitter)
        default: return nil
        }
    }

    private func finish(_ ticket: Ticket, _ outcome: FloodThrottle.Outcome) {
        granted[ticket] = nil
        throttle.finish(ticket, outcome, now: world.uptimeSeconds())
        letOut()
    }
}

// Whoever waits for a turn is a continuation here; `letOut` resumes those that the throttle names,
// and sets the alarm for the next one.
extension FloodGate {
    private func turn(of ticket: Ticket) async throws -> ChatID {
        if let chat = granted.removeValue(forKey: ticket) { return chat }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard !Task.isCancelled else {
                    throttle.withdraw(ticket)
                    return continuation.resume(throwing: CancellationError())
                }
                turns[ticket] = continuation
                letOut()
            }
        } onCancel: {
            Task { await leave(ticket) }
        }
    }

    private func leave(_ ticket: Ticket) {
        guard let turn = turns.removeValue(forKey: ticket) else { return }
        throttle.withdraw(ticket)
        // Nobody is let out in its place: only the end of all cancels one.
        turn.resume(throwing: CancellationError())
    }

    private func letOut() {
        while true {
            switch throttle.next(now: world.uptimeSeconds()) {
            case .send(let ticket, let chat):
                if let turn = turns.removeValue(forKey: ticket) {
                    turn.resume(returning: chat)
                } else {
                    granted[ticket] = chat
                }
            case .wait(let untilSeconds):
                return setAlarm(untilSeconds)
            case .idle:
                return setAlarm(nil)
            }
        }
    }

    private func setAlarm(_ atSeconds: Double?) {
        if let alarm, alarm.atSeconds == atSeconds { return }
        alarm?.task.cancel()
        alarm = atSeconds.map { atSeconds in
            let task = Task { [world] in
                do {
                    try await world.sleep(seconds: atSeconds - world.uptimeSeconds())
                } catch {
                    return
                }
                ring(atSeconds)
            }
            return (task, atSeconds)
        }
    }

    private func ring(_ atSeconds: Double) {
        if alarm?.atSeconds == atSeconds { alarm = nil }
        letOut()
    }
}

extension TelegramError {
    /// Whether the same call may succeed later, without anybody doing anything.
    var passes: Bool {
        switch self {
        case .server, .malformed, .network, .conflict: true
        default: false
        }
    }
}

extension World {
    /// Uniform in 0..<1.
    func randomFraction() -> Double {
        let bits = randomBytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Double(bits) / 0x1p32
    }
}
