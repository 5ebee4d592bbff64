/// A route's path, in which a segment in braces stands for any text that is not empty.
struct PathPattern: Sendable {
    /// The longest text in the place of a parameter, still encoded.
    static let segmentLimitBytes = 1024

    private enum Part: Sendable {
        case literal(Substring)
        case parameter(String)
    }

    let path: String
    private let parts: [Part]
    let isFixed: Bool

    init(_ path: String) {
        self.path = path
        parts = PathPattern.split(path[...]).map { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}")
                ? .parameter(String(segment.dropFirst().dropLast())) : .literal(segment)
        }
        isFixed = parts.allSatisfy { part in
            if case .parameter = part { false } else { true }
        }
    }

    /// What stands in the places of the parameters, still encoded: an encoded slash parts nothing.
    /// Nil for another path.
    func segments(of path: Substring) -> [String: Substring]? {
        let texts = PathPattern.split(path)
        guard texts.count == parts.count else { return nil }
        var segments: [String: Substring] = [:]
        for (part, text) in zip(parts, texts) {
            switch part {
            case .literal(let literal):
                guard literal.utf8.elementsEqual(text.utf8) else { return nil }
            case .parameter(let name):
                guard !text.isEmpty else { return nil }
                segments[name] = text
            }
        }
        return segments
    }

    private static func split(_ path: Substring) -> [Substring] {
        path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { Substring($0) }
    }
}
