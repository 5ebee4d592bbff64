import Hashing

/// A secret as it is handed out: a prefix that says what it opens, 43 characters of base 62 that
/// hold 256 random bits, and 6 that are a checksum of them, so that a typing error is known
/// without a look into the database.
///
/// It is stored and looked up as its SHA-256: a hash of 256 random bits needs no salt, and looking
/// it up tells nothing by its time that helps to guess it.
struct SecretCode: Sendable {
    static let randomByteCount = 32
    private static let secretLength = 43
    private static let checksumLength = 6
    private static let alphabet = Array(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    let text: String

    var hash: String { SHA256.hex(text) }

    /// Nil for what can't be one with this prefix.
    init?(_ text: String, prefix: String) {
        let length = prefix.utf8.count + Self.secretLength + Self.checksumLength
        guard text.utf8.count == length, text.hasPrefix(prefix),
            Self.checksum(of: text.utf8.dropLast(Self.checksumLength))
                .elementsEqual(text.utf8.suffix(Self.checksumLength))
        else { return nil }
        self.text = text
    }

    /// Makes one of `randomByteCount` random bytes.
    init(prefix: String, random: [UInt8]) {
        var bytes = Array(prefix.utf8)
        bytes += Self.base62(random, length: Self.secretLength)
        bytes += Self.checksum(of: bytes)
        text = String(decoding: bytes, as: UTF8.self)
    }

    private static func checksum(of bytes: some Sequence<UInt8>) -> [UInt8] {
        base62(Array(SHA256.digest(Array(bytes)).prefix(4)), length: checksumLength)
    }

    /// The big-endian number `bytes` in base 62, padded with zeros in front.
    private static func base62(_ bytes: [UInt8], length: Int) -> [UInt8] {
        var number = bytes
        var digits: [UInt8] = []
        for _ in 0..<length {
            var remainder = 0
            for index in number.indices {
                let value = remainder << 8 | Int(number[index])
                number[index] = UInt8(value / 62)
                remainder = value % 62
            }
            digits.append(alphabet[remainder])
        }
        return digits.reversed()
    }
}
