public import Ledger
public import Storage

/// A run of a strategy, from its first beat to `STOPPED`.
public struct StrategyRun: Sendable, Hashable {
    public let id: RunID
    public let uid: String
    public let ownerID: UserID
    public let strategyID: StrategyID
    /// `momo@1.0`.
    public let strategy: ExactText
    /// The sender's name of it; nil where it gives none.
    public let runID: ExactText?
    public var pulse: RunPulse
    /// A JSON object, of the last beat that had one.
    public var metaJSON: String
}

public typealias RunID = RowID<StrategyRun>

/// The runs of strategies. A beat changes one row.
public enum StrategyRuns {
    private static let select = """
        SELECT r.id, r.uid, r.user_id, r.strategy_id, s.name, s.version, r.run_id, r.status,
            r.started_at, r.last_beat_at, r.ended_at, r.beats, r.expect_within_seconds,
            r.silent_since, r.notified_at, r.meta_json
        FROM strategy_runs r
        JOIN strategies s ON s.id = r.strategy_id AND s.user_id = r.user_id
        """

    private static func decode(_ row: any Row) throws -> StrategyRun {
        StrategyRun(
            id: try row.id(0), uid: try row.text(1), ownerID: try row.id(2),
            strategyID: try row.id(3),
            strategy: ExactText("\(try row.text(4))@\(try row.text(5))"),
            runID: try row.optionalExact(6),
            pulse: RunPulse(
                status: try row.choice(7), startedAt: try row.time(8),
                lastBeatAt: try row.time(9), endedAt: try row.optionalTime(10),
                beats: try row.integer(11),
                expectWithinSeconds: row.isNull(12) ? nil : try row.integer(12),
                silentSince: try row.optionalTime(13), notifiedAt: try row.optionalTime(14)),
            metaJSON: try row.text(15))
    }

    /// On PostgreSQL, makes units of work on the runs of this strategy wait for each other, and
    /// nobody else; SQLite has one writer.
    public static func lock(
        _ strategy: StrategyID, in tx: any Transaction
    ) throws {
        guard tx.dialect == .postgres else { return }
        _ = try tx.query(
            SQL("SELECT id FROM strategies WHERE id = $1 FOR NO KEY UPDATE", [.id(strategy)])
        ) { try $0.integer(0) }
    }

    /// The run with that name; without a name, the last one that has none.
    public static func last(
        _ runID: ExactText?, of strategy: StrategyID, for caller: Caller, in tx: any Transaction
    ) throws -> StrategyRun? {
        let condition = runID == nil ? "r.run_id IS NULL" : "r.run_id = $3"
        return try tx.first(
            SQL(
                """
                \(select)
                WHERE r.strategy_id = $1 AND r.user_id = $2 AND \(condition)
                ORDER BY r.last_beat_at DESC, r.id DESC
                LIMIT 1
                """,
                [.id(strategy), .id(caller.userID)] + [runID].compactMap { $0.map(Value.exact) }),
            decode)
    }

    /// A strategy's runs, or all of the caller's: those whose last beat is the newest first.
    public static func all(
        of strategy: StrategyID? = nil, limit: Int, for caller: Caller, in tx: any Transaction
    ) throws -> [StrategyRun] {
        let condition = strategy == nil ? "" : "AND r.strategy_id = $3"
        return try tx.query(
            SQL(
                """
                \(select)
                WHERE r.user_id = $1 \(condition)
                ORDER BY r.last_beat_at DESC, r.id DESC
                LIMIT $2
                """,
                [.id(caller.userID), .integer(Int64(limit))]
                    + [strategy].compactMap { $0.map(Value.id) }), decode)
    }

