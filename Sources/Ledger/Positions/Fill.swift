/// The report that something was bought or sold; immutable, as the trade that records it.
public struct Fill: Sendable, Hashable {
    /// The broker's trade id.
    public let id: ExactText
    public let side: Side
    /// Above zero, in the instrument's units.
    public let quantity: Decimal
    /// In the instrument's currency; futures may trade below zero.
    public let price: Decimal
    /// Money for one unit of quantity at a price of one.
    public let multiplier: Decimal
    /// price × quantity × multiplier, rounded once, half-even, to 18 decimals.
    public let notional: Decimal
    /// Below zero for a rebate.
    public let fee: Decimal
    public let feeCurrency: Currency
    public let time: Timestamp
    /// The broker's id of the order that it belongs to.
    public let orderID: ExactText?

    /// Throws `outOfRange` where quantity or multiplier are not above zero or the notional does
    /// not fit.
    public init(
        id: ExactText, side: Side, quantity: Decimal, price: Decimal, multiplier: Decimal = .one,
        fee: Decimal, feeCurrency: Currency, time: Timestamp, orderID: ExactText? = nil
    ) throws(LedgerError) {
        guard quantity > .zero, multiplier > .zero else { throw .outOfRange }
        self.id = id
        self.side = side
        self.quantity = quantity
        self.price = price
        self.multiplier = multiplier
        self.notional = try Decimal.product(price, quantity, multiplier)
        self.fee = fee
        self.feeCurrency = feeCurrency
        self.time = time
        self.orderID = orderID
    }

    public var order: FillOrder { FillOrder(time: time, id: id) }
}

/// The order of truth: by instant, then by the broker's trade id.
public struct FillOrder: Sendable, Hashable, Comparable {
    public let time: Timestamp
    public let id: ExactText

    public init(time: Timestamp, id: ExactText) {
        self.time = time
        self.id = id
    }

    public static func < (left: FillOrder, right: FillOrder) -> Bool {
        left.time == right.time ? left.id < right.id : left.time < right.time
    }
}
