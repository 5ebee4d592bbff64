/// Telegram's limits on what a message holds, so that they are seen before it refuses.
public enum MessageText {
    public enum Problem: Error, Sendable, Hashable {
        /// Nothing but blanks.
        case empty
        case tooLong(utf16Units: Int)
        case emptyCallbackData
        case callbackDataTooLong(bytes: Int)
    }

    public static let maximumUTF16Units = 4096
    public static let maximumCallbackDataBytes = 64

    /// Nil where Telegram takes `text`. HTML is counted as it reads: without its tags, an entity
    /// as one character.
    public static func problem(in text: String, parseMode: ParseMode? = nil) -> Problem? {
        let count = parseMode == .html ? readableUnits(ofHTML: text) : units(of: text)
        if count.isBlank { return .empty }
        return count.units > maximumUTF16Units ? .tooLong(utf16Units: count.units) : nil
    }

    public static func problem(inCallbackData data: String) -> Problem? {
        let count = data.utf8.count
        if count == 0 { return .emptyCallbackData }
        return count > maximumCallbackDataBytes ? .callbackDataTooLong(bytes: count) : nil
    }

    /// How many UTF-16 units of `html` the reader sees.
    public static func readableUTF16Units(ofHTML html: String) -> Int {
        readableUnits(ofHTML: html).units
    }

    private struct Count {
        var units = 0
        var isBlank = true

        mutating func add(_ unit: UInt16) {
            units += 1
            if unit > 0x20 { isBlank = false }
        }
    }

    private static func units(of text: String) -> Count {
        text.utf16.reduce(into: Count()) { $0.add($1) }
    }

    private static func readableUnits(ofHTML html: String) -> Count {
        var count = Count()
        var rest = html.utf16[...]
        while let unit = rest.first {
            if unit == UInt16(UInt8(ascii: "<")),
                let end = rest.firstIndex(of: UInt16(UInt8(ascii: ">")))
            {
                rest = rest[rest.index(after: end)...]
            } else if unit == UInt16(UInt8(ascii: "&")),
                let end = rest.prefix(12).firstIndex(of: UInt16(UInt8(ascii: ";")))
            {
                let isWide = isBeyondBasicPlane(rest[..<end])
                count.add(unit)
                if isWide { count.add(unit) }
                rest = rest[rest.index(after: end)...]
            } else {
                count.add(unit)
                rest = rest.dropFirst()
            }
        }
        return count
    }

    /// Whether a numeric entity (`&#128200`, `&#x1F4C8`) takes two UTF-16 units.
    private static func isBeyondBasicPlane(_ entity: Substring.UTF16View) -> Bool {
        let text = String(decoding: entity, as: UTF16.self).lowercased()
        let number =
            text.hasPrefix("&#x")
            ? Int(text.dropFirst(3), radix: 16) : Int(text.dropFirst(2), radix: 10)
        return text.hasPrefix("&#") && (number ?? 0) > 0xffff
    }
}
