import Charts
import Ledger
import Services

extension PnLReport {
    /// The net result of the period, cumulative and by day, in the currency that was traded most;
    /// nil where nothing was.
    func chart(portfolio: ExactText?) -> Chart? {
        guard let result = NetResult(self) else { return nil }
        let only = totals.count > 1 ? " alone" : ""
        let unit = "\(result.currency)\(only)"
        return Chart(
            title: "Net P&L", subject: portfolio.map { HarmlessText($0.text).text },
            period: result.periodWords,
            headline: PlainText.of(.gain(result.total, result.currency)),
            tone: result.total.tone, span: result.span,
            panels: [
                Chart.Panel(
                    "Cumulative, \(unit)", includesZero: true, weight: 3,
                    series: [.area(result.cumulative)]),
                Chart.Panel(
                    "By \(result.stretch.rawValue), \(unit)", includesZero: true, weight: 2,
                    series: [.bars(result.bars)]),
            ])
    }
}

/// What a period came to after fees in one currency, in stretches of time that can be told apart on
/// a picture.
struct NetResult {
    enum Stretch: String { case day, week, month, year }

    let currency: Currency
    let from: Day
    let to: Day
    let stretch: Stretch
    let total: Decimal
    let bars: [Chart.Bar]
    /// From zero at the beginning; one point at each stretch's end.
    let cumulative: [Chart.Point]

    /// Nil where nothing was traded, or the sums are too large to be drawn.
    init?(_ report: PnLReport, currency wanted: Currency? = nil) {
        let most = report.totals.max { $0.amounts.trades < $1.amounts.trades }?.currency
        guard let currency = wanted ?? most else { return nil }
        let rows = report.daily.filter { $0.currency == currency }
        guard let first = rows.first else { return nil }
        // A period may begin long before anything happened.
        let isLong = Int(report.to.number) - Int(report.from.number) > 366
        self.currency = currency
        from = isLong ? max(report.from, first.day) : report.from
        to = report.to
        stretch = Self.stretch(days: Int(to.number) - Int(from.number) + 1)
        var sums: [Day: Decimal] = [:]
        var total = Decimal.zero
        for row in rows {
            let start = stretch.start(of: row.day)
            guard let sum = try? (sums[start] ?? .zero) + row.amounts.netPnL,
                let next = try? total + row.amounts.netPnL
            else { return nil }
            sums[start] = sum
            total = next
        }
        self.total = total
        var bars: [Chart.Bar] = []
        var points = [Chart.Point(from.start, .zero)]
        var running = Decimal.zero
        var start = stretch.start(of: from)
        while start <= to {
            let end = stretch.next(after: start)
            let amount = sums[start] ?? .zero
            running = (try? running + amount) ?? running
            let last = min(end, to.adding(days: 1)).start
            bars.append(Chart.Bar(from: max(start, from).start, to: last, amount))
            points.append(Chart.Point(last, running))
            guard start < end else { break }
            start = end
        }
        self.bars = bars
        cumulative = points
    }

    var span: ClosedRange<Timestamp> { from.start...to.adding(days: 1).start }

    var periodWords: String { from == to ? "\(from), UTC" : "\(from) to \(to), UTC" }

    private static func stretch(days: Int) -> Stretch {
        switch days {
        case ...93: .day
        case ...740: .week
        case ...3660: .month
        default: .year
        }
    }
}

extension NetResult.Stretch {
    /// Above the days on which they begin.
    var heading: String { self == .day ? "Day" : "\(rawValue.capitalizedFirst) of" }

    func start(of day: Day) -> Day {
        switch self {
        case .day: day
        case .week: day.adding(days: 1 - day.weekday)
        case .month: Day(year: day.year, month: day.month, day: 1) ?? day
        case .year: Day(year: day.year, month: 1, day: 1) ?? day
        }
    }

    /// The first day of the next one, for the first day of one.
    func next(after start: Day) -> Day {
        switch self {
        case .day: start.adding(days: 1)
        case .week: start.adding(days: 7)
        case .month: self.start(of: start.adding(days: 31))
        case .year: self.start(of: start.adding(days: 366))
        }
    }
}

extension Decimal {
    var tone: Chart.Tone { signum > 0 ? .gain : signum < 0 ? .loss : .neutral }
}
