public import Ledger

/// A rate between two currencies as it was posted.
public struct RateReport: Sendable, Hashable {
    public let base: Currency
    public let quote: Currency
    /// How much of `quote` one `base` is; greater than 0.
    public let rate: Decimal
    /// Nil is today in UTC.
    public let day: Day?

    /// Throws a `FillRefusal` where the two are one currency, or the rate is not above 0.
    public init(
        base: Currency, quote: Currency, rate: Decimal, day: Day?
    ) throws(FillRefusal) {
        guard base != quote else {
            throw .invalid("quote", "must be another currency than base")
        }
        guard rate > 0 else { throw .invalid("rate", "must be greater than 0") }
        self.base = base
        self.quote = quote
        self.rate = rate
        self.day = day
    }
}

/// Reads the body of `POST /v1/fx`: `{"rates":[{"base","quote","rate","day"}]}`.
public enum RateReader {
    public static let batchLimit = 10_000

    public static func batch(
        from json: [UInt8], limit: Int = batchLimit
    ) throws(MarketBatchError) -> [Result<RateReport, FillRefusal>] {
        try MarketBatchReader<RateDraft>.read(json, limit: limit)
    }
}

/// The keys of a rate.
public enum RateField: String, CaseIterable, Sendable { case base, quote, rate, day }

private struct RateDraft: MarketDraft {
    static let arrayKey = "rates"
    static let elementName = "a rate"

    private var base: Currency?
    private var quote: Currency?
    private var rate: Decimal?
    private var day: Day?

    mutating func set(_ field: RateField, _ value: FillValue) throws(FillRefusal) {
        let name = field.rawValue
        switch field {
        case .base: base = try value.currency(name)
        case .quote: quote = try value.currency(name)
        case .rate: rate = try value.decimal(name)
        case .day: day = try value.day(name)
        }
    }

    func item() throws(FillRefusal) -> RateReport {
        guard let base else { throw .missing("base") }
        guard let quote else { throw .missing("quote") }
        guard let rate else { throw .missing("rate") }
        return try RateReport(base: base, quote: quote, rate: rate, day: day)
    }
}
