/// One thing that a rule has to be told: enough to check it, and to ask a person for it.
public struct RiskField: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// Money in the base currency.
        case amount
        /// 5 is 5 %.
        case percent
        /// Times.
        case ratio
        /// In the instrument's units.
        case quantity
        case count
        case minutes
        case seconds
        /// A time of day, `09:30`; `24:00` is the end of the day.
        case time
        /// `America/New_York`, `UTC`, `+02:00`.
        case zone
        /// `AAPL`, or `NASDAQ:AAPL` for that exchange's alone.
        case symbols
        case currencies
        case choice([String])
        case choices([String])
    }

    public enum Need: Sendable, Hashable {
        case always
        /// Exactly one of these fields has to be there.
        case oneOf([String])
        /// Without it this holds.
        case otherwise(RiskValue)
        case optional
    }

    /// As it is called in a policy's configuration.
    public let key: String
    public let kind: Kind
    public let need: Need
    /// Inclusive, of numbers.
    public let minimum: Decimal
    public let maximum: Decimal?
    /// What it does: a phrase for people.
    public let explanation: String

    public init(
        _ key: String, _ kind: Kind, need: Need = .always, from minimum: Decimal = .zero,
        to maximum: Decimal? = nil, _ explanation: String
    ) {
        self.key = key
        self.kind = kind
        self.need = need
        self.minimum = minimum
        self.maximum = maximum
        self.explanation = explanation
    }

    /// What may stand in it, for people: "a number from 0 to 100".
    public var expected: String {
        switch kind {
        case .amount: "an amount of money" + bounds
        case .percent: "a number of percent" + bounds
        case .ratio, .quantity: "a number" + bounds
        case .count: "a whole number" + bounds
        case .minutes: "a whole number of minutes" + bounds
        case .seconds: "a whole number of seconds" + bounds
        case .time: "a time of day such as 09:30"
        case .zone: "a time zone such as America/New_York, UTC or +02:00"
        case .symbols: "a list of symbols such as AAPL or NASDAQ:AAPL"
        case .currencies: "a list of currencies such as USD"
        case .choice(let names): "one of " + names.joined(separator: ", ")
        case .choices(let names): "a list of " + names.joined(separator: ", ")
        }
    }

    private var bounds: String {
        if let maximum { return " from \(minimum) to \(maximum)" }
        return minimum.isZero ? ", not below 0" : " of at least \(minimum)"
    }
}

/// What a configuration says in a field, as far as its notation tells.
public enum RiskValue: Sendable, Hashable {
    case number(Decimal)
    case text(String)
    case list([String])
}

/// Why a configuration is none, and where.
public struct RiskConfigFault: Error, Sendable, Hashable {
    public let field: String
    /// For people: what was expected.
    public let detail: String

    public init(field: String, detail: String) {
        self.field = field
        self.detail = detail
    }
}
