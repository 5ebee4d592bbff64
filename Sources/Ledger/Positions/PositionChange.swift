/// What a fill makes of a position, computed apart from it so that nothing changes if it throws.
struct PositionChange {
    let quantity: Decimal
    let cost: Decimal
    let totalRealizedPnL: Decimal
    let posting: Posting

    init(
        held: Decimal, cost heldCost: Decimal, realizedPnL heldPnL: Decimal, by fill: Fill
    ) throws(LedgerError) {
        let isBuy = fill.side == .buy
        let paid = isBuy ? fill.notional : -fill.notional
        quantity = try held + (isBuy ? fill.quantity : -fill.quantity)

        let reduces = !held.isZero && held.isNegative == isBuy
        let closed = reduces ? min(fill.quantity, held.magnitude) : .zero
        let opened = try fill.quantity - closed
        let paidToClose = try paid.share(closed, of: fill.quantity)
        let released = try heldCost.share(closed, of: held.magnitude)
        // What came in (for a purchase it is below zero) less what that part had cost.
        let realized = try -paidToClose - released
        cost = try heldCost - released + (paid - paidToClose)
        totalRealizedPnL = try heldPnL + realized

        let effect: Posting.Effect =
            if held.isZero {
                .open
            } else if closed.isZero {
                .add
            } else if quantity.isZero {
                .close
            } else if opened.isZero {
                .reduce
            } else {
                .flip
            }
        posting = Posting(
            effect: effect, closedQuantity: closed, openedQuantity: opened,
            realizedPnL: realized, day: fill.time.day)
        _ = try cost.averagePrice(of: quantity, multiplier: fill.multiplier)
    }
}

extension Decimal {
    /// As `prorated`, for a `part` of zero up to `whole`; none of nothing is nothing.
    fileprivate func share(_ part: Decimal, of whole: Decimal) throws(LedgerError) -> Decimal {
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
}
