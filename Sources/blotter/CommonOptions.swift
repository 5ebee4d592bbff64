import ArgumentParser
import FoundationEssentials
import Logging
import World

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "The configuration file (default: $BLOTTER_CONFIG, then ./config.json).",
            valueName: "path"))
    var configurationPath: String?

    @Option(
        name: .customLong("log"),
        help: ArgumentHelp(
            "How log lines are written: json, or text for people.", valueName: "format"))
    var logFormat: String?

    /// The configuration, from file and environment. Throws `ConfigurationError`.
    func load() throws -> Configuration {
        var configuration = try Configuration.load(
            path: configurationPath, environment: Self.environment)
        if let logFormat {
            guard let format = LogFormat(rawValue: logFormat) else {
                throw ValidationError("--log: expected json or text, found \(logFormat)")
            }
            configuration.log.format = format
        }
        return configuration
    }

    static var environment: [String: String] { ProcessInfo.processInfo.environment }
}
