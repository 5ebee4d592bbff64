import HTTPTypes
import Ledger
import Records
import Services
import Wire

extension Route {
    static let postHeartbeat = Route(
        .post, "/v1/strategies/{name}/heartbeat", .ingest,
        summary: "Tells that a strategy is alive, and until when it promises to tell so again",
        details: """
            A strategy that promised to beat and falls silent is told of in its owner's chat, \
            once, and once more when it is back. `STOPPED` ends the promise. The body may be empty.
            """,
        segments: [
            RouteParameter(
                "name", .strategy, "`NAME` or `NAME@VERSION`; an unknown one is created",
                example: "momo@1.0")
        ],
        request: .json(
            HeartbeatField.object,
            example: """
                {"run_id":"host-1/4711","status":"RUNNING","expect_within_seconds":60}
                """
        ).optional,
        answer: .json(.beaten, example: runExample),
        refusals: [.forbiddenStrategy, .conflict, .outOfRange, .tooManyRuns],
        .authorized(.ingest) { call, authority in
            let body = try await call.body.collect()
            if !body.isEmpty { try call.body.require("application/json") }
            let heartbeat = try readHeartbeat(body)
            _ = try call.query()
            let name = try call.segment("name")
            guard let strategy = StrategyReference(parsing: name.text) else {
                throw Problem.invalid(
                    "name",
                    "expected NAME or NAME@VERSION, each 1 to "
                        + "\(StrategyReference.partLimitBytes) bytes")
            }
            let run = try await call.services.strategyRuns.beat(
                try heartbeat.get(), of: strategy, as: authority)
            return Answer(run, as: .beaten)
        })
}

private func readHeartbeat(
    _ body: [UInt8]
) throws(Problem) -> Result<Heartbeat, ServiceError> {
    do throws(JSONError) {
        return try HeartbeatReader.heartbeat(from: body)
    } catch {
        throw Problem(.notJSON, "the body is not JSON: \(error)")
    }
}

extension AnswerFormat<StrategyRun> {
    fileprivate static let beaten = AnswerFormat(
        [.object("run", as: .run) { $0 }])

    private static let run = AnswerFormat(
        "StrategyRun",
        [
            .init("uid") { $0.uid },
            .init("strategy") { $0.strategy },
            .init("run_id", "The sender's name of it") { $0.runID },
            .word("status") { $0.pulse.status },
            .init("started_at") { $0.pulse.startedAt },
            .init("last_beat_at") { $0.pulse.lastBeatAt },
            .init("ended_at") { $0.pulse.endedAt },
            .init("beats") { $0.pulse.beats },
            .init("expect_within_seconds") { $0.pulse.expectWithinSeconds },
            .init("due_at", "By when the next beat is promised") { $0.pulse.dueAt },
        ])
}

private let runExample = """
    {"run":{"uid":"01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a13","strategy":"momo@1.0",\
    "run_id":"host-1/4711","status":"RUNNING","started_at":"2026-02-19T14:30:00Z",\
    "last_beat_at":"2026-02-19T14:32:00Z","ended_at":null,"beats":3,\
    "expect_within_seconds":60,"due_at":"2026-02-19T14:33:00Z"}}
    """
