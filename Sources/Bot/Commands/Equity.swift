import Charts
import Ledger
import Records
import Services
import World

extension Command {
    static let equity = Command(
        "equity", "How the net result grew, with what is open now",
        arguments: "[portfolio] [period] [currency]", example: "/equity main ytd",
        body: .approved { request, caller in
            let authority = Authority(caller: caller)
            let question = try await EquityQuestion(request, caller)
            let report = try await request.services.performance.report(
                portfolio: question.portfolio, period: question.period, for: authority)
            let positions = try await request.services.positions.snapshot(
                portfolio: question.portfolio, for: authority)
            let equity = Equity(
                report: report, positions: positions, currency: question.currency,
                now: request.services.work.world.now())
            var screen = try request.paged(
                question.title, facts: equity.facts, table: equity.table, notes: equity.notes,
                arguments: question.carried(), buttons: try question.buttons(request, equity))
            if request.wantsPicture {
                screen.attachment = equity.chart(portfolio: question.portfolio)
                    .map(Attachment.chart)
            }
            return screen
        })
}

/// Which portfolio, period and currency are asked for, in any order.
private struct EquityQuestion {
    let words: ListWords
    let said: SpokenPeriod
    var currency: Currency?
    private let portfolios: [Portfolio]

    private static let standardPeriod = "all"
    private static let offered = ["month", "quarter", "ytd", "all"]
    /// What a button carries before a currency.
    private static let currencyMark: Character = "$"

    init(_ request: CommandRequest, _ caller: Caller) async throws {
        portfolios = try await request.services.portfolios.all(for: caller)
        var rest = request.arguments
        if let (other, currency) = Self.currency(behind: rest) {
            (rest, self.currency) = (other, currency)
        }
        words = try await request.listWords([.period, .portfolio], of: caller, in: rest)
        said = try words.period(or: Self.standardPeriod, today: request.services.performance.today)
    }

    var portfolio: ExactText? { words.portfolio }
    var period: Period { said.period }

    /// The last word where it is marked as a currency, or written like `USD`.
    private static func currency(
        behind arguments: Arguments
    ) -> (rest: Arguments, currency: Currency)? {
        guard let word = arguments.words.last else { return nil }
        let isMarked = word.first == currencyMark
        let isCode = word.utf8.allSatisfy { (65...90).contains($0) } && (3...5).contains(word.count)
        guard isMarked || isCode,
            let currency = Currency(isMarked ? String(word.dropFirst()) : word)
        else { return nil }
        let text = arguments.words.dropLast().joined(separator: " ")
        return (Arguments(text: text, isFromButton: arguments.isFromButton), currency)
    }

    var title: String {
        portfolio.map { "Equity in \($0): \(said.name)" } ?? "Equity: \(said.name)"
    }

    func carried(
        period: String? = nil, currency: Currency? = nil,
        _ change: (inout ListWords) -> Void = { _ in }
    ) -> String {
        var words = words
        words.period = period.flatMap { SpokenPeriod($0, today: said.period.to) } ?? said
        change(&words)
        let code = (currency ?? self.currency).map { "\(Self.currencyMark)\($0)" }
        return [words.carried(), code].compactMap(\.self).joined(separator: " ")
    }

    func buttons(
        _ request: CommandRequest, _ equity: Equity
    ) throws(ScreenError) -> [[Button]] {
        var periods: [Button] = []
        for name in Self.offered where name != said.name {
            periods.append(try request.button(name, arguments: carried(period: name)))
        }
        var others: [Button] = []
        for currency in equity.otherCurrencies.prefix(6) {
            others.append(
                try request.button(currency.code, arguments: carried(currency: currency)))
        }
        periods.append(
            try request.button(
                "Chart", place: CommandRequest.picturePlace, arguments: carried()))
        others.append(try request.refresh(carried()))
        let switches = try request.switcher(between: portfolios, shown: portfolio) { name in
            carried { $0.portfolio = name }
        }
        return [periods, others] + switches
    }
}

