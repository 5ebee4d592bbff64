import Ledger
import Wire

extension Configuration {
    /// Names that begin like a setting's but are none: the file's path, the token, and the tests'.
    private static let otherEnvironmentNames: Set<String> = [
        "BLOTTER_CONFIG", TelegramToken.environmentName,
    ]

    /// The built-in values, changed by the text of a configuration file, then by the environment.
    ///
    /// Throws for the first key that is unknown, twice there, of the wrong type or out of range,
    /// and for any environment variable `BLOTTER_…` that sets nothing.
    public init(
        file: [UInt8]?, environment: [String: String]
    ) throws(ConfigurationError) {
        self.init()
        if let file { try apply(file: file) }
        try apply(environment: environment)
    }

    private mutating func apply(file: [UInt8]) throws(ConfigurationError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: file)
        } catch {
            throw ConfigurationError("configuration file", "\(error)")
        }
        guard let sections = value.object else {
            throw ConfigurationError("configuration file", "expected one JSON object")
        }
        for section in sections {
            let name = section.key.text
            let known = Settings.all.filter { $0.section == name }
            guard !known.isEmpty else { throw Self.unknown(name, among: Self.sectionNames) }
            guard let members = section.value.object else {
                throw ConfigurationError(name, "expected an object")
            }
            for member in members {
                guard let setting = known.first(where: { $0.name == member.key.text }) else {
                    throw Self.unknown(
                        "\(name).\(member.key)", among: known.map(\.name))
                }
                try setting.apply(member.value, to: &self)
            }
        }
    }

    private mutating func apply(environment: [String: String]) throws(ConfigurationError) {
        let settings = Dictionary(
            uniqueKeysWithValues: Settings.all.map { ($0.environmentName, $0) })
        let names = environment.keys.filter { $0.hasPrefix("BLOTTER_") }.sorted()
        for name in names {
            if Self.otherEnvironmentNames.contains(name) || name.hasPrefix("BLOTTER_TEST_") {
                continue
            }
            guard let setting = settings[name], let text = environment[name] else {
                throw ConfigurationError(
                    name, "this environment variable sets nothing; is it misspelt?")
            }
            do throws(ConfigurationError) {
                try setting.apply(setting.parse(text), to: &self)
            } catch {
                throw ConfigurationError(error.subject, "\(error.problem) (from \(name))")
            }
        }
    }

    private static var sectionNames: [String] {
        Settings.all.map(\.section).reduce(into: []) { names, section in
            if names.last != section { names.append(section) }
        }
    }

    private static func unknown(_ key: String, among known: [String]) -> ConfigurationError {
        let quoted = JSONValue.string(.init(key)).description
        // Odd characters only stay visible where the key is quoted.
        let isPlain = quoted.utf8.count == key.utf8.count + 2
        return ConfigurationError(
            isPlain ? key : quoted, "no such setting; there are \(known.joined(separator: ", "))")
    }
}
