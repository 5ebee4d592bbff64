/// Why the service cannot start with what it was told; one line that names the setting at fault.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A setting's key, an environment variable's name or a file's path.
    public let subject: String
    public let problem: String

    public init(_ subject: String, _ problem: String) {
        self.subject = subject
        self.problem = problem
    }

    public var description: String { "\(subject): \(problem)" }
}
