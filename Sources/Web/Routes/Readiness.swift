import Storage
import Wire

extension Route {
    static let readiness = Route(
        .get, "/readyz",
        summary: "Whether the database answers and has the schema of this version",
        .open { call in
            do {
                try await call.environment.checkReadiness()
            } catch let error as StorageError {
                throw Problem(outage: error)
                    ?? .unavailable("the database can't be read", retryAfterSeconds: 60)
            }
            return Answer(ReadinessAnswer())
        })
}

private struct ReadinessAnswer: JSONWritable {
    func writeJSON(to bytes: inout [UInt8]) {
        JSONWriter.object(to: &bytes) { $0.write("status", "ready") }
    }
}
