import HTTPTypes
import Wire

/// The members of a JSON object that stands for a value, in their order: what writes it, and what
/// the API's description says of it.
struct AnswerFormat<Value>: Sendable {
    let members: [AnswerMember<Value>]
    private let name: String?
    private let sentence: String?

    init(_ members: [AnswerMember<Value>]) {
        name = nil
        sentence = nil
        self.members = members
    }

    /// Stands in the description once, under that name.
    init(_ name: String, _ members: [AnswerMember<Value>]) {
        self.name = name
        sentence = nil
        self.members = members
    }

    init(_ name: String, _ sentence: String, _ members: [AnswerMember<Value>]) {
        self.name = name
        self.sentence = sentence
        self.members = members
    }

    func write(_ value: Value, to object: inout JSONObjectWriter) {
        for member in members { member.write(value, &object) }
    }

    var schema: JSONSchema {
        var schema = JSONSchema.object(
            members.map { .init(name: $0.name, schema: $0.schema, isRequired: $0.isAlwaysThere) })
        if let sentence { schema = schema.described(sentence) }
        return name.map(schema.named) ?? schema
    }
}

/// One member of the objects that stand for a kind of value.
struct AnswerMember<Value>: Sendable {
    let name: String
    let schema: JSONSchema
    /// Left out where there is nothing to say, else.
    let isAlwaysThere: Bool
    fileprivate let write: @Sendable (Value, inout JSONObjectWriter) -> Void

    private init(
        _ name: String, _ sentence: String?, _ schema: JSONSchema, isAlwaysThere: Bool = true,
        write: @escaping @Sendable (Value, inout JSONObjectWriter) -> Void
    ) {
        self.name = name
        self.schema = sentence.map(schema.described) ?? schema
        self.isAlwaysThere = isAlwaysThere
        self.write = write
    }

    /// A part whose type says how it is written.
    init<Part: DescribedJSON>(
        _ name: String, _ sentence: String? = nil,
        _ part: @escaping @Sendable (Value) -> Part
    ) {
        self.init(name, sentence, Part.schema) { $1.write(name, part($0)) }
    }

    /// A part of which more is known than its type says.
    init<Part: JSONWritable & SendableMetatype>(
        _ name: String, _ sentence: String? = nil, as schema: JSONSchema,
        _ part: @escaping @Sendable (Value) -> Part
    ) {
        self.init(name, sentence, schema) { $1.write(name, part($0)) }
    }

    /// Left out where it is nil.
    static func ifAny<Part: DescribedJSON>(
        _ name: String, _ sentence: String? = nil,
        _ part: @escaping @Sendable (Value) -> Part?
    ) -> AnswerMember {
        AnswerMember(name, sentence, Part.schema, isAlwaysThere: false) { value, object in
            if let part = part(value) { object.write(name, part) }
        }
    }

    /// One of an enum's words.
    static func word<Word: RawRepresentable & CaseIterable & SendableMetatype>(
        _ name: String, _ sentence: String? = nil,
        _ word: @escaping @Sendable (Value) -> Word
    ) -> AnswerMember where Word.RawValue == String {
        AnswerMember(name, sentence, .words(of: Word.self)) { $1.write(name, word($0).rawValue) }
    }

    /// One of an enum's words, or null.
    static func wordOrNull<Word: RawRepresentable & CaseIterable & SendableMetatype>(
        _ name: String, _ sentence: String? = nil,
        _ word: @escaping @Sendable (Value) -> Word?
    ) -> AnswerMember where Word.RawValue == String {
        AnswerMember(name, sentence, .words(of: Word.self).nullable) {
            $1.write(name, word($0)?.rawValue)
        }
    }

    static func object<Part>(
        _ name: String, _ sentence: String? = nil, as format: AnswerFormat<Part>,
        _ part: @escaping @Sendable (Value) -> Part
    ) -> AnswerMember {
        AnswerMember(name, sentence, format.schema) { value, object in
            object.object(name) { format.write(part(value), to: &$0) }
        }
    }

    static func objectOrNull<Part>(
        _ name: String, _ sentence: String? = nil, as format: AnswerFormat<Part>,
        _ part: @escaping @Sendable (Value) -> Part?
    ) -> AnswerMember {
        AnswerMember(name, sentence, format.schema.nullable) { value, object in
            if let part = part(value) {
                object.object(name) { format.write(part, to: &$0) }
            } else {
                object.write(name, String?.none)
            }
        }
    }

    static func list<Part>(
        _ name: String, _ sentence: String? = nil, as format: AnswerFormat<Part>,
        _ parts: @escaping @Sendable (Value) -> [Part]
    ) -> AnswerMember {
        AnswerMember(name, sentence, .array(of: format.schema)) { value, object in
            object.array(name) { list in
                for part in parts(value) { list.object { format.write(part, to: &$0) } }
            }
        }
    }

    static func list<Part: DescribedJSON>(
        _ name: String, _ sentence: String? = nil,
        _ parts: @escaping @Sendable (Value) -> [Part]
    ) -> AnswerMember {
        AnswerMember(name, sentence, .array(of: Part.schema)) { value, object in
            object.array(name) { list in
                for part in parts(value) { list.write(part) }
            }
        }
    }

    /// An object whose keys are data.
    static func map<Part: DescribedJSON>(
        _ name: String, _ sentence: String? = nil,
        _ parts: @escaping @Sendable (Value) -> [(key: String, value: Part)]
    ) -> AnswerMember {
        AnswerMember(name, sentence, .map(of: Part.schema)) { value, object in
            object.object(name) { map in
                for (key, part) in parts(value) { map.write(key, part) }
            }
        }
    }

    /// A member that is the same in every answer.
    static func fixed(
        _ name: String, _ sentence: String? = nil, as schema: JSONSchema, _ value: JSONValue
    ) -> AnswerMember {
        AnswerMember(name, sentence, schema) { _, object in object.write(name, value) }
    }

    /// JSON that is stored as it stands.
    static func stored(
        _ name: String, _ sentence: String? = nil,
        _ text: @escaping @Sendable (Value) -> String
    ) -> AnswerMember {
        AnswerMember(name, sentence, .map(of: .any)) { $1.write(name, JSONRaw(text($0))) }
    }
}

extension Answer {
    /// With the value as `format` writes it.
    init<Value>(
        _ value: Value, as format: AnswerFormat<Value>, status: HTTPResponse.Status = .ok,
        reserving bytes: Int = 0
    ) {
        self.init(
            Formatted(value: value, format: format, reservedBytes: bytes), status: status)
    }
}

private struct Formatted<Value>: JSONWritable {
    let value: Value
    let format: AnswerFormat<Value>
    let reservedBytes: Int

    func writeJSON(to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + reservedBytes)
        JSONWriter.object(to: &bytes) { format.write(value, to: &$0) }
    }
}
