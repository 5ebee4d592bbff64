import CCrypto

/// SHA-256 (FIPS 180-4), computed by libcrypto.
public enum SHA256 {
    /// The 32-byte digest of `bytes`.
    public static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        CCrypto.SHA256(bytes, bytes.count, &out)
        return out
    }

    /// The digest of `text` in UTF-8, as 64 lower-case hexadecimal digits.
    public static func hex(_ text: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let digest = digest(Array(text.utf8))
        return String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }
}
