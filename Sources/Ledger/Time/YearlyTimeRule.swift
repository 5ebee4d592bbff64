/// A POSIX time zone (IEEE 1003.1 §8.3, with the hours of RFC 8536 §3.3.1): standard time, and
/// summer time between two changes of every year.
struct YearlyTimeRule: Sendable, Hashable {
    /// When in a year the clock is changed, by the wall clock that is valid until then.
    struct Change: Sendable, Hashable {
        enum DayOfYear: Sendable, Hashable {
            /// The weekday (0 is Sunday) of the week 1 to 5 of the month; 5 is the last one.
            case weekday(Int, week: Int, month: Int)
            /// 1 to 365; February 29 is never counted.
            case dayWithoutLeap(Int)
            /// 0 to 365; February 29 is counted.
            case dayWithLeap(Int)
        }

        let date: DayOfYear
        /// After midnight; may be negative or beyond a day.
        let seconds: Int64
    }

    struct Summer: Sendable, Hashable {
        let offset: Int32
        let start: Change
        let end: Change
    }

    /// Seconds east of UTC.
    let standardOffset: Int32
    let summer: Summer?

    func offset(at seconds: Int64) -> Int32 {
        guard let summer else { return standardOffset }
        let day = (seconds + Int64(standardOffset)).flooredDivision(by: 86_400)
        let year = Day(number: Int32(clamping: day)).year
        let start = summer.start.localSeconds(in: year) - Int64(standardOffset)
        let end = summer.end.localSeconds(in: year) - Int64(summer.offset)
        // South of the equator summer goes over the end of the year.
        let isSummer =
            start < end ? start <= seconds && seconds < end : !(end <= seconds && seconds < start)
        return isSummer ? summer.offset : standardOffset
    }
}

extension YearlyTimeRule.Change {
    fileprivate func localSeconds(in year: Int) -> Int64 {
        guard let january = Day(year: year, month: 1, day: 1) else { return 0 }
        let day: Day
        switch date {
        case .dayWithLeap(let number):
            day = january.adding(days: number)
        case .dayWithoutLeap(let number):
            let isLeap = Day(year: year, month: 2, day: 29) != nil
            day = january.adding(days: number - 1 + (isLeap && number > 59 ? 1 : 0))
        case .weekday(let weekday, let week, let month):
            let first = january.first(ofMonth: month)
            var ahead = (weekday - first.weekday % 7 + 7) % 7 + (week - 1) * 7
            while first.adding(days: ahead).month != month { ahead -= 7 }
            day = first.adding(days: ahead)
        }
        return Int64(day.number) * 86_400 + seconds
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }
}

extension YearlyTimeRule {
    /// Reads `EST5EDT,M3.2.0,M11.1.0` and the like; nil for anything else.
    init?(posix text: ArraySlice<UInt8>) {
        var reader = PosixZoneReader(text)
        guard reader.skipName(), let west = reader.offset() else { return nil }
        standardOffset = -Int32(west)
        guard !reader.isAtEnd else {
            summer = nil
            return
        }
        guard reader.skipName() else { return nil }
        var summerOffset = standardOffset + 3600
        if !reader.isAtEnd, reader.next != UInt8(ascii: ",") {
            guard let west = reader.offset() else { return nil }
            summerOffset = -Int32(west)
        }
        guard let start = reader.change(), let end = reader.change(), reader.isAtEnd else {
            return nil
        }
        summer = Summer(offset: summerOffset, start: start, end: end)
    }
}

private struct PosixZoneReader {
    private var rest: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>) { rest = text }

    var isAtEnd: Bool { rest.isEmpty }
    var next: UInt8? { rest.first }

    mutating func skip(_ byte: Character) -> Bool {
        guard let ascii = byte.asciiValue, rest.first == ascii else { return false }
        rest.removeFirst()
        return true
    }

    /// Three letters or more, or anything between `<` and `>`.
    mutating func skipName() -> Bool {
        if skip("<") {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
            rest = rest[(end + 1)...]
            return true
        }
        let letters = rest.prefix { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
        rest = rest.dropFirst(letters.count)
        return letters.count >= 3
    }

    mutating func number(atMost limit: Int) -> Int? {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard (1...3).contains(digits.count),
            let number = readDigits(Array(digits).span, 0..<digits.count), number <= limit
        else { return nil }
        rest = rest.dropFirst(digits.count)
        return number
    }

    /// `[+-]hh[:mm[:ss]]`, in seconds.
    mutating func offset(hoursAtMost limit: Int = 24) -> Int64? {
        let isNegative = skip("-")
        if !isNegative { _ = skip("+") }
        guard let hours = number(atMost: limit) else { return nil }
        var seconds = Int64(hours) * 3600
        for unit in [Int64(60), 1] where skip(":") {
            guard let part = number(atMost: 59) else { return nil }
            seconds += Int64(part) * unit
        }
        return isNegative ? -seconds : seconds
    }

    /// `,M3.2.0/2`, `,J60`, `,59/-1`.
    mutating func change() -> YearlyTimeRule.Change? {
        guard skip(","), let date = date() else { return nil }
        var seconds: Int64 = 7200
        if skip("/") {
            guard let stated = offset(hoursAtMost: 167) else { return nil }
            seconds = stated
        }
        return YearlyTimeRule.Change(date: date, seconds: seconds)
    }

    private mutating func date() -> YearlyTimeRule.Change.DayOfYear? {
        if skip("J") {
            guard let day = number(atMost: 365), day >= 1 else { return nil }
            return .dayWithoutLeap(day)
        }
        guard skip("M") else { return number(atMost: 365).map { .dayWithLeap($0) } }
        guard let month = number(atMost: 12), month >= 1, skip("."),
            let week = number(atMost: 5), week >= 1, skip("."), let weekday = number(atMost: 6)
        else { return nil }
        return .weekday(weekday, week: week, month: month)
    }
}
