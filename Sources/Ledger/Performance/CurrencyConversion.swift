/// Turns amounts of any currencies into one, and keeps account of the rates it took and of those
/// it lacked.
public struct CurrencyConversion: Sendable, Hashable {
    /// Into which all is turned.
    public let currency: Currency
    private let rates: ExchangeRates
    private var used: Set<ExchangeRate> = []
    private var missing: [Currency: Day] = [:]

    public init(to currency: Currency, at rates: ExchangeRates) {
        self.currency = currency
        self.rates = rates
    }

    /// The amount in `currency`: itself where it is of that currency, nothing where it is nothing,
    /// else rounded once, half-even, to 18 decimals. Nil, and noted, where no rate of its day or
    /// before is known. Throws `outOfRange` where it does not fit.
    public mutating func convert(
        _ amount: Decimal, of source: Currency, on day: Day
    ) throws(LedgerError) -> Decimal? {
        guard source != currency, !amount.isZero else { return amount }
        guard let rate = rates.rate(from: source, to: currency, on: day) else {
            missing[source] = missing[source].map { min($0, day) } ?? day
            return nil
        }
        used.insert(rate)
        return try rate.convert(amount, of: source)
    }

    /// The rates that were taken, by their currencies, then by day.
    public var usedRates: [ExchangeRate] {
        used.sorted { ($0.base, $0.quote, $0.day) < ($1.base, $1.quote, $1.day) }
    }

    /// What could not be converted, by currency, with the first day that has no rate.
    public var missingRates: [MissingRate] {
        missing.sorted { $0.key < $1.key }.map { MissingRate(currency: $0.key, day: $0.value) }
    }

    /// `total`, unless something was left out of it for want of a rate.
    public func outcome<Total>(_ total: Total) -> Converted<Total> {
        let missing = missingRates
        return missing.isEmpty
            ? .total(total, in: currency, rates: usedRates) : .lacking(missing, to: currency)
    }
}

/// A currency whose worth is not known on a day.
public struct MissingRate: Sendable, Hashable {
    public let currency: Currency
    public let day: Day

    public init(currency: Currency, day: Day) {
        self.currency = currency
        self.day = day
    }
}

/// What amounts of many currencies come to in one, or why that is not known.
public enum Converted<Total: Sendable & Hashable>: Sendable, Hashable {
    /// All of it, at `rates`; none where everything was of that currency.
    case total(Total, in: Currency, rates: [ExchangeRate])
    /// Some amounts have no rate: then there is no total.
    case lacking([MissingRate], to: Currency)
    /// The total does not fit a decimal.
    case tooLarge(Currency)
    /// There is no currency to convert to: no portfolio was named, and none is the default.
    case noCurrency
}
