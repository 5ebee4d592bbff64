import Foundation

/// The official description of the Bot API, and whether a call keeps to it.
public struct BotAPIDescription: Sendable {
    struct Field: Sendable, Decodable {
        let name: String
        let types: [String]
        let required: Bool
        /// All that a text may be, where the description says so.
        let values: [String]?
    }

    struct Method: Sendable, Decodable {
        let returns: [String]
        let fields: [Field]
    }

    struct ObjectType: Sendable, Decodable {
        let fields: [Field]?
        let subtypes: [String]?
    }

    private struct File: Decodable {
        let methods: [String: Method]
        let types: [String: ObjectType]
    }

    private let methods: [String: Method]
    private let types: [String: ObjectType]

    /// Reads `Fixtures/bot-api-10.1.json`.
    public init() throws {
        guard
            let url = Bundle.module.url(
                forResource: "bot-api-10.1", withExtension: "json", subdirectory: "Fixtures")
        else { throw CocoaError(.fileNoSuchFile) }
        let file = try JSONDecoder().decode(File.self, from: Data(contentsOf: url))
        methods = file.methods
        types = file.types
    }

    public func knows(method: String) -> Bool { methods[method] != nil }

    /// What is wrong with a call's parameters; empty where nothing is.
    public func problems(inParameters parameters: [String: BotAPIJSON], of method: String)
        -> [String]
    {
        guard let fields = methods[method]?.fields else { return ["unknown method \(method)"] }
        return problems(in: parameters, fields: fields, at: method)
    }

    /// What is wrong with an answer to `method`.
    public func problems(inResult result: BotAPIJSON, of method: String) -> [String] {
        guard let method = methods[method] else { return ["unknown method \(method)"] }
        return problems(in: result, types: method.returns, at: "result")
    }

    /// What is wrong with a value that is to be of `type`, for example `Update`.
    public func problems(in value: BotAPIJSON, type: String) -> [String] {
        problems(in: value, types: [type], at: type)
    }

    /// Parameters from a query string come as text; those that are to be something else are read
    /// as JSON.
    func typed(_ text: String, parameter: String, of method: String) -> BotAPIJSON {
        let field = methods[method]?.fields.first { $0.name == parameter }
        guard let types = field?.types, types != ["String"] else { return .string(text) }
        guard let value = try? BotAPIJSON(parsing: Array(text.utf8)) else { return .string(text) }
        return value
    }

    // MARK: Recursion

    private func problems(in members: [String: BotAPIJSON], fields: [Field], at place: String)
        -> [String]
    {
        var problems: [String] = []
        for field in fields {
            let fieldPlace = "\(place).\(field.name)"
            guard let value = members[field.name] else {
                if field.required { problems.append("\(fieldPlace) is missing") }
                continue
            }
            problems += self.problems(in: value, types: field.types, at: fieldPlace)
            if let values = field.values, let text = value.string, !values.contains(text) {
                problems.append("\(fieldPlace) must be one of \(values), not \(text)")
            }
        }
        let known = Set(fields.map(\.name))
        for name in members.keys.sorted() where !known.contains(name) {
            problems.append("\(place).\(name) is not known")
        }
        return problems
    }

    /// Empty as soon as one of `types` fits; else the problems of the one that comes closest.
    private func problems(in value: BotAPIJSON, types: [String], at place: String) -> [String] {
        if value == .null { return ["\(place) is null: leave the key out"] }
        var closest: [String]?
        for type in types {
            let problems = problems(in: value, of: type, at: place)
            if problems.isEmpty { return [] }
            let distance = distance(problems, at: place)
            if distance < closest.map({ self.distance($0, at: place) }) ?? .max {
                closest = problems
            }
        }
        return closest ?? ["\(place) has no type"]
    }

    /// Being marked as another type is worse than any member.
    private func distance(_ problems: [String], at place: String) -> Int {
        let marks = ["type", "status", "source"].map { "\(place).\($0) must be " }
        return problems.reduce(0) { sum, problem in
            sum + (marks.contains(where: problem.hasPrefix) ? 10 : 1)
        }
    }

    private func problems(in value: BotAPIJSON, of type: String, at place: String) -> [String] {
        let wrong = ["\(place) is not of type \(type)"]
        if let element = type.suffixAfter("Array of ") {
            guard let elements = value.array else { return wrong }
            return elements.enumerated().flatMap {
                problems(in: $1, types: [element], at: "\(place)[\($0)]")
            }
        }
        switch (type, value) {
        case ("Integer", .integer), ("Boolean", .boolean), ("String", .string): return []
        case ("Float", .integer), ("Float", .number): return []
        case ("Integer", _), ("Boolean", _), ("String", _), ("Float", _): return wrong
        default: break
        }
        guard let object = types[type] else { return ["\(place): unknown type \(type)"] }
        if let subtypes = object.subtypes {
            return problems(in: value, types: subtypes, at: place)
        }
        guard case .object(let members) = value else { return wrong }
        return problems(in: members, fields: object.fields ?? [], at: place)
    }
}

extension String {
    func suffixAfter(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
