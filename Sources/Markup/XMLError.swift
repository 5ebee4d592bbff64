/// Why a document was refused.
public struct XMLError: Error, Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// In libexpat's words.
        case malformed(String)
        case documentType
        case tooDeep(limit: Int)
        case tooManyAttributes(limit: Int)
        case tooLong(limitBytes: Int)
    }

    public let kind: Kind
    /// From 1.
    public let line: Int

    public init(kind: Kind, line: Int) {
        self.kind = kind
        self.line = line
    }
}

extension XMLError: CustomStringConvertible {
    public var description: String { "line \(line): \(detail)" }

    public var detail: String {
        switch kind {
        case .malformed(let words): "no well-formed XML: \(words)"
        case .documentType: "a document type declaration (<!DOCTYPE …>), which is not read"
        case .tooDeep(let limit): "more than \(limit) elements inside one another"
        case .tooManyAttributes(let limit): "an element with more than \(limit) attributes"
        case .tooLong(let limit): "an element of more than \(limit) bytes"
        }
    }
}
