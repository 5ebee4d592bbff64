import Ledger
import Records
import Storage
import World

/// Watches over the runs that promised to beat: tells the owner of one that goes silent, once for
/// each silence. What was told stands in the run's row, so a restart tells nothing twice.
///
/// Nobody can beat while the service or its database is away. So the watch counts from when it
/// began, or could last read the database again: every run first gets the time that it promised.
public struct SilenceWatch: Sendable {
    private let runs: StrategyRunService
    private let observe: @Sendable (any Error) -> Void

    /// Promises that other processes take in are found after so long at the latest.
    private static let longestPauseSeconds: Int64 = 60
    private static let outagePauseSeconds: Int64 = 5
    /// Runs in one unit of work.
    private static let batch = 100

    /// `observe` is told of each failure; the watch goes on.
    public init(_ runs: StrategyRunService, observe: @escaping @Sendable (any Error) -> Void) {
        self.runs = runs
        self.observe = observe
    }

    /// Runs until the task is cancelled, and then returns. Once for one service: its announcements
    /// have one reader.
    public func run() async {
        let world = runs.work.world
        let (wakes, wake) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        wake.yield()
        let announcements = Task {
            for await _ in runs.promises { wake.yield() }
        }
        var timer = Task {}
        var watchedSince = world.now()
        for await _ in wakes {
            let next: Timestamp
            do {
                next = try await round(watchedSince: watchedSince)
            } catch is CancellationError {
                break
            } catch {
                observe(error)
                next = world.now().adding(seconds: Self.outagePauseSeconds)
                watchedSince = next
            }
            timer.cancel()
            timer = Task {
                try? await world.sleep(until: next)
                if !Task.isCancelled { wake.yield() }
            }
        }
        timer.cancel()
        announcements.cancel()
    }

    /// Tells of all that are overdue; returns when one may be again.
    private func round(watchedSince: Timestamp) async throws -> Timestamp {
        let work = runs.work
        while true {
            let now = work.world.now()
            let overdue = try await work.read { tx in
                try StrategyRuns.overdue(
                    at: now, watchedSince: watchedSince, limit: Self.batch, in: tx)
            }
            guard !overdue.isEmpty else { break }
            try await tell(of: overdue)
        }
        let now = work.world.now()
        let next = try await work.read { tx in
            try StrategyRuns.nextDue(after: now, watchedSince: watchedSince, in: tx)
        }
        let latest = now.adding(seconds: Self.longestPauseSeconds)
        return next.map { min($0, latest) } ?? latest
    }

    /// One unit of work: the rows, and the notices in the outbox.
    private func tell(of overdue: [StrategyRun]) async throws {
        try await runs.work.write { tx, draw in
            for strategy in Set(overdue.map(\.strategyID)).sorted(by: { $0.raw < $1.raw }) {
                try StrategyRuns.lock(strategy, in: tx)
            }
            for found in overdue {
                // Once more, now that no beat can come in between.
                guard var run = try StrategyRuns.with(id: found.id, in: tx),
                    run.pulse.isOverdue(at: draw.now)
                else { continue }
                run.pulse.fallSilent(now: draw.now)
                try StrategyRuns.update(run, in: tx)
                // Who is no member any more can't send beats either, and a strategy that is not
                // in use owes none.
                guard let owner = try Users.with(id: run.ownerID, in: tx),
                    let caller = owner.caller,
                    try Strategies.with(id: run.strategyID, for: caller, in: tx)?.isActive == true
                else { continue }
                let seconds = draw.now.wholeSeconds(since: run.pulse.lastBeatAt)
                try Notice.silent(SilentRun(run, seconds: seconds))
                    .post(to: owner, in: tx, &draw)
            }
        }
    }
}
