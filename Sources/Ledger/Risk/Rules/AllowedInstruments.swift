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
        guard let effect else { return review(book).first }
        return RiskMeasure(
            isBroken: isBanned(effect.order.instrument), about: .position(effect.key))
    }

    func review(_ book: RiskBook) -> [RiskMeasure] { book.review(isBroken: isBanned) }

    private func isBanned(_ instrument: RiskInstrument) -> Bool {
        !(symbols?.contains(instrument.instrument) ?? false)
    }
}
