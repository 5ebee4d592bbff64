/// How much money one order may move: opened quantity × price × multiplier × rate, at the price
/// that it is judged at. Of an order through zero only what it opens counts. Exempt: what only
/// closes.
struct MaxOrderNotional: RiskRule {
    static let about = RiskRuleDescription(
        "max_order_notional", "Largest order", "Limits what one order may be worth.",
        RiskLimit.fields())

    let limit: RiskLimit

    init(_ settings: RiskSettings) throws(RiskConfigFault) { limit = try RiskLimit(settings) }

    var figures: Set<RiskFigure> { limit.figures() }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        guard let effect else { return nil }
        return try limit.measure(
            effect.order.value(of: effect.opens), about: .position(effect.key), of: book.equity)
    }
}
