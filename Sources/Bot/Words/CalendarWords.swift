import Ledger

/// Stretches of the calendar as people say them: `yesterday`, `last month`, `feb`, `q1 2026`,
/// `14 feb`, `2026-02-14`. Days are UTC.
struct CalendarWords {
    /// What is said without its year is the latest one that has begun by then.
    let latest: Day
    let today: Day

    init(today: Day, latest: Day? = nil) {
        self.today = today
        self.latest = latest ?? today
    }

    /// Both ends included; nil for what is none. `words` are in lower case.
    func span(_ words: [String]) -> ClosedRange<Day>? {
        switch words.count {
        case 1: one(words[0])
        case 2: relative(words[0], words[1]) ?? parts(words)
        case 3: parts(words)
        default: nil
        }
    }

    private func one(_ word: String) -> ClosedRange<Day>? {
        if word == "today" { return today...today }
        if word == "yesterday" { return today.adding(days: -1)...today.adding(days: -1) }
        if let day = Day(canonical: word) { return day...day }
        if let weekday = Self.place(of: word, in: Self.weekdays) {
            let back = (today.weekday - weekday + 7) % 7
            return today.adding(days: -back)...today.adding(days: -back)
        }
        // `2026-02`, `2026-q1`, `2026q1`
        if word.utf8.count > 4, let year = Self.year(String(word.prefix(4))) {
            let rest = String(word.dropFirst(4))
            let unit = rest.hasPrefix("-") ? String(rest.dropFirst()) : rest
            if let quarter = Self.quarter(unit) { return Self.quarter(quarter, of: year) }
            guard rest.hasPrefix("-"), unit.utf8.count == 2, let month = Int(unit) else {
                return nil
            }
            return Self.month(month, of: year)
        }
        return parts([word])
    }

    /// `this week`, `last month`: of the calendar, and the last one is whole.
    private func relative(_ which: String, _ unit: String) -> ClosedRange<Day>? {
        guard let name = Self.units.first(where: { $0 == unit }),
            let running = Period(name, today: today)?.from
        else { return nil }
        switch which {
        case "this": return running...today
        case "last", "previous", "prev":
            let end = running.adding(days: -1)
            return Period(name, today: end)?.from.map { $0...end }
        default: return nil
        }
    }

    private static let units = ["week", "month", "quarter", "year"]

    /// A month, quarter or year, and days of a month, in any order: `feb`, `2026 q1`,
    /// `feb 14 2026`.
    private func parts(_ words: [String]) -> ClosedRange<Day>? {
        var (year, month, quarter, day): (Int?, Int?, Int?, Int?)
        for word in words {
            if let named = Self.place(of: word, in: Self.months), month == nil {
                month = named
            } else if let named = Self.quarter(word), quarter == nil {
                quarter = named
            } else if let named = Self.year(word), year == nil {
                year = named
            } else if let named = Int(word), (1...31).contains(named), day == nil {
                day = named
            } else {
                return nil
            }
        }
        switch (month, quarter, day) {
        case (nil, nil, nil):
            return year.flatMap { Self.months(1...12, of: $0) }
        case (let month?, nil, let day):
            return newest(in: year) { year in
                guard let day else { return Self.month(month, of: year) }
                return Day(year: year, month: month, day: day).map { $0...$0 }
            }
        case (nil, let quarter?, nil):
            return newest(in: year) { Self.quarter(quarter, of: $0) }
        default: return nil
        }
    }

    /// In the year that was said, else in the latest in which it had begun; 29 February may be
    /// some years back.
    private func newest(
        in year: Int?, _ span: (Int) -> ClosedRange<Day>?
    ) -> ClosedRange<Day>? {
        if let year { return span(year) }
        for back in 0...8 {
            if let found = span(latest.year - back), found.lowerBound <= latest { return found }
        }
        return nil
    }

    private static func month(_ month: Int, of year: Int) -> ClosedRange<Day>? {
        (1...12).contains(month) ? months(month...month, of: year) : nil
    }

    private static func quarter(_ quarter: Int, of year: Int) -> ClosedRange<Day>? {
        months(3 * quarter - 2...3 * quarter, of: year)
    }

    private static func months(_ months: ClosedRange<Int>, of year: Int) -> ClosedRange<Day>? {
        let (next, nextYear) =
            months.upperBound == 12 ? (1, year + 1) : (months.upperBound + 1, year)
        guard let first = Day(year: year, month: months.lowerBound, day: 1),
            let end = Day(year: nextYear, month: next, day: 1)
        else { return nil }
        return first...end.adding(days: -1)
    }

    private static func quarter(_ word: String) -> Int? {
        guard word.utf8.count == 2, word.hasPrefix("q"), let number = Int(word.dropFirst()),
            (1...4).contains(number)
        else { return nil }
        return number
    }

    private static func year(_ word: String) -> Int? {
        guard word.utf8.count == 4, word.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let year = Int(word), year > 0
        else { return nil }
        return year
    }

    /// Counted from 1; by the whole name or at least its first three letters.
    private static func place(of word: String, in names: [String]) -> Int? {
        guard word.utf8.count >= 3 else { return nil }
        return names.firstIndex { $0.hasPrefix(word) || (word == "sept" && $0 == "september") }
            .map { $0 + 1 }
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september",
        "october", "november", "december",
    ]
    private static let weekdays = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ]

    /// `Feb 2026`, `Q1 2026`, `2026`, a day, or two days with ` to ` between them.
    static func name(of span: ClosedRange<Day>) -> String {
        let (first, last) = (span.lowerBound, span.upperBound)
        if first == last { return "\(first)" }
        let year = first.year
        if months(1...12, of: year) == span { return "\(year)" }
        for quarter in 1...4 where Self.quarter(quarter, of: year) == span {
            return "Q\(quarter) \(year)"
        }
        if month(first.month, of: year) == span {
            let name = months[first.month - 1]
            return "\(name.prefix(1).uppercased())\(name.dropFirst().prefix(2)) \(year)"
        }
        return "\(first) to \(last)"
    }
}
