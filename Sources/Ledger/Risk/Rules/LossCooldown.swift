/// After so many positions in a row were closed with a loss, nothing is opened for so many minutes
/// since the last of them. A position that made nothing ends the row. Observed are the minutes that
/// are left. Exempt: what only closes.
struct LossCooldown: RiskRule {
    static let about = RiskRuleDescription(
        "loss_cooldown", "Pause after losses",
        "After a number of losses in a row, opens nothing for a while.",
        [
            RiskField(
                "losses", .count, from: 1, to: Decimal(RiskFigures.mostResults),
                "After so many losses in a row"),
            RiskField("minutes", .minutes, from: 1, to: 10_080, "Nothing is opened for so long"),
        ])

    let losses: Decimal
    let minutes: Decimal

    init(_ settings: RiskSettings) throws(RiskConfigFault) {
        losses = try settings.neededNumber("losses")
        minutes = try settings.neededNumber("minutes")
    }

    var figures: Set<RiskFigure> { [.closedResults] }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        let results = try book.known(\.closedResults, .closedResults)
        let row = Decimal(results.prefix { $0.profit.isNegative }.count)
        var left = Decimal.zero
        if row >= losses, let last = results.first {
            let passed = Decimal(Int(book.now.wholeSeconds(since: last.closedAt)))
            left = try computed { () throws(LedgerError) in
                max(.zero, try minutes - passed.divided(by: 60))
            }
        }
        let use = try computed { () throws(LedgerError) in
            min(.one, try row.divided(by: losses, decimals: 4))
        }
        return RiskMeasure(left, of: .zero, .minutes, about: .scope, use: use)
    }
}
