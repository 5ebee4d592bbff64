import Ledger

extension World {
    /// A new version 7 UUID (RFC 9562 §5.7), lower case, 36 characters.
    ///
    /// Its first 48 bits are the milliseconds of `now()`; the 12 bits after the version are the
    /// fraction of that millisecond (§6.2, method 3), so ids drawn in different microseconds sort
    /// by time; the last 62 bits are random. A clock before 1970 counts as 1970.
    public func uuidV7() -> String {
        let microseconds = UInt64(max(0, now().microseconds))
        let (milliseconds, remainder) = microseconds.quotientAndRemainder(dividingBy: 1000)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        for shift in stride(from: 40, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: milliseconds >> UInt64(shift)))
        }
        let fraction = remainder * 4096 / 1000
        bytes.append(0x70 | UInt8(fraction >> 8))
        bytes.append(UInt8(fraction & 0xFF))
        bytes += randomBytes(8)
        bytes[8] = 0x80 | (bytes[8] & 0x3F)
        return Self.hyphenated(bytes)
    }

    /// A uniformly random number in `0..<1`, in steps of 2⁻⁵³; for jitter.
    public func uniform() -> Double {
        let word = randomBytes(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        return Double(word >> 11) * 0x1p-53
    }

    private static func hyphenated(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(hexadecimalDigit(byte >> 4))
            text.append(hexadecimalDigit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
