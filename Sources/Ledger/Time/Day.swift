/// A day of the proleptic Gregorian calendar, in UTC.
public struct Day: Sendable, Hashable {
    /// Days since 1970-01-01.
    public let number: Int32

    public init(number: Int32) {
        self.number = number
    }

    /// Nil where there is no such date, or its year is not 1 to 9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.daysIn(month: month, year: year)
        else { return nil }
        self.number = Self.number(year: year, month: month, day: day)
    }

    /// Reads exactly `YYYY-MM-DD`; nil for anything else.
    public init?(canonical: String) {
        let text = canonical.utf8.span
        guard text.count == 10 else { return nil }
        self.init(canonical: text)
    }

    /// Reads the date that `text` begins with.
    init?(canonical text: Span<UInt8>) {
        guard text.count >= 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            let year = readDigits(text, 0..<4), let month = readDigits(text, 5..<7),
            let day = readDigits(text, 8..<10)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    public var year: Int { date.year }
    /// 1 to 12.
    public var month: Int { date.month }
    /// 1 to 31.
    public var day: Int { date.day }

    /// 1 is Monday, 7 is Sunday.
    public var weekday: Int {
        // Day 0 was a Thursday.
        let sinceMonday = (Int(number) + 3) % 7
        return (sinceMonday < 0 ? sinceMonday + 7 : sinceMonday) + 1
    }

    /// Stops at the first and the last day that a number can stand for.
    public func adding(days: Int) -> Day {
        let (sum, overflow) = Int(number).addingReportingOverflow(days)
        return Day(number: overflow ? (days < 0 ? .min : .max) : Int32(clamping: sum))
    }

    /// The first day of `month`, 1 to 12, in the same year.
    func first(ofMonth month: Int) -> Day {
        Day(number: Self.number(year: year, month: month, day: 1))
    }

    /// Midnight at which the day begins; for days beyond the range of `Timestamp`, its first or
    /// last instant.
    public var start: Timestamp {
        let (product, overflow) = Int64(number)
            .multipliedReportingOverflow(by: Timestamp.microsecondsInDay)
        return Timestamp(microseconds: overflow ? (number < 0 ? .min : .max) : product)
    }
}

extension Day: Comparable {
    public static func < (left: Day, right: Day) -> Bool {
        left.number < right.number
    }
}

extension Day: CustomStringConvertible {
    /// `YYYY-MM-DD`; a year beyond 0001 to 9999 is written with its sign or all its digits, and
    /// is not read back.
    public var description: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    func write(to bytes: inout [UInt8]) {
        let date = date
        if date.year < 0 { bytes.append(UInt8(ascii: "-")) }
        writeDigits(of: UInt64(date.year.magnitude), to: &bytes, atLeast: 4)
        bytes.append(UInt8(ascii: "-"))
        writeDigits(of: UInt64(date.month), to: &bytes, atLeast: 2)
        bytes.append(UInt8(ascii: "-"))
        writeDigits(of: UInt64(date.day), to: &bytes, atLeast: 2)
    }
}

// The calendar is counted in eras of 400 years, all of the same 146,097 days, and in years that
// begin with March, so that the leap day comes last.
extension Day {
    private static let daysInEra = 146_097
    /// From 0000-03-01 to 1970-01-01.
    private static let daysBeforeEpoch = 719_468

    private static func daysIn(month: Int, year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    private static func number(year: Int, month: Int, day: Int) -> Int32 {
        let marchYear = month > 2 ? year : year - 1
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let monthsSinceMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthsSinceMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int32(clamping: era * daysInEra + dayOfEra - daysBeforeEpoch)
    }

    private var date: (year: Int, month: Int, day: Int) {
        let days = Int(number) + Self.daysBeforeEpoch
        let era = (days >= 0 ? days : days - Self.daysInEra + 1) / Self.daysInEra
        let dayOfEra = days - era * Self.daysInEra
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthsSinceMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthsSinceMarch + 2) / 5 + 1
        let month = monthsSinceMarch < 10 ? monthsSinceMarch + 3 : monthsSinceMarch - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
    }
}
