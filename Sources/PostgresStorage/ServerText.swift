/// Reads the texts in which PostgreSQL sends values, under the session's settings
/// (`DateStyle ISO`, `TimeZone UTC`, `bytea_output hex`).
enum ServerText {
    /// Optional minus, then digits; nil for anything else, and outside of `Int64`.
    static func integer(_ text: Span<UInt8>) -> Int64? {
        let isNegative = !text.isEmpty && text[0] == UInt8(ascii: "-")
        let start = isNegative ? 1 : 0
        guard text.count > start else { return nil }
        var value: Int64 = 0
        for index in start..<text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            // Counted downwards, because the most negative number has no positive twin.
            let (sum, isTooLargeNow) = product.subtractingReportingOverflow(Int64(digit))
            guard !isTooLarge, !isTooLargeNow else { return nil }
            value = sum
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// `2026-02-19 14:32:00.12+00` as `2026-02-19T14:32:00.120000Z`; nil outside of the years
    /// 0001 to 9999, for infinity, and in another time zone.
    static func time(_ text: Span<UInt8>) -> String? {
        let zone = text.count - 3
        guard (19...26).contains(zone), text[10] == UInt8(ascii: " "),
            text[zone] == UInt8(ascii: "+"), text[zone + 1] == UInt8(ascii: "0"),
            text[zone + 2] == UInt8(ascii: "0")
        else { return nil }
        var bytes = [UInt8](repeating: UInt8(ascii: "0"), count: 27)
        for index in 0..<zone {
            bytes[index] = text[index]
        }
        bytes[10] = UInt8(ascii: "T")
        bytes[19] = UInt8(ascii: ".")
        bytes[26] = UInt8(ascii: "Z")
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `\x00ff` as its bytes; nil for anything else.
    static func bytes(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count >= 2, text.count % 2 == 0, text[0] == UInt8(ascii: "\\"),
            text[1] == UInt8(ascii: "x")
        else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2 - 1)
        for index in stride(from: 2, to: text.count, by: 2) {
            guard let high = hexDigit(text[index]), let low = hexDigit(text[index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func hexDigit(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
