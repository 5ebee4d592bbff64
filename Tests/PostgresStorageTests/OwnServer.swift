import Foundation
import Testing

/// A PostgreSQL server of one test's own, which may be stopped: `deploy/postgres-for-tests`.
struct OwnServer: Sendable {
    /// Where its socket and data are.
    let directory: String
    let url: String

    /// Starts a server, runs `body`, and removes it. The folder stands where every user may go.
    static func run(_ body: (OwnServer) async throws -> Void) async throws {
        let directory = "/tmp/blotter-postgres-\(UUID().uuidString.prefix(8))"
        do {
            let server = OwnServer(directory: directory, url: try await start(directory))
            try await body(server)
        } catch {
            try await remove(directory)
            throw error
        }
        try await remove(directory)
    }

    func start() async throws {
        _ = try await Self.start(directory)
    }

    /// `isCrash`: without a goodbye to its clients, and with recovery at the next start.
    func stop(isCrash: Bool = false) async throws {
        _ = try await Self.script("stop", directory, isCrash ? "immediate" : "fast")
    }

    private static func start(_ directory: String) async throws -> String {
        try await script("start", directory).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func remove(_ directory: String) async throws {
        _ = try await script("stop", directory, "immediate")
        try FileManager.default.removeItem(atPath: directory)
    }

    /// Runs `deploy/postgres-for-tests` and returns what it printed.
    private static func script(_ arguments: String...) async throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try await run(root.appending(path: "deploy/postgres-for-tests").path, arguments)
    }

    /// Runs a program and returns what it printed; its end with an error fails the test.
    static func run(_ program: String, _ arguments: [String]) async throws -> String {
        let process = Process()
        let output = Pipe()
        let complaints = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = complaints
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in ended.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                ended.resume(throwing: error)
            }
        }
        let text = String(
            decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        let why = String(
            decoding: try complaints.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        try #require(process.terminationStatus == 0, "run deploy/test, which installs it: \(why)")
        return text
    }
}
