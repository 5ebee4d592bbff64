public import Ledger
import Records
import Wire

/// What a notice tells of a run that went silent, or is back.
public struct SilentRun: Sendable, Hashable {
    /// `momo@1.0`.
    public let strategy: ExactText
    public let runID: ExactText?
    public let lastBeatAt: Timestamp
    /// Until the notice: how long it has been silent, or was.
    public let seconds: Int64
    /// What it had promised.
    public let expectWithinSeconds: Int64?

    init(_ run: StrategyRun, seconds: Int64) {
        strategy = run.strategy
        runID = run.runID
        lastBeatAt = run.pulse.lastBeatAt
        self.seconds = seconds
        expectWithinSeconds = run.pulse.expectWithinSeconds
    }

    init?(_ payload: JSONValue) {
        guard let strategy = payload["strategy"]?.string,
            let lastBeatAt = payload["last_beat_at"]?.string.flatMap({
                Timestamp(canonical: $0)
            }),
            let seconds = payload["seconds"]?.string.flatMap({ Int64($0) })
        else { return nil }
        self.strategy = ExactText(strategy)
        runID = payload["run_id"]?.string.map { ExactText($0) }
        self.lastBeatAt = lastBeatAt
        self.seconds = seconds
        expectWithinSeconds = payload["expect_within_seconds"]?.string.flatMap { Int64($0) }
    }

    var payloadJSON: String {
        Details.object([
            "strategy": strategy.text, "run_id": runID?.text,
            "last_beat_at": lastBeatAt.description, "seconds": String(seconds),
            "expect_within_seconds": expectWithinSeconds.map { String($0) },
        ])
    }
}
