import Foundation

/// The built `blotter`, run as its users run it: as a process of its own, with nothing in its
/// environment but what a test puts there, in an empty folder of its own.
public enum Program {
    /// How a process ended, and what it had written.
    public struct Ending: Sendable {
        /// The exit code; nil where a signal ended it.
        public let status: Int32?
        public let output: String
        /// What stood on standard error.
        public let complaints: String

        public var lines: [String] { Program.lines(output) }
        public var complaintLines: [String] { Program.lines(complaints) }
    }

    /// Runs `blotter`, or another `executable`, with these arguments to its end, in `folder` or
    /// else in an empty one. `settings` are environment variables.
    public static func run(
        _ arguments: [String], settings: [String: String] = [:], input: String = "",
        in folder: String? = nil, executable: String? = nil, withinSeconds: Double = 60
    ) async throws -> Ending {
        guard let folder else {
            return try await withTemporaryFolder { folder in
                try await run(
                    arguments, settings: settings, input: input, in: folder,
                    executable: executable, withinSeconds: withinSeconds)
            }
        }
        let program = try await start(
            arguments, settings: settings, input: input, in: folder, executable: executable)
        return try await program.ending(withinSeconds: withinSeconds)
    }

    /// Starts it; it is killed at the latest when nobody holds it any more.
    public static func start(
        _ arguments: [String], settings: [String: String] = [:], input: String = "",
        in folder: String, executable: String? = nil
    ) async throws -> RunningProgram {
        var environment = [
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder, "TMPDIR": folder,
        ]
        environment.merge(settings) { $1 }
        return try await RunningProgram.start(
            try executable ?? binary(), arguments, environment: environment, input: input,
            folder: folder)
    }

    /// Where the built program is.
    public static func binary() throws -> String {
        let variable = "BLOTTER_TEST_BINARY"
        let path = ProcessInfo.processInfo.environment[variable] ?? ""
        guard !path.isEmpty, FileManager.default.isExecutableFile(atPath: path) else {
            throw ProgramFailure(
                description: "This test needs the built program, and \(variable) "
                    + (path.isEmpty ? "names none" : "names \(path), which is none")
                    + ": run deploy/test, which builds it.")
        }
        return path
    }

    static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init)
    }
}

/// Why a program could not be tested.
public struct ProgramFailure: Error, CustomStringConvertible {
    public let description: String
}
