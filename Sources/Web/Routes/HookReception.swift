import HTTPTypes
import Logging
import Records
import Services
import Wire

/// Answers calls of hooks. Who calls can't mend a message: it is answered with 200 as soon as it is
/// on disk, be it in quarantine, and with 5xx where it has to be sent again.
enum HookReception {
    static func answer(_ call: RouteCall, _ called: CalledHook) async throws -> Answer {
        try call.body.requireKnownCoding()
        let body = try await call.body.collect(atMost: Limits.hookBodyBytes)
        _ = try call.query()
        let answer = try await call.services.hookIntake.take(
            body, contentType: call.body.mediaType, of: called)
        guard let answer else { throw Problem.unknownHook }
        call.logger.info("hook", metadata: ["outcome": "\(answer.status)"])
        if case .quarantineFull(let refusal) = answer {
            throw Problem(
                .quarantineFull,
                "this could not be stored, and \(Limits.quarantinedPerUser) others wait in"
                    + " quarantine: \(refusal.detail)", field: refusal.field)
        }
        return Answer(HookAnswerBody(answer: answer))
    }
}

extension HookAnswer {
    fileprivate var status: String {
        switch self {
        case .stored: "stored"
        case .duplicate: "duplicate"
        case .ignored: "ignored"
        case .pulling: "pulling"
        case .received: "received"
        case .quarantined: "quarantined"
        case .quarantineFull: "quarantine_full"
        case .turnedOff: "turned_off"
        }
    }
}

private struct HookAnswerBody: JSONWritable {
    let answer: HookAnswer

    func writeJSON(to bytes: inout [UInt8]) {
        JSONWriter.object(to: &bytes) { object in
            object.write("status", answer.status)
            switch answer {
            case .stored(let uid), .duplicate(let uid): object.write("trade_uid", uid)
            case .quarantined(let refusal):
                object.object("error") { error in
                    error.write("code", refusal.code.rawValue)
                    if let field = refusal.field { error.write("field", field) }
                    error.write("detail", refusal.detail)
                }
            case .ignored, .pulling, .received, .quarantineFull, .turnedOff: break
            }
        }
    }
}

// What there is to know of the routes of hooks.
extension HookReception {
    static let address = RouteParameter(
        "hook", .text(atMost: PathPattern.segmentLimitBytes), "The hook's secret address")

    static let refusals: [ProblemCode] = [
        .unknownHook, .quarantineFull, .rateLimited, .unavailable,
    ]

    /// As whoever calls likes to send it.
    static func message(example: String) -> Content {
        .json(
            JSONSchema.map(of: .any).described("What the hook's template reads"), example: example
        )
        .or(.form("application/x-www-form-urlencoded", .text, example: "type=status"))
        .or(.form("text/plain", .text, example: "type=status"))
    }

    static let schema = JSONSchema.oneOf([
        entry(["stored", "duplicate"], [.init(name: "trade_uid", schema: .text)]),
        entry(["quarantined"], [.init(name: "error", schema: .itemError)]),
        entry(["ignored", "pulling", "received", "turned_off"], []),
    ]).named("HookAnswer")

    static let answerExample = """
        {"status":"stored","trade_uid":"01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a11"}
        """

    private static func entry(
        _ statuses: [String], _ properties: [JSONSchema.Property]
    ) -> JSONSchema {
        .object([.init(name: "status", schema: .words(statuses))] + properties)
    }
}
