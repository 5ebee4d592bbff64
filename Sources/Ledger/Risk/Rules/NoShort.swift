/// Nothing may be sold that is not held. Observed is how much would be, or is, short: before an
/// order, with the open orders of its side. Exempt: what only closes.
struct NoShort: RiskRule {
    static let about = RiskRuleDescription(
        "no_short", "No short selling", "Nothing is sold that is not held.",
        [
            RiskField(
                "asset_types", .choices(AssetType.allCases.map(\.rawValue)), need: .optional,
                "For these types alone")
        ])

    /// Nil: each.
    let assetTypes: Set<AssetType>?

    init(_ settings: RiskSettings) throws(RiskConfigFault) { assetTypes = settings.assetTypes }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        guard let effect else { return review(book).first }
        guard isBanned(effect.order.instrument) else { return nil }
        return measure(try effect.shortAfter(), .position(effect.key))
    }

    func review(_ book: RiskBook) -> [RiskMeasure] {
        let short = book.positions.filter {
            $0.quantity.isNegative && isBanned(book.instrument(of: $0))
        }
        return short.isEmpty
            ? [measure(.zero, .scope)]
            : short.map { measure($0.quantity.magnitude, .position($0.key)) }
    }

    private func measure(_ quantity: Decimal, _ subject: RiskSubject) -> RiskMeasure {
        RiskMeasure(quantity, of: .zero, .quantity, about: subject)
    }

    private func isBanned(_ instrument: RiskInstrument) -> Bool {
        assetTypes?.contains(instrument.instrument.assetType) ?? true
    }
}
