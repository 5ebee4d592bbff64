/// What a fill makes of a position, computed apart from it so that nothing changes if it throws.
struct PositionChange: Sendable, Hashable {
    let side: Side
    let quantity: Decimal
    let cost: Decimal
    let totalRealizedPnL: Decimal
    let effect: Posting.Effect
    let closedQuantity: Decimal
    let openedQuantity: Decimal
    let realizedPnL: Decimal
    /// What was paid for the part that closed, and for the part that opened; below zero where it
    /// came in.
    let paidToClose: Decimal
    let paidToOpen: Decimal

    init(
        held: Decimal, cost heldCost: Decimal, realizedPnL heldPnL: Decimal, by fill: Fill
    ) throws(LedgerError) {
        side = fill.side
        let isBuy = side == .buy
        let paid = isBuy ? fill.notional : -fill.notional
        quantity = try held + (isBuy ? fill.quantity : -fill.quantity)

        let reduces = !held.isZero && held.isNegative == isBuy
        closedQuantity = reduces ? min(fill.quantity, held.magnitude) : .zero
        openedQuantity = try fill.quantity - closedQuantity
        paidToClose = try paid.share(closedQuantity, of: fill.quantity)
        paidToOpen = try paid - paidToClose
        let released = try heldCost.share(closedQuantity, of: held.magnitude)
        // What came in (for a purchase it is below zero) less what that part had cost.
        realizedPnL = try -paidToClose - released
        cost = try heldCost - released + paidToOpen
        totalRealizedPnL = try heldPnL + realizedPnL
        effect =
            if held.isZero {
                .open
            } else if closedQuantity.isZero {
                .add
            } else if quantity.isZero {
                .close
            } else if openedQuantity.isZero {
                .reduce
            } else {
                .flip
            }
        try cost.checkAveragePrice(of: quantity, multiplier: fill.multiplier)
    }
}

extension Decimal {
    /// As `prorated`, for a `part` of zero up to `whole`; none of nothing is nothing.
    func share(_ part: Decimal, of whole: Decimal) throws(LedgerError) -> Decimal {
        if part.isZero { return .zero }
        return part == whole ? self : try prorated(part, of: whole)
    }

    /// Of a cost: what one unit of `quantity` cost, as a price; 0 where there is none.
    func averagePrice(
        of quantity: Decimal, multiplier: Decimal
    ) throws(LedgerError) -> Decimal {
        guard !quantity.isZero else { return .zero }
        return try divided(by: quantity, times: multiplier, decimals: 12)
    }

    /// Throws where the average price would.
    func checkAveragePrice(of quantity: Decimal, multiplier: Decimal) throws(LedgerError) {
        // Less than 10¹⁴ for 10⁻⁶ or more is far from the limit, and needs no division.
        let (cost, millionth) = (Decimal(100_000_000_000_000), Decimal(units: 1_000_000_000_000))
        if magnitude < cost, quantity.magnitude >= millionth, multiplier >= .one { return }
        _ = try averagePrice(of: quantity, multiplier: multiplier)
    }
}
