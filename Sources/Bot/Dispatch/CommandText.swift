/// A message that is a command: `/pnl@blotter_bot week main`.
struct CommandText: Sendable, Hashable {
    /// In lower case, without the slash.
    let name: String
    /// The bot that is called, in lower case; nil where none is named.
    let addressee: String?
    /// All that follows, without blanks at its ends.
    let arguments: String

    /// Nil for what does not begin with a slash and a letter or digit.
    init?(_ text: String) {
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        let scalars = text.unicodeScalars.dropFirst()
        let head = scalars.prefix { !$0.properties.isWhitespace }
        let parts = String(head).split(separator: "@", maxSplits: 1)
        guard let name = parts.first, !head.isEmpty, head.first != "@" else { return nil }
        self.name = name.lowercased()
        addressee = parts.count > 1 ? parts[1].lowercased() : nil
        arguments = String(scalars[head.endIndex...]).trimmingBlanks
    }
}

extension String {
    var trimmingBlanks: String {
        var rest = unicodeScalars[...]
        while rest.first?.properties.isWhitespace == true { rest.removeFirst() }
        while rest.last?.properties.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
