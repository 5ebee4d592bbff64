/// Text that is equal, ordered and looked up by its UTF-8 bytes.
///
/// Swift's `String` takes canonically equivalent texts for equal and orders by normalized form;
/// the databases do neither, and a broker's ids must not either.
public struct ExactText: Sendable, Hashable, Comparable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    public let text: String

    @inlinable
    public init(_ text: String) {
        self.text = text
    }

    @inlinable
    public init(stringLiteral text: String) {
        self.text = text
    }

    public var description: String { text }

    public static func == (left: ExactText, right: ExactText) -> Bool {
        let one = left.text.utf8.span
        let other = right.text.utf8.span
        guard one.count == other.count else { return false }
        for index in one.indices where one[index] != other[index] {
            return false
        }
        return true
    }

    public static func < (left: ExactText, right: ExactText) -> Bool {
        let one = left.text.utf8.span
        let other = right.text.utf8.span
        for index in 0..<min(one.count, other.count) where one[index] != other[index] {
            return one[index] < other[index]
        }
        return one.count < other.count
    }

    /// Equal bytes are equal strings, so the string's own hash serves.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }
}
