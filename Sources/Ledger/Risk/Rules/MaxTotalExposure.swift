/// How much money may be in all positions, long and short together: the sum of |quantity| × mark ×
/// multiplier × rate. Before an order, open orders count as filled. Exempt: what only closes.
struct MaxTotalExposure: RiskRule {
    static let about = RiskRuleDescription(
        "max_total_exposure", "Exposure in total", "Limits what all positions may be worth.",
        RiskLimit.fields())

    let limit: RiskLimit

    init(_ settings: RiskSettings) throws(RiskConfigFault) { limit = try RiskLimit(settings) }

    var figures: Set<RiskFigure> { limit.figures() }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        let exposure =
            if let effect {
                try effect.valueAfter(book.exposure)
            } else {
                try book.exposure.held.total()
            }
        return try limit.measure(exposure, of: book.equity)
    }
}
