import Wire

extension Route {
    static let health = Route(
        .get, "/healthz", .service, summary: "Whether the process is alive",
        answer: .json(.health, example: #"{"status":"ok","version":"0.4.0"}"#),
        .open { call in Answer(call.environment, as: .health) })
}

extension AnswerFormat<Environment> {
    fileprivate static let health = AnswerFormat(
        "Health",
        [
            .fixed("status", as: .constant("ok"), "ok"),
            .init("version", "The program's") { $0.version },
        ])
}
