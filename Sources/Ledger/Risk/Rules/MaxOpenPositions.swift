/// How many positions may be open. Before an order, those that open orders would open count too,
/// and an order that adds to a position opens none. Exempt: what only closes.
struct MaxOpenPositions: RiskRule {
    static let about = RiskRuleDescription(
        "max_open_positions", "Open positions", "Limits how many positions are open at once.",
        [RiskField("max_count", .count, to: 100_000, "At most so many")])

    let limit: Decimal

    init(_ settings: RiskSettings) throws(RiskConfigFault) {
        limit = try settings.neededNumber("max_count")
    }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        guard let effect else { return measure(book.openCount.held) }
        // What is there already is not this order's doing.
        guard effect.opensAnother else { return nil }
        return measure(book.openCount.committed + 1)
    }

    private func measure(_ count: Int) -> RiskMeasure {
        RiskMeasure(Decimal(count), of: limit, .count, about: .scope)
    }
}
