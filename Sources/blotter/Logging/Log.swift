import Bot
import Logging
import World

/// The process's log.
enum Log {
    /// Sets up logging for the whole process; call it once.
    static func start(_ configuration: Configuration, secrets: [Secret]) -> Logger {
        let output = LogOutput(
            format: configuration.log.format, secrets: HiddenSecrets(secrets),
            world: LiveWorld())
        let level = configuration.log.level
        LoggingSystem.bootstrap { label in output.handler(label: label, level: level) }
        return Logger(label: "blotter")
    }

    /// What the bot tells, as log lines.
    static func observer(_ logger: Logger) -> BotObserver {
        { event in
            logger.log(
                level: level(of: event), "\(event.message)",
                metadata: event.fields.mapValues { .string($0) })
        }
    }

    private static func level(of event: BotEvent) -> Logger.Level {
        switch event.level {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}
