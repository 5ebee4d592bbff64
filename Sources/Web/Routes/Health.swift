import Wire

extension Route {
    static let health = Route(
        .get, "/healthz", summary: "Whether the process is alive",
        .open { call in
            Answer(HealthAnswer(version: call.environment.version))
        })
}

private struct HealthAnswer: JSONWritable {
    let version: String

    func writeJSON(to bytes: inout [UInt8]) {
        JSONWriter.object(to: &bytes) { health in
            health.write("status", "ok")
            health.write("version", version)
        }
    }
}
