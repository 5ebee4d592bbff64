import Ledger
import Records
import Services

extension Command {
    static let pnl = Command(
        "pnl", "Realized P&L, fees and trades of a period",
        arguments: "[period] [average|fifo|lifo] [portfolio]", example: "/pnl week fifo main",
        body: .approved { request, caller in
            let question = try await PnLQuestion(request, caller)
            let report = try await request.services.performance.report(
                portfolio: question.portfolio, period: question.period,
                method: question.method, for: Authority(caller: caller))
            let table = question.byDay ? report.dayTable : report.instrumentTable
            var screen = try request.paged(
                question.title, facts: report.facts, table: table,
                notes: report.notes(today: request.services.performance.today),
                arguments: question.carried(), buttons: try question.buttons(request))
            if request.wantsPicture {
                screen.attachment = try await question.picture(of: report, request, caller)
            }
            return screen
        })
}

/// Which period and portfolio are asked for, and in which view.
private struct PnLQuestion {
    let periodText: String
    let period: Period
    let method: CostMethod
    /// By which it is told where no method is named.
    private let standardMethod: CostMethod
    let portfolio: ExactText?
    let byDay: Bool

    static let standardPeriod = "day"
    private static let offered = ["day", "week", "month", "quarter", "ytd", "all"]
    /// What a button carries before the rest for the view by day.
    private static let byDayMark = "days "

    init(_ request: CommandRequest, _ caller: Caller) async throws {
        standardMethod = try await request.services.settings.all(for: caller).costMethod
        var arguments = request.arguments
        byDay = arguments.isFromButton && arguments.text.hasPrefix(Self.byDayMark)
        if byDay { arguments = arguments.firstAndRest.rest }
        let today = request.services.performance.today
        var (first, rest) = arguments.firstAndRest
        if let method = CostMethod(rawValue: first.lowercased()) {
            // The method alone, or before the period.
            self.method = method
            arguments = rest
            (first, rest) = rest.firstAndRest
        } else if Period(first, today: today) != nil,
            let method = CostMethod(rawValue: rest.firstAndRest.first.lowercased())
        {
            self.method = method
            rest = rest.firstAndRest.rest
        } else {
            method = standardMethod
        }
        if let period = Period(first.isEmpty ? Self.standardPeriod : first, today: today) {
            self.period = period
            periodText = first.isEmpty ? Self.standardPeriod : first.lowercased()
            portfolio = try await request.portfolio(rest, of: caller)
            return
        }
        // No period: then all of it may be a portfolio's name, for today.
        let names = try await request.services.portfolios.all(for: caller).map(\.name)
        guard let name = arguments.pick(from: names),
            let period = Period(Self.standardPeriod, today: today)
        else {
            throw CommandRefusal(
                title: "That was not understood",
                reason: "“\(first.shortened)” is neither a period nor one of your portfolios.",
                facts: [
                    Fact(
                        "Periods", "day, week, month, quarter, ytd, all, 7d, 2026-01-01..2026-03-31"
                    ),
                    Fact("Portfolios", .joined(names.prefix(20).map { .text($0.text) })),
                ], showsUsage: true)
        }
        self.period = period
        periodText = Self.standardPeriod
        portfolio = name
    }

    var title: String {
        let told = method == .average ? periodText : "\(periodText), \(method.shownName)"
        return portfolio.map { "P&L in \($0): \(told)" } ?? "P&L: \(told)"
    }

    /// The arguments for a button: this question, but for what is given.
    func carried(
        period: String? = nil, method: CostMethod? = nil, byDay: Bool? = nil
    ) -> String {
        let method = method ?? self.method
        let words = [
            period ?? periodText, method == standardMethod ? nil : method.rawValue,
            portfolio.map(NameDigest.of),
        ].compactMap(\.self)
        return ((byDay ?? self.byDay) ? Self.byDayMark : "") + words.joined(separator: " ")
    }

    func buttons(_ request: CommandRequest) throws(ScreenError) -> [[Button]] {
        var periods: [Button] = []
        for name in Self.offered where name != periodText {
            periods.append(try request.button(name, arguments: carried(period: name)))
        }
        let view = try request.button(
            byDay ? "By instrument" : "By day", arguments: carried(byDay: !byDay))
        var methods = [view]
        for method in CostMethod.allCases where method != self.method {
            methods.append(
                try request.button(method.shownName, arguments: carried(method: method)))
        }
        methods.append(
            try request.button(
                "Chart", place: CommandRequest.picturePlace, arguments: carried()))
        return [periods, methods]
    }

    /// One day alone is no picture: it is shown with those before it.
    func picture(
        of report: PnLReport, _ request: CommandRequest, _ caller: Caller
    ) async throws -> Attachment? {
        var shown = report
        if report.from == report.to,
            let around = Period(
                "\(report.to.adding(days: 1 - Self.daysOnPicture))..\(report.to)", today: report.to)
        {
            shown = try await request.services.performance.report(
                portfolio: portfolio, period: around, method: method,
                for: Authority(caller: caller))
        }
        return shown.chart(portfolio: portfolio).map(Attachment.chart)
    }

    private static let daysOnPicture = 30
}

extension CostMethod {
    fileprivate var shownName: String {
        switch self {
        case .average: "Average"
        case .fifo: "FIFO"
        case .lifo: "LIFO"
        }
    }
}

extension PnLReport {
    fileprivate var facts: [Fact] {
        var facts = [Fact("Days", from == to ? "\(from)" : "\(from) to \(to)")]
        for total in totals {
            let amounts = total.amounts
            facts += [
                Fact("Net \(total.currency)", .gain(amounts.netPnL, total.currency)),
                Fact("Realized \(total.currency)", .money(amounts.realizedPnL, total.currency)),
                Fact("Fees \(total.currency)", .money(amounts.fees, total.currency)),
            ]
        }
        if let net = Conversions.fact("Net", converted, { .gain($0.netPnL, $1) }) {
            facts.append(net)
        }
        facts.append(Fact("Trades", "\(totals.reduce(0) { $0 + $1.amounts.trades })"))
        return facts
    }

    fileprivate func notes(today: Day) -> [Cell] {
        let cost: Cell =
            switch method {
            case .average: "Realized against average cost."
            case .fifo: "Realized against the oldest lots first."
            case .lifo: "Realized against the newest lots first."
            }
        return ["Days are UTC; gains are before fees, net is after fees.", cost]
            + Conversions.notes([converted], today: today)
    }

    private static func columns(_ first: String) -> [Table.Column] {
        [
            .init(first), .init("Realized", .right), .init("Fees", .right), .init("Net", .right),
            .init("Trades", .right),
        ]
    }

    private static func row(_ first: Cell, _ amounts: Amounts, _ currency: Currency) -> [Cell] {
        [
            first, .money(amounts.realizedPnL, currency), .money(amounts.fees, currency),
            .gain(amounts.netPnL, currency), "\(amounts.trades)",
        ]
    }

    fileprivate var instrumentTable: Table {
        Table(
            columns: Self.columns("Symbol"),
            rows: byInstrument.map {
                Self.row(.text($0.instrument.shownName), $0.amounts, $0.currency)
            }, whenEmpty: "No trades in this period.")
    }

    fileprivate var dayTable: Table {
        Table(
            columns: Self.columns("Day"),
            rows: daily.map { Self.row("\($0.day)", $0.amounts, $0.currency) },
            whenEmpty: "No trades in this period.")
    }
}
