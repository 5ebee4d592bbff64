import Hashing

/// `blt_`, 43 characters of base 62 that hold 256 random bits, and 6 that are a checksum of them,
/// so that a typing error is known without a look into the database.
struct APIToken: Sendable {
    static let randomByteCount = 32
    private static let prefix = "blt_"
    private static let secretLength = 43
    private static let checksumLength = 6
    private static let alphabet = Array(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    let text: String

    /// The form in which a token is stored and looked up. A hash of 256 random bits needs no salt,
    /// and looking it up tells nothing by its time that helps to guess the token.
    var hash: String { SHA256.hex(text) }

    /// Nil for what can't be a token of ours.
    init?(_ text: String) {
        let length = APIToken.prefix.utf8.count + APIToken.secretLength + APIToken.checksumLength
        guard text.utf8.count == length, text.hasPrefix(APIToken.prefix),
            APIToken.checksum(of: text.utf8.dropLast(APIToken.checksumLength))
                .elementsEqual(text.utf8.suffix(APIToken.checksumLength))
        else { return nil }
        self.text = text
    }

    private init(trusted text: String) { self.text = text }

    static func make(from random: [UInt8]) -> APIToken {
        var bytes = Array(prefix.utf8)
        bytes += base62(random, length: secretLength)
        bytes += checksum(of: bytes)
        return APIToken(trusted: String(decoding: bytes, as: UTF8.self))
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