    /// Stores a run that begins; returns its id.
    public static func insert(
        uid: String, _ runID: ExactText?, of strategy: StrategyID, _ pulse: RunPulse,
        metaJSON: String, for caller: Caller, in tx: any Transaction
    ) throws -> RunID {
        let ids: [RunID] = try tx.query(
            SQL(
                """
                INSERT INTO strategy_runs (uid, user_id, strategy_id, run_id, status, started_at,
                    last_beat_at, ended_at, beats, expect_within_seconds, due_at, meta_json)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                RETURNING id
                """,
                [
                    .text(uid), .id(caller.userID), .id(strategy), .optional(runID),
                    .text(pulse.status.rawValue), .time(pulse.startedAt), .time(pulse.lastBeatAt),
                    .optional(pulse.endedAt), .integer(pulse.beats),
                    pulse.expectWithinSeconds.map(Value.integer) ?? .null,
                    .optional(pulse.dueAt), .text(metaJSON),
                ])
        ) { try $0.id(0) }
        guard let id = ids.first else { throw StorageError.decoding(column: 0, expected: "an id") }
        return id
    }

    /// Writes what a beat, or its absence, changed.
    public static func update(_ run: StrategyRun, in tx: any Transaction) throws {
        let pulse = run.pulse
        try tx.execute(
            SQL(
                """
                UPDATE strategy_runs
                SET status = $3, last_beat_at = $4, ended_at = $5, beats = $6,
                    expect_within_seconds = $7, due_at = $8, silent_since = $9, notified_at = $10,
                    meta_json = $11
                WHERE id = $1 AND user_id = $2
                """,
                [
                    .id(run.id), .id(run.ownerID), .text(pulse.status.rawValue),
                    .time(pulse.lastBeatAt), .optional(pulse.endedAt), .integer(pulse.beats),
                    pulse.expectWithinSeconds.map(Value.integer) ?? .null,
                    .optional(pulse.dueAt), .optional(pulse.silentSince),
                    .optional(pulse.notifiedAt), .text(run.metaJSON),
                ]))
    }

    public static func remove(
        _ ids: [RunID], for caller: Caller, in tx: any Transaction
    ) throws {
        var items = RowSet([.init("user_id", .integer), .init("id", .integer)])
        for id in ids { items.append([.id(caller.userID), .id(id)]) }
        try tx.execute(
            """
            DELETE FROM strategy_runs
            WHERE EXISTS (
                SELECT 1 FROM item
                WHERE item.id = strategy_runs.id AND item.user_id = strategy_runs.user_id)
            """, forEach: items)
    }
}

/// The promises of all users' runs: for the service that watches over them.
extension StrategyRuns {
    /// Runs that should have beaten by `now` and did not, the one that is due the longest first. A
    /// run counts only where it also had its own time to beat since `watchedSince`.
    public static func overdue(
        at now: Timestamp, watchedSince: Timestamp, limit: Int, in tx: any Transaction
    ) throws -> [StrategyRun] {
        try tx.query(
            SQL(
                """
                \(select)
                WHERE r.due_at IS NOT NULL AND r.silent_since IS NULL AND r.due_at <= $1
                    AND r.expect_within_seconds <= $2
                ORDER BY r.due_at, r.id
                LIMIT $3
                """,
                [
                    .time(now), .integer(now.wholeSeconds(since: watchedSince)),
                    .integer(Int64(limit)),
                ]), decode)
    }

    public static func with(id: RunID, in tx: any Transaction) throws -> StrategyRun? {
        try tx.first(SQL("\(select) WHERE r.id = $1", [.id(id)]), decode)
    }

    /// The first instant after `now` at which a run may be found overdue; nil where nothing is
    /// promised.
    public static func nextDue(
        after now: Timestamp, watchedSince: Timestamp, in tx: any Transaction
    ) throws -> Timestamp? {
        let open = "due_at IS NOT NULL AND silent_since IS NULL"
        let due = try tx.first(
            SQL(
                """
                SELECT due_at FROM strategy_runs
                WHERE \(open) AND due_at > $1
                ORDER BY due_at
                LIMIT 1
                """, [.time(now)])
        ) { try $0.time(0) }
        // Those that are due already wait for the time that they have since the watch began.
        let seconds = try tx.first(
            SQL(
                """
                SELECT expect_within_seconds FROM strategy_runs
                WHERE \(open) AND due_at <= $1 AND expect_within_seconds > $2
                ORDER BY expect_within_seconds
                LIMIT 1
                """, [.time(now), .integer(now.wholeSeconds(since: watchedSince))])
        ) { try $0.integer(0) }
        let late = seconds.map { watchedSince.adding(seconds: $0) }
        return [due, late].compactMap(\.self).min()
    }
}
