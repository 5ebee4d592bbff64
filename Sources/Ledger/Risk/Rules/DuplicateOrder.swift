/// The same order twice within so many seconds is taken for a slip: same portfolio, strategy,
/// instrument, side, quantity and prices. Observed is how many there were. Not exempt: what only
/// closes, as closing twice opens.
struct DuplicateOrder: RiskRule {
    static let about = RiskRuleDescription(
        "duplicate_order", "Same order twice", "Refuses the same order within a short time.",
        [
            RiskField(
                "seconds", .seconds, from: 1, to: Decimal(RiskSituation.recentSeconds),
                "Within less than so many seconds")
        ])
    static let judgesClosing = true

    let seconds: Decimal

    init(_ settings: RiskSettings) throws(RiskConfigFault) {
        seconds = try settings.neededNumber("seconds")
    }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        guard let effect else { return nil }
        let count = book.recentOrders.count { recent in
            recent.isSame(as: effect.order)
                && Decimal(Int(book.now.wholeSeconds(since: recent.time))) < seconds
        }
        return RiskMeasure(Decimal(count), of: .zero, .count, about: .position(effect.key))
    }

    /// Another quantity would only hide that it is the same.
    func allowedQuantity(of effect: RiskEffect, in book: RiskBook) -> Decimal { .zero }
}

extension RiskOrder {
    fileprivate func isSame(as other: RiskOrder) -> Bool {
        instrument.number == other.instrument.number && side == other.side
            && quantity == other.quantity && portfolio == other.portfolio
            && strategy == other.strategy && pricing == other.pricing
    }
}
