/// How many times the equity all positions may be worth, long and short together. Before an order,
/// open orders count as filled. Without any equity nothing may be opened. Exempt: what only closes.
struct MaxLeverage: RiskRule {
    static let about = RiskRuleDescription(
        "max_leverage", "Leverage", "Limits what all positions are worth in times of the equity.",
        [RiskField("max_ratio", .ratio, to: 1000, "At most so many times the equity")])

    let limit: Decimal

    init(_ settings: RiskSettings) throws(RiskConfigFault) {
        limit = try settings.neededNumber("max_ratio")
    }

    var figures: Set<RiskFigure> { [.equity] }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        let exposure =
            if let effect {
                try effect.valueAfter(book.exposure)
            } else {
                try book.exposure.held.total()
            }
        return try RiskMeasure(
            exposure, per: book.equity(), times: 1, of: limit, .ratio, about: .scope)
    }
}
