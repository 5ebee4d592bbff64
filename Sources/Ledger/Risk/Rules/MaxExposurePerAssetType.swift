/// How much money may be in one type of instruments, long and short together: the sum of |quantity|
/// × mark × multiplier × rate. Before an order, open orders count as filled. Exempt: what only
/// closes.
struct MaxExposurePerAssetType: RiskRule {
    static let about = RiskRuleDescription(
        "max_exposure_per_asset_type", "Exposure per asset type",
        "Limits what is held of any one type of instruments.",
        RiskLimit.fields() + [
            RiskField(
                "asset_types", .choices(AssetType.allCases.map(\.rawValue)), need: .optional,
                "For these types alone")
        ])

    let limit: RiskLimit
    /// Nil: each.
    let assetTypes: Set<AssetType>?

    init(_ settings: RiskSettings) throws(RiskConfigFault) {
        limit = try RiskLimit(settings)
        assetTypes = settings.assetTypes
    }

    var figures: Set<RiskFigure> { limit.figures() }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        guard let effect else { return try review(book).first }
        let type = effect.order.instrument.instrument.assetType
        guard isLimited(type) else { return nil }
        return try limit.measure(
            effect.valueAfter(book.total(of: type)), about: .assetType(type), of: book.equity)
    }

    func review(_ book: RiskBook) throws(RiskUnknown) -> [RiskMeasure] {
        let groups = book.assetTypes.filter { isLimited($0.type) }
            .map { (RiskSubject.assetType($0.type), $0.held) }
        return try limit.measures(of: groups, in: book)
    }

    private func isLimited(_ type: AssetType) -> Bool { assetTypes?.contains(type) ?? true }
}
