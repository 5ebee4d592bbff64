import Foundation
import TestSupport
import Testing
import Wire
import World

/// A PostgreSQL server that goes away while the service runs.
@Suite struct OutageTests {
    @Test(arguments: ["fast", "immediate"])
    func `while PostgreSQL is away it answers 503, and goes on when it is back`(
        _ mode: String
    ) async throws {
        let seed = TestSeed.draw(for: "PostgreSQL stopped, \(mode)")
        var random = SeededGenerator(seed: seed)
        let fills = try PostedFills("o", count: 2000, using: &random).fills
        try await PostgresOfOneTest.run { server in
            let blotter = OperatedBlotter(databaseURL: server.url, folder: server.folder)
            try await blotter.addOwner()
            let token = try await blotter.makeToken()
            try await ServedBlotter.run(on: server.url) { served in
                let acknowledged = try await post(fills, to: served, token, during: server, mode)
                #expect(try await served.get("/healthz").status == 200)
                #expect(try await served.get("/readyz").status == 503)
                let answer = try await served.get("/v1/positions", token: token)
                #expect(answer.status == 503, "\(answer.text)")
                #expect(answer.header("content-type") == "application/problem+json")
                #expect(answer.header("retry-after") != nil)
                #expect(answer.json["status"] == 503)

                try await server.start()
                try await becomesReady(served)
                #expect(!served.hasEnded)
                let reply = try await served.post(PostedFills.body(fills), token: token)
                let results = try #require(reply.json["results"]?.array, "\(reply.text)")
                let lost = zip(fills, results).filter {
                    acknowledged.contains($0.id) && $1["status"]?.string != "duplicate"
                }
                #expect(lost.map(\.0.id) == [], "seed \(seed)")
                #expect(reply.json["rejected"] == 0)
                #expect(try await served.allTrades(token: token).count == fills.count)
                #expect(try await served.terminate().status == 0)
                #expect(!served.saidSoFar.contains("Fatal error"))
            }
            try await blotter.expectVerified(
                trades: fills.count, holdings: Set(fills.map(\.symbol)).count)
        }
    }

    /// Posts in batches, stops the server in the middle, and returns the acknowledged ids.
    private func post(
        _ fills: [PostedFills.Made], to served: ServedBlotter, _ token: String,
        during server: PostgresOfOneTest, _ mode: String
    ) async throws -> Set<String> {
        let acknowledged = Lock<Set<String>>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<3 {
                group.addTask {
                    for start in stride(from: client * 20, to: fills.count, by: 60) {
                        let batch = fills[start..<min(start + 20, fills.count)]
                        let reply = try await served.post(PostedFills.body(batch), token: token)
                        // Refused as a whole from the moment on that the server is away.
                        guard reply.status == 200 else {
                            #expect(reply.status == 503, "\(reply.text)")
                            return
                        }
                        #expect(reply.json["rejected"] == 0)
                        acknowledged.withLock { $0.formUnion(batch.map(\.id)) }
                    }
                    Issue.record("all was posted before the server was stopped")
                }
            }
            group.addTask {
                while acknowledged.withLock({ $0.count }) < 100 {
                    try await Task.sleep(for: .milliseconds(1))
                }
                try await server.stop(mode)
            }
            try await group.waitForAll()
        }
        return acknowledged.withLock { $0 }
    }

    private func becomesReady(_ served: ServedBlotter) async throws {
        for _ in 1...600 {
            if try await served.get("/readyz").status == 200 { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("not ready within a minute: \(served.saidSoFar)")
    }
}

/// A PostgreSQL server of one test's own, which may be stopped: `deploy/postgres-for-tests`.
private struct PostgresOfOneTest: Sendable {
    let url: String
    /// Where its socket and data are.
    private let directory: String
    /// For the commands that are run beside it.
    let folder: String

    /// Starts a server, runs `body`, and removes it. Its folder stands where every user may go.
    static func run(_ body: (PostgresOfOneTest) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let directory = "/tmp/blotter-postgres-\(UUID().uuidString.prefix(8))"
            defer { try? FileManager.default.removeItem(atPath: directory) }
            do {
                let url = try await script("start", directory)
                try await body(PostgresOfOneTest(url: url, directory: directory, folder: folder))
                try await script("stop", directory, "immediate")
            } catch {
                _ = try? await script("stop", directory, "immediate")
                throw error
            }
        }
    }

    func start() async throws { try await Self.script("start", directory) }

    func stop(_ mode: String) async throws { try await Self.script("stop", directory, mode) }

    @discardableResult
    private static func script(_ arguments: String...) async throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let ending = try await Program.run(
            arguments, executable: root.appending(path: "deploy/postgres-for-tests").path,
            withinSeconds: 120)
        try #require(
            ending.status == 0, "run deploy/test, which installs it: \(ending.complaints)")
        return ending.lines.first ?? ""
    }
}
