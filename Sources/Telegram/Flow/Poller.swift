/// Decides when to ask Telegram for updates; something else does the asking.
///
/// Feed it what happened, do what it answers, in order. Telegram forgets an update once a later
/// poll's offset exceeds it, so the offset moves only after `committed`: a crash in between makes
/// Telegram deliver the update again, and none is lost.
///
///     started ─▶ poll ─▶ received(none) ─▶ poll …
///                     └▶ received(ids)  ─▶ (deliver them) ─▶ committed(last) ─▶ poll …
///                     └▶ failed         ─▶ wait ─▶ waited ─▶ poll …
public struct Poller: Sendable {
    public struct Settings: Sendable {
        /// How long Telegram may hold a poll open, 0 to 50.
        public var pollTimeoutSeconds: Int
        /// The first pause after a failure; it doubles with each further one.
        public var firstPauseSeconds: Double
        public var longestPauseSeconds: Double
        /// The same while someone else polls with this token.
        public var firstConflictPauseSeconds: Double
        public var longestConflictPauseSeconds: Double
        /// Failures in a row before `away` is reported: a single broken long poll is everyday life.
        public var failuresBeforeReport: Int
        /// Polls in a row that must succeed before a conflict counts as over: two pollers take
        /// turns in being served.
        public var successesAfterConflict: Int

        public init(
            pollTimeoutSeconds: Int = 50, firstPauseSeconds: Double = 1,
            longestPauseSeconds: Double = 30, firstConflictPauseSeconds: Double = 10,
            longestConflictPauseSeconds: Double = 120, failuresBeforeReport: Int = 2,
            successesAfterConflict: Int = 3
        ) {
            self.pollTimeoutSeconds = min(max(pollTimeoutSeconds, 0), 50)
            self.firstPauseSeconds = firstPauseSeconds
            self.longestPauseSeconds = longestPauseSeconds
            self.firstConflictPauseSeconds = firstConflictPauseSeconds
            self.longestConflictPauseSeconds = longestConflictPauseSeconds
            self.failuresBeforeReport = failuresBeforeReport
            self.successesAfterConflict = successesAfterConflict
        }
    }

    public enum Event: Sendable, Hashable {
        case started
        /// A poll was answered with these updates, in any order.
        case received([UpdateID])
        /// A poll failed. `random` is uniform in 0..<1.
        case failed(TelegramError, random: Double)
        /// The effects of all updates up to this one are durable.
        case committed(upTo: UpdateID)
        /// What was received cannot be carried out now (the database is away): have the rest
        /// delivered again later. `random` is uniform in 0..<1.
        case abandoned(random: Double)
        /// The pause that `wait` asked for is over.
        case waited
    }

    public enum Action: Sendable, Hashable {
        case poll(offset: UpdateID?, timeoutSeconds: Int)
        case wait(seconds: Double)
        case report(Report)
        /// Do not poll again in this process.
        case stop(TelegramError)
    }

    /// What the operator should read; each is said once until it has changed.
    public enum Report: Sendable, Hashable {
        case tokenRefused
        case anotherPoller(description: String)
        case webhookSet(description: String)
        case conflictOver
        case away(TelegramError)
        case back
    }

    private enum Phase: Hashable {
        case idle
        case polling
        case committing(done: UpdateID?, last: UpdateID)
        case waiting
        case stopped
    }

    private let settings: Settings
    private var phase = Phase.idle
    private var offset: UpdateID?
    private var failures = 0
    private var abandonments = 0
    private var isAwayReported = false
    private var conflicts = 0
    private var successesSinceConflict = 0

    public init(settings: Settings = Settings()) { self.settings = settings }

    /// What to do now. An event that does not fit the present phase asks for nothing.
    public mutating func handle(_ event: Event) -> [Action] {
        switch (phase, event) {
        case (.idle, .started), (.waiting, .waited): [poll()]
        case (.polling, .received(let updates)): received(updates)
        case (.polling, .failed(let error, let random)): failed(error, random)
        case (.committing(let done, let last), .committed(let update)):
            committed(max(done ?? update, update), last: last)
        case (.committing, .abandoned(let random)): abandoned(random)
        default: []
        }
    }

    private mutating func poll() -> Action {
        phase = .polling
        // While Telegram is away a short poll tells at once that it is back. While another one
        // polls it would succeed too, and say nothing.
        let isShort = failures > 0 && conflicts == 0
        return .poll(
            offset: offset, timeoutSeconds: isShort ? 0 : settings.pollTimeoutSeconds)
    }

    private mutating func received(_ updates: [UpdateID]) -> [Action] {
        var actions = succeeded()
        if let last = updates.max() {
            phase = .committing(done: nil, last: last)
        } else {
            actions.append(poll())
        }
        return actions
    }

    private mutating func succeeded() -> [Action] {
        var actions: [Action] = []
        failures = 0
        if isAwayReported {
            isAwayReported = false
            actions.append(.report(.back))
        }
        if conflicts > 0 {
            successesSinceConflict += 1
            if successesSinceConflict >= settings.successesAfterConflict {
                conflicts = 0
                actions.append(.report(.conflictOver))
            }
        }
        return actions
    }

    private mutating func committed(_ update: UpdateID, last: UpdateID) -> [Action] {
        // Telegram starts anew with any number after a quiet week, so a lower one is no error.
        offset = min(update, last).next
        guard update >= last else {
            phase = .committing(done: update, last: last)
            return []
        }
        abandonments = 0
        return [poll()]
    }

    private mutating func abandoned(_ random: Double) -> [Action] {
        abandonments += 1
        return [
            wait(
                first: settings.firstPauseSeconds, longest: settings.longestPauseSeconds,
                times: abandonments, random)
        ]
    }

    private mutating func failed(_ error: TelegramError, _ random: Double) -> [Action] {
        switch error {
        case .unauthorized:
            phase = .stopped
            return [.report(.tokenRefused), .stop(error)]
        case .conflict(let description):
            return conflicted(description, random)
        default:
            failures += 1
            var actions: [Action] = []
            if !isAwayReported, failures >= settings.failuresBeforeReport {
                isAwayReported = true
                actions.append(.report(.away(error)))
            }
            var least = 0.0
            if case .retryAfter(let seconds) = error { least = Double(seconds) }
            actions.append(
                wait(
                    first: settings.firstPauseSeconds, longest: settings.longestPauseSeconds,
                    times: failures, random, atLeast: least))
            return actions
        }
    }

    private mutating func conflicted(_ description: String, _ random: Double) -> [Action] {
        conflicts += 1
        failures = 0
        successesSinceConflict = 0
        var actions: [Action] = []
        if isAwayReported {
            isAwayReported = false
            actions.append(.report(.back))
        }
        if conflicts == 1 {
            actions.append(
                .report(
                    description.lowercased().contains("webhook")
                        ? .webhookSet(description: description)
                        : .anotherPoller(description: description)))
        }
        actions.append(
            wait(
                first: settings.firstConflictPauseSeconds,
                longest: settings.longestConflictPauseSeconds, times: conflicts, random))
        return actions
    }

    /// Between half and the whole of the doubled pause, so that many do not return as one.
    private mutating func wait(
        first: Double, longest: Double, times: Int, _ random: Double, atLeast least: Double = 0
    ) -> Action {
        phase = .waiting
        var whole = first
        for _ in 1..<max(times, 1) where whole < longest { whole *= 2 }
        let jitter = random.isFinite ? min(max(random, 0), 1) : 0.5
        return .wait(seconds: least + min(whole, longest) * (0.5 + 0.5 * jitter))
    }
}
