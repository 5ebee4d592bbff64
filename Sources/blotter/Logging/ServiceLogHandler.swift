public import Logging
public import World

/// Where log lines go and how they are written; shared by all loggers of the process.
public struct LogOutput: Sendable {
    let format: LogFormat
    let secrets: HiddenSecrets
    let world: any World
    let write: @Sendable ([UInt8]) -> Void

    /// `write` gets one whole line at a time, its line break included, from any thread.
    public init(
        format: LogFormat, secrets: HiddenSecrets, world: any World,
        write: @escaping @Sendable ([UInt8]) -> Void = StandardError.write
    ) {
        self.format = format
        self.secrets = secrets
        self.world = world
        self.write = write
    }

    /// What `LoggingSystem.bootstrap` asks for.
    public func handler(label: String, level: Logger.Level) -> ServiceLogHandler {
        ServiceLogHandler(label: label, level: level, output: self)
    }
}

/// Writes one line for each message, with the metadata of logger, provider and message; of the same
/// key the message's own wins, then the provider's. An error goes under the key `error`.
public struct ServiceLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let output: LogOutput

    init(label: String, level: Logger.Level, output: LogOutput) {
        self.label = label
        self.output = output
        logLevel = level
    }

    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var metadata = self.metadata
        if let provided = metadataProvider?.get() {
            metadata.merge(provided) { _, provided in provided }
        }
        if let error = event.error { metadata["error"] = "\(error)" }
        if let own = event.metadata { metadata.merge(own) { _, own in own } }
        let line = LogLine(
            time: output.world.now(), level: event.level, label: label,
            message: event.message.description,
            metadata: metadata.sorted { $0.key < $1.key }, secrets: output.secrets)
        output.write(line.bytes(as: output.format))
    }
}
