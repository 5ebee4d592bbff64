/// How far the equity may fall below its highest: (peak − equity) ÷ peak, in percent. What it does
/// to trading stays until somebody resumes. Exempt: what only closes.
struct MaxDrawdown: RiskRule {
    static let about = RiskRuleDescription(
        "max_drawdown", "Drawdown", "Limits how far the equity falls below its highest.",
        [
            RiskField(
                "max_percent", .percent, to: 100, "At most so many percent of the highest equity"),
            TradingStop.field,
        ])

    let limit: Decimal
    let consequence: TradingStop?

    init(_ settings: RiskSettings) throws(RiskConfigFault) {
        limit = try settings.neededNumber("max_percent")
        consequence = TradingStop(settings, reset: .byHand)
    }

    var figures: Set<RiskFigure> { [.equity, .peakEquity] }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        let equity = try book.equity()
        // A peak that is told late is at least where the equity stands.
        let peak = max(equity, try book.known(\.peakEquity, .peakEquity))
        let fall = try computed { () throws(LedgerError) in try peak - equity }
        return try RiskMeasure(
            fall, per: peak, times: 100, of: limit, .percent, about: .scope)
    }
}
