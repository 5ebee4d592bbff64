import Ledger
import Wire

/// How one value of a fill is made from a message: text with placeholders, perhaps looked up in a
/// list of words, perhaps with something in its place where the message has nothing.
struct HookValue: Sendable, Hashable {
    private enum Part: Sendable, Hashable {
        case text(String)
        case field(HookPath)
        case receivedAt
    }

    private let parts: [Part]
    /// By what was found, in lower case.
    private var words: [String: String]?
    private var standard: [Part]?
    private var letters: Letters?

    private enum Letters: String, Sendable { case upper, lower }

    private static let keys = ["value", "map", "default", "case"]
    private static let receivedAt = "$received_at"
    private static let open = "{{"
    private static let close = "}}"

    /// Reads `"…{{field}}…"`, a number, or `{"value":…,"map":{…},"default":…,"case":"upper"}`;
    /// `place` is what an error names.
    init(_ json: JSONValue, at place: String) throws(ServiceError) {
        guard let members = json.object else {
            parts = try Self.parts(json, place)
            return
        }
        for member in members where !Self.keys.contains(member.key.text) {
            throw .badTemplate(
                place,
                "no such key: \(FillRefusal.shortened(member.key.text));"
                    + " there are \(Self.keys.joined(separator: ", "))")
        }
        guard let value = json["value"] else { throw .badTemplate(place, "value is missing") }
        parts = try Self.parts(value, place)
        if let standard = json["default"] {
            self.standard = try Self.parts(standard, "\(place).default")
        }
        if let letters = json["case"] {
            self.letters = letters.string.flatMap(Letters.init(rawValue:))
            guard self.letters != nil else {
                throw .badTemplate("\(place).case", "expected upper or lower")
            }
        }
        guard let map = json["map"] else { return }
        guard let entries = map.object, !entries.isEmpty else {
            throw .badTemplate("\(place).map", "expected an object of words")
        }
        var words: [String: String] = [:]
        for entry in entries {
            guard let word = entry.value.string else {
                throw .badTemplate("\(place).map", "expected an object of words")
            }
            guard words.updateValue(word, forKey: entry.key.text.lowercased()) == nil else {
                throw .badTemplate(
                    "\(place).map", "\(FillRefusal.shortened(entry.key.text)) is given twice")
            }
        }
        self.words = words
    }

    private static func parts(
        _ json: JSONValue, _ place: String
    ) throws(ServiceError) -> [Part] {
        if case .number(let literal) = json { return [.text(literal.text)] }
        guard let text = json.string else {
            throw .badTemplate(place, "expected a text such as \"{{field}}\", or a number")
        }
        var parts: [Part] = []
        var rest = text[...]
        while let start = rest.firstRange(of: open) {
            if start.lowerBound > rest.startIndex {
                parts.append(.text(String(rest[..<start.lowerBound])))
            }
            guard let end = rest[start.upperBound...].firstRange(of: close) else {
                throw .badTemplate(place, "{{ has no }} after it")
            }
            let name = rest[start.upperBound..<end.lowerBound].filter { $0 != " " }
            if name == receivedAt {
                parts.append(.receivedAt)
            } else if let path = HookPath(name), !name.contains("{"), !name.hasPrefix("$") {
                parts.append(.field(path))
            } else {
                throw .badTemplate(
                    place, "{{\(FillRefusal.shortened(name))}} names no field of a message")
            }
            rest = rest[end.upperBound...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        return parts
    }

    /// Whether it is made of the message alone, and of something in it.
    var isOfMessage: Bool {
        let all = parts + (standard ?? [])
        return !all.contains(.receivedAt)
            && parts.contains { if case .field = $0 { true } else { false } }
    }

    /// Nil where one of its placeholders stands for nothing, and nothing is to stand in its place.
    func text(
        from payload: HookPayload, receivedAt: Timestamp, field: String
    ) throws(FillRefusal) -> String? {
        var found = try Self.text(parts, payload, receivedAt)
        if found == nil, let standard { found = try Self.text(standard, payload, receivedAt) }
        switch letters {
        case .upper: found = found?.uppercased()
        case .lower: found = found?.lowercased()
        case nil: break
        }
        guard let found, let words else { return found }
        if let word = words[found.lowercased()] { return word }
        if let standard { return try Self.text(standard, payload, receivedAt) }
        let known = words.keys.sorted().joined(separator: ", ")
        throw .invalid(
            field, "“\(FillRefusal.shortened(found))” is not in the template's map (\(known))")
    }

    private static func text(
        _ parts: [Part], _ payload: HookPayload, _ receivedAt: Timestamp
    ) throws(FillRefusal) -> String? {
        var text = ""
        for part in parts {
            switch part {
            case .text(let constant): text += constant
            case .receivedAt: text += receivedAt.description
            case .field(let path):
                guard let value = try payload.text(at: path) else { return nil }
                guard !value.contains(open) else {
                    throw .invalid(
                        path.text,
                        "the sender did not fill in “\(FillRefusal.shortened(value))”:"
                            + " is the alert one of a strategy?")
                }
                text += value
            }
        }
        return text
    }
}
