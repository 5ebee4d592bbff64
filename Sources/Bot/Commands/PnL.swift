import Ledger
import Records
import Services

extension Command {
    static let pnl = Command(
        "pnl", "Realized P&L, fees and trades of a period",
        arguments: "[period] [average|fifo|lifo] [days] [portfolio]",
        example: "/pnl last month fifo main",
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
                screen.attachment = question.picture(
                    of: report, for: Authority(caller: caller))
            }
            return screen
        })
}

/// Which period and portfolio are asked for, and in which view.
private struct PnLQuestion {
    static let byDayWord = "days"
    static let choices = [CostMethod.allCases.map(\.rawValue), [byDayWord]]
    static let standardPeriod = "day"
    private static let offered = ["day", "week", "month", "quarter", "ytd", "all"]

    let words: ListWords
    let said: SpokenPeriod
    let method: CostMethod
    /// By which it is told where no method is named.
    private let standardMethod: CostMethod
    private let portfolios: [Portfolio]

    init(_ request: CommandRequest, _ caller: Caller) async throws {
        standardMethod = try await request.services.settings.all(for: caller).costMethod
        portfolios = try await request.services.portfolios.all(for: caller)
        words = try await request.listWords(
            [.period, .portfolio], choices: Self.choices, of: caller)
        said = try words.period(or: Self.standardPeriod, today: request.services.performance.today)
        let named = words.choices.compactMap(CostMethod.init(rawValue:)).first
        method = named ?? standardMethod
    }

    var portfolio: ExactText? { words.portfolio }
    var period: Period { said.period }
    var byDay: Bool { words.choices.contains(Self.byDayWord) }

    var title: String {
        let told = method == .average ? said.name : "\(said.name), \(method.shownName)"
        return portfolio.map { "P&L in \($0): \(told)" } ?? "P&L: \(told)"
    }

    /// The arguments for a button: this question, but for what `change` makes of it.
    func carried(
        period: String? = nil, method: CostMethod? = nil, byDay: Bool? = nil,
        _ change: (inout ListWords) -> Void = { _ in }
    ) -> String {
        var words = words
        let method = method ?? self.method
        words.choices = method == standardMethod ? [] : [method.rawValue]
        if byDay ?? self.byDay { words.choices.insert(Self.byDayWord) }
        words.period = said
        change(&words)
        let today = said.period.to
        if let period { words.period = SpokenPeriod(period, today: today) }
        return words.carried(choices: Self.choices)
    }

    func buttons(_ request: CommandRequest) throws(ScreenError) -> [[Button]] {
        var periods: [Button] = []
        for name in Self.offered where name != said.name {
            periods.append(try request.button(name, arguments: carried(period: name)))
        }
        let view = try request.button(
            byDay ? "By instrument" : "By day", arguments: carried(byDay: !byDay))
        var methods = [view]
        for method in CostMethod.allCases where method != self.method {
            methods.append(
                try request.button(method.shownName, arguments: carried(method: method)))
        }
        let more = [
            try request.button(
                "Chart", place: CommandRequest.picturePlace, arguments: carried()),
            try request.refresh(carried()),
        ]
        let switches = try request.switcher(between: portfolios, shown: portfolio) { name in
            carried { $0.portfolio = name }
        }
        return [periods, methods, more] + switches
    }

    /// One day alone is no picture: it is shown with those before it.
    func picture(of report: PnLReport, for authority: Authority) -> Attachment? {
        guard report.from == report.to,
            let around = Period(
                from: report.to.adding(days: 1 - Self.daysOnPicture), to: report.to)
        else { return report.chart(portfolio: portfolio).map(Attachment.chart) }
        return .picture(.pnl(of: portfolio, around, method, for: authority))
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
