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

    /// What one stretch of trades found.
    public struct Progress: Sendable {
        public let trades: Int
        /// Told with the last stretch of a portfolio.
        public let holdings: Int
        public let differences: [Difference]
    }

    /// Goes through the trades of every portfolio of every user, each portfolio on one snapshot,
    /// and calls `report` as it goes. With `repair`, the holdings in which something differs are
    /// made anew from their trades, each with an audit row.
    public func run(
        repair: Bool, as admin: Administrator, report: @escaping @Sendable (Progress) -> Void
    ) async throws {
        let users = try await work.read { try Users.all(for: admin, in: $0) }
        for user in users {
            let caller = Caller(userID: user.id, isAdmin: false)
            let portfolios = try await work.read { try Portfolios.all(for: caller, in: $0) }
            for portfolio in portfolios {
                let suspects = try await work.read { tx in
                    var check = PortfolioCheck(portfolio, for: caller, in: tx)
                    try check.run(report: report)
                    return check.suspects
                }
                guard repair else { continue }
                let rebuilding = RebuildService(work: work)
                for holding in suspects.sorted() {
                    try await rebuilding.rebuild(
                        holding, reason: "verify --repair", for: caller)
                }
            }
        }
    }
}
