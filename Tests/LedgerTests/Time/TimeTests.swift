import Ledger
import Testing

@Suite struct DayTests {
    /// A calendar that only knows how to go on to the next day.
    private struct Calendar {
        var year: Int
        var month = 1
        var day = 1

        mutating func advance() {
            let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            day += 1
            if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
    }

    @Test(arguments: [(1, 12), (1580, 30), (1892, 216), (2296, 10), (9990, 9)])
    func `days follow each other without a gap`(from year: Int, years: Int) throws {
        var calendar = Calendar(year: year)
        var expected = try #require(Day(year: year, month: 1, day: 1))
        var weekday = expected.weekday
        while calendar.year < year + years {
            let day = Day(year: calendar.year, month: calendar.month, day: calendar.day)
            try #require(day == expected)
            try #require(expected.year == calendar.year)
            try #require(expected.month == calendar.month)
            try #require(expected.day == calendar.day)
            try #require(expected.weekday == weekday)
            expected = expected.adding(days: 1)
            weekday = weekday % 7 + 1
            calendar.advance()
        }
    }

    @Test func `known days have their numbers and weekdays`() {
        #expect(Day(canonical: "1970-01-01")?.number == 0)
        #expect(Day(canonical: "1969-12-31")?.number == -1)
        #expect(Day(canonical: "2000-03-01")?.number == 11_017)
        #expect(Day(canonical: "0001-01-01")?.number == -719_162)
        #expect(Day(canonical: "9999-12-31")?.number == 2_932_896)
        #expect(Day(canonical: "1970-01-01")?.weekday == 4)
        #expect(Day(canonical: "2023-02-02")?.weekday == 4)
        #expect(Day(canonical: "2024-02-29")?.weekday == 4)
        #expect(Day(canonical: "1900-01-01")?.weekday == 1)
        #expect(Day(canonical: "0001-01-01")?.weekday == 1)
        #expect(Day(canonical: "9999-12-31")?.weekday == 5)
    }

    @Test(arguments: [
        "0000-12-31", "2023-00-10", "2023-13-10", "2023-01-00", "2023-01-32", "2023-04-31",
        "2023-02-29", "1900-02-29", "2100-02-29", "2024-02-30", "2023-1-01", "23-01-01",
        "2023/01/01", "2023-01-01 ", " 2023-01-01", "2023-01-0x", "+023-01-01", "20230-01-1", "",
        "２023-01-0", "10000-01-01",
    ])
    func `no date is not read`(text: String) {
        #expect(Day(canonical: text) == nil)
    }

    @Test func `leap days are days`() {
        for text in ["2024-02-29", "2000-02-29", "1600-02-29", "0004-02-29", "9996-02-29"] {
            #expect(Day(canonical: text)?.description == text)
        }
        #expect(Day(year: 2023, month: .max, day: 1) == nil)
        #expect(Day(year: .min, month: 1, day: 1) == nil)
        #expect(Day(year: 2023, month: 1, day: .max) == nil)
    }

