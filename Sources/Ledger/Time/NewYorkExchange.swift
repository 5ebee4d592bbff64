/// The business days of the New York Stock Exchange, by its Rule 7.2 and the hours that it
/// publishes.
enum NewYorkExchange {
    /// 09:30.
    static let openingMinute = 9 * 60 + 30
    private static let regularClose = 16 * 60
    private static let earlyClose = 13 * 60

    /// Eastern time as the Energy Policy Act of 2005 has it since 2007: summer time from the second
    /// Sunday of March to the first one of November, at 02:00.
    private static let clock = TimeZoneRules(
        name: "America/New_York", firstOffset: -5 * 3600,
        yearly: YearlyTimeRule(
            standardOffset: -5 * 3600,
            summer: YearlyTimeRule.Summer(
                offset: -4 * 3600,
                start: YearlyTimeRule.Change(
                    date: .weekday(0, week: 2, month: 3), seconds: 2 * 3600),
                end: YearlyTimeRule.Change(
                    date: .weekday(0, week: 1, month: 11), seconds: 2 * 3600))))

    /// When the clock in New York shows this minute of the day.
    static func instant(on day: Day, minute: Int) -> Timestamp {
        let local = LocalDateTime(day: day, hour: minute / 60, minute: minute % 60)
        return local.map(clock.instant(of:)) ?? day.start
    }

    /// The minute of the day, in New York, at which trading ends; nil on days without any.
    static func closingMinute(on day: Day) -> Int? {
        guard day.weekday <= 5, !isHoliday(day) else { return nil }
        return closesEarly(day) ? earlyClose : regularClose
    }

    static func isHoliday(_ day: Day) -> Bool {
        let year = day.year
        return observed(.newYear, in: year) == day
            || year >= 1998 && nth(3, weekday: 1, month: 1, year) == day
            || nth(3, weekday: 1, month: 2, year) == day
            || easter(year)?.adding(days: -2) == day
            || lastMonday(ofMay: year) == day
            || year >= 2022 && observed(.juneteenth, in: year) == day
            || observed(.independence, in: year) == day
            || nth(1, weekday: 1, month: 9, year) == day
            || thanksgiving(year) == day
            || observed(.christmas, in: year) == day
            || mourned.contains(day)
    }

    /// The day after Thanksgiving, and the eves of Independence Day and of Christmas, where they
    /// are business days.
    private static func closesEarly(_ day: Day) -> Bool {
        if thanksgiving(day.year)?.adding(days: 1) == day { return true }
        return (day.month == 7 && day.day == 3) || (day.month == 12 && day.day == 24)
    }

    private enum FixedDate {
        case newYear, juneteenth, independence, christmas

        var monthAndDay: (month: Int, day: Int) {
            switch self {
            case .newYear: (1, 1)
            case .juneteenth: (6, 19)
            case .independence: (7, 4)
            case .christmas: (12, 25)
            }
        }
    }

    /// On the Monday after where it falls on a Sunday, on the Friday before where it falls on a
    /// Saturday; but a year is never ended early, so that New Year's Day is then not observed.
    private static func observed(_ holiday: FixedDate, in year: Int) -> Day? {
        let (month, number) = holiday.monthAndDay
        guard let day = Day(year: year, month: month, day: number) else { return nil }
        switch day.weekday {
        case 6: return holiday == .newYear ? nil : day.adding(days: -1)
        case 7: return day.adding(days: 1)
        default: return day
        }
    }

    private static func nth(_ count: Int, weekday: Int, month: Int, _ year: Int) -> Day? {
        guard let first = Day(year: year, month: month, day: 1) else { return nil }
        return first.adding(days: (weekday - first.weekday + 7) % 7 + (count - 1) * 7)
    }

    private static func lastMonday(ofMay year: Int) -> Day? {
        guard let last = Day(year: year, month: 5, day: 31) else { return nil }
        return last.adding(days: 1 - last.weekday)
    }

    private static func thanksgiving(_ year: Int) -> Day? {
        nth(4, weekday: 4, month: 11, year)
    }

    /// The Gregorian Easter Sunday, by the anonymous algorithm (Nature, 20 April 1876).
    private static func easter(_ year: Int) -> Day? {
        let golden = year % 19
        let (century, yearOfCentury) = year.quotientAndRemainder(dividingBy: 100)
        let correction = (century - (century + 8) / 25 + 1) / 3
        let epact = (19 * golden + century - century / 4 - correction + 15) % 30
        let weekday =
            (32 + 2 * (century % 4) + 2 * (yearOfCentury / 4) - epact - yearOfCentury % 4) % 7
        let shift = (golden + 11 * epact + 22 * weekday) / 451
        let sum = epact + weekday - 7 * shift + 114
        return Day(year: year, month: sum / 31, day: sum % 31 + 1)
    }

    /// Days that no rule tells: the mourning of presidents Ford, G. H. W. Bush and Carter, and the
    /// hurricane Sandy.
    private static let mourned: Set<Day> = Set(
        [(2007, 1, 2), (2012, 10, 29), (2012, 10, 30), (2018, 12, 5), (2025, 1, 9)]
            .compactMap { Day(year: $0.0, month: $0.1, day: $0.2) })
}
