import Ledger
public import Records
import Storage

/// Makes what is derived anew from the trades.
public struct RebuildService: Sendable {
    let work: UnitOfWork

    init(work: UnitOfWork) { self.work = work }

    public init(_ services: Services) { work = services.work }

    /// Rebuilds every portfolio for which that is due: after a change of its rules, or of what the
    /// ledger derives. Calls `report` before each, and returns how many there were. A fill that
    /// comes meanwhile rebuilds its own holding first; one that is interrupted begins again.
    @discardableResult
    public func rebuildWhatIsDue(
        as admin: Administrator, report: (Portfolio) -> Void = { _ in }
    ) async throws -> Int {
        var count = 0
        for user in try await work.read({ try Users.all(for: admin, in: $0) }) {
            let caller = Caller(userID: user.id, isAdmin: false)
            for portfolio in try await work.read({ try Portfolios.all(for: caller, in: $0) })
            where portfolio.isRebuildDue {
                report(portfolio)
                try await rebuild(portfolio.id, for: caller)
                count += 1
            }
        }
        return count
    }

    /// Rebuilds a portfolio, one holding after the other. Returns how many there are. Where the
    /// rules change meanwhile it stays due, for whoever changed them.
    @discardableResult
    public func rebuild(_ portfolio: PortfolioID, for caller: Caller) async throws -> Int {
        let (rules, holdings) = try await work.read { tx in
            (
                try Portfolios.with(id: portfolio, for: caller, in: tx)?.rules,
                Set(try Trades.holdings(of: portfolio, for: caller, in: tx))
                    .union(try Campaigns.holdings(of: portfolio, for: caller, in: tx))
            )
        }
        for holding in holdings.sorted() {
            try await rebuild(holding, reason: "rules changed", for: caller)
        }
        try await work.write { tx, _ in
            try Portfolios.lock([portfolio], for: caller, in: tx)
            guard try Portfolios.with(id: portfolio, for: caller, in: tx)?.rules == rules else {
                return
            }
            try Portfolios.setRebuilt(portfolio, for: caller, in: tx)
        }
        return holdings.count
    }

    /// Writes what the trades of a holding say in place of what is stored, with an audit row.
    func rebuild(_ holding: HoldingKey, reason: String, for caller: Caller) async throws {
        try await work.write { tx, draw in
            try Portfolios.lock([holding.portfolioID], for: caller, in: tx)
            guard
                let portfolio = try Portfolios.with(
                    id: holding.portfolioID, for: caller, in: tx),
                let record = try Instruments.with(id: holding.instrumentID, in: tx)
            else { throw StorageError.decoding(column: 0, expected: "a holding") }
            let rebuild = try HoldingRebuild(
                HoldingRebuild.beginning(of: holding, for: caller, in: tx),
                of: record.instrument, portfolio.rules, position: nil, adding: [])
            try LedgerWriter(caller: caller, tx: tx, number: { $0 })
                .write([rebuild.change], &draw)
            try BracketKeeper(caller: caller, tx: tx).keep([holding], &draw)
            try AuditLog.append(
                [
                    AuditEntry(
                        .sync, .position, id: nil,
                        detailsJSON: Details.object([
                            "portfolio_id": holding.portfolioID.description,
                            "instrument_id": holding.instrumentID.description,
                            "reason": reason,
                        ]))
                ], userID: caller.userID, now: draw.now, in: tx)
        }
    }
}
