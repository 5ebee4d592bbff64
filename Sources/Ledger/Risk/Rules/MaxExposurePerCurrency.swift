/// How much money may be in the instruments of one currency, long and short together, counted in
/// the base currency: the sum of |quantity| × mark × multiplier × rate. Before an order, open
/// orders count as filled. Exempt: what only closes.
struct MaxExposurePerCurrency: RiskRule {
    static let about = RiskRuleDescription(
        "max_exposure_per_currency", "Exposure per currency",
        "Limits what is held of the instruments of any one currency.",
        RiskLimit.fields() + [
            RiskField("currencies", .currencies, need: .optional, "For these currencies alone")
        ])

    let limit: RiskLimit
    /// Nil: each.
    let currencies: [Currency]?

    init(_ settings: RiskSettings) throws(RiskConfigFault) {
        limit = try RiskLimit(settings)
        currencies = settings.words("currencies")?.compactMap { Currency($0.text) }
    }

    var figures: Set<RiskFigure> { limit.figures() }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        guard let effect else { return try review(book).first }
        let currency = effect.order.instrument.instrument.currency
        guard isLimited(currency) else { return nil }
        return try limit.measure(
            effect.valueAfter(book.total(in: currency)), about: .currency(currency),
            of: book.equity)
    }

    func review(_ book: RiskBook) throws(RiskUnknown) -> [RiskMeasure] {
        let groups = book.currencies.filter { isLimited($0.currency) }
            .map { (RiskSubject.currency($0.currency), $0.held) }
        return try limit.measures(of: groups, in: book)
    }

    private func isLimited(_ currency: Currency) -> Bool {
        currencies?.contains(currency) ?? true
    }
}
