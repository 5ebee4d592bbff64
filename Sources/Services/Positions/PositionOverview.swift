public import Ledger
public import Records

/// Positions, and what they come to in their owner's currency.
public struct PositionOverview: Sendable, Hashable {
    /// The one that it is about; nil for all.
    public let portfolio: ExactText?
    /// The caller's that are not archived.
    public let portfolios: [Portfolio]
    public let positions: [PositionView]
    /// From which age on a mark is stale.
    public let staleAfterSeconds: Int
    /// Of the positions that have a mark.
    public let unrealized: Converted<Decimal>
    /// Before fees.
    public let realized: Converted<Decimal>
    public let fees: Converted<Decimal>

    init(
        portfolio: ExactText?, portfolios: [Portfolio], positions: [PositionView],
        staleAfterSeconds: Int, totals: PositionTotals,
        conversion: CurrencyConversion?, today: Day
    ) {
        self.portfolio = portfolio
        self.portfolios = portfolios
        self.positions = positions
        self.staleAfterSeconds = staleAfterSeconds
        unrealized = totals.unrealized.converted(by: conversion, on: today)
        realized = totals.realized.converted(by: conversion, on: today)
        fees = totals.fees.converted(by: conversion, on: today)
    }
}

/// What positions come to, each currency for itself.
struct PositionTotals {
    private(set) var unrealized = DayAmounts()
    private(set) var realized = DayAmounts()
    private(set) var fees = DayAmounts()

    init(_ positions: [PositionView]) {
        for view in positions {
            let currency = view.listing.instrument.instrument.currency
            if let amount = view.unrealizedPnL { unrealized.add(amount, currency) }
            realized.add(view.listing.position.realizedPnL, currency)
            for (currency, fee) in view.listing.position.fees { fees.add(fee, currency) }
        }
    }

    /// The currencies of all of them, each with this one day.
    func currencies(on day: Day) -> [Currency: ClosedRange<Day>] {
        let all = Set(unrealized.currencies).union(realized.currencies).union(fees.currencies)
        return Dictionary(uniqueKeysWithValues: all.map { ($0, day...day) })
    }
}
