import Ledger

/// A period as people say it, and as a button says it again.
struct SpokenPeriod: Sendable, Hashable {
    let period: Period
    /// For a title: `week`, `7d`, `Feb 2026`, `2026-02-01 to 2026-02-10`.
    let name: String
    /// One short word that is read as the same period: what runs up to today goes on doing so.
    let word: String

    /// What there is to choose from, for one who was not understood.
    static let offered: Cell =
        "today, yesterday, week, last month, feb, q1, ytd, 7d, all, 2026-01-01..2026-03-31"

    /// Begins the days in a button's word.
    private static let mark: Character = "="
    private static let separator: Character = "_"
    private static let radix = 36

    /// Reads all that `Period` does, stretches of the calendar, and from one to another of them:
    /// `last month`, `jan..mar`, `since feb`, `1 feb to 10 feb`, `last 30 days`, `2 weeks`. In any
    /// case; nil for anything else.
    init?(_ text: String, today: Day) {
        let text = text.lowercased().trimmingBlanks
        if text.first == Self.mark {
            guard let period = Self.carried(text.dropFirst()) else { return nil }
            self.init(period)
            return
        }
        let words = Self.words(of: text)
        let short = Self.synonyms[words] ?? Self.trailing(words) ?? words.first
        if let short, words.count == 1 || short != words[0], !short.contains(".."),
            let period = Period(short, today: today)
        {
            self.init(period, name: short, word: short)
            return
        }
        let calendar = CalendarWords(today: today)
        if let span = calendar.span(words), let period = Period(span) {
            self.init(period)
        } else if let period = Self.range(text, today: today) {
            self.init(period)
        } else {
            return nil
        }
    }

    private init(_ period: Period, name: String, word: String) {
        self.period = period
        self.name = name
        self.word = word
    }

    private init(_ period: Period) {
        let from = period.from.map { String($0.number, radix: Self.radix) } ?? ""
        let to = String(period.to.number, radix: Self.radix)
        self.init(
            period,
            name: period.from.map { CalendarWords.name(of: $0...period.to) }
                ?? "until \(period.to)",
            word: "\(Self.mark)\(from)\(Self.separator)\(to)")
    }

    private static func carried(_ text: Substring) -> Period? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count == 2, let to = Int32(parts[1], radix: radix) else { return nil }
        guard !parts[0].isEmpty else { return Period(from: nil, to: Day(number: to)) }
        return Int32(parts[0], radix: radix).flatMap {
            Period(from: Day(number: $0), to: Day(number: to))
        }
    }

    private static func words(of text: String) -> [String] {
        text.unicodeScalars.split { $0.properties.isWhitespace || $0 == "," }.map(String.init)
    }

    private static let synonyms: [[String]: String] = [
        ["today"]: "day", ["this", "week"]: "week", ["this", "month"]: "month",
        ["this", "quarter"]: "quarter", ["this", "year"]: "year", ["year", "to", "date"]: "ytd",
        ["everything"]: "all", ["all", "time"]: "all",
    ]

    /// `7d` of `7 days`, `last 7 days`, `2 weeks` or `2w`.
    private static func trailing(_ words: [String]) -> String? {
        let words = words.first == "last" ? words.dropFirst() : words[...]
        let joined = words.joined()
        let digits = joined.prefix { ("0"..."9").contains($0) }
        guard words.count <= 2, let count = Int(digits), (1...5000).contains(count) else {
            return nil
        }
        switch joined.dropFirst(digits.count) {
        case "d", "day", "days": return "\(count)d"
        case "w", "week", "weeks": return "\(7 * count)d"
        default: return nil
        }
    }

    /// From the beginning of one stretch to the end of another; what is left out behind is today,
    /// and before it the first day on record.
    private static func range(_ text: String, today: Day) -> Period? {
        for opening in ["since ", "from "] where text.hasPrefix(opening) {
            let rest = String(text.dropFirst(opening.count))
            if let span = CalendarWords(today: today).span(words(of: rest)) {
                return Period(from: span.lowerBound, to: max(today, span.lowerBound))
            }
            return range(rest, today: today)
        }
        for separator in ["..", " to ", " - ", " – ", " until ", " till "] {
            guard let place = text.firstRange(of: separator) else { continue }
            let (first, last) = (
                words(of: String(text[..<place.lowerBound])),
                words(of: String(text[place.upperBound...]))
            )
            guard !(first.isEmpty && last.isEmpty) else { return nil }
            let to: Day
            if last.isEmpty {
                to = today
            } else {
                guard let end = CalendarWords(today: today).span(last)?.upperBound else {
                    return nil
                }
                to = end
            }
            guard !first.isEmpty else { return Period(from: nil, to: to) }
            return CalendarWords(today: today, latest: to).span(first).flatMap {
                Period(from: $0.lowerBound, to: to)
            }
        }
        return nil
    }
}

extension Period {
    fileprivate init?(_ span: ClosedRange<Day>) {
        self.init(from: span.lowerBound, to: span.upperBound)
    }
}
