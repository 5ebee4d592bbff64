import Ledger
import Records
import Storage
import World

/// Tells users what the day or the week brought, at the local hour that they chose.
///
/// The day on which it told stands in the user's settings and is written with the notice, so a
/// restart tells nothing twice; what was missed while the service was away comes once, late.
public struct DigestWatch: Sendable {
    private let services: Services
    private let observe: @Sendable (any Error) -> Void

    private static let tickSeconds: Int64 = 20
    /// Of the strategies' runs, those that beat last.
    private static let runs = 500

    /// `observe` is told of each failure; the watch goes on.
    public init(_ services: Services, observe: @escaping @Sendable (any Error) -> Void) {
        self.services = services
        self.observe = observe
    }

    /// Runs until the task is cancelled, and then returns.
    public func run() async {
        await services.work.repeating(everySeconds: Self.tickSeconds, observe) {
            try await round()
        }
    }

    /// Tells everyone whose digest is due.
    public func round() async throws {
        let now = services.work.world.now()
        for reader in try await services.work.read({ try SettingsRows.withDigests(in: $0) }) {
            let due = due(reader.settings, reader.sent, at: now)
            for (span, day) in due {
                do {
                    try await tell(reader.userID, span, on: day, reader.settings)
                } catch let error where !(error is CancellationError) {
                    // What is wrong with one reader's digest is not to cost the others theirs.
                    observe(error)
                }
            }
        }
    }

    private func due(
        _ settings: UserSettings, _ sent: SentDigests, at now: Timestamp
    ) -> [(Digest.Span, Day)] {
        let clock = clock(settings)
        var due: [(Digest.Span, Day)] = []
        if let day = clock.dailyDay(at: now), day > sent.dailyOn ?? .distantPast {
            due.append((.day, day))
        }
        if let day = clock.weeklyDay(at: now), day > sent.weeklyOn ?? .distantPast {
            due.append((.week, day))
        }
        return due
    }

    private func clock(_ settings: UserSettings) -> DigestClock {
        DigestClock(settings, services.settings.zone(named: settings.timeZone))
    }

    private func tell(
        _ userID: UserID, _ span: Digest.Span, on day: Day, _ settings: UserSettings
    ) async throws {
        let work = services.work
        guard let caller = try await work.read({ try Users.with(id: userID, in: $0)?.caller })
        else { return }
        let digest = try await digest(span, on: day, settings, for: Authority(caller: caller))
        try await work.write { tx, draw in
            try Users.lock(caller, in: tx)
            // They may have changed, or been told, meanwhile.
            let (current, before) = try SettingsRows.with(userID, in: tx)
            guard due(current, before, at: draw.now).contains(where: { $0 == (span, day) }),
                let owner = try Users.with(id: userID, in: tx), owner.caller != nil
            else { return }
            var sent = before
            switch span {
            case .day: sent.dailyOn = day
            case .week: sent.weeklyOn = day
            }
            try SettingsRows.put(current, sent, of: userID, in: tx)
            try Notice.digest(digest).post(to: owner, in: tx, &draw)
        }
    }

    private func digest(
        _ span: Digest.Span, on day: Day, _ settings: UserSettings, for authority: Authority
    ) async throws -> Digest {
        let minute =
            switch span {
            case .day: settings.dailyDigestMinute
            case .week: settings.weeklyDigest?.minuteOfDay
            }
        let to = clock(settings).lastWholeDay(before: day, minuteOfDay: minute ?? 0)
        let from = span == .day ? to : to.adding(days: -6)
        let positions = try await services.positions.snapshot(for: authority)
        let runs = try await services.strategyRuns.all(limit: Self.runs, for: authority.caller)
        return Digest(
            span, from: from, to: to, try await report(from, to, settings, for: authority),
            positions: positions,
            silentStrategies: Set(
                runs.filter { $0.pulse.silentSince != nil }.map(\.strategy)
            ).sorted())
    }

    /// Nil where the figures don't fit a decimal.
    private func report(
        _ from: Day, _ to: Day, _ settings: UserSettings, for authority: Authority
    ) async throws -> PnLReport? {
        guard let period = Period("\(from)..\(to)", today: to) else { return nil }
        do {
            return try await services.performance.report(
                period: period, method: settings.costMethod, for: authority)
        } catch is ServiceError {
            return nil
        }
    }
}
