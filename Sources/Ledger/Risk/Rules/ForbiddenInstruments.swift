/// These may neither be opened nor held. Exempt: what only closes.
struct ForbiddenInstruments: RiskRule {
    static let about = RiskRuleDescription(
        "forbidden_instruments", "Forbidden instruments", "The listed instruments are not traded.",
        [RiskField("symbols", .symbols, "None of these")])

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
        symbols?.contains(instrument.instrument) ?? false
    }
}