/// The net result of a period in one currency, and what is open now.
private struct Equity {
    private let report: PnLReport
    private let positions: [PositionView]
    private let now: Timestamp
    private let result: NetResult?
    private let currency: Currency?

    init(report: PnLReport, positions: [PositionView], currency: Currency?, now: Timestamp) {
        self.report = report
        self.positions = positions
        self.now = now
        result = NetResult(report, currency: currency)
        self.currency = currency ?? result?.currency ?? Self.currencies(of: positions).first
    }

    private static func currencies(of positions: [PositionView]) -> [Currency] {
        Set(positions.map(\.listing.instrument.instrument.currency)).sorted()
    }

    var otherCurrencies: [Currency] {
        let all = Set(report.totals.map(\.currency) + Self.currencies(of: positions))
        return all.sorted().filter { $0 != currency }
    }

    /// Nil where nothing is marked, or the sum is too large.
    private var unrealized: Decimal? {
        let amounts = positions.filter { $0.listing.instrument.instrument.currency == currency }
            .compactMap(\.unrealizedPnL)
        guard !amounts.isEmpty else { return nil }
        return try? amounts.reduce(.zero) { try $0 + $1 }
    }

    private var net: Decimal { result?.total ?? .zero }
    private var sum: Decimal? { unrealized.flatMap { try? net + $0 } }

    var facts: [Fact] {
        guard let currency else { return [] }
        var facts = [
            Fact(
                "Days",
                report.from == report.to ? "\(report.from)" : "\(report.from) to \(report.to)"),
            Fact("Net realized", .gain(net, currency)),
        ]
        if let unrealized { facts.append(Fact("Unrealized now", .gain(unrealized, currency))) }
        if let sum { facts.append(Fact("Together", .gain(sum, currency))) }
        return facts
    }

    var notes: [Cell] {
        guard let currency else { return [] }
        var notes: [Cell] = [
            "In \(currency), after fees, from zero at the beginning of the period; days are UTC."
        ]
        let unmarked = positions.count {
            $0.listing.instrument.instrument.currency == currency && $0.markPrice == nil
        }
        if unmarked > 0 {
            notes.append(
                unmarked == 1
                    ? "1 open position has no quote."
                    : "\(unmarked) open positions have no quote.")
        }
        return notes
    }

    var table: Table {
        var rows: [[Cell]] = []
        if let result {
            for (bar, point) in zip(result.bars, result.cumulative.dropFirst())
            where !bar.value.isZero {
                rows.append([
                    "\(bar.from.day)", .gain(bar.value, result.currency),
                    .money(point.value, result.currency),
                ])
            }
        }
        return Table(
            columns: [
                .init(result?.stretch.heading ?? "Day"),
                .init("Net", .right), .init("So far", .right),
            ], rows: rows.reversed(), whenEmpty: "Nothing was realized in this period.")
    }

    /// Nil where nothing was traded.
    func chart(portfolio: ExactText?) -> Chart? {
        guard let result, let last = result.cumulative.last else { return nil }
        var series: [Chart.Series] = [.area(result.cumulative)]
        var end = result.span.upperBound
        if let sum {
            let width = end.wholeSeconds(since: result.span.lowerBound)
            end = end.adding(seconds: max(1, width / 24))
            series.append(
                .outlook(from: last, to: Chart.Point(end, sum), label: "with what is open now"))
        }
        return Chart(
            title: "Equity", subject: portfolio.map { HarmlessText($0.text).text },
            period: result.periodWords,
            headline: PlainText.of(.gain(sum ?? net, result.currency)), tone: (sum ?? net).tone,
            span: result.span.lowerBound...end,
            panels: [
                Chart.Panel(
                    "Net realized, \(result.currency)", includesZero: true, series: series)
            ])
    }
}
