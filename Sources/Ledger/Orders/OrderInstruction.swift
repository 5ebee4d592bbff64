/// What an order asks a broker for.
public struct OrderInstruction: Sendable, Hashable {
    public let side: Side
    /// In the instrument's units, above zero.
    public private(set) var quantity: Decimal
    public private(set) var pricing: OrderPricing
    public let timeInForce: TimeInForce
    /// Whether it may only bring a position nearer to flat: it never opens one and never crosses
    /// zero.
    public let isReduceOnly: Bool

    /// Throws where the parts do not make an order.
    public init(
        side: Side, quantity: Decimal, pricing: OrderPricing, timeInForce: TimeInForce,
        isReduceOnly: Bool = false
    ) throws(OrderFault) {
        guard quantity > .zero else {
            throw OrderFault(field: .quantity, detail: "must be above 0")
        }
        try pricing.check()
        if pricing.waitsForTrigger, timeInForce == .immediateOrCancel || timeInForce == .fillOrKill
        {
            throw OrderFault(
                field: .timeInForce,
                detail: "\(timeInForce.rawValue) asks for a fill at once, which an order that waits"
                    + " for its stop price can't have: expected DAY or GTC")
        }
        self.side = side
        self.quantity = quantity
        self.pricing = pricing
        self.timeInForce = timeInForce
        self.isReduceOnly = isReduceOnly
    }

    public var type: OrderType { pricing.type }

    /// The same for less; for as much as before where `quantity` is not above zero and below it.
    public func reduced(to quantity: Decimal) -> OrderInstruction {
        var reduced = self
        if quantity > .zero, quantity < self.quantity { reduced.quantity = quantity }
        return reduced
    }

    /// A trailing stop as it stands at `stop`; any other is as it was.
    public func trailing(at stop: Decimal?) -> OrderInstruction {
        var moved = self
        if let trail = pricing.trail { moved.pricing = .trailing(trail, stop: stop) }
        return moved
    }
}

/// At which prices an order may trade. Prices may be negative or zero: futures have traded there.
public enum OrderPricing: Sendable, Hashable {
    case market
    case limit(Decimal)
    /// Waits until the market trades at the stop price or beyond, then is a market order.
    case stop(Decimal)
    /// Waits like a stop, then is a limit order.
    case stopLimit(stop: Decimal, limit: Decimal)
    /// A stop that follows the best price since it was placed, at a distance; `stop` is where it
    /// stands now, nil before its first quote.
    case trailing(Trail, stop: Decimal?)

    public var type: OrderType {
        switch self {
        case .market: .market
        case .limit: .limit
        case .stop: .stop
        case .stopLimit: .stopLimit
        case .trailing: .trailing
        }
    }

    /// The worst price at which it may trade; nil where any will do.
    public var limit: Decimal? {
        switch self {
        case .limit(let limit), .stopLimit(_, let limit): limit
        case .market, .stop, .trailing: nil
        }
    }

    /// The price that wakes it; nil where nothing has to, or no quote has set it yet.
    public var stop: Decimal? {
        switch self {
        case .stop(let stop), .stopLimit(let stop, _): stop
        case .trailing(_, let stop): stop
        case .market, .limit: nil
        }
    }

    public var trail: Trail? {
        if case .trailing(let trail, _) = self { trail } else { nil }
    }

    public var waitsForTrigger: Bool {
        switch self {
        case .market, .limit: false
        case .stop, .stopLimit, .trailing: true
        }
    }

    func check() throws(OrderFault) {
        guard let trail else { return }
        switch trail {
        case .amount(let amount) where amount <= .zero:
            throw OrderFault(field: .trail, detail: "must be above 0")
        case .percent(let percent) where percent <= .zero || percent >= 100:
            throw OrderFault(field: .trail, detail: "must be above 0 and below 100 %")
        case .amount, .percent: break
        }
    }
}

/// How far a trailing stop stays behind the best price.
public enum Trail: Sendable, Hashable {
    /// In the price's own units.
    case amount(Decimal)
    /// Of the best price: 5 is 5 %.
    case percent(Decimal)

    /// Where the stop of an order on this side stands after a best price.
    public func stop(behind best: Decimal, for side: Side) throws(LedgerError) -> Decimal {
        let distance =
            switch self {
            case .amount(let amount): amount
            case .percent(let percent):
                try (best.magnitude * percent).divided(by: 100)
            }
        return side == .sell ? try best - distance : try best + distance
    }
}

/// Why the parts of an order do not make one.
public struct OrderFault: Error, Sendable, Hashable {
    /// The raw values are the fields of an ORDER.
    public enum Field: String, Sendable {
        case quantity, price, trail, type, side
        case stopPrice = "stop_price"
        case timeInForce = "time_in_force"
        case stopLoss = "stop_loss"
        case takeProfit = "take_profit"
    }

    public let field: Field
    /// For people: what was expected.
    public let detail: String

    public init(field: Field, detail: String) {
        self.field = field
        self.detail = detail
    }
}
