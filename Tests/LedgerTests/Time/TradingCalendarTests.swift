import Foundation
import Ledger
import Testing

/// Hours as the exchanges have published them.
@Suite struct TradingCalendarTests {
    private func instant(_ text: String) throws -> Timestamp {
        try #require(Timestamp(canonical: "\(text).000000Z"))
    }

    private func day(_ text: String) throws -> Day { try #require(Day(canonical: text)) }

    /// The hours of a day in New York, in UTC; nil where there are none.
    private func hours(_ text: String) throws -> String? {
        let day = try day(text)
        // 11:00 or 12:00 there.
        let morning = day.start.adding(seconds: 16 * 3600)
        guard let session = TradingCalendar.newYork.session(at: morning) else { return nil }
        return "\(session.opens.description.dropFirst(11).prefix(5))"
            + "-\(session.closes.description.dropFirst(11).prefix(5))"
    }

    @Test(arguments: [
        ("2021-12-31", "14:30-21:00"), ("2022-01-03", "14:30-21:00"),
        ("2024-07-03", "13:30-17:00"), ("2024-07-05", "13:30-20:00"),
        ("2023-07-03", "13:30-17:00"), ("2025-07-03", "13:30-17:00"),
        ("2026-07-02", "13:30-20:00"), ("2022-07-01", "13:30-20:00"),
        ("2021-07-02", "13:30-20:00"), ("2020-07-02", "13:30-20:00"),
        ("2024-11-29", "14:30-18:00"), ("2026-11-27", "14:30-18:00"),
        ("2024-12-24", "14:30-18:00"), ("2025-12-24", "14:30-18:00"),
        ("2021-12-23", "14:30-21:00"), ("2022-12-23", "14:30-21:00"),
        ("2021-06-18", "13:30-20:00"), ("2025-12-26", "14:30-21:00"),
        // The clock is put forward on the second Sunday of March, back on the first of November.
        ("2025-03-07", "14:30-21:00"), ("2025-03-10", "13:30-20:00"),
        ("2025-10-31", "13:30-20:00"), ("2025-11-03", "14:30-21:00"),
        // No federal holidays of banks alone.
        ("2025-10-13", "13:30-20:00"), ("2025-11-11", "14:30-21:00"),
    ])
    func `New York trades`(_ day: String, _ expected: String) throws {
        #expect(try hours(day) == expected)
    }

    @Test(arguments: [
        "2022-01-17", "2022-02-21", "2022-04-15", "2022-05-30", "2022-06-20", "2022-07-04",
        "2022-09-05", "2022-11-24", "2022-12-26", "2023-01-02", "2023-04-07", "2023-06-19",
        "2024-01-01", "2024-01-15", "2024-02-19", "2024-03-29", "2024-05-27", "2024-06-19",
        "2024-07-04", "2024-09-02", "2024-11-28", "2024-12-25", "2025-01-01", "2025-01-09",
        "2025-01-20", "2025-02-17", "2025-04-18", "2025-05-26", "2025-06-19", "2025-07-04",
        "2025-09-01", "2025-11-27", "2025-12-25", "2026-01-01", "2026-01-19", "2026-02-16",
        "2026-04-03", "2026-05-25", "2026-06-19", "2026-07-03", "2026-09-07", "2026-11-26",
        "2026-12-25", "2027-07-05", "2027-12-24", "2021-12-24", "2020-07-03", "2021-07-05",
        "2018-12-05", "2012-10-29", "2025-05-31", "2025-06-01",
    ])
    func `New York is closed`(_ day: String) throws {
        #expect(try hours(day) == nil)
    }

    /// Business days of a year, as the exchange counted them.
    @Test(arguments: [
        (2015, 252), (2016, 252), (2017, 251), (2018, 251), (2019, 252), (2020, 253),
        (2021, 252), (2022, 251), (2023, 250), (2024, 252), (2025, 250),
    ])
    func `a year has its number of sessions`(_ year: Int, _ expected: Int) throws {
        var day = try #require(Day(year: year, month: 1, day: 1))
        var count = 0
        while day.year == year {
            if try hours(day.description) != nil { count += 1 }
            day = day.adding(days: 1)
        }
        #expect(count == expected)
    }

    @Test func `a session begins with its opening and ends before its close`() throws {
        let calendar = TradingCalendar.newYork
        #expect(!calendar.isOpen(at: try instant("2026-03-09T13:29:59")))
        #expect(calendar.isOpen(at: try instant("2026-03-09T13:30:00")))
        #expect(calendar.isOpen(at: try instant("2026-03-09T19:59:59")))
        #expect(!calendar.isOpen(at: try instant("2026-03-09T20:00:00")))
    }

    @Test(arguments: [
        ("2026-07-02T19:59:59", "2026-07-02T20:00:00", "2026-07-06T13:30:00"),
        ("2026-07-02T20:00:00", "2026-07-06T20:00:00", "2026-07-06T13:30:00"),
        ("2026-07-02T13:30:00", "2026-07-02T20:00:00", "2026-07-06T13:30:00"),
        ("2026-07-02T13:29:59", "2026-07-02T20:00:00", "2026-07-02T13:30:00"),
        ("2026-11-26T12:00:00", "2026-11-27T18:00:00", "2026-11-27T14:30:00"),
        // Thursday evening in New York is Friday in UTC.
        ("2026-11-27T02:00:00", "2026-11-27T18:00:00", "2026-11-27T14:30:00"),
    ])
    func `an order for the day ends with its session in New York`(
        _ now: String, _ closes: String, _ opens: String
    ) throws {
        let calendar = TradingCalendar.newYork
        #expect(calendar.close(ofSessionAt: try instant(now)) == (try instant(closes)))
        #expect(calendar.nextOpen(after: try instant(now)) == (try instant(opens)))
    }

    @Test func `currencies trade from Sunday to Friday, 17:00 in New York`() throws {
        let calendar = TradingCalendar.forex
        #expect(!calendar.isOpen(at: try instant("2026-01-04T21:59:59")))
        #expect(calendar.isOpen(at: try instant("2026-01-04T22:00:00")))
        #expect(calendar.isOpen(at: try instant("2026-01-09T21:59:59")))
        #expect(!calendar.isOpen(at: try instant("2026-01-09T22:00:00")))
        #expect(
            calendar.nextOpen(after: try instant("2026-01-10T12:00:00"))
                == (try instant("2026-01-11T22:00:00")))
        let wednesday = try instant("2026-01-07T12:00:00")
        #expect(calendar.close(ofSessionAt: wednesday) == (try instant("2026-01-07T22:00:00")))
        let week = try #require(calendar.hours(at: wednesday))
        #expect(week.opens == (try instant("2026-01-04T22:00:00")))
        #expect(week.closes == (try instant("2026-01-09T22:00:00")))
        // In summer, and over the change of the clock.
        #expect(calendar.isOpen(at: try instant("2026-07-05T21:00:00")))
        #expect(!calendar.isOpen(at: try instant("2026-07-05T20:59:59")))
    }

