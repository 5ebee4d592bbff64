public import Ledger
public import Records
import Storage

/// Where a stored figure is not what the trades say.
public struct Difference: Sendable, Hashable, CustomStringConvertible {
    public let portfolio: ExactText
    public let symbol: ExactText
    /// Such as `positions.quantity` or `daily_pnl 2026-02-19 USDT realized_pnl`.
    public let figure: String
    public let stored: String
    public let computed: String

    public var description: String {
        "\(portfolio) \(symbol): \(figure) is \(stored), the trades say \(computed)"
    }
}

/// Recomputes what is derived from trades by the same pure fold that posted it, and compares.
public struct Verification: Sendable {
    let work: UnitOfWork

    public init(_ services: Services) { work = services.work }

    /// What one pass over a holding found.
    public struct Progress: Sendable {
        public let trades: Int
        public let differences: [Difference]
    }

    /// Goes through every holding of every user, one transaction each, and calls `report` after
    /// each. With `repair`, what differs is written anew, with an audit row.
    public func run(
        repair: Bool, as admin: Administrator, report: @Sendable (Progress) -> Void
    ) async throws {
        let users = try await work.read { try Users.all(for: admin, in: $0) }
        for user in users {
            let caller = Caller(userID: user.id, isAdmin: false)
            let portfolios = try await work.read { try Portfolios.all(for: caller, in: $0) }
            for portfolio in portfolios {
                for holding in try await holdings(of: portfolio, for: caller) {
                    report(
                        try await verify(holding, in: portfolio, repair: repair, for: caller))
                }
            }
        }
    }

    /// Those with trades, and those that a stored position or day claims.
    private func holdings(
        of portfolio: Portfolio, for caller: Caller
    ) async throws -> [HoldingKey] {
        try await work.read { tx in
            var holdings = Set(try Trades.holdings(of: portfolio.id, for: caller, in: tx))
            holdings.formUnion(
                try Positions.all(of: portfolio.id, for: caller, in: tx).map(\.holding))
            holdings.formUnion(
                try DailyPnLRows.holdings(of: portfolio.id, for: caller, in: tx))
            return holdings.sorted {
                ($0.instrumentID.raw, $0.strategyID?.raw ?? 0)
                    < ($1.instrumentID.raw, $1.strategyID?.raw ?? 0)
            }
        }
    }

    private func verify(
        _ holding: HoldingKey, in portfolio: Portfolio, repair: Bool, for caller: Caller
    ) async throws -> Progress {
        let found = try await work.read { tx in
            try HoldingCheck(holding, for: caller, in: tx).progress(in: portfolio)
        }
        if repair, !found.differences.isEmpty {
            try await work.write { tx, draw in
                try Portfolios.lock([portfolio.id], for: caller, in: tx)
                try HoldingCheck(holding, for: caller, in: tx).repair(in: tx, &draw)
            }
        }
        return found
    }
}
