public import Ledger

/// A JSON value as a tree: for configuration, parameters, `meta` and tests, not for the hot path.
///
/// A number is its literal digits; an object keeps its members' order. Two values are equal where
/// they are written alike: `1.0` is not `1`.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(literal: ExactText)
    case string(ExactText)
    case array([JSONValue])
    case object([JSONMember])
}

public struct JSONMember: Sendable, Hashable {
    public var key: ExactText
    public var value: JSONValue

    public init(_ key: ExactText, _ value: JSONValue) {
        self.key = key
        self.value = value
    }
}

extension JSONValue {
    /// Reads a whole text by the rules of `JSONReader`.
    public init(
        parsing bytes: [UInt8], tolerating tolerated: JSONDefects = []
    ) throws(JSONError) {
        var reader = JSONReader(bytes, tolerating: tolerated)
        try self.init(from: &reader)
        try reader.finish()
    }

    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// Reads the next value. The reader's depth limit bounds the recursion.
    public init(from reader: inout JSONReader) throws(JSONError) {
        switch try reader.peek() {
        case .null:
            _ = try reader.takeNull()
            self = .null
        case .bool:
            self = .bool(try reader.bool())
        case .number:
            let digits = String(decoding: try reader.number(), as: UTF8.self)
            self = .number(literal: ExactText(digits))
        case .string:
            self = .string(ExactText(try reader.string()))
        case .array:
            var elements: [JSONValue] = []
            try reader.beginArray()
            while try reader.nextElement() { elements.append(try JSONValue(from: &reader)) }
            self = .array(elements)
        case .object:
            var members: [JSONMember] = []
            try reader.beginObject()
            while let key = try reader.nextKey() {
                members.append(JSONMember(ExactText(key), try JSONValue(from: &reader)))
            }
            self = .object(members)
        }
    }

    /// The member's value; nil where this is no object or has no such member.
    public subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        let key = ExactText(key)
        return members.first { $0.key == key }?.value
    }

    /// The element; nil where this is no array or has no such element.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else {
            return nil
        }
        return elements[index]
    }

    public var isNull: Bool { self == .null }

    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    public var string: String? {
        if case .string(let value) = self { value.text } else { nil }
    }

    /// A number without point and exponent that fits.
    public var integer: Int? {
        if case .number(let literal) = self { Int(literal.text) } else { nil }
    }

    /// Of a number or of a string; nil where it is no decimal or out of range.
    public var decimal: Decimal? {
        switch self {
        case .number(let text), .string(let text): try? Decimal(parsing: text.text)
        case .null, .bool, .array, .object: nil
        }
    }

    public var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    public var object: [JSONMember]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// Without blanks, the members of each object in the bytewise order of their keys, numbers by
    /// their literal digits: equal content has equal text.
    public var canonical: String {
        var bytes: [UInt8] = []
        sorted.writeJSON(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private var sorted: JSONValue {
        switch self {
        case .null, .bool, .number, .string:
            self
        case .array(let elements):
            .array(elements.map(\.sorted))
        case .object(let members):
            .object(
                members.sorted { $0.key < $1.key }.map { JSONMember($0.key, $0.value.sorted) })
        }
    }
}

/// In the order that the members have.
extension JSONValue: JSONWritable, CustomStringConvertible {
    public func writeJSON(to bytes: inout [UInt8]) {
        switch self {
        case .null: Bool?.none.writeJSON(to: &bytes)
        case .bool(let value): value.writeJSON(to: &bytes)
        case .number(let literal): bytes.append(contentsOf: literal.text.utf8)
        case .string(let value): value.writeJSON(to: &bytes)
        case .array(let elements):
            JSONWriter.array(to: &bytes) { array in
                for element in elements { array.write(element) }
            }
        case .object(let members):
            JSONWriter.object(to: &bytes) { object in
                for member in members { object.write(member.key.text, member.value) }
            }
        }
    }

    public var description: String {
        var bytes: [UInt8] = []
        writeJSON(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .number(literal: ExactText(value.description)) }
    public init(stringLiteral value: String) { self = .string(ExactText(value)) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(members.map { JSONMember(ExactText($0), $1) })
    }
}
