import Ledger
import Wire

/// How the columns of somebody's CSV become FILL's fields.
public struct CSVMapping: Sendable, Hashable {
    /// The column of a field.
    let columns: [String: String]
    /// What a field always is.
    let constants: [String: String]
    /// What the words of the file mean: BUY or SELL. In lower case.
    let sides: [String: String]
    let timeFormat: TimePattern?
    let timeZone: String?
    /// Nil lets the first line decide.
    let separator: UInt8?
    let decimalPoint: UInt8
    /// Whether a fee that was paid stands there as a negative number.
    let hasNegativeFees: Bool

    public static let limitBytes = 64 << 10

    private enum Key: String, CaseIterable, Sendable {
        case columns, constants, sides, separator
        case timeFormat = "time_format"
        case timeZone = "time_zone"
        case decimalPoint = "decimal_point"
        case negativeFees = "negative_fees"
    }

    /// Reads `{"columns":{"Ticker":"symbol",…},"constants":{…},…}`. Throws `.invalid` with the key
    /// that is wrong.
    public init(json: [UInt8]) throws(ServiceError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: json)
        } catch {
            throw Self.invalid(nil, "not JSON: \(error)")
        }
        guard let members = value.object else {
            throw Self.invalid(nil, "expected an object with the key columns")
        }
        if let unknown = members.first(where: { Key(rawValue: $0.key.text) == nil }) {
            let names = Key.allCases.map(\.rawValue).joined(separator: ", ")
            throw Self.invalid(unknown.key.text, "no such key: expected \(names)")
        }
        func text(_ key: Key) throws(ServiceError) -> String? {
            guard let member = value[key.rawValue], !member.isNull else { return nil }
            guard let text = member.string else {
                throw Self.invalid(key.rawValue, "expected a string")
            }
            return text
        }
        func byte(_ key: Key, _ allowed: String) throws(ServiceError) -> UInt8? {
            guard let text = try text(key) else { return nil }
            guard text.utf8.count == 1, let byte = text.utf8.first, allowed.utf8.contains(byte)
            else {
                let words = allowed.map { $0 == "\t" ? "a tab" : "“\($0)”" }
                throw Self.invalid(
                    key.rawValue, "expected \(words.joined(separator: " or "))")
            }
            return byte
        }
        let named = try Self.texts(value[Key.columns.rawValue], Key.columns.rawValue)
        guard !named.isEmpty else { throw Self.invalid("columns", "names no column") }
        var columns: [String: String] = [:]
        for (column, field) in named {
            try Self.check(field, of: "columns")
            guard columns.updateValue(column, forKey: field) == nil else {
                throw Self.invalid("columns", "two columns for \(field)")
            }
        }
        let constants = try Self.texts(value[Key.constants.rawValue], Key.constants.rawValue)
        for (field, _) in constants {
            try Self.check(field, of: "constants")
            guard columns[field] == nil else {
                throw Self.invalid("constants", "\(field) has a column too")
            }
        }
        self.columns = columns
        self.constants = Dictionary(constants) { first, _ in first }
        sides = try Self.sides(value[Key.sides.rawValue])
        timeFormat = try text(.timeFormat).map { format throws(ServiceError) in
            guard let pattern = TimePattern(format) else {
                throw Self.invalid(
                    Key.timeFormat.rawValue,
                    "expected a form such as DD.MM.YYYY HH:mm:ss, with year, month and day once")
            }
            return pattern
        }
        timeZone = try text(.timeZone)
        separator = try byte(.separator, ",;\t")
        decimalPoint = try byte(.decimalPoint, ".,") ?? UInt8(ascii: ".")
        let negativeFees = value[Key.negativeFees.rawValue]
        guard negativeFees == nil || negativeFees?.bool != nil else {
            throw Self.invalid(Key.negativeFees.rawValue, "expected true or false")
        }
        hasNegativeFees = negativeFees?.bool ?? false
    }

    private static func invalid(_ key: String?, _ detail: String) -> ServiceError {
        ServiceError(
            .invalid, code: "INVALID_FIELD",
            field: key.map { "mapping." + FillRefusal.shortened($0) } ?? "mapping",
            detail: detail)
    }

    private static func check(_ field: String, of key: String) throws(ServiceError) {
        guard FillReader.columns.contains(field) else {
            throw invalid(key, "no field \(FillRefusal.shortened(field)) in a FILL")
        }
    }

    private static func texts(
        _ value: JSONValue?, _ key: String
    ) throws(ServiceError) -> [(String, String)] {
        guard let value, !value.isNull else { return [] }
        var texts: [(String, String)] = []
        for member in value.object ?? [] {
            guard let text = member.value.string else {
                throw invalid("\(key).\(member.key)", "expected a string")
            }
            texts.append((member.key.text, text))
        }
        guard value.object != nil else { throw invalid(key, "expected an object of strings") }
        return texts
    }

    private static func sides(_ value: JSONValue?) throws(ServiceError) -> [String: String] {
        var sides: [String: String] = [:]
        for (word, side) in try texts(value, "sides") {
            guard Side(rawValue: side.uppercased()) != nil else {
                throw invalid("sides.\(word)", "expected BUY or SELL")
            }
            sides[word.lowercased()] = side.uppercased()
        }
        return sides
    }
}
