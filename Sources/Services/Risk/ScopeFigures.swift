import Ledger
import Records
import Storage

/// Loads what is known of a user, a portfolio or a strategy beside its holdings: nothing that no
/// policy asks for.
struct ScopeFigures {
    private let facts: RiskFacts
    private let currency: Currency

    init(_ facts: RiskFacts, in currency: Currency) {
        self.facts = facts
        self.currency = currency
    }

    func figures(for policies: [RiskPolicy]) throws -> [RiskScope: RiskFigures] {
        var wanted: [RiskScope: Set<RiskFigure>] = [:]
        for policy in policies where !policy.rule.figures.isEmpty {
            wanted[policy.scope, default: []].formUnion(policy.rule.figures)
        }
        var figures = wanted.mapValues { _ in RiskFigures() }
        try addMoney(to: &figures, wanted)
        for (scope, figure) in wanted {
            if figure.contains(.tradesToday) {
                figures[scope]?.tradesToday = try tradesToday(scope)
            }
            if figure.contains(.closedResults) {
                figures[scope]?.closedResults = try closedResults(scope)
            }
        }
        return figures
    }

    private func addMoney(
        to figures: inout [RiskScope: RiskFigures], _ wanted: [RiskScope: Set<RiskFigure>]
    ) throws {
        let asked = wanted.filter { !$0.value.isDisjoint(with: Self.money) }
        guard !asked.isEmpty else { return }
        let book = try UserBook(
            in: currency, facts.portfolios, on: facts.now.day, for: facts.caller, in: facts.tx)
        let isPeakAsked = asked.values.contains { $0.contains(.peakEquity) }
        // Limits look back to Monday, and for the highest to the first day.
        let from =
            isPeakAsked
            ? Day(number: 0) : facts.now.day.adding(days: 1 - facts.now.day.weekday)
        let days = EquityHistory(facts, in: currency, from: from)
        for scope in asked.keys { figures[scope] = try money(of: scope, book, days) }
    }

    private static let money: Set<RiskFigure> = [
        .equity, .dayStartEquity, .weekStartEquity, .peakEquity, .dayProfit, .weekProfit,
    ]

    private func money(
        of scope: RiskScope, _ book: UserBook, _ days: EquityHistory
    ) throws -> RiskFigures {
        switch scope {
        case .user:
            return RiskFigures(
                book.user, equity: book.user?.equity, try days.of(nil), at: facts.now)
        case .portfolio(let number):
            let id = PortfolioID(number.raw)
            let standing = book.portfolio(id)
            return RiskFigures(
                standing, equity: standing?.equity, try days.of(id), at: facts.now)
        case .strategy(let number):
            let id = StrategyID(number.raw)
            return RiskFigures(
                book.strategy(id), equity: book.equity(behind: id), try days.of(id),
                at: facts.now)
        }
    }

    private func tradesToday(_ scope: RiskScope) throws -> Int {
        let counts = try Trades.ordersFilled(
            since: facts.now.day.start, for: facts.caller, in: facts.tx)
        return counts.reduce(0) { scope.covers($1) ? $0 + $1.count : $0 }
    }

    private func closedResults(_ scope: RiskScope) throws -> [ClosedResult] {
        try Campaigns.lastClosed(
            portfolio: scope.portfolioID, strategy: scope.strategyID,
            limit: RiskFigures.mostResults, for: facts.caller, in: facts.tx
        ).map { ClosedResult(profit: $0.profit, closedAt: $0.closedAt) }
    }
}

extension RiskScope {
    var portfolioID: PortfolioID? {
        if case .portfolio(let number) = self { PortfolioID(number.raw) } else { nil }
    }

    var strategyID: StrategyID? {
        if case .strategy(let number) = self { StrategyID(number.raw) } else { nil }
    }

    fileprivate func covers(_ count: FilledOrders) -> Bool {
        switch self {
        case .user: true
        case .portfolio: count.portfolioID == portfolioID
        case .strategy: count.strategyID == strategyID
        }
    }
}

/// The days that were written down, loaded once for each kind of scope.
private final class EquityHistory {
    private let facts: RiskFacts
    private let currency: Currency
    private let from: Day
    private var profits: [StrategyID?: [EquityDay]]?

    init(_ facts: RiskFacts, in currency: Currency, from: Day) {
        self.facts = facts
        self.currency = currency
        self.from = from
    }

    func of(_ portfolio: PortfolioID) throws -> [EquityDay] {
        try EquityDays.through(from, of: portfolio, for: facts.caller, in: facts.tx)
    }

    /// Of a strategy, or of the user.
    func of(_ strategy: StrategyID?) throws -> [EquityDay] {
        let known =
            try profits
            ?? ProfitDays.through(from, in: currency, for: facts.caller, in: facts.tx)
        profits = known
        return known[strategy] ?? []
    }
}

extension RiskFigures {
    /// By how things stand now, and the days before: of these the first may lie before the week,
    /// where nothing was seen since. `equity` is what shares are taken of.
    init(
        _ standing: UserBook.Standing?, equity: Decimal?, _ days: [EquityDay], at now: Timestamp
    ) {
        self.init(equity: equity)
        guard let standing, let equity, let seen = try? days.seeing(standing, at: now) else {
            return
        }
        let monday = now.day.adding(days: 1 - now.day.weekday)
        let today = seen.last.flatMap { try? $0.gain() }
        let week = try? seen.filter { $0.day >= monday }.gain()
        dayProfit = today
        weekProfit = week
        dayStartEquity = today.flatMap { try? equity - $0 }
        weekStartEquity = week.flatMap { try? equity - $0 }
        peakEquity = (try? seen.drawdown()).flatMap { fall in
            fall.flatMap { try? equity + $0.amount }
        }
    }
}

extension [EquityDay] {
    /// With today as it is now.
    fileprivate func seeing(
        _ standing: UserBook.Standing, at now: Timestamp
    ) throws(LedgerError) -> [EquityDay] {
        let today = try EquityDay(
            now.day, after: last, equity: standing.equity, deposits: standing.deposits)
        return (today.day == last?.day ? Array(dropLast()) : self) + [today]
    }
}

extension RiskFacts {
    /// Extends today of the user and of each strategy, or begins it. What is not known is not
    /// noted.
    func noteProfits() throws {
        let currency = homeCurrency
        let book = try UserBook(in: currency, portfolios, on: now.day, for: caller, in: tx)
        let last = try ProfitDays.last(
            before: now.day.adding(days: 1), in: currency, for: caller, in: tx)
        let strategies = book.strategies.sorted { $0.raw < $1.raw }
        let all = [(nil, book.user)] + strategies.map({ ($0, book.strategy($0)) })
        for (strategy, standing) in all {
            guard let standing else { continue }
            let before = last[strategy]
            guard
                let day = try? EquityDay(
                    now.day, after: before, equity: standing.equity,
                    deposits: standing.deposits),
                day != before
            else { continue }
            try ProfitDays.put(day, of: strategy, in: currency, now: now, for: caller, in: tx)
        }
    }
}
