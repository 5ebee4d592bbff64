/// What one unit of `base` came to in `quote` on a day.
public struct ExchangeRate: Sendable, Hashable {
    public let base: Currency
    public let quote: Currency
    public let day: Day
    /// Greater than 0.
    public let rate: Decimal

    public init(base: Currency, quote: Currency, day: Day, rate: Decimal) {
        self.base = base
        self.quote = quote
        self.day = day
        self.rate = rate
    }
}

/// The rates that are known, and which of them holds for an amount of a day.
///
/// It is the latest one that is not later than that day, told either way round; of two of one day
/// the direct one. None is made of two others, and no money is worth as much as another unless a
/// rate says so.
public struct ExchangeRates: Sendable, Hashable {
    private struct Pair: Sendable, Hashable {
        let base: Currency
        let quote: Currency
    }

    /// By day, earliest first.
    private let byPair: [Pair: [ExchangeRate]]

    /// At most one of each pair and day is to be given.
    public init(_ rates: some Sequence<ExchangeRate> = []) {
        byPair = Dictionary(grouping: rates) { Pair(base: $0.base, quote: $0.quote) }
            .mapValues { rates in rates.sorted { $0.day < $1.day } }
    }

    /// The rate that turns `source` into `target` on `day`, as it is known: perhaps of `target` in
    /// `source`. Nil where none is.
    public func rate(from source: Currency, to target: Currency, on day: Day) -> ExchangeRate? {
        let direct = latest(Pair(base: source, quote: target), on: day)
        let inverse = latest(Pair(base: target, quote: source), on: day)
        guard let direct, let inverse else { return direct ?? inverse }
        return direct.day >= inverse.day ? direct : inverse
    }

    private func latest(_ pair: Pair, on day: Day) -> ExchangeRate? {
        guard let rates = byPair[pair] else { return nil }
        var (low, high) = (0, rates.count)
        while low < high {
            let middle = (low + high) / 2
            if rates[middle].day <= day { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : rates[low - 1]
    }
}

extension ExchangeRate {
    /// `amount` of one of the two currencies in the other one, rounded once, half-even, to 18
    /// decimals. Throws `outOfRange` where that does not fit.
    public func convert(
        _ amount: Decimal, of currency: Currency
    ) throws(LedgerError) -> Decimal {
        currency == base ? try amount * rate : try amount.divided(by: rate)
    }
}
