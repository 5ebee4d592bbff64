import ArgumentParser
import Glibc
import Services
import Storage
import Telegram
import Web

/// The exit codes that the outside may rely on.
enum ExitStatus: Int32 {
    case done = 0
    /// Differences or rejections were found.
    case findings = 1
    case usage = 2
    case unavailable = 3
}

/// Turns whatever ended a command into one clear line and an exit code; never a stack trace.
enum Failure {
    static func exit(with error: any Error) -> Never {
        if let status = error as? ExitCode { Glibc.exit(status.rawValue) }
        guard let status = status(of: error) else {
            // Help and version are "errors" of the argument parser, and go to standard output.
            let text = Blotter.fullMessage(for: error)
            let isHelp = Blotter.exitCode(for: error) == .success
            if isHelp { Terminal.print(text) } else { Terminal.complain(text) }
            Glibc.exit(isHelp ? ExitStatus.done.rawValue : ExitStatus.usage.rawValue)
        }
        Terminal.complain("blotter: \(oneLine("\(error)"))")
        Glibc.exit(status.rawValue)
    }

    /// What a database says may have several lines, a statement's above all.
    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Nil for what the argument parser says.
    private static func status(of error: any Error) -> ExitStatus? {
        switch error {
        case is ConfigurationError, is ServiceError: .usage
        case is ImportError: .findings
        case is StorageError, is WebServerError, is TelegramError: .unavailable
        case is CleanExit, is ValidationError: nil
        default:
            String(reflecting: type(of: error)).hasPrefix("ArgumentParser.") ? nil : .unavailable
        }
    }
}
