/// How much may be lost in a UTC day, realized and unrealized, after fees; percentages are of the
/// equity at the start of the day. Exempt: what only closes.
struct DailyLossLimit: RiskRule {
    static let about = RiskRuleDescription(
        "daily_loss_limit", "Daily loss", "Limits what is lost in a day (UTC).",
        RiskLimit.fields(of: "the equity at the start of the day") + [TradingStop.field])

    let limit: RiskLimit
    let consequence: TradingStop?

    init(_ settings: RiskSettings) throws(RiskConfigFault) {
        limit = try RiskLimit(settings)
        consequence = TradingStop(settings, reset: .endOfDay)
    }

    var figures: Set<RiskFigure> { limit.figures(of: .dayStartEquity).union([.dayProfit]) }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        let profit = try book.known(\.dayProfit, .dayProfit)
        return try limit.measure(max(.zero, -profit)) { () throws(RiskUnknown) in
            try book.known(\.dayStartEquity, .dayStartEquity)
        }
    }
}
