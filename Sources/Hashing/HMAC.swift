import CCrypto

/// HMAC with SHA-256 (RFC 2104), computed by libcrypto.
public enum HMACSHA256 {
    /// The 32-byte code of `message` under `key`.
    public static func code(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        var length: UInt32 = 0
        HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &code, &length)
        return code
    }
}

/// Compares secrets in a time that tells nothing of where they differ.
public enum ConstantTime {
    public static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
