/// How many units of an instrument may be held in one portfolio, long or short. Before an order,
/// open orders of its side count as filled. Exempt: what only closes.
struct MaxPositionQuantity: RiskRule {
    static let about = RiskRuleDescription(
        "max_position_quantity", "Largest position",
        "Limits how many units of an instrument are held.",
        [
            RiskField("max_quantity", .quantity, "At most so many units"),
            RiskField("symbols", .symbols, need: .optional, "For these instruments alone"),
        ])

    let limit: Decimal
    /// Nil: each.
    let symbols: SymbolList?

    init(_ settings: RiskSettings) throws(RiskConfigFault) {
        limit = try settings.neededNumber("max_quantity")
        symbols = SymbolList(settings)
    }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        guard let effect else { return review(book).first }
        guard isLimited(effect.order.instrument) else { return nil }
        return measure(try effect.quantityAfter(), effect.key)
    }

    func review(_ book: RiskBook) -> [RiskMeasure] {
        let held = book.positions.lazy.filter {
            !$0.isFlat && (symbols == nil || isLimited(book.instrument(of: $0)))
        }
        let exceeding = held.filter { $0.quantity.magnitude > limit }
        let shown =
            exceeding.isEmpty
            ? held.max { $0.quantity.magnitude < $1.quantity.magnitude }.map { [$0] } ?? []
            : Array(exceeding)
        return shown.map { measure($0.quantity.magnitude, $0.key) }
    }

    private func measure(_ quantity: Decimal, _ key: RiskPosition.Key) -> RiskMeasure {
        RiskMeasure(quantity, of: limit, .quantity, about: .position(key))
    }

    private func isLimited(_ instrument: RiskInstrument) -> Bool {
        symbols?.contains(instrument.instrument) ?? true
    }
}
