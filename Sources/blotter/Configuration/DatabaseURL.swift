/// Which database to use; a password in it is never printed.
public enum DatabaseURL: Sendable, Hashable {
    /// A file, created where it does not exist.
    case sqlite(path: String)
    /// A libpq URL as it was written.
    case postgres(Secret)

    /// `sqlite:PATH`, `postgres://…` or `postgresql://…`; nil for anything else.
    public init?(_ text: String) {
        if text.hasPrefix("sqlite:"), text.utf8.count > "sqlite:".utf8.count {
            self = .sqlite(path: String(text.dropFirst("sqlite:".count)))
        } else if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
            self = .postgres(Secret(text))
        } else {
            return nil
        }
    }

    /// The passwords in the URL, as written and decoded, for the log to hide.
    public var secrets: [Secret] {
        guard case .postgres(let url) = self else { return [] }
        let written = Self.passwords(in: url.revealed()).map(String.init)
        return (written + written.map(Self.percentDecoded)).filter { !$0.isEmpty }.map(Secret.init)
    }

    /// Where user name and password end and where the parameters begin.
    private static func passwords(in url: String) -> [Substring] {
        guard let slashes = url.firstRange(of: "//") else { return [] }
        let parts = url[slashes.upperBound...].split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var passwords: [Substring] = []
        if let at = parts[0].lastIndex(of: "@"),
            let colon = parts[0][..<at].firstIndex(of: ":")
        {
            passwords.append(parts[0][parts[0].index(after: colon)..<at])
        }
        for parameter in parts.dropFirst().first?.split(separator: "&") ?? [] {
            let sides = parameter.split(separator: "=", maxSplits: 1)
            if sides.count == 2, sides[0].hasSuffix("password") { passwords.append(sides[1]) }
        }
        return passwords.filter { !$0.isEmpty }
    }

    private static func percentDecoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            if byte == UInt8(ascii: "%"), digits.utf8.count == 2,
                let value = UInt8(digits, radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension DatabaseURL: CustomStringConvertible {
    public var description: String {
        switch self {
        case .sqlite(let path): return "sqlite:\(path)"
        case .postgres(let url):
            var shown = url.revealed()
            guard DatabaseURL(shown) == self else { return "***" }
            for password in Self.passwords(in: shown).reversed() {
                shown.replaceSubrange(password.startIndex..<password.endIndex, with: "***")
            }
            return shown
        }
    }
}
