import Telegram
import World

/// Lets messages out one by one as Telegram's limits allow, each chat's in the order in which they
/// took their tickets, and repeats what failed for a reason that passes.
actor FloodGate {
    typealias Ticket = FloodThrottle.Ticket

    /// More wait than `FloodThrottle.Settings` allow.
    struct TooManyWaiting: Error {}

    /// How long to go on with a message while Telegram fails or cannot be reached.
    enum Persistence: Sendable {
        /// For an answer that nobody waits for any more after a while.
        case attempts(Int)
        case untilDelivered
    }

    private static let firstPauseSeconds = 1.0
    private static let longestPauseSeconds = 60.0

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

    /// Makes the call when the ticket's turn has come, again where it failed for a reason that
    /// passes. `call` is told the chat, which may have a new number since; `failed` hears of every
    /// failure that is followed by another attempt.
    ///
    /// Throws `TelegramError`, what else `call` throws, or `CancellationError`.
    func send<Answer: Sendable>(
        _ ticket: Ticket, _ persistence: Persistence,
        failed: @Sendable (TelegramError) async -> Void = { _ in },
        _ call: @Sendable (ChatID) async throws -> Answer
    ) async throws -> Answer {
        var failures = 0
        while true {
            let chat = try await turn(of: ticket)
            do {
                let answer = try await call(chat)
                finish(ticket, .over)
                return answer
            } catch let error as TelegramError {
                failures += error.passes ? 1 : 0
                guard let next = next(after: error, failures, persistence) else {
                    finish(ticket, .over)
                    throw error
                }
                await failed(error)
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

    private func next(
        after error: TelegramError, _ failures: Int, _ persistence: Persistence
    ) -> FloodThrottle.Outcome? {
        switch error {
        case .retryAfter(let seconds): return .tooMany(retryAfterSeconds: seconds)
        case .chatMigrated: return .again(afterSeconds: 0)
        case _ where error.passes:
            if case .attempts(let most) = persistence, failures >= most { return nil }
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
        turn.resume(throwing: CancellationError())
        letOut()
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
        case .server, .malformed, .network: true
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
