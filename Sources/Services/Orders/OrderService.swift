public import Ledger
public import Records
import Storage

/// Orders, as far as they are listed.
public struct OrderService: Sendable {
    let work: UnitOfWork

    /// The most that one list holds.
    public static let listLimit = 500

    /// The newest orders in one of `statuses`; nil means those still open.
    public func list(
        portfolio: ExactText? = nil, statuses: [OrderStatus]? = nil, for authority: Authority
    ) async throws -> [OrderListing] {
        try await work.read { tx in
            let scope = try authority.scope(portfolio: portfolio, strategy: nil, in: tx)
            return try Orders.list(
                scope, statuses: statuses ?? OrderStatus.allCases.filter(\.isOpen),
                limit: OrderService.listLimit, for: authority.caller, in: tx)
        }
    }
}
