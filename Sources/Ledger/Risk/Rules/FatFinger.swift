/// How far a limit price may lie from the mark, in percent of it: on the side that costs (above for
/// a purchase, below for a sale), or on both. Once its stop price is reached a stop-limit order
/// meets the market there, so its limit is held against its stop. Orders without a limit trade at
/// the market and are not judged. Not exempt: what only closes, as a slip costs as much there.
struct FatFinger: RiskRule {
    static let about = RiskRuleDescription(
        "fat_finger", "Price slip", "Limits how far a limit price lies from the market.",
        [
            RiskField("max_percent", .percent, to: 1000, "At most so many percent from the mark"),
            RiskField(
                "sides", .choice(["COSTLY", "BOTH"]), need: .otherwise(.text("COSTLY")),
                "COSTLY: only above for a purchase, below for a sale"),
        ])
    static let judgesClosing = true

    let limit: Decimal
    let isOnBothSides: Bool

    init(_ settings: RiskSettings) throws(RiskConfigFault) {
        limit = try settings.neededNumber("max_percent")
        isOnBothSides = settings.words("sides") == ["BOTH"]
    }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        guard let effect, let price = effect.order.pricing.limit else { return nil }
        let order = effect.order
        let reference =
            if let stop = order.pricing.stop { stop } else { try order.instrument.knownMark() }
        let distance = try computed { () throws(LedgerError) in
            let costly = order.side == .buy ? try price - reference : try reference - price
            let counted = isOnBothSides ? costly.magnitude : max(.zero, costly)
            return try counted.prorated(100, of: reference.magnitude)
        }
        return RiskMeasure(distance, of: limit, .percent, about: .position(effect.key))
    }

    /// A smaller order is as far away.
    func allowedQuantity(of effect: RiskEffect, in book: RiskBook) -> Decimal { .zero }
}
