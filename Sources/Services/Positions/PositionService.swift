public import Ledger
public import Records
import Storage

/// A position as it is shown.
public struct PositionView: Sendable, Hashable {
    public let listing: PositionListing
    public let markPrice: Decimal?
    /// Quantity × mark × multiplier − cost, in the instrument's currency; nil without a mark.
    public let unrealizedPnL: Decimal?
}

/// What is held.
public struct PositionService: Sendable {
    let work: UnitOfWork

    /// The positions of one portfolio or all, by portfolio, symbol and strategy.
    public func snapshot(
        portfolio: ExactText? = nil, strategy: StrategyReference? = nil,
        includeClosed: Bool = false, for authority: Authority
    ) async throws -> [PositionView] {
        try await work.read { tx in
            let scope = try authority.scope(portfolio: portfolio, strategy: strategy, in: tx)
            return try Positions.list(
                scope, includeClosed: includeClosed, for: authority.caller, in: tx
            ).map(PositionService.view)
        }
    }

    private static func view(_ listing: PositionListing) -> PositionView {
        let mark = listing.quote?.mark
        let position = listing.position
        guard let mark, !position.quantity.isZero,
            // The multiplier first: it is mostly whole, and then only one product is rounded.
            let units = try? position.quantity * listing.instrument.instrument.multiplier,
            let worth = try? units * mark,
            let unrealized = try? worth - position.cost
        else { return PositionView(listing: listing, markPrice: mark, unrealizedPnL: nil) }
        return PositionView(listing: listing, markPrice: mark, unrealizedPnL: unrealized)
    }
}
