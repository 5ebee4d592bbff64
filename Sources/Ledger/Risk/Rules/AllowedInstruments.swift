/// Only these may be opened or held. Exempt: what only closes.
struct AllowedInstruments: RiskRule {
    static let about = RiskRuleDescription(
        "allowed_instruments", "Allowed instruments", "Only the listed instruments are traded.",
        [RiskField("symbols", .symbols, "These alone")])

    let symbols: SymbolList?

    init(_ settings: RiskSettings) throws(RiskConfigFault) { symbols = SymbolList(settings) }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        book.measure(effect) { !(symbols?.contains($0.instrument) ?? false) }
    }
}
