import Ledger
import Records
import Storage
import World

/// Tells owners of fills: not each by each, but what has gathered in a portfolio, in one notice.
/// The notice is stored, and what it tells of is taken off the news, in one unit of work.
public struct FillWatch: Sendable {
    private let work: UnitOfWork
    private let observe: @Sendable (any Error) -> Void

    private static let tickSeconds: Int64 = 2
    /// Fills in one notice.
    private static let mostFills = 10_000

    /// `observe` is told of each failure; the watch goes on.
    public init(_ services: Services, observe: @escaping @Sendable (any Error) -> Void) {
        work = services.work
        self.observe = observe
    }

    /// Runs until the task is cancelled, and then returns.
    public func run() async {
        await work.repeating(everySeconds: Self.tickSeconds, observe) { try await round() }
    }

    /// Tells what has gathered for long enough.
    public func round() async throws {
        let waiting = try await work.read { try FillNewsRows.waiting(in: $0) }
        for (news, fills) in waiting {
            let seconds = work.world.now().wholeSeconds(since: news.since)
            if seconds >= fills.gatheredSeconds { try await tell(of: news) }
        }
    }

    private func tell(of found: FillNewsRow) async throws {
        try await work.write { tx, draw in
            guard let owner = try Users.with(id: found.userID, in: tx), let caller = owner.caller
            else {
                return try FillNewsRows.remove(found.portfolioID, of: found.userID, in: tx)
            }
            // So that no fill is being stored that would be neither told now nor noted.
            try Portfolios.lock([found.portfolioID], for: caller, in: tx)
            guard let news = try FillNewsRows.of(found.portfolioID, for: caller, in: tx) else {
                return
            }
            let fills = try SettingsRows.of(owner.id, in: tx).fills
            let trades =
                fills == .off
                ? []
                : try TradeList.reported(
                    to: news.portfolioID, from: news.firstTradeID, limit: Self.mostFills + 1,
                    for: caller, in: tx)
            if trades.count > Self.mostFills {
                try FillNewsRows.move(
                    news.portfolioID, to: trades[Self.mostFills].id, for: caller, in: tx)
            } else {
                try FillNewsRows.remove(news.portfolioID, of: owner.id, in: tx)
            }
            if let told = FillNews(
                Array(trades.prefix(Self.mostFills)), each: fills == .each)
            {
                try Notice.fills(told).post(to: owner, in: tx, &draw)
            }
        }
    }
}

extension UserSettings.FillNotices {
    /// For how long fills gather before they are told.
    fileprivate var gatheredSeconds: Int64 {
        switch self {
        case .each, .off: 0
        case .batched: 60
        }
    }
}

extension UnitOfWork {
    /// Runs `body` at once and then again and again until the task is cancelled; `observe` is told
    /// of what it throws.
    func repeating(
        everySeconds seconds: Int64, _ observe: @Sendable (any Error) -> Void,
        _ body: () async throws -> Void
    ) async {
        while !Task.isCancelled {
            do {
                try await body()
            } catch is CancellationError {
                return
            } catch {
                observe(error)
            }
            try? await world.sleep(until: world.now().adding(seconds: seconds))
        }
    }
}
