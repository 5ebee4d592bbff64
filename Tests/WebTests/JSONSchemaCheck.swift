import Ledger
import Wire

/// Holds JSON values against JSON Schemas, as far as the API's description uses them: a keyword
/// that it does not know is a fault of the schema.
struct JSONSchemaCheck {
    /// In which `$ref`s are looked up.
    let document: JSONValue

    /// One sentence for each thing that is wrong with the value; empty where it is as described.
    func faults(of value: JSONValue, by schema: JSONValue, at path: String = "$") -> [String] {
        (schema.object ?? []).flatMap { keyword in
            faults(of: value, keyword.key.text, keyword.value, schema, path)
        }
    }

    private func isValid(_ value: JSONValue, by schema: JSONValue) -> Bool {
        faults(of: value, by: schema).isEmpty
    }

    private func faults(
        of value: JSONValue, _ keyword: String, _ argument: JSONValue, _ schema: JSONValue,
        _ path: String
    ) -> [String] {
        func fault(unless isSound: Bool) -> [String] {
            isSound ? [] : ["\(path): \(value) against \(keyword) \(argument)"]
        }
        switch keyword {
        case "description", "examples", "default": return []
        case "$ref":
            guard let target = resolve(argument) else { return ["no such component: \(argument)"] }
            return faults(of: value, by: target, at: path)
        case "type":
            let names = argument.array ?? [argument]
            return fault(unless: names.contains { Self.isOf($0.string ?? "", value) })
        case "enum":
            return fault(unless: argument.array?.contains(value) == true)
        case "const": return fault(unless: argument == value)
        case "pattern": return fault(unless: Self.matches(value, argument))
        case "format": return fault(unless: Self.isFormatted(value, argument.string ?? ""))
        case "minimum": return fault(unless: Self.compare(value, argument) { $0 >= $1 })
        case "maximum": return fault(unless: Self.compare(value, argument) { $0 <= $1 })
        case "exclusiveMinimum": return fault(unless: Self.compare(value, argument) { $0 > $1 })
        case "maxItems":
            return fault(unless: value.array.map { $0.count <= argument.integer ?? 0 } ?? true)
        case "items":
            return (value.array ?? []).enumerated().flatMap { index, element in
                faults(of: element, by: argument, at: "\(path)[\(index)]")
            }
        case "required":
            guard value.object != nil else { return [] }
            return (argument.array ?? []).compactMap { name in
                name.string.flatMap { value[$0] == nil ? "\(path): \($0) is missing" : nil }
            }
        case "properties":
            return (argument.object ?? []).flatMap { property in
                let name = property.key.text
                return value[name].map {
                    faults(of: $0, by: property.value, at: "\(path).\(name)")
                } ?? []
            }
        case "additionalProperties":
            let known = Set((schema["properties"]?.object ?? []).map(\.key))
            return (value.object ?? []).filter { !known.contains($0.key) }.flatMap { member in
                switch argument {
                case .bool(let isAllowed):
                    isAllowed ? [] : ["\(path): \(member.key.text) is not described"]
                default:
                    faults(of: member.value, by: argument, at: "\(path).\(member.key.text)")
                }
            }
        case "anyOf":
            return fault(unless: argument.array?.contains { isValid(value, by: $0) } == true)
        case "oneOf":
            return fault(unless: argument.array?.count { isValid(value, by: $0) } == 1)
        case "allOf":
            return (argument.array ?? []).flatMap { faults(of: value, by: $0, at: path) }
        case "not": return fault(unless: !isValid(value, by: argument))
        default: return ["\(path): the schema has \(keyword), which nobody checks"]
        }
    }

    /// What a `$ref` means.
    func resolve(_ reference: JSONValue) -> JSONValue? {
        guard let text = reference.string, text.hasPrefix("#/") else { return nil }
        return text.dropFirst(2).split(separator: "/").reduce(document as JSONValue?) {
            $0?[String($1)]
        }
    }

    private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
        switch value {
        case .null: type == "null"
        case .bool: type == "boolean"
        case .number: type == "number" || type == "integer" && value.integer != nil
        case .string: type == "string"
        case .array: type == "array"
        case .object: type == "object"
        }
    }

    private static func matches(_ value: JSONValue, _ pattern: JSONValue) -> Bool {
        guard let text = value.string else { return true }
        guard let regex = try? Regex(pattern.string ?? "(") else { return false }
        return text.firstMatch(of: regex.matchingSemantics(.unicodeScalar)) != nil
    }

    private static func isFormatted(_ value: JSONValue, _ format: String) -> Bool {
        guard let text = value.string else { return true }
        return switch format {
        case "date-time":
            text.wholeMatch(
                of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/) != nil
        case "date": text.wholeMatch(of: /\d{4}-\d\d-\d\d/) != nil
        default: false
        }
    }

    private static func compare(
        _ value: JSONValue, _ bound: JSONValue, _ isSound: (Decimal, Decimal) -> Bool
    ) -> Bool {
        guard case .number = value, let number = value.decimal, let bound = bound.decimal else {
            return true
        }
        return isSound(number, bound)
    }
}
