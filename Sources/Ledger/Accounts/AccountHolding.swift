/// What an account, or one portfolio of it, holds and has ordered of one instrument: positions of
/// all strategies together, as the account's broker would see them.
public struct AccountHolding: Sendable, Hashable {
    /// The instrument's.
    public let currency: Currency
    /// Units of the instrument in one of its quantity.
    public let multiplier: Decimal
    /// The price for what is open; nil where no quote is known.
    public let mark: Decimal?
    /// Above zero when long, below when short.
    public private(set) var quantity = Decimal.zero
    /// As `Position.cost`.
    public private(set) var cost = Decimal.zero
    /// Before fees, in the instrument's currency; of what is closed too.
    public private(set) var realizedPnL = Decimal.zero
    public private(set) var fees: [Currency: Decimal] = [:]
    /// Open orders for which no price at all is known: they are left out of the exposure.
    public private(set) var unpricedOrders = 0
    private var buys = OpenOrders()
    private var sells = OpenOrders()

    public init(currency: Currency, multiplier: Decimal = .one, mark: Decimal? = nil) {
        self.currency = currency
        self.multiplier = multiplier
        self.mark = mark
    }

    /// Throws `outOfRange` where a sum does not fit.
    public mutating func add(_ position: Position) throws(LedgerError) {
        quantity = try quantity + position.quantity
        cost = try cost + position.cost
        realizedPnL = try realizedPnL + position.realizedPnL
        for (currency, fee) in position.fees { try fees.add(fee, currency) }
    }

    /// Adds what is left of an open order, at its own price, or else at the mark. Orders that may
    /// only reduce a position are not to be given: they bind nothing.
    ///
    /// Throws `outOfRange` where a sum does not fit.
    public mutating func addOrder(
        _ side: Side, remaining: Decimal, price: Decimal?
    ) throws(LedgerError) {
        guard remaining > .zero else { return }
        guard let price = price ?? mark else {
            unpricedOrders += 1
            return
        }
        let value = try (remaining * multiplier) * price.magnitude
        switch side {
        case .buy: try buys.add(remaining, value)
        case .sell: try sells.add(remaining, value)
        }
    }

    /// Whether what is open has to be taken at its cost for want of a mark.
    public var isUnmarked: Bool { mark == nil && !quantity.isZero }

    /// Quantity × multiplier × mark: below zero when short. Without a mark, the cost.
    public func marketValue() throws(LedgerError) -> Decimal {
        guard let mark else { return cost }
        return try (quantity * multiplier) * mark
    }

    /// By how much the open orders could raise the exposure: what buys would open beyond a short
    /// position that they close first, or sells beyond a long one, whichever is more. Both can't
    /// be at once, since they close each other.
    public func orderExposure() throws(LedgerError) -> Decimal {
        let long = quantity.isNegative ? .zero : quantity
        let short = quantity.isNegative ? -quantity : .zero
        return max(try buys.value(beyond: short), try sells.value(beyond: long))
    }
}

/// What is left of all orders of one side.
private struct OpenOrders: Sendable, Hashable {
    private var quantity = Decimal.zero
    private var value = Decimal.zero

    mutating func add(_ quantity: Decimal, _ value: Decimal) throws(LedgerError) {
        self.quantity = try self.quantity + quantity
        self.value = try self.value + value
    }

    /// The part of the value that belongs to what exceeds `closed`.
    func value(beyond closed: Decimal) throws(LedgerError) -> Decimal {
        guard quantity > closed else { return .zero }
        return try value.prorated(quantity - closed, of: quantity)
    }
}

extension [Currency: Decimal] {
    /// Throws `outOfRange` where the sum does not fit.
    mutating func add(_ amount: Decimal, _ currency: Currency) throws(LedgerError) {
        self[currency] = try (self[currency] ?? .zero) + amount
    }
}
