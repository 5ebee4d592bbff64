import Ledger
import Records

/// How campaigns are spoken of in chat.
enum CampaignWords {
    /// `#48213`: the opening trade's number, short enough to be typed.
    static func number(of campaign: CampaignListing) -> String { "#\(campaign.id)" }

    /// The number that `#48213` or `48213` says; nil for anything else.
    static func opening(_ word: String) -> TradeID? {
        let digits = word.utf8.first == UInt8(ascii: "#") ? word.dropFirst() : word[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(digits).map { TradeID($0) }
    }

    /// In its two largest units: `3d 4h`, `4h 5m`, `5m 6s`, `6s`.
    static func duration(seconds: Int64) -> String {
        let parts: [(Int64, String)] = [
            (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"),
            (seconds % 60, "s"),
        ]
        guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0s" }
        return parts[first...].prefix(2).filter { $0.0 > 0 }
            .map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }

    /// `● +100 ● +50 ● −150`: what each leg did to the quantity. A long one is shortened in the
    /// middle.
    static func journey(_ legs: [CampaignLegListing]) -> String {
        let steps = legs.map { listing in
            "● \(listing.leg.side == .buy ? "+" : "−")\(listing.leg.quantity)"
        }
        guard steps.count > 2 * endSteps + 1 else { return steps.joined(separator: " ") }
        return
            (steps.prefix(endSteps) + ["… \(steps.count - 2 * endSteps) more …"]
            + steps.suffix(endSteps)).joined(separator: " ")
    }

    /// So many steps stand at either end of a shortened journey.
    private static let endSteps = 4
}
