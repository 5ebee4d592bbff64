public import Ledger
public import Records
public import Storage
import World

/// Writes down every minute what portfolios are worth: each that has an open position, and each
/// whose positions a trade has changed since the last look. Limits on losses and drawdown are
/// judged by these days.
///
/// Portfolios whose equity is not known, as a rate is missing, are left out until it is.
public struct EquityWatch: Sendable {
    private let services: Services
    private let observe: @Sendable (any Error) -> Void
    /// Of each portfolio as it was at the last look.
    private let revisions = Lock<[PortfolioID: Int64]>([:])

    private static let tickSeconds: Int64 = 60

    /// `observe` is told of each failure; the watch goes on.
    public init(_ services: Services, observe: @escaping @Sendable (any Error) -> Void) {
        self.services = services
        self.observe = observe
    }

    /// Runs until the task is cancelled, and then returns.
    public func run() async {
        await services.work.repeating(everySeconds: Self.tickSeconds, observe) {
            try await round()
        }
    }

    /// One look at all portfolios.
    public func round() async throws {
        let all = try await services.work.read { try EquityDays.watched(in: $0) }
        let seen = revisions.withLock { $0 }
        let due = all.filter { $0.hasOpenPositions || seen[$0.id] != $0.revision }
        let groups = Dictionary(grouping: due, by: \.accountID)
        for (_, portfolios) in groups.sorted(by: { $0.key.raw < $1.key.raw }) {
            do {
                try await look(at: portfolios)
                revisions.withLock { seen in
                    for portfolio in portfolios { seen[portfolio.id] = portfolio.revision }
                }
            } catch let error where !(error is CancellationError) {
                // What is wrong with one account is not to cost the others their day.
                observe(error)
            }
        }
        for owner in Set(due.map(\.ownerID)).sorted(by: { $0.raw < $1.raw }) {
            do {
                try await look(at: owner)
            } catch let error where !(error is CancellationError) {
                observe(error)
            }
        }
    }

    /// One unit of work for what a user has in all, and for what their strategies made.
    private func look(at owner: UserID) async throws {
        try await services.work.write(.bulk) { tx, draw in
            guard let caller = try Users.with(id: owner, in: tx)?.caller else { return }
            try RiskFacts(for: caller, now: draw.now, in: tx).noteProfits()
        }
    }

    /// One unit of work for the portfolios of one account.
    private func look(at portfolios: [WatchedPortfolio]) async throws {
        guard let first = portfolios.first else { return }
        let ids = portfolios.map(\.id)
        let money = services.money
        try await services.work.write(.bulk) { tx, draw in
            guard let caller = try Users.with(id: first.ownerID, in: tx)?.caller else { return }
            let found = try money.money(
                of: ids, of: first.accountID, on: draw.now.day, for: caller, in: tx)
            try MoneyService.note(found, now: draw.now, for: caller, in: tx)
        }
    }
}

extension MoneyService {
    /// Extends the day of `now` of these portfolios of one account, or begins it. What is not known
    /// is not noted.
    public static func note(
        _ portfolios: [PortfolioMoney], now: Timestamp, for caller: Caller,
        in tx: any Transaction
    ) throws {
        let last = try EquityDays.last(of: portfolios.map(\.portfolioID), for: caller, in: tx)
        var changed: [(portfolio: PortfolioID, day: EquityDay)] = []
        for money in portfolios {
            guard let figures = money.share.known else { continue }
            let before = last[money.portfolioID]
            guard
                let day = try? EquityDay(
                    now.day, after: before, equity: figures.equity, deposits: figures.deposits),
                day != before
            else { continue }
            changed.append((money.portfolioID, day))
        }
        guard let currency = portfolios.first?.share.currency, !changed.isEmpty else { return }
        try EquityDays.put(changed, in: currency, now: now, for: caller, in: tx)
    }
}
