/// How much money may be in one instrument, long or short, over all portfolios of the scope: the
/// sum of |quantity| × mark × multiplier × rate. Before an order, open orders count as filled.
/// Exempt: what only closes.
struct MaxExposurePerInstrument: RiskRule {
    static let about = RiskRuleDescription(
        "max_exposure_per_instrument", "Exposure per instrument",
        "Limits what is held of any one instrument.", RiskLimit.fields())

    let limit: RiskLimit

    init(_ settings: RiskSettings) throws(RiskConfigFault) { limit = try RiskLimit(settings) }

    var figures: Set<RiskFigure> { limit.figures() }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        guard let effect else { return try review(book).first }
        let number = effect.key.instrument
        return try limit.measure(
            effect.valueAfter(book.total(of: number)), about: .instrument(number), of: book.equity)
    }

    func review(_ book: RiskBook) throws(RiskUnknown) -> [RiskMeasure] {
        try limit.measures(of: book.instruments, in: book)
    }
}