    @Test func `crypto trades always, in days of UTC`() throws {
        let calendar = TradingCalendar.always
        let now = try instant("2026-01-04T23:59:59")
        #expect(calendar.isOpen(at: now))
        #expect(calendar.close(ofSessionAt: now) == (try instant("2026-01-05T00:00:00")))
        #expect(
            calendar.close(ofSessionAt: try instant("2026-01-05T00:00:00"))
                == (try instant("2026-01-06T00:00:00")))
        #expect(calendar.hours(at: now)?.closes == .distantFuture)
    }

    @Test(arguments: [
        (ExactText?.none, AssetType.crypto, TradingCalendar.always),
        ("BINANCE", .crypto, .always), (nil, .forex, .forex), ("IDEALPRO", .forex, .forex),
        (nil, .equity, .newYork), ("NASDAQ", .equity, .newYork), ("nyse", .etf, .newYork),
        (nil, .option, .newYork), (nil, .future, .forex), (nil, .cfd, .forex),
        ("XETRA", .equity, .always), ("CME", .future, .always),
    ])
    func `the calendar goes by exchange and kind`(
        _ exchange: ExactText?, _ assetType: AssetType, _ expected: TradingCalendar
    ) {
        #expect(TradingCalendar.of(exchange: exchange, assetType: assetType) == expected)
    }

    /// Each question against the plainest way to answer it: minute by minute.
    @Test(arguments: TradingCalendar.allCases)
    func `the next opening and close are those that waiting would find`(
        _ calendar: TradingCalendar
    ) throws {
        var random = SplitMix64(seed: 3)
        let start = try instant("2024-01-01T00:00:00")
        for _ in 0..<12 {
            let now = start.adding(seconds: Int64.random(in: 0...63_072_000, using: &random))
            let opens = try #require(calendar.nextOpen(after: now))
            #expect(calendar.isOpen(at: opens))
            #expect(calendar.session(at: opens)?.opens == opens)
            let closes = try #require(calendar.close(ofSessionAt: now))
            let last = Timestamp(microseconds: closes.microseconds - 1)
            #expect(calendar.session(at: last)?.closes == closes)
            var minute = now.adding(seconds: 60)
            // Whatever lies before the next opening is of one piece.
            let isOpen = calendar.session(at: now)
            while minute < opens {
                let session = calendar.session(at: minute)
                if session != nil { #expect(session == isOpen, "\(now) \(minute)") }
                minute = minute.adding(seconds: 600)
            }
        }
    }

    @Test func `instants at the ends of time have answers`() {
        for instant in [
            Timestamp(microseconds: .min), .distantPast, .distantFuture,
            Timestamp(microseconds: .max),
        ] {
            for calendar in TradingCalendar.allCases {
                _ = calendar.isOpen(at: instant)
                _ = calendar.nextOpen(after: instant)
                _ = calendar.close(ofSessionAt: instant)
                _ = calendar.hours(at: instant)
            }
        }
        #expect(TradingCalendar.always.isOpen(at: .distantPast))
    }
}
