/// A range of UTC days for which figures are asked, both ends included.
public struct Period: Sendable, Hashable {
    /// Nil where it begins with the first day on record.
    public let from: Day?
    public let to: Day

    /// The days from `from`, or from the first on record, to `to`; nil where it ends before it
    /// begins.
    public init?(from: Day?, to: Day) {
        if let from, from > to { return nil }
        self.from = from
        self.to = to
    }

    /// Reads `day`, `week` (since Monday), `month`, `quarter`, `ytd` or `year` (the calendar's, to
    /// date), `all`, `7d` (that many days ending today; 1 to 36,600) or
    /// `YYYY-MM-DD..YYYY-MM-DD`. Words may be in any case; nil for anything else, and for a range
    /// that ends before it begins.
    public init?(_ text: String, today: Day) {
        let bytes = text.utf8.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
        let word = String(decoding: bytes, as: UTF8.self)
        if let range = Self.range(word) {
            (from, to) = range
            return
        }
        switch word {
        case "day": from = today
        case "week": from = today.adding(days: 1 - today.weekday)
        case "month": from = today.first(ofMonth: today.month)
        case "quarter": from = today.first(ofMonth: today.month - (today.month - 1) % 3)
        case "ytd", "year": from = today.first(ofMonth: 1)
        case "all": from = nil
        default:
            guard let days = Self.trailingDays(word) else { return nil }
            from = today.adding(days: 1 - days)
        }
        to = today
    }

    /// The days of `YYYY-MM-DD..YYYY-MM-DD`.
    private static func range(_ word: String) -> (Day, Day)? {
        let utf8 = word.utf8
        guard utf8.count == 22, utf8.dropFirst(10).prefix(2).elementsEqual("..".utf8),
            let from = Day(canonical: String(word.prefix(10))),
            let to = Day(canonical: String(word.suffix(10))), from <= to
        else { return nil }
        return (from, to)
    }

    /// The number in `7d`.
    private static func trailingDays(_ word: String) -> Int? {
        let text = word.utf8.span
        guard (2...6).contains(text.count), text[text.count - 1] == UInt8(ascii: "d"),
            text[0] != UInt8(ascii: "0"), let days = readDigits(text, 0..<text.count - 1),
            days <= 36_600
        else { return nil }
        return days
    }
}
