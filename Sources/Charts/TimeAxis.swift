import Ledger

/// The span of a chart from left to right, with dates or times of day along it, in UTC.
struct TimeAxis {
    struct Tick: Hashable {
        let time: Timestamp
        let label: String
    }

    let span: ClosedRange<Timestamp>
    let ticks: [Tick]
    /// Whether the ticks are times of day.
    let isClock: Bool

    private static let day: Int64 = 86_400
    private static let secondSteps: [Int64] = [
        1, 5, 15, 30, 60, 300, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200,
    ]
    private static let daySteps = [1, 2, 7, 14]
    private static let monthSteps = [1, 2, 3, 6]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    init(_ span: ClosedRange<Timestamp>, mostTicks: Int) {
        self.span = span
        let seconds = max(1, span.upperBound.wholeSeconds(since: span.lowerBound))
        let most = Int64(mostTicks)
        if seconds <= 3 * Self.day,
            let step = Self.secondSteps.first(where: { seconds / $0 <= most })
        {
            isClock = true
            ticks = Self.clock(span, step)
            return
        }
        isClock = false
        if let step = Self.daySteps.first(where: { seconds / (Int64($0) * Self.day) <= most }
        ) {
            ticks = Self.days(span, step)
        } else if let step = Self.monthSteps.first(where: {
            seconds / (Int64($0) * 30 * Self.day) <= most
        }) {
            ticks = Self.months(span, step)
        } else {
            var years = 1
            while seconds / (Int64(years) * 365 * Self.day) > most { years *= years == 2 ? 5 : 2 }
            ticks = Self.years(span, years)
        }
    }

    /// 0 at the left, 1 at the right.
    func place(_ time: Timestamp) -> Double {
        let length = Double(span.upperBound.microseconds) - Double(span.lowerBound.microseconds)
        guard length > 0 else { return 0.5 }
        return (Double(time.microseconds) - Double(span.lowerBound.microseconds)) / length
    }

    private static func clock(_ span: ClosedRange<Timestamp>, _ step: Int64) -> [Tick] {
        let start = span.lowerBound.day.start
        var time = start
        var ticks: [Tick] = []
        while time <= span.upperBound {
            if time >= span.lowerBound {
                let text = time.description.dropFirst(11)
                let label =
                    time.day.start == time
                    ? date(time.day) : String(text.prefix(step < 60 ? 8 : 5))
                ticks.append(Tick(time: time, label: label))
            }
            time = time.adding(seconds: step)
        }
        return ticks
    }

    /// Days that stand equally far apart: weeks begin on Mondays.
    private static func days(_ span: ClosedRange<Timestamp>, _ step: Int) -> [Tick] {
        var day = span.lowerBound.day
        var ticks: [Tick] = []
        while day.start <= span.upperBound {
            // Day 4 was a Monday.
            let isMarked = (Int(day.number) - 4).isMultiple(of: step)
            if isMarked, day.start >= span.lowerBound {
                ticks.append(Tick(time: day.start, label: date(day)))
            }
            guard day < day.adding(days: 1) else { break }
            day = day.adding(days: 1)
        }
        return ticks
    }

    private static func months(_ span: ClosedRange<Timestamp>, _ step: Int) -> [Tick] {
        let first = span.lowerBound.day
        var ticks: [Tick] = []
        var index = first.year * 12 + first.month - 1
        while let day = Day(year: index / 12, month: index % 12 + 1, day: 1),
            day.start <= span.upperBound
        {
            if (index % 12).isMultiple(of: step), day.start >= span.lowerBound {
                let label = day.month == 1 ? "\(day.year)" : months[day.month - 1]
                ticks.append(Tick(time: day.start, label: label))
            }
            index += 1
        }
        return ticks
    }

    private static func years(_ span: ClosedRange<Timestamp>, _ step: Int) -> [Tick] {
        var year = span.lowerBound.day.year
        var ticks: [Tick] = []
        while let day = Day(year: year, month: 1, day: 1), day.start <= span.upperBound {
            if year.isMultiple(of: step), day.start >= span.lowerBound {
                ticks.append(Tick(time: day.start, label: "\(year)"))
            }
            year += 1
        }
        return ticks
    }

    private static func date(_ day: Day) -> String { "\(day.day) \(months[day.month - 1])" }
}
