import Glibc
import NIOCore
public import Wire

/// `blotter serve` as a process of its own, on a free port, over a database that outlives it.
public final class ServedBlotter: Sendable {
    private struct State {
        var program: RunningProgram
        var port = 0
        /// What the runs before this one said.
        var earlier = ""
    }

    public let databaseURL: String
    /// Its working directory.
    public let folder: String
    private let settings: [String: String]
    private let state: Guarded<State>

    private init(
        databaseURL: String, settings: [String: String], folder: String, program: RunningProgram
    ) {
        self.databaseURL = databaseURL
        self.settings = settings
        self.folder = folder
        state = Guarded(State(program: program))
    }

    /// Starts one, runs `body` once it listens, and kills whatever still runs afterwards.
    /// `settings` are environment variables.
    public static func run<Result>(
        on databaseURL: String, settings: [String: String] = [:],
        _ body: (ServedBlotter) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryFolder { folder in
            var settings = settings
            settings["BLOTTER_DATABASE_URL"] = databaseURL
            settings["BLOTTER_HTTP_PORT"] = "0"
            let served = ServedBlotter(
                databaseURL: databaseURL, settings: settings, folder: folder,
                program: try await Program.start(["serve"], settings: settings, in: folder))
            do {
                try await served.listened()
                let result = try await body(served)
                try await served.kill()
                return result
            } catch {
                try? await served.kill()
                throw error
            }
        }
    }

    /// Starts it again after its end: on any free port, or on the one that its clients know.
    public func start(keepingPort: Bool = false) async throws {
        var settings = settings
        if keepingPort { settings["BLOTTER_HTTP_PORT"] = String(port) }
        let program = try await Program.start(["serve"], settings: settings, in: folder)
        state.withLock { state in
            state.earlier += state.program.complaints + state.program.output
            state.program = program
        }
        try await listened()
    }

    private func listened() async throws {
        let port = try await program.eventually("\"listening\" in the log", withinSeconds: 60) {
            Self.logLine($0).flatMap { $0.message == "listening" ? $0.port : nil }
        }
        state.withLock { $0.port = port }
    }

    private var program: RunningProgram { state.withLock { $0.program } }

    /// Does not wait for it.
    public func askToEnd() { program.signal(SIGTERM) }

    /// Ends it as an operator does.
    public func terminate(withinSeconds: Double = 60) async throws -> Program.Ending {
        program.signal(SIGTERM)
        return try await program.ending(withinSeconds: withinSeconds)
    }

    /// Ends it as a power failure does, as far as a process can tell.
    public func kill() async throws {
        program.signal(SIGKILL)
        _ = try await program.ending()
    }

    public var hasEnded: Bool { program.hasEnded }
    /// Everything that all runs wrote, to both outputs.
    public var saidSoFar: String {
        state.withLock { $0.earlier + $0.program.complaints + $0.program.output }
    }

    // MARK: Log

    public struct LogLine: Sendable {
        public let json: JSONValue
        public var level: String { json["level"]?.string ?? "" }
        public var message: String { json["message"]?.string ?? "" }
        var port: Int { json["port"]?.string.flatMap { Int($0) } ?? 0 }
    }

    /// This run's log.
    public var log: [LogLine] { Program.lines(program.complaints).compactMap(Self.logLine) }

    private static func logLine(_ line: String) -> LogLine? {
        (try? JSONValue(parsing: line)).map(LogLine.init(json:))
    }

    /// The first line of this run's log with that in its message.
    @discardableResult
    public func logged(_ text: String, withinSeconds: Double = 60) async throws -> LogLine {
        try await program.eventually("\"\(text)\" in the log", withinSeconds: withinSeconds) {
            Self.logLine($0).flatMap { $0.message.contains(text) ? $0 : nil }
        }
    }

    // MARK: HTTP

    public var port: Int { state.withLock { $0.port } }

    public func get(_ target: String, token: String? = nil) async throws -> ServedReply {
        try await ServedBlotterHTTP(port: port).send(
            "GET", target, token: token, contentType: nil, body: [])
    }

    public func post(
        _ json: String, to target: String = "/v1/fills", token: String? = nil
    ) async throws -> ServedReply {
        try await ServedBlotterHTTP(port: port).send(
            "POST", target, token: token, contentType: "application/json",
            body: Array(json.utf8))
    }

    /// Runs `body` while a client has begun to send fills and does not go on.
    public func withHalfSentFills<Result>(
        token: String, _ body: () async throws -> Result
    ) async throws -> Result {
        let half = """
            POST /v1/fills HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(token)\r\n\
            Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"fills":[
            """
        let channel = try await ServedBlotterHTTP(port: port).open(sending: Array(half.utf8))
        defer { channel.close(promise: nil) }
        return try await body()
    }
}
