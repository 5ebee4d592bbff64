/// What is traded. Shared by all users; quantities are in its own units.
public struct Instrument: Sendable, Hashable {
    public let symbol: ExactText
    /// Nil is a value of its own: the same symbol with and without an exchange are two.
    public let exchange: ExactText?
    public let assetType: AssetType
    /// In which its prices, costs and P&L are counted.
    public let currency: Currency
    /// Money for one unit of quantity at a price of one.
    public let multiplier: Decimal
    /// The smallest step of a price.
    public let tickSize: Decimal?
    /// The smallest step of a quantity.
    public let lotSize: Decimal?
    /// The contract, where it is an option.
    public let option: OptionContract?

    public init(
        symbol: ExactText, exchange: ExactText?, assetType: AssetType, currency: Currency,
        multiplier: Decimal = .one, tickSize: Decimal? = nil, lotSize: Decimal? = nil,
        option: OptionContract? = nil
    ) {
        self.symbol = symbol
        self.exchange = exchange
        self.assetType = assetType
        self.currency = currency
        self.multiplier = multiplier
        self.tickSize = tickSize
        self.lotSize = lotSize
        self.option = option
    }
}

/// The kinds of instruments, by the names that all interfaces use.
public enum AssetType: String, Sendable, CaseIterable {
    case crypto = "CRYPTO"
    case equity = "EQUITY"
    case etf = "ETF"
    case fund = "FUND"
    case future = "FUTURE"
    case forex = "FOREX"
    case option = "OPTION"
    case index = "INDEX"
    case bond = "BOND"
    case cfd = "CFD"
    case warrant = "WARRANT"
}
