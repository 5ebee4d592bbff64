import Ledger
public import Records
import Storage

/// The runs of strategies: their beats, and the watch over those that promised to beat.
public struct StrategyRunService: Sendable {
    let work: UnitOfWork
    /// Yields where a promise was made or moved forward, so that the watch looks again.
    let promises: AsyncStream<Void>
    private let promised: AsyncStream<Void>.Continuation

    init(work: UnitOfWork) {
        self.work = work
        (promises, promised) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes in a beat: begins a run, or carries one on. One row is written, beside the audit rows
    /// of a run's beginning and end. The first beat of an unknown strategy adds it, unless the
    /// authority is narrowed. `STOPPED` may be repeated.
    ///
    /// Throws `ServiceError`: `.forbidden` for another strategy than the authority's, `.conflict`
    /// for a beat of a run that has stopped, `.limit` where the strategy has too many runs that
    /// promised to beat.
    public func beat(
        _ heartbeat: Heartbeat, of reference: StrategyReference, as authority: Authority
    ) async throws -> StrategyRun {
        let (run, isNewPromise) = try await work.write { tx, draw in
            let strategy = try StrategyRunService.strategy(reference, authority, in: tx, &draw)
            let caller = authority.caller
            try StrategyRuns.lock(strategy, in: tx)
            let known = try StrategyRuns.last(
                heartbeat.runID, of: strategy, for: caller, in: tx)
            if let known, known.pulse.endedAt == nil || heartbeat.status == .stopped {
                return try StrategyRunService.carryOn(
                    known, heartbeat, for: caller, in: tx, &draw)
            }
            if known != nil, heartbeat.runID != nil {
                throw ServiceError(
                    .conflict, code: FillRefusal.Code.conflict.rawValue, field: "run_id",
                    detail: "this run has stopped: begin another one with another run_id")
            }
            let run = try StrategyRunService.begin(
                heartbeat, of: strategy, for: caller, in: tx, &draw)
            return (run, run.pulse.dueAt != nil)
        }
        if isNewPromise { promised.yield() }
        return run
    }

    /// The caller's runs, those that beat last first, at most `limit`.
    public func all(limit: Int, for caller: Caller) async throws -> [StrategyRun] {
        try await work.read { try StrategyRuns.all(limit: limit, for: caller, in: $0) }
    }

    private static func strategy(
        _ reference: StrategyReference, _ authority: Authority, in tx: any Transaction,
        _ draw: inout Draw
    ) throws -> StrategyID {
        let caller = authority.caller
        guard let only = authority.strategyID else {
            return try StrategyService.findOrAdd(reference, for: caller, in: tx, &draw).id
        }
        guard try StrategyService.find(reference, for: caller, in: tx)?.id == only else {
            throw ServiceError(
                FillRefusal(
                    code: .forbiddenStrategy, field: "strategy",
                    detail: "this token is for another strategy"))
        }
        return only
    }

    private static func carryOn(
        _ known: StrategyRun, _ heartbeat: Heartbeat, for caller: Caller, in tx: any Transaction,
        _ draw: inout Draw
    ) throws -> (StrategyRun, isNewPromise: Bool) {
        guard known.pulse.endedAt == nil else { return (known, false) }
        var run = known
        run.metaJSON = heartbeat.metaJSON ?? known.metaJSON
        let silence = run.pulse.beat(heartbeat.status, heartbeat.promise, now: draw.now)
        try StrategyRuns.update(run, in: tx)
        if let silence, let owner = try Users.with(id: run.ownerID, in: tx) {
            try Notice.back(SilentRun(known, seconds: silence)).post(to: owner, in: tx, &draw)
        }
        if run.pulse.endedAt != nil { try audit(.update, run, in: tx, draw) }
        let before = known.pulse.silentSince == nil ? known.pulse.dueAt : nil
        let isNewPromise = run.pulse.dueAt.map { $0 < before ?? .distantFuture } ?? false
        return (run, isNewPromise)
    }

    private static func begin(
        _ heartbeat: Heartbeat, of strategy: StrategyID, for caller: Caller,
        in tx: any Transaction, _ draw: inout Draw
    ) throws -> StrategyRun {
        try makeRoom(of: strategy, for: caller, in: tx)
        let id = try StrategyRuns.insert(
            uid: draw.uid(), heartbeat.runID, of: strategy,
            RunPulse(status: heartbeat.status, promise: heartbeat.promise, now: draw.now),
            metaJSON: heartbeat.metaJSON ?? "{}", for: caller, in: tx)
        guard let run = try StrategyRuns.with(id: id, in: tx) else {
            throw StorageError.decoding(column: 0, expected: "the new run")
        }
        try audit(.create, run, in: tx, draw)
        return run
    }

    /// Forgets the runs that beat the longest ago, where there are as many as are kept. Those that
    /// promised to beat and do are never forgotten.
    private static func makeRoom(
        of strategy: StrategyID, for caller: Caller, in tx: any Transaction
    ) throws {
        let runs = try StrategyRuns.all(
            of: strategy, limit: Limits.runsPerStrategy + 1, for: caller, in: tx)
        let excess = runs.count - (Limits.runsPerStrategy - 1)
        guard excess > 0 else { return }
        let forgettable = runs.reversed().filter {
            $0.pulse.dueAt == nil || $0.pulse.silentSince != nil
        }
        guard forgettable.count >= excess else {
            throw ServiceError(
                .limit, code: "TOO_MANY_RUNS", field: "run_id",
                detail: "a strategy has at most \(Limits.runsPerStrategy) runs that promised to"
                    + " beat: stop one first")
        }
        try StrategyRuns.remove(forgettable.prefix(excess).map(\.id), for: caller, in: tx)
    }

    private static func audit(
        _ action: AuditEntry.Action, _ run: StrategyRun, in tx: any Transaction, _ draw: Draw
    ) throws {
        try AuditLog.append(
            [
                AuditEntry(
                    action, .strategy, id: run.strategyID.raw,
                    detailsJSON: Details.object([
                        "run_uid": run.uid, "run_id": run.runID?.text,
                        "run_status": run.pulse.status.rawValue,
                    ]))
            ], userID: run.ownerID, now: draw.now, in: tx)
    }
}
