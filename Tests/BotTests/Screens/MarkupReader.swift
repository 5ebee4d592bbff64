/// An independent, strict reader of the HTML that Telegram takes, to check the renderers by.
struct MarkupReader {
    enum Failure: Error {
        case unknownTag(String), unbalanced(String), bareSign(Character), unknownEntity(String)
    }

    /// The tags in order, attributes included, with the figures of times left out.
    private(set) var tags: [String] = []
    /// What a reader sees.
    private(set) var text = ""

    private static let elements: Set<String> = [
        "h3", "p", "table", "caption", "tr", "th", "td", "b", "code", "pre", "details", "summary",
        "blockquote", "tg-time",
    ]
    private static let entities: [String: Unicode.Scalar] = [
        "lt": "<", "gt": ">", "amp": "&", "quot": "\"",
    ]

    init(_ html: String) throws {
        var open: [String] = []
        var rest = html.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "<":
                let tag = try Self.take(until: ">", from: &rest)
                let element = String(tag.drop { $0 == "/" }.prefix { $0 != " " })
                guard Self.elements.contains(element) else { throw Failure.unknownTag(tag) }
                if tag.hasPrefix("/") {
                    guard open.popLast() == element else { throw Failure.unbalanced(tag) }
                } else {
                    open.append(element)
                }
                tags.append(element == "tg-time" ? element : tag)
            case "&":
                let name = try Self.take(until: ";", from: &rest)
                guard let sign = Self.entities[name] else { throw Failure.unknownEntity(name) }
                text.unicodeScalars.append(sign)
            case ">", "\"": throw Failure.bareSign(Character(scalar))
            default: text.unicodeScalars.append(scalar)
            }
        }
        guard open.isEmpty else { throw Failure.unbalanced(open.joined(separator: " ")) }
    }

    private static func take(
        until end: Unicode.Scalar, from rest: inout Substring.UnicodeScalarView
    ) throws -> String {
        guard let index = rest.firstIndex(of: end) else { throw Failure.bareSign(Character(end)) }
        let taken = String(rest[..<index])
        rest = rest[rest.index(after: index)...]
        return taken
    }
}
