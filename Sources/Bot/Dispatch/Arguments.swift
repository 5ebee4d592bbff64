import Hashing
import Ledger

/// What stands behind a command's name, or what a button carries in its place.
struct Arguments: Sendable, Hashable {
    /// Without blanks at its ends.
    let text: String
    /// Whether a button carries them: a name is then its `NameDigest`.
    let isFromButton: Bool

    var words: [String] {
        text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).map(String.init)
    }

    /// The first word, and all that follows it.
    var firstAndRest: (first: String, rest: Arguments) {
        let first = words.first ?? ""
        let rest = String(text.unicodeScalars.dropFirst(first.unicodeScalars.count))
        return (first, Arguments(text: rest.trimmingBlanks, isFromButton: isFromButton))
    }

    var isEmpty: Bool { text.isEmpty }

    /// Which of `names` is meant: the very same, else the only one that differs in case alone.
    func pick(from names: [ExactText]) -> ExactText? {
        if isFromButton { return names.first { NameDigest.of($0) == text } }
        if let same = names.first(where: { $0 == ExactText(text) }) { return same }
        let folded = ExactText(text.lowercased())
        let alike = names.filter { ExactText($0.text.lowercased()) == folded }
        return alike.count == 1 ? alike[0] : nil
    }
}

/// A name of any length in the few bytes that a button can carry. It is looked up among the names
/// of the one who presses, so a collision could only be of their own making.
enum NameDigest {
    /// Begins every digest.
    static let mark = "~"
    /// Of the hash, in hexadecimal: 36 bits.
    private static let digits = 9

    /// The mark and at most 7 characters.
    static func of(_ name: ExactText) -> String {
        let bits = UInt64(SHA256.hex(name.text).prefix(digits), radix: 16) ?? 0
        return mark + String(bits, radix: 36)
    }
}
