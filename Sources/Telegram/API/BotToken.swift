/// The bot's secret. It prints as `<token>` however it is printed.
public struct BotToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The bot's own user; the part before the colon, which is no secret.
    public let botID: TelegramUserID
    let secret: String

    /// Nil where `text` cannot be a token: digits, a colon, then A–Z a–z 0–9 _ and -.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int64(parts[0]), number > 0,
            parts[0].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            (1...256).contains(parts[1].utf8.count),
            parts[1].utf8.allSatisfy(Self.isAllowed)
        else { return nil }
        botID = TelegramUserID(number)
        secret = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    public var description: String { "<token>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }

    /// The beginning of what another side wrote, without the secret should it quote it.
    func redacting(_ text: String) -> String {
        // More than 300 scalars can come from, so that no secret is cut in two.
        var bytes = Array(text.utf8.prefix(4096))
        for part in [Array(secret.utf8), Array(secret.utf8.drop { $0 != UInt8(ascii: ":") })] {
            bytes = Self.replacing(part, in: bytes, with: Array(description.utf8))
        }
        return String(String(decoding: bytes, as: UTF8.self).unicodeScalars.prefix(300))
    }

    /// By bytes: two texts that are the same characters may differ in them, and the other way
    /// round.
    private static func replacing(
        _ part: [UInt8], in bytes: [UInt8], with replacement: [UInt8]
    ) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index...].starts(with: part) {
                result += replacement
                index += part.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
