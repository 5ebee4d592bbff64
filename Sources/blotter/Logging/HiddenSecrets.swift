/// The texts that no log line may hold, whoever wrote them into it.
///
/// A second wall: the first is that nobody logs a secret. What is found is replaced by `***`.
public struct HiddenSecrets: Sendable {
    private let patterns: [[UInt8]]

    /// Hides the secrets as they are and as they look inside a URL.
    public init(_ secrets: [Secret]) {
        var patterns: Set<[UInt8]> = []
        for secret in secrets.map({ $0.revealed() }) where !secret.isEmpty {
            patterns.insert(Array(secret.utf8))
            patterns.insert(Self.percentEncoded(secret))
        }
        // A secret that contains another one is to disappear as a whole.
        self.patterns = patterns.sorted { $0.count > $1.count }
    }

    func hide(in text: String) -> String {
        var bytes = Array(text.utf8)
        var isChanged = false
        for pattern in patterns {
            var position = 0
            while let start = Self.find(pattern, in: bytes, from: position) {
                bytes.replaceSubrange(start..<start + pattern.count, with: "***".utf8)
                position = start + 3
                isChanged = true
            }
        }
        return isChanged ? String(decoding: bytes, as: UTF8.self) : text
    }

    private static func find(_ pattern: [UInt8], in bytes: [UInt8], from: Int) -> Int? {
        guard pattern.count <= bytes.count - from else { return nil }
        return (from...bytes.count - pattern.count).first { start in
            bytes[start] == pattern[0] && bytes[start..<start + pattern.count] == pattern[...]
        }
    }

    /// RFC 3986: all but the unreserved characters.
    private static func percentEncoded(_ text: String) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return text.utf8.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                [byte]
            default: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
    }
}
