import Logging
import NIOConcurrencyHelpers

/// Keeps what is logged.
final class RecordedLog: Sendable {
    struct Line: Sendable {
        let level: Logger.Level
        let message: String
        let metadata: [String: String]
    }

    private let box = NIOLockedValueBox<[Line]>([])

    var lines: [Line] { box.withLockedValue { $0 } }
    var requests: [Line] { lines.filter { $0.message == "request" } }
    /// Everything as one text, to look for what must not be in it.
    var text: String { lines.map { "\($0)" }.joined(separator: "\n") }

    var logger: Logger {
        var logger = Logger(label: "web") { [self] _ in Handler(log: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
            let line = Line(
                level: event.level, message: "\(event.message)",
                metadata: all.mapValues { "\($0)" })
            log.box.withLockedValue { $0.append(line) }
        }
    }
}
