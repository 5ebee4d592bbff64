import Storage
import Wire

extension Route {
    static let readiness = Route(
        .get, "/readyz", .service,
        summary: "Whether the database answers and has the schema of this version",
        answer: .json(.readiness, example: #"{"status":"ready"}"#),
        refusals: [.unavailable],
        .open { call in
            do {
                try await call.environment.checkReadiness()
            } catch let error as StorageError {
                throw Problem(outage: error)
                    ?? .unavailable("the database can't be read", retryAfterSeconds: 60)
            }
            return Answer((), as: .readiness)
        })
}

extension AnswerFormat<Void> {
    fileprivate static let readiness = AnswerFormat(
        "Readiness", [.fixed("status", as: .constant("ready"), "ready")])
}
