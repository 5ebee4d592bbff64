import Ledger

/// Average cost as the textbooks have it: an average price that only purchases of more change, and
/// a profit of closed quantity × (price − average). Exact fractions, money in units of 10⁻¹⁸,
/// whole quantities.
struct AveragePriceBook {
    private(set) var quantity: Int128 = 0
    private(set) var average = Rational(0)
    private(set) var realizedPnL = Rational(0)
    private(set) var openedAt: Timestamp?
    /// Since it was last flat: as often, the ledger had to round.
    private(set) var reductions: Int128 = 0
    private(set) var effect = Posting.Effect.open
    private(set) var closed: Int128 = 0

    /// What the open quantity cost.
    var cost: Rational { average * Rational(quantity) }

    /// `bought` is below zero for a sale.
    mutating func trade(_ bought: Int128, at price: Rational, time: Timestamp) {
        closed = 0
        switch (quantity, bought) {
        case (0, _):
            effect = .open
            open(bought, at: price, time: time)
        case (1..., 1...), (..<0, ..<0):
            effect = .add
            average = (cost + price * Rational(bought)) / Rational(quantity + bought)
            quantity += bought
        default:
            closed =
                min(quantity.magnitude, bought.magnitude) == quantity.magnitude
                ? quantity : -bought
            realizedPnL = realizedPnL + (price - average) * Rational(closed)
            quantity -= closed
            effect = .reduce
            reductions += 1
            if quantity == 0 {
                let rest = bought + closed
                effect = rest == 0 ? .close : .flip
                open(rest, at: price, time: time)
            }
        }
    }

    private mutating func open(_ bought: Int128, at price: Rational, time: Timestamp) {
        quantity = bought
        average = bought == 0 ? Rational(0) : price
        openedAt = bought == 0 ? nil : time
        reductions = 0
    }
}
