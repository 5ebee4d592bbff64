public import Ledger

/// An order that somebody wants to be placed. Nil is a field that was left out.
public struct PlaceOrder: Sendable, Hashable, Report {
    public var portfolio: ExactText?
    public var strategy: StrategyChoice
    public var symbol: ExactText
    public var exchange: ExactText?
    public var assetType: AssetType?
    /// The instrument's.
    public var currency: Currency?
    public var option: OptionContract?
    public var multiplier: Decimal?
    public var tickSize: Decimal?
    public var side: Side
    public var size: OrderSize
    public var pricing: OrderPricing
    public var timeInForce: TimeInForce
    /// Whether it may only bring the position nearer to flat.
    public var isReduceOnly: Bool
    /// Its sender's own id of it: the same one twice is one order.
    public var clientOrderID: ExactText?
    /// At which prices what it opens is closed again; nil for none.
    public var exits: ExitTerms?
    /// What brought about an order that closes a position.
    public var closeReason: CloseReason?
    /// A JSON object.
    public var metaJSON: String

    public init(
        symbol: ExactText, side: Side, size: OrderSize, pricing: OrderPricing = .market,
        timeInForce: TimeInForce = .day, isReduceOnly: Bool = false, exchange: ExactText? = nil,
        assetType: AssetType? = nil, currency: Currency? = nil, option: OptionContract? = nil,
        multiplier: Decimal? = nil, tickSize: Decimal? = nil, portfolio: ExactText? = nil,
        strategy: StrategyChoice = .leftOut, clientOrderID: ExactText? = nil,
        exits: ExitTerms? = nil, closeReason: CloseReason? = nil, metaJSON: String = "{}"
    ) {
        self.portfolio = portfolio
        self.strategy = strategy
        self.symbol = symbol
        self.exchange = exchange
        self.assetType = assetType
        self.currency = currency
        self.option = option
        self.multiplier = multiplier
        self.tickSize = tickSize
        self.side = side
        self.size = size
        self.pricing = pricing
        self.timeInForce = timeInForce
        self.isReduceOnly = isReduceOnly
        self.clientOrderID = clientOrderID
        self.exits = exits
        self.closeReason = closeReason
        self.metaJSON = metaJSON
    }
}

/// How much is ordered.
public enum OrderSize: Sendable, Hashable {
    /// Units of the instrument.
    case quantity(Decimal)
    /// Money of the instrument's currency, at the order's price; rounded down to whole lots.
    case notional(Decimal)
    /// Of an order that closes: a part of what is held, 50 is half of it. Of any other: money, that
    /// part of the portfolio's equity. Rounded down to whole lots.
    case percent(Decimal)
}

/// Other terms for an order that works. Nil is what stays as it is.
public struct ReplaceOrder: Sendable, Hashable {
    /// In all, what is filled already included.
    public var quantity: Decimal?
    public var price: Decimal?
    public var stopPrice: Decimal?
    public var trail: Trail?
    public var timeInForce: TimeInForce?

    public init(
        quantity: Decimal? = nil, price: Decimal? = nil, stopPrice: Decimal? = nil,
        trail: Trail? = nil, timeInForce: TimeInForce? = nil
    ) {
        self.quantity = quantity
        self.price = price
        self.stopPrice = stopPrice
        self.trail = trail
        self.timeInForce = timeInForce
    }
}
