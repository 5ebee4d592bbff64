/// What an order would do to the positions of a scope if it filled whole.
///
/// What is held counts at its mark, what the order opens at the order's price, and the other open
/// orders of the same side as filled after it.
public struct RiskEffect: Sendable {
    public let order: RiskOrder
    /// What the scope held of it before.
    private let held: Decimal
    /// The other open orders of its side.
    private let waiting: WaitingSide
    /// What the position adds to the sums without it; nil where there is none.
    private let part: RiskBook.Part?
    /// So much of the order's quantity lowers risk: it closes what its own strategy holds, or what
    /// the whole scope does. No rule but those that look at the order itself holds it against it,
    /// so that everybody can always get flat.
    public let closable: Decimal

    public init(of order: RiskOrder, in book: RiskBook) {
        self.order = order
        let position = book.position(Self.key(of: order))
        held = position?.quantity ?? .zero
        waiting = position.map { book.waiting($0, order.side) } ?? WaitingSide()
        part = position.map { book.committed($0) }
        let own = book.quantity(Self.key(of: order), of: order.strategy)
        closable = max(Self.against(order.side, own), Self.against(order.side, held))
    }

    private init(_ effect: RiskEffect, quantity: Decimal) {
        order = effect.order.resized(to: quantity)
        held = effect.held
        waiting = effect.waiting
        part = effect.part
        closable = effect.closable
    }

    /// The same order with another quantity, above zero.
    func resized(to quantity: Decimal) -> RiskEffect {
        RiskEffect(self, quantity: quantity)
    }

    public var key: RiskPosition.Key { Self.key(of: order) }

    /// How much of it closes what is held.
    public var closes: Decimal {
        order.isReduceOnly ? order.quantity : min(order.quantity, closable)
    }

    /// How much of it opens or adds to a position, in the instrument's units.
    public var opens: Decimal { Self.excess(order.quantity, over: closes) }

    private static func key(of order: RiskOrder) -> RiskPosition.Key {
        RiskPosition.Key(portfolio: order.portfolio, instrument: order.instrument.number)
    }

    /// How much of `held` an order of this side can close.
    private static func against(_ side: Side, _ held: Decimal) -> Decimal {
        held.isNegative == (side == .buy) ? held.magnitude : .zero
    }

    /// Of two that are not below zero; so it always fits.
    private static func excess(_ quantity: Decimal, over other: Decimal) -> Decimal {
        quantity > other ? Decimal(units: quantity.units - other.units) : .zero
    }
}

// The position after it.
extension RiskEffect {
    /// How much of the scope's position it is against.
    private var opposed: Decimal { Self.against(order.side, held) }

    /// What is left of what was held.
    private var remaining: Decimal {
        Self.excess(held.magnitude, over: min(opposed, order.quantity))
    }

    /// What it adds on its own side of the scope's position.
    private var added: Decimal { Self.excess(order.quantity, over: opposed) }

    /// Without its sign, in the instrument's units.
    func quantityAfter() throws(RiskUnknown) -> Decimal {
        guard added > .zero else { return remaining }
        return try computed { () throws(LedgerError) in
            try remaining + added + waiting.quantity
        }
    }

    /// How much is sold short after it, orders that wait included.
    func shortAfter() throws(RiskUnknown) -> Decimal {
        guard order.side == .sell, added > .zero else { return .zero }
        return try quantityAfter()
    }

    /// In the base currency.
    func valueAfter() throws(RiskUnknown) -> Decimal {
        let kept = try order.instrument.value(of: remaining)
        guard added > .zero else { return kept }
        let opened = try order.value(of: added)
        let waiting = try waiting.value.get()
        return try computed { () throws(LedgerError) in try kept + opened + waiting }
    }

    /// A sum of positions' values, with this position as it is after the order.
    func valueAfter(_ total: RiskBook.Total) throws(RiskUnknown) -> Decimal {
        try total.committed.replacing(part?.value, with: valueAfter())
    }

    /// Whether the order opens one where nothing is open and nothing waits to be opened.
    var opensAnother: Bool { added > .zero && part == nil }

    /// What all stops together would lose after it, and the value of what has none.
    func heatAfter(_ book: RiskBook) throws(RiskUnknown) -> (stopRisk: Decimal, unstopped: Decimal)
    {
        let loss = try order.loss(of: opens)
        let bare = loss == nil ? try order.value(of: opens) : .zero
        // What a flip closes carries no risk any more.
        let closed = opposed.isZero ? nil : part
        return (
            try book.stopRisk.committed.replacing(
                closed?.stopRisk, with: loss ?? .zero),
            try book.unstopped.committed.replacing(closed?.unstopped, with: bare)
        )
    }
}
