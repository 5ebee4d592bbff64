import TestSupport
import Testing

/// A command that is refused for how it was called or configured.
struct RefusedInput: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var arguments: [String]
    var settings: [String: String] = [:]
    /// Files in the working directory, each with its text and its permissions.
    var files: [String: (text: String, permissions: Int)] = [:]
    /// Parts of what it says.
    var says: [String]

    /// A command line that is no command of ours.
    static func usage(_ arguments: String..., says: String...) -> RefusedInput {
        RefusedInput(
            testDescription: arguments.joined(separator: " "), arguments: arguments, says: says)
    }

    /// A service that is not configured well.
    static func configuration(_ json: String, says: String...) -> RefusedInput {
        RefusedInput(
            testDescription: json, arguments: ["serve"],
            files: ["config.json": (json, 0o600)], says: says)
    }

    static func environment(
        _ name: String, _ value: String, says: String...
    ) -> RefusedInput {
        RefusedInput(
            testDescription: "\(name)=\(value)", arguments: ["serve"], settings: [name: value],
            says: says)
    }
}

extension Program.Ending {
    /// Lines on standard error that are no log lines.
    var sentences: [String] { complaintLines.filter { !$0.hasPrefix("{") } }

    /// Expects one clear line and the exit code. What is wrong on the command line is followed by
    /// how it is used.
    func expectRefusal(
        _ exitCode: Int32, says parts: [String], isUsage: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(status == exitCode, "\(complaints)", sourceLocation: sourceLocation)
        let first = sentences.first ?? ""
        for part in parts {
            #expect(
                first.contains(part), "\(part) in \(complaints)", sourceLocation: sourceLocation)
        }
        if isUsage {
            #expect(first.hasPrefix("Error: "), sourceLocation: sourceLocation)
        } else {
            #expect(sentences.count == 1, "\(complaints)", sourceLocation: sourceLocation)
            #expect(first.hasPrefix("blotter: "), sourceLocation: sourceLocation)
        }
        for trace in ["Fatal error", "Backtrace", "Thread 0", "Crash", ".swift:", "Optional("] {
            #expect(
                !complaints.contains(trace), "\(trace) in \(complaints)",
                sourceLocation: sourceLocation)
        }
    }
}
