/// How many trades may be made in a UTC day; an order that fills in parts is one. Exempt: what only
/// closes.
struct MaxTradesPerDay: RiskRule {
    static let about = RiskRuleDescription(
        "max_trades_per_day", "Trades a day", "Limits how many trades are made in a day (UTC).",
        [RiskField("max_count", .count, to: 1_000_000, "At most so many")])

    let limit: Decimal

    init(_ settings: RiskSettings) throws(RiskConfigFault) {
        limit = try settings.neededNumber("max_count")
    }

    var figures: Set<RiskFigure> { [.tradesToday] }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        let made = Decimal(try book.known(\.tradesToday, .tradesToday))
        let count = try computed { () throws(LedgerError) in
            effect == nil ? made : try made + .one
        }
        return RiskMeasure(count, of: limit, .count, about: .scope)
    }
}
