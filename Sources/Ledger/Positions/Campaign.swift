/// Which way a holding goes.
public enum Direction: String, Sendable, CaseIterable {
    case long, short
}

/// The journey of a holding from flat to flat, or to the other side of zero.
public struct Campaign: Sendable, Hashable {
    /// The trade that opened it, which it is known by, and that trade's place in the order of
    /// truth.
    public let opening: TradeNumber
    public let openingOrder: FillOrder
    /// How much of that trade opened it: less than all where it went through zero.
    public let openingQuantity: Decimal
    public let direction: Direction
    /// Nil while it is open.
    public internal(set) var closedAt: Timestamp?
    /// The first leg's.
    public internal(set) var openedQuantity: Decimal
    public internal(set) var openedNotional: Decimal
    /// Of all that reduced it.
    public internal(set) var closedQuantity: Decimal
    public internal(set) var closedNotional: Decimal
    /// The most that was held, whichever way.
    public internal(set) var maxQuantity: Decimal
    /// Of all that opened it, by the sign of a position's cost.
    public internal(set) var openedCost: Decimal
    /// By average cost, before fees, in the instrument's currency.
    public internal(set) var realizedPnL: Decimal
    public internal(set) var fillCount: Int
    public internal(set) var legCount: Int
    /// The last one.
    public internal(set) var leg: Leg

    public init(
        opening: TradeNumber, openingOrder: FillOrder, openingQuantity: Decimal,
        direction: Direction, closedAt: Timestamp?, openedQuantity: Decimal,
        openedNotional: Decimal, closedQuantity: Decimal, closedNotional: Decimal,
        maxQuantity: Decimal, openedCost: Decimal, realizedPnL: Decimal, fillCount: Int,
        legCount: Int, leg: Leg
    ) {
        self.opening = opening
        self.openingOrder = openingOrder
        self.openingQuantity = openingQuantity
        self.direction = direction
        self.closedAt = closedAt
        self.openedQuantity = openedQuantity
        self.openedNotional = openedNotional
        self.closedQuantity = closedQuantity
        self.closedNotional = closedNotional
        self.maxQuantity = maxQuantity
        self.openedCost = openedCost
        self.realizedPnL = realizedPnL
        self.fillCount = fillCount
        self.legCount = legCount
        self.leg = leg
    }

    /// Begun by `part`, which cost `cost`.
    init(_ part: FillPart, of fill: Fill, cost: Decimal, kind: Leg.Kind) throws(LedgerError) {
        self.init(
            opening: part.number, openingOrder: fill.order, openingQuantity: part.quantity,
            direction: fill.side == .buy ? .long : .short, closedAt: nil,
            openedQuantity: part.quantity, openedNotional: part.notional, closedQuantity: .zero,
            closedNotional: .zero, maxQuantity: part.quantity, openedCost: cost,
            realizedPnL: .zero, fillCount: 1, legCount: 1, leg: Leg(kind, part, of: fill))
        try leg.checkAveragePrice(fill.multiplier)
    }

    public var isOpen: Bool { closedAt == nil }

    /// The same with other numbers for its trades.
    public func renumbered(_ number: (TradeNumber) -> TradeNumber) -> Campaign {
        Campaign(
            opening: number(opening), openingOrder: openingOrder,
            openingQuantity: openingQuantity, direction: direction, closedAt: closedAt,
            openedQuantity: openedQuantity, openedNotional: openedNotional,
            closedQuantity: closedQuantity, closedNotional: closedNotional,
            maxQuantity: maxQuantity, openedCost: openedCost, realizedPnL: realizedPnL,
            fillCount: fillCount, legCount: legCount, leg: leg.renumbered(number))
    }

    /// More of the same; `held` is what is held then.
    func adding(
        _ part: FillPart, of fill: Fill, cost: Decimal, held: Decimal, windowSeconds: Int
    ) throws(LedgerError) -> Campaign {
        var campaign = self
        try campaign.enter(part, of: fill, kind: .add, windowSeconds)
        if campaign.legCount == 1 {
            campaign.openedQuantity = campaign.leg.quantity
            campaign.openedNotional = campaign.leg.notional
        }
        campaign.openedCost = try openedCost + cost
        campaign.maxQuantity = max(maxQuantity, held.magnitude)
        return campaign
    }

    /// Less of the same; `kind` is `reduce`, `close` or `flipClose`.
    func reducing(
        _ part: FillPart, of fill: Fill, realizedPnL realized: Decimal, kind: Leg.Kind,
        windowSeconds: Int
    ) throws(LedgerError) -> Campaign {
        var campaign = self
        try campaign.enter(part, of: fill, kind: kind, windowSeconds)
        campaign.leg.kind = kind
        campaign.closedQuantity = try closedQuantity + part.quantity
        campaign.closedNotional = try closedNotional + part.notional
        try campaign.closedNotional.checkAveragePrice(
            of: campaign.closedQuantity, multiplier: fill.multiplier)
        campaign.realizedPnL = try realizedPnL + realized
        if kind != .reduce { campaign.closedAt = fill.time }
        return campaign
    }

    private mutating func enter(
        _ part: FillPart, of fill: Fill, kind: Leg.Kind, _ windowSeconds: Int
    ) throws(LedgerError) {
        if leg.isJoined(by: fill, windowSeconds: windowSeconds) {
            try leg.join(part, of: fill)
        } else {
            leg = Leg(kind, part, of: fill)
            legCount += 1
        }
        try leg.checkAveragePrice(fill.multiplier)
        fillCount += 1
    }
}

// Derived, for people to read.
extension Campaign {
    /// Of the first leg, as a price, to 12 decimals, half-even.
    public func averageOpenPrice(multiplier: Decimal) throws(LedgerError) -> Decimal {
        try openedNotional.averagePrice(of: openedQuantity, multiplier: multiplier)
    }

    /// Of all that reduced it; nil where nothing did.
    public func averageClosePrice(multiplier: Decimal) throws(LedgerError) -> Decimal? {
        closedQuantity.isZero
            ? nil : try closedNotional.averagePrice(of: closedQuantity, multiplier: multiplier)
    }

    /// Realized P&L in percent of what all opening trades cost, to 12 decimals, half-even; nil
    /// where they cost nothing, or where it does not fit.
    public var returnPercent: Decimal? {
        let cost = openedCost.magnitude
        return cost.isZero
            ? nil : try? realizedPnL.divided(by: cost, times: .hundredth, decimals: 12)
    }

    /// From the opening to the closing trade, in whole seconds; nil while it is open.
    public var holdingPeriodSeconds: Int64? {
        closedAt.map { $0.wholeSeconds(since: openingOrder.time) }
    }
}

extension Decimal {
    fileprivate static let hundredth = Decimal(units: 10_000_000_000_000_000)
}
