import Ledger
import Wire

/// What a hook was called with: one object, whatever it was written in.
///
/// A form's values are strings. A text is JSON where it begins like an object, else lines (or parts
/// between commas and semicolons) of `name=value`.
struct HookPayload: Sendable {
    let object: JSONValue

    /// The same for messages of the same content, whatever blanks and order of keys they have.
    var canonical: String { object.canonical }

    init(object: JSONValue) { self.object = object }

    /// Throws a refusal that tells what is wrong with the body.
    init(_ body: [UInt8], contentType: String?) throws(FillRefusal) {
        let mediaType = contentType?.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        if mediaType == "application/x-www-form-urlencoded" {
            object = try Self.form(body)
            return
        }
        let first = body.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        guard let first else { throw .invalid(nil, "the message is empty") }
        if first == UInt8(ascii: "{") || mediaType == "application/json" {
            object = try Self.json(body)
        } else {
            object = try Self.lines(body)
        }
    }

    private static func form(_ body: [UInt8]) throws(FillRefusal) -> JSONValue {
        do throws(FormError) {
            let fields = try FormReader.fields(of: body)
            return .object(fields.map { JSONMember($0.name, .string($0.value)) })
        } catch {
            throw .invalid(nil, "not a form: \(error)")
        }
    }

    private static func json(_ body: [UInt8]) throws(FillRefusal) -> JSONValue {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: body)
        } catch {
            throw .invalid(nil, "not JSON: \(error)")
        }
        guard value.object != nil else { throw .invalid(nil, "expected one JSON object") }
        return value
    }

    private static func lines(_ body: [UInt8]) throws(FillRefusal) -> JSONValue {
        guard let text = String(validating: body, as: UTF8.self) else {
            throw .invalid(nil, "the message is not UTF-8")
        }
        var members: [JSONMember] = []
        var seen: Set<ExactText> = []
        for part in text.utf8.split(whereSeparator: { ",;\r\n".utf8.contains($0) }) {
            let pair = part.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = pair[0].trimmingBlanks
            guard pair.count == 2, !name.isEmpty else {
                if part.trimmingBlanks.isEmpty { continue }
                throw .invalid(
                    nil, "expected JSON, or lines of name=value, found “\(shortened(part))”")
            }
            guard !part.contains(0) else { throw .invalid(nil, JSONDefects.nul.description) }
            guard seen.insert(ExactText(name)).inserted else { throw .givenTwice(name) }
            members.append(
                JSONMember(ExactText(name), .string(ExactText(pair[1].trimmingBlanks))))
        }
        return .object(members)
    }

    private static func shortened(_ part: Substring.UTF8View) -> String {
        part.count <= 40
            ? String(decoding: part, as: UTF8.self)
            : String(decoding: part.prefix(40), as: UTF8.self) + "…"
    }

    /// What stands at `path`, `data.order.0.price`, as text; nil where there is nothing, or a word
    /// that programs write for nothing. Throws for an object, an array, true and false.
    func text(at path: HookPath) throws(FillRefusal) -> String? {
        var value = object
        for step in path.steps {
            let next =
                value.array == nil
                ? value[step] : Int(step).flatMap { value[$0] }
            guard let next else { return nil }
            value = next
        }
        switch value {
        case .null: return nil
        case .bool(let isTrue): return isTrue ? "true" : "false"
        case .number(let literal): return literal.text
        case .string(let text): return HookPayload.absent.contains(text) ? nil : text.text
        case .array, .object:
            throw .invalid(path.text, "expected a text or a number, found an object or an array")
        }
    }

    /// What senders print where they have nothing to say.
    private static let absent: Set<ExactText> = ["", "None", "null", "NaN", "nan"]
}

/// Names with points between them.
struct HookPath: Sendable, Hashable {
    static let limitBytes = 200

    let text: String
    let steps: [String]

    /// Nil for what is empty, too long or has an empty step.
    init?(_ text: String) {
        let steps = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard text.utf8.count <= HookPath.limitBytes, steps.allSatisfy({ !$0.isEmpty }) else {
            return nil
        }
        self.text = text
        self.steps = steps
    }
}

extension Substring.UTF8View {
    /// Without blanks and tabs at its ends.
    fileprivate var trimmingBlanks: String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        var rest = self[...]
        while let first = rest.first, isBlank(first) { rest.removeFirst() }
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return String(decoding: rest, as: UTF8.self)
    }
}
