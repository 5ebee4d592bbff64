import Ledger
public import Wire

/// One thing that can be set: in the file by its key, in the environment by a name made of it.
public struct Setting: Sendable {
    /// Section and name, such as `http.port`.
    public let key: String
    /// What a value has to be, to stand after "expected".
    public let type: String
    /// What it does, for the README.
    public let documentation: String
    /// A wrong value may hold a password, and is not shown.
    let hidesValue: Bool
    let read: @Sendable (Configuration) -> JSONValue
    /// False where the value is not of the type.
    let write: @Sendable (JSONValue, inout Configuration) -> Bool
    /// A value written in the environment, as it would stand in the file; not checked yet.
    let parse: @Sendable (String) -> JSONValue

    typealias Path<Value> = any WritableKeyPath<Configuration, Value> & Sendable

    var section: String { String(key.prefix { $0 != "." }) }
    var name: String { String(key.drop { $0 != "." }.dropFirst()) }

    /// Such as `BLOTTER_HTTP_PORT`.
    public var environmentName: String {
        "BLOTTER_" + key.uppercased().replacing(".", with: "_")
    }

    /// The built-in value as it would stand in the file.
    public var defaultValue: JSONValue { read(Configuration()) }

    func apply(_ value: JSONValue, to configuration: inout Configuration) throws(ConfigurationError)
    {
        guard write(value, &configuration) else {
            let found = hidesValue ? "something else" : Self.shortened(value.description)
            throw ConfigurationError(key, "expected \(type), found \(found)")
        }
    }

    private static func shortened(_ text: String) -> String {
        text.count > 80 ? text.prefix(79) + "…" : text
    }
}

extension Setting {
    /// A whole number written without point and exponent.
    static func wholeNumber(
        _ key: String, _ range: ClosedRange<Int>, _ path: Path<Int>, _ documentation: String
    ) -> Setting {
        Setting(
            key: key,
            type: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            documentation: documentation, hidesValue: false,
            read: { .number(literal: .init("\($0[keyPath: path])")) },
            write: { value, configuration in
                guard let number = value.integer, range.contains(number) else { return false }
                configuration[keyPath: path] = number
                return true
            },
            parse: number)
    }

    /// Written as text, so that no reader makes a binary float of it; a number is taken too.
    static func decimal(
        _ key: String, _ range: ClosedRange<Decimal>, _ path: Path<Decimal>,
        _ documentation: String
    ) -> Setting {
        Setting(
            key: key, type: "a decimal from \(range.lowerBound) to \(range.upperBound)",
            documentation: documentation, hidesValue: false,
            read: { .string(.init($0[keyPath: path].description)) },
            write: { value, configuration in
                guard let number = value.decimal, range.contains(number) else { return false }
                configuration[keyPath: path] = number
                return true
            },
            parse: { .string(.init($0)) })
    }

    /// In the environment separated by commas, none where it is empty.
    static func wholeNumbers(
        _ key: String, _ range: ClosedRange<Int>, _ path: Path<[Int]>, _ documentation: String
    ) -> Setting {
        Setting(
            key: key,
            type: "a list of whole numbers from \(range.lowerBound) to \(range.upperBound)",
            documentation: documentation, hidesValue: false,
            read: { .array($0[keyPath: path].map { .number(literal: .init("\($0)")) }) },
            write: { value, configuration in
                guard let elements = value.array else { return false }
                let numbers = elements.compactMap(\.integer)
                guard numbers.count == elements.count, numbers.allSatisfy(range.contains)
                else { return false }
                configuration[keyPath: path] = numbers
                return true
            },
            parse: { text in
                let parts = text.split(separator: ",", omittingEmptySubsequences: false)
                return text.isEmpty ? [] : .array(parts.map { number(trimmed($0)) })
            })
    }

    /// `type` says in words what `accepts` asks for.
    static func text(
        _ key: String, _ type: String, _ path: Path<String>, _ documentation: String,
        accepts: @escaping @Sendable (String) -> Bool
    ) -> Setting {
        Setting(
            key: key, type: type, documentation: documentation, hidesValue: false,
            read: { .string(.init($0[keyPath: path])) },
            write: { value, configuration in
                guard let text = value.string, isPrintable(text), accepts(text) else {
                    return false
                }
                configuration[keyPath: path] = text
                return true
            },
            parse: { .string(.init($0)) })
    }

    /// May be null in the file and empty in the environment, which means the same.
    static func optionalText(
        _ key: String, _ type: String, _ path: Path<String?>, _ documentation: String,
        accepts: @escaping @Sendable (String) -> Bool
    ) -> Setting {
        Setting(
            key: key, type: "\(type) or null", documentation: documentation, hidesValue: false,
            read: { $0[keyPath: path].map { .string(.init($0)) } ?? .null },
            write: { value, configuration in
                let text = value.string
                guard value.isNull || text.map({ isPrintable($0) && accepts($0) }) == true else {
                    return false
                }
                configuration[keyPath: path] = text
                return true
            },
            parse: { $0.isEmpty ? .null : .string(.init($0)) })
    }

    static func choice<Value: RawRepresentable<String> & CaseIterable & Sendable>(
        _ key: String, _ path: Path<Value>, _ documentation: String
    ) -> Setting {
        let words = Value.allCases.map { "\"\($0.rawValue)\"" }
        return Setting(
            key: key, type: "one of \(words.joined(separator: ", "))",
            documentation: documentation, hidesValue: false,
            read: { .string(.init($0[keyPath: path].rawValue)) },
            write: { value, configuration in
                guard let choice = value.string.flatMap(Value.init(rawValue:)) else { return false }
                configuration[keyPath: path] = choice
                return true
            },
            parse: { .string(.init($0)) })
    }

    static func database(
        _ key: String, _ path: Path<DatabaseURL>, _ documentation: String
    ) -> Setting {
        Setting(
            key: key, type: "\"sqlite:PATH\" or \"postgres://…\"", documentation: documentation,
            hidesValue: true,
            read: { .string(.init($0[keyPath: path].description)) },
            write: { value, configuration in
                guard let text = value.string, isPrintable(text), let url = DatabaseURL(text)
                else { return false }
                configuration[keyPath: path] = url
                return true
            },
            parse: { .string(.init($0)) })
    }

    /// What is no whole number stays text, and is refused as such.
    @Sendable private static func number(_ text: String) -> JSONValue {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (48...57).contains($0) }
        return isNumber && Int(text) != nil
            ? .number(literal: .init(text)) : .string(.init(text))
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    private static func isPrintable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}
