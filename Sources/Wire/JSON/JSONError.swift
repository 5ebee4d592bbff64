public import Ledger

/// Why a JSON text was refused, and where in it.
public struct JSONError: Error, Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// The text ends inside a value, or is empty.
        case unexpectedEnd
        /// `expected` says in words what could have stood here.
        case unexpectedByte(UInt8, expected: String)
        /// Something follows the value that the text should consist of.
        case trailingData
        case invalidUTF8
        /// A byte below 0x20 inside a string, where it has to be escaped.
        case controlCharacter(UInt8)
        case badEscape
        case badNumber
        /// More than `JSONReader.depthLimit` objects and arrays inside one another.
        case tooDeep
        /// Something that RFC 8259 leaves to the reader, and that this one was not told to
        /// tolerate.
        case defect(JSONDefects)
        case wrongType(expected: JSONKind, found: JSONKind)
        /// A number that is no whole number, or does not fit `Int`.
        case notAnInteger
        case decimal(LedgerError)
        case time(ISO8601Error)
        /// A key that the caller does not know.
        case unknownKey(String)
        /// The caller's own complaint about a value.
        case refused(String)
        /// The caller asked for a value, key or element where none can come: a bug of the caller.
        case nothingToRead
    }

    public let kind: Kind
    /// Such as `fills[3].price`; empty at the top. The value at fault, or the last one before it.
    public let path: String
    /// From 0.
    public let byteOffset: Int
    /// From 1.
    public let line: Int
    /// From 1, counted in Unicode scalars.
    public let column: Int

    public init(kind: Kind, path: String, byteOffset: Int, line: Int, column: Int) {
        self.kind = kind
        self.path = path
        self.byteOffset = byteOffset
        self.line = line
        self.column = column
    }
}

/// What a value is, before it is read.
public enum JSONKind: String, Sendable {
    case null, bool, number, string, array, object
}

/// What RFC 8259 allows in a text but does not promise to mean the same to every reader.
public struct JSONDefects: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `\ud800` without its other half: no Unicode text.
    public static let loneSurrogate = JSONDefects(rawValue: 1)
    /// `\u0000`, which PostgreSQL cannot store.
    public static let nul = JSONDefects(rawValue: 2)
    /// A key that its object already has.
    public static let duplicateKey = JSONDefects(rawValue: 4)
    /// A number of more than 1,000 bytes, or whose exponent is beyond ±1,000: PostgreSQL's `JSONB`
    /// cannot store every such one.
    public static let extremeNumber = JSONDefects(rawValue: 8)

    public static let all: JSONDefects = [.loneSurrogate, .nul, .duplicateKey, .extremeNumber]
}

extension JSONError: CustomStringConvertible {
    public var description: String {
        let place = "line \(line), column \(column)"
        return path.isEmpty ? "\(kind) (\(place))" : "\(path): \(kind) (\(place))"
    }
}

extension JSONError.Kind: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unexpectedEnd: "the text ends too early"
        case .unexpectedByte(let byte, let expected):
            "expected \(expected), found \(ASCII.name(of: byte))"
        case .trailingData: "nothing may follow the value"
        case .invalidUTF8: "the text is not UTF-8"
        case .controlCharacter(let byte):
            "\(ASCII.name(of: byte)) has to be escaped inside a string"
        case .badEscape: "no such escape sequence"
        case .badNumber: "not a number as JSON writes it"
        case .tooDeep: "more than \(JSONReader.depthLimit) levels of objects and arrays"
        case .defect(let defects): defects.description
        case .wrongType(let expected, let found): "expected \(expected), found \(found)"
        case .notAnInteger: "expected a whole number within 64 bits"
        case .decimal(let error): error.complaint
        case .time(let error): error.description
        case .unknownKey(let key): "unknown key \(JSONPath.quoted(key))"
        case .refused(let complaint): complaint
        case .nothingToRead: "no value is left to read here"
        }
    }
}

extension JSONDefects: CustomStringConvertible {
    public var description: String {
        if contains(.duplicateKey) { return "the same key stands twice in one object" }
        if contains(.loneSurrogate) { return "half of a surrogate pair is no Unicode text" }
        if contains(.nul) { return "the character U+0000 is not allowed" }
        if contains(.extremeNumber) { return "the number has too many digits" }
        return "nothing wrong"
    }
}

extension JSONKind: CustomStringConvertible {
    public var description: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension LedgerError {
    /// What is wrong with a decimal, for whoever sent it.
    public var complaint: String {
        switch self {
        case .malformed: "not a decimal number (digits, at most one point, perhaps an exponent)"
        case .outOfRange: "more than 18 decimals, or a magnitude beyond 1.7e20"
        case .divisionByZero: "divided by zero"
        case .missingLots: "not to be computed from what was loaded"
        }
    }
}
