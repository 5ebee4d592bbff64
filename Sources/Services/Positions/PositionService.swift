public import Ledger
public import Records
import Storage
import World

/// A position as it is shown.
public struct PositionView: Sendable, Hashable {
    public let listing: PositionListing
    public let markPrice: Decimal?
    /// Of the quote that the mark is from; nil without a mark.
    public let markTime: Timestamp?
    /// Whether the mark is too old to be taken for the present price.
    public let isMarkStale: Bool
    /// Quantity × mark × multiplier − cost, in the instrument's currency; nil without a mark.
    public let unrealizedPnL: Decimal?
}

/// What is held.
public struct PositionService: Sendable {
    let work: UnitOfWork
    let limits: Limits
    let money: MoneyService

    /// The positions of one portfolio or all, by portfolio, symbol and strategy.
    public func snapshot(
        portfolio: ExactText? = nil, strategy: StrategyReference? = nil,
        includeClosed: Bool = false, for authority: Authority
    ) async throws -> [PositionView] {
        let freshSince = oldestFreshMark(at: work.world.now())
        return try await work.read { tx in
            let scope = try authority.scope(portfolio: portfolio, strategy: strategy, in: tx)
            return try Positions.list(
                scope, includeClosed: includeClosed, for: authority.caller, in: tx
            ).map { PositionView($0, freshSince: freshSince) }
        }
    }

    /// The open positions with their totals at the rates of today, and the portfolios that there
    /// are. `standsIn` asks for those of the default portfolio where none is named.
    public func overview(
        portfolio: ExactText? = nil, strategy: StrategyReference? = nil,
        standsIn: Bool = false, for authority: Authority
    ) async throws -> PositionOverview {
        let now = work.world.now()
        let freshSince = oldestFreshMark(at: now)
        let staleAfterSeconds = limits.quotesStaleAfterSeconds
        return try await work.read { tx in
            let portfolios = try authority.portfolios(named: nil, in: tx).filter { !$0.isArchived }
            let standard = standsIn ? portfolios.first(where: \.isDefault)?.name : nil
            let shown = portfolio ?? standard
            let scope = try authority.scope(portfolio: shown, strategy: strategy, in: tx)
            let positions = try Positions.list(
                scope, includeClosed: false, for: authority.caller, in: tx
            ).map { PositionView($0, freshSince: freshSince) }
            let totals = PositionTotals(positions)
            let conversion = try authority.conversion(
                portfolio: scope.portfolioID, of: totals.currencies(on: now.day), in: tx)
            return PositionOverview(
                portfolio: shown, portfolios: portfolios,
                positions: positions, staleAfterSeconds: staleAfterSeconds, totals: totals,
                conversion: conversion, today: now.day)
        }
    }

    func oldestFreshMark(at now: Timestamp) -> Timestamp {
        now.adding(seconds: -Int64(limits.quotesStaleAfterSeconds))
    }
}

extension PositionView {
    init(_ listing: PositionListing, freshSince: Timestamp) {
        self.listing = listing
        let mark = listing.quote?.mark
        markPrice = mark
        markTime = mark == nil ? nil : listing.quote?.time
        isMarkStale = markTime.map { $0 < freshSince } ?? false
        let position = listing.position
        if let mark, !position.quantity.isZero,
            // The multiplier first: it is mostly whole, and then only one product is rounded.
            let units = try? position.quantity * listing.instrument.instrument.multiplier,
            let worth = try? units * mark,
            let unrealized = try? worth - position.cost
        {
            unrealizedPnL = unrealized
        } else {
            unrealizedPnL = nil
        }
    }
}
