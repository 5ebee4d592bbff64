/// What a rule found.
public struct RiskMeasure: Sendable, Hashable {
    /// In `unit`, as `limit`.
    public let observed: Decimal
    public let limit: Decimal
    public let unit: RiskUnit
    /// How much of the limit is used: 0.62 is 62 %, above 1 where it is exceeded.
    public let use: Decimal
    /// What it is about.
    public let subject: RiskSubject

    /// Without `use` it is what is observed of the limit, to 4 decimals.
    init(
        _ observed: Decimal, of limit: Decimal, _ unit: RiskUnit, about subject: RiskSubject,
        use: Decimal? = nil
    ) {
        self.observed = observed
        self.limit = limit
        self.unit = unit
        self.subject = subject
        self.use = use ?? Self.share(observed, of: limit)
    }

    /// Of a rule that is kept or is not: 1 against 0 where it is not.
    init(isBroken: Bool, about subject: RiskSubject) {
        self.init(isBroken ? 1 : 0, of: 0, .none, about: subject)
    }

    /// A limit is exceeded only above it: what is exactly at the limit is allowed. So it is for
    /// every rule.
    public var isExceeded: Bool { observed > limit }

    /// `observed` as it is read: see `RiskUnit.shown`.
    public var shownObserved: Decimal { unit.shown(observed, of: limit) }

    private static func share(_ observed: Decimal, of limit: Decimal) -> Decimal {
        guard limit > .zero else { return observed > limit ? .one : .zero }
        // A quotient that does not fit is far beyond any bar.
        return (try? observed.divided(by: limit, decimals: 4)) ?? Decimal(Int(Int32.max))
    }
}

/// In what a rule counts.
public enum RiskUnit: String, Sendable, CaseIterable {
    /// In the base currency.
    case money = "MONEY"
    case percent = "PERCENT"
    /// Times.
    case ratio = "RATIO"
    case quantity = "QUANTITY"
    case count = "COUNT"
    case minutes = "MINUTES"
    /// Kept (0) or not (1).
    case none = "NONE"

    /// What was observed, short enough to read: to two decimals where it is a quotient or money,
    /// unless that would hide on which side of the limit it is.
    public func shown(_ observed: Decimal, of limit: Decimal) -> Decimal {
        switch self {
        case .quantity, .count, .none: return observed
        case .money, .percent, .ratio, .minutes:
            let rounded = observed.rounded(decimals: 2)
            return (rounded > limit) == (observed > limit) ? rounded : observed
        }
    }
}

/// What a finding is about, and what there is to close where it asks for that.
public enum RiskSubject: Sendable, Hashable {
    /// All that the scope holds.
    case scope
    case position(RiskPosition.Key)
    /// In all portfolios of the scope.
    case instrument(InstrumentNumber)
    case assetType(AssetType)
    case currency(Currency)
}
