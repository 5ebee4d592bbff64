/// How much may be lost in a week that begins on Monday in UTC, realized and unrealized, after
/// fees; percentages are of the equity at its start. Exempt: what only closes.
struct WeeklyLossLimit: RiskRule {
    static let about = RiskRuleDescription(
        "weekly_loss_limit", "Weekly loss", "Limits what is lost in a week (from Monday, UTC).",
        RiskLimit.fields(of: "the equity at the start of the week") + [TradingStop.field])

    let limit: RiskLimit
    let consequence: TradingStop?

    init(_ settings: RiskSettings) throws(RiskConfigFault) {
        limit = try RiskLimit(settings)
        consequence = TradingStop(settings, reset: .endOfWeek)
    }

    var figures: Set<RiskFigure> { limit.figures(of: .weekStartEquity).union([.weekProfit]) }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        let profit = try book.known(\.weekProfit, .weekProfit)
        return try limit.measure(max(.zero, -profit)) { () throws(RiskUnknown) in
            try book.known(\.weekStartEquity, .weekStartEquity)
        }
    }
}
