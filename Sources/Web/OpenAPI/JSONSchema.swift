import Ledger
import Wire

/// What a JSON value may be (JSON Schema 2020-12, as OpenAPI 3.1 uses it).
///
/// A schema is its keywords, in the order in which they are written, and knows every component that
/// it refers to: whoever writes a document out of schemas has all of its components.
struct JSONSchema: Sendable, Hashable {
    /// A schema that has a name of its own in the document.
    struct Component: Sendable, Hashable {
        let name: String
        let schema: JSONValue
    }

    private(set) var keywords: [JSONMember]
    /// Those that it refers to, and those that they refer to.
    private(set) var components: Set<Component> = []

    var json: JSONValue { .object(keywords) }

    private init(_ keywords: [JSONMember], parts: [JSONSchema] = []) {
        self.keywords = keywords
        for part in parts { components.formUnion(part.components) }
    }

    private static func type(_ name: String, _ keywords: [JSONMember] = []) -> JSONSchema {
        JSONSchema([JSONMember("type", .string(ExactText(name)))] + keywords)
    }
}

extension JSONSchema {
    /// Any JSON value.
    static let any = JSONSchema([])
    static let null = type("null")
    static let boolean = type("boolean")
    static let number = type("number")
    static let text = type("string")

    static func string(pattern: String) -> JSONSchema {
        type("string", [JSONMember("pattern", .string(ExactText(pattern)))])
    }

    static func string(format: String) -> JSONSchema {
        type("string", [JSONMember("format", .string(ExactText(format)))])
    }

    static func words(_ words: [String]) -> JSONSchema {
        type("string", [JSONMember("enum", .array(words.map { .string(ExactText($0)) }))])
    }

    static func integer(_ range: ClosedRange<Int>) -> JSONSchema {
        type(
            "integer",
            [
                JSONMember("minimum", JSONValue(integerLiteral: range.lowerBound)),
                JSONMember("maximum", JSONValue(integerLiteral: range.upperBound)),
            ])
    }

    /// From 0 on.
    static let count = type("integer", [JSONMember("minimum", 0)])

    static func constant(_ value: JSONValue) -> JSONSchema {
        JSONSchema([JSONMember("const", value)])
    }

    static func array(of element: JSONSchema, atMost limit: Int? = nil) -> JSONSchema {
        var keywords = [JSONMember("type", "array"), JSONMember("items", element.json)]
        if let limit { keywords.append(JSONMember("maxItems", JSONValue(integerLiteral: limit))) }
        return JSONSchema(keywords, parts: [element])
    }

    /// A member of an object.
    struct Property: Sendable {
        let name: String
        let schema: JSONSchema
        var isRequired = true
    }

    /// An object with these members, and no others unless it is open.
    static func object(_ properties: [Property], isOpen: Bool = false) -> JSONSchema {
        let required = properties.filter(\.isRequired).map { JSONValue.string(ExactText($0.name)) }
        var keywords = [
            JSONMember("type", "object"),
            JSONMember(
                "properties",
                .object(properties.map { JSONMember(ExactText($0.name), $0.schema.json) })),
        ]
        if !required.isEmpty { keywords.append(JSONMember("required", .array(required))) }
        if !isOpen { keywords.append(JSONMember("additionalProperties", false)) }
        return JSONSchema(keywords, parts: properties.map(\.schema))
    }

    /// An object with any members whose values are so.
    static func map(of value: JSONSchema) -> JSONSchema {
        let keywords = [
            JSONMember("type", "object"),
            JSONMember("additionalProperties", value.keywords.isEmpty ? true : value.json),
        ]
        return JSONSchema(keywords, parts: [value])
    }

    static func anyOf(_ choices: [JSONSchema]) -> JSONSchema {
        JSONSchema([JSONMember("anyOf", .array(choices.map(\.json)))], parts: choices)
    }

    static func oneOf(_ choices: [JSONSchema]) -> JSONSchema {
        JSONSchema([JSONMember("oneOf", .array(choices.map(\.json)))], parts: choices)
    }

    static func allOf(_ parts: [JSONSchema]) -> JSONSchema {
        JSONSchema([JSONMember("allOf", .array(parts.map(\.json)))], parts: parts)
    }

    static func not(_ schema: JSONSchema) -> JSONSchema {
        JSONSchema([JSONMember("not", schema.json)], parts: [schema])
    }

    /// An object that has one of these members at least, with values that are not null.
    static func anyPresent(_ names: [String]) -> JSONSchema {
        anyOf(names.map { has($0, JSONSchema.not(.null)) })
    }

    /// An object that has the member, which is so; of its other members it says nothing.
    static func has(_ name: String, _ schema: JSONSchema) -> JSONSchema {
        JSONSchema(
            [
                JSONMember("properties", .object([JSONMember(ExactText(name), schema.json)])),
                JSONMember("required", .array([.string(ExactText(name))])),
            ], parts: [schema])
    }
}

extension JSONSchema {
    /// It, or null.
    var nullable: JSONSchema {
        guard case .string(let type)? = self["type"], self["enum"] == nil else {
            // What is said of it is said of both.
            var plain = self
            plain.keywords.removeAll { $0.key == "description" }
            let either = JSONSchema.anyOf([plain, .null])
            guard let description = self["description"] else { return either }
            return either.with("description", description)
        }
        return with("type", .array([.string(type), "null"]))
    }

    /// One or two sentences; the last one without a full stop.
    func described(_ text: String) -> JSONSchema {
        with("description", .string(ExactText(text)))
    }

    func example(_ value: JSONValue) -> JSONSchema { with("examples", .array([value])) }

    func above(_ bound: Int) -> JSONSchema {
        with("exclusiveMinimum", JSONValue(integerLiteral: bound))
    }

    func withDefault(_ value: JSONValue) -> JSONSchema { with("default", value) }

    /// Stands in the document once, under that name.
    func named(_ name: String) -> JSONSchema {
        var reference = JSONSchema([
            JSONMember("$ref", .string(ExactText("#/components/schemas/\(name)")))
        ])
        reference.components = components.union([Component(name: name, schema: json)])
        return reference
    }

    /// A keyword's value.
    subscript(keyword: ExactText) -> JSONValue? {
        keywords.first { $0.key == keyword }?.value
    }

    private func with(_ keyword: ExactText, _ value: JSONValue) -> JSONSchema {
        var schema = self
        if let place = keywords.firstIndex(where: { $0.key == keyword }) {
            schema.keywords[place].value = value
        } else {
            schema.keywords.append(JSONMember(keyword, value))
        }
        return schema
    }
}
