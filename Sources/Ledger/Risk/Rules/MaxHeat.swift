/// What all open positions together would lose if each were stopped now: the sum of |quantity| ×
/// (mark − stop, or stop − mark when short) × multiplier × rate, nothing for a stop in profit. Of a
/// position without a stop `assumed_stop_percent` of its value count, all of it by default. Before
/// an order, open orders count as filled. Exempt: what only closes.
struct MaxHeat: RiskRule {
    static let about = RiskRuleDescription(
        "max_heat", "Heat", "Limits what is lost if every position is stopped.",
        RiskLimit.fields() + [AssumedStop.field])

    let limit: RiskLimit
    let assumedStop: AssumedStop

    init(_ settings: RiskSettings) throws(RiskConfigFault) {
        limit = try RiskLimit(settings)
        assumedStop = try AssumedStop(settings)
    }

    var figures: Set<RiskFigure> { limit.figures() }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        let (stopRisk, unstopped) =
            if let effect {
                try effect.heatAfter(book)
            } else {
                (try book.stopRisk.held.total(), try book.unstopped.held.total())
            }
        let assumed = try assumedStop.loss(of: unstopped)
        let heat = try computed { () throws(LedgerError) in try stopRisk + assumed }
        return try limit.measure(heat, of: book.equity)
    }
}
