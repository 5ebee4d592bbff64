/// What one order may lose from its price to its stop, for what it opens. Exempt: what only closes.
///
/// opened quantity × (price − stop, or stop − price for a sale) × multiplier × rate; without a stop
/// `assumed_stop_percent` of the price is taken for the distance, which is all of it by default. A
/// stop beyond the price risks nothing.
struct MaxRiskPerTrade: RiskRule {
    static let about = RiskRuleDescription(
        "max_risk_per_trade", "Risk per trade",
        "Limits what one order can lose between its price and its stop.",
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
        guard let effect else { return nil }
        let loss =
            if let loss = try effect.order.loss(of: effect.opens) {
                loss
            } else {
                try assumedStop.loss(of: effect.order.value(of: effect.opens))
            }
        return try limit.measure(loss, about: .position(effect.key), of: book.equity)
    }
}

/// How much is taken to be at risk of what has no stop.
struct AssumedStop: Sendable {
    static let field = RiskField(
        "assumed_stop_percent", .percent, need: .otherwise(.number(100)), to: 1000,
        "Without a stop, so many percent of the price are taken to be at risk")

    let percent: Decimal

    init(_ settings: RiskSettings) throws(RiskConfigFault) {
        percent = try settings.neededNumber(Self.field.key)
    }

    func loss(of value: Decimal) throws(RiskUnknown) -> Decimal {
        try computed { () throws(LedgerError) in try value.prorated(percent, of: 100) }
    }
}