    @Test func `adding stops at the ends`() {
        let first = Day(number: .min)
        let last = Day(number: .max)
        #expect(last.adding(days: 1) == last)
        #expect(last.adding(days: .max) == last)
        #expect(first.adding(days: -1) == first)
        #expect(first.adding(days: .min) == first)
        #expect(first.adding(days: Int(UInt32.max)) == last)
        #expect(Day(number: 10).adding(days: -20) == Day(number: -10))
        #expect(first.start.microseconds == .min)
        #expect(last.start.microseconds == .max)
        #expect(first < last)
        // Beyond the canonical years there is still something to print.
        #expect(first.description.hasPrefix("-5877641-"))
        #expect(last.description == "5881580-07-11")
        #expect((1...7).contains(first.weekday))
    }
}

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00.000000Z", Int64(0)),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("2026-02-19T14:32:00.123000Z", 1_771_511_520_123_000),
        ("2023-02-02T09:23:06.038000Z", 1_675_329_786_038_000),
        ("2024-02-29T23:59:59.999999Z", 1_709_251_199_999_999),
        ("0001-01-01T00:00:00.000000Z", -62_135_596_800_000_000),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ])
    func `the canonical form is read and written`(text: String, microseconds: Int64) {
        #expect(Timestamp(canonical: text)?.microseconds == microseconds)
        #expect(Timestamp(microseconds: microseconds).description == text)
    }

    @Test(arguments: [
        "2026-02-19T14:32:00.123Z", "2026-02-19T14:32:00Z", "2026-02-19T14:32:00.1230000Z",
        "2026-02-19 14:32:00.123000Z", "2026-02-19T14:32:00.123000", "2026-02-19T14:32:00.123000z",
        "2026-02-19t14:32:00.123000Z", "2026-02-19T14:32:00,123000Z", "2026-02-19T24:00:00.000000Z",
        "2026-02-19T14:60:00.123000Z", "2026-02-19T14:32:60.123000Z", "2026-02-30T14:32:00.123000Z",
        "0000-02-19T14:32:00.123000Z", "2026-02-19T14:32:00.12300xZ", "2026-02-19T1a:32:00.123000Z",
        "2026-02-19T14:-2:00.123000Z", "2026-02-19T14:32:00.123000+", "",
        "é026-02-19T14:32:00.12000Z",
    ])
    func `any other form is not`(text: String) {
        #expect(Timestamp(canonical: text) == nil)
    }

    @Test(arguments: [UInt64](1...10))
    func `instants survive writing, keep their order and fall on their day`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let first: Int64 = -62_135_596_800_000_000
        let last: Int64 = 253_402_300_799_999_999
        var previous = Timestamp(microseconds: first)
        for _ in 0..<300 {
            let instant = Timestamp(microseconds: Int64.random(in: first...last, using: &random))
            let text = instant.description
            #expect(Timestamp(canonical: text) == instant)
            #expect(instant.day.description == text.prefix(10))
            #expect(instant.day.start <= instant)
            #expect(instant < instant.day.adding(days: 1).start)
            #expect((previous < instant) == (previous.description < text))
            previous = instant
        }
    }

    @Test func `what has passed is counted in whole seconds, exactly`() {
        var random = SplitMix64(seed: 1)
        let extremes: [Int64] = [.min, .min + 1, -1_000_000, -999_999, 0, 1, 999_999, .max]
        for _ in 0..<2_000 {
            let (one, other) = (
                Int64(truncatingIfNeeded: random.next()) >> Int64(random.next() % 60),
                random.next() % 4 == 0
                    ? extremes[Int(random.next() % 8)]
                    : Int64(truncatingIfNeeded: random.next()) >> Int64(random.next() % 60)
            )
            let passed = Timestamp(microseconds: one).wholeSeconds(
                since: Timestamp(microseconds: other))
            let exact = BigInteger(Int128(one)) - BigInteger(Int128(other))
            let rest = exact - BigInteger(Int128(passed)) * BigInteger(1_000_000)
            #expect(rest.magnitude < BigInteger(1_000_000), "\(one) since \(other)")
            #expect(rest.isZero || rest.signum == exact.signum, "\(one) since \(other)")
        }
    }

    @Test func `adding seconds stops at the ends`() {
        let instant = Timestamp(microseconds: 1)
        #expect(instant.adding(seconds: -1).microseconds == -999_999)
        #expect(instant.adding(seconds: .max).microseconds == .max)
        #expect(instant.adding(seconds: .min).microseconds == .min)
        #expect(Timestamp(microseconds: .max).adding(seconds: 1).microseconds == .max)
        #expect(Timestamp(microseconds: .min).adding(seconds: -1).microseconds == .min)
        #expect(Timestamp(microseconds: .max).adding(seconds: 0).microseconds == .max)
    }

    @Test func `the first and last instants have a day and a text`() {
        let first = Timestamp(microseconds: .min)
        let last = Timestamp(microseconds: .max)
        #expect(first.day.number == -106_751_992)
        #expect(last.day.number == 106_751_991)
        #expect(first.description == "-290308-12-21T19:59:05.224192Z")
        #expect(last.description == "294247-01-10T04:00:54.775807Z")
    }
}
