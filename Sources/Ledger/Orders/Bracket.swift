/// Where a position is closed to limit its loss.
public enum StopLoss: Sendable, Hashable {
    case price(Decimal)
    /// It follows the best price at a distance.
    case trail(Trail)

    /// Of the order that closes the position.
    public var pricing: OrderPricing {
        switch self {
        case .price(let price): .stop(price)
        case .trail(let trail): .trailing(trail, stop: nil)
        }
    }

    /// Where it stands while the market is at `price`; nil where that does not fit. `side` is the
    /// one that closes the position.
    public func price(from price: Decimal, closingBy side: Side) -> Decimal? {
        switch self {
        case .price(let stop): stop
        case .trail(let trail): try? trail.stop(behind: price, for: side)
        }
    }
}

/// At which prices a position is closed again: a stop loss, a take profit, or both. As one of them
/// is filled, the other is reduced by as much, and canceled where nothing is left.
public struct ExitTerms: Sendable, Hashable {
    public var stop: StopLoss?
    public var profit: Decimal?

    public init(stop: StopLoss? = nil, profit: Decimal? = nil) {
        self.stop = stop
        self.profit = profit
    }

    public var isEmpty: Bool { self == ExitTerms() }

    /// Throws where they can't protect what was bought or sold by `side`: at `price`, or at
    /// whatever price where that is nil.
    public func check(
        protecting side: Side, at price: Decimal?, of instrument: Instrument
    ) throws(OrderFault) {
        let isBought = side == .buy
        if case .price(let stop)? = stop {
            try Self.checkStep(.stopLoss, stop, of: instrument)
            if let price, isBought ? stop >= price : stop <= price {
                throw OrderFault(
                    field: .stopLoss,
                    detail: "must be \(isBought ? "below" : "above") \(price): there it limits a"
                        + " loss")
            }
            if let profit, isBought ? profit <= stop : profit >= stop {
                throw OrderFault(
                    field: .takeProfit,
                    detail: "must be \(isBought ? "above" : "below") the stop loss, \(stop)")
            }
        }
        if case .trail(let trail)? = stop {
            do throws(OrderFault) {
                try OrderPricing.trailing(trail, stop: nil).check()
            } catch {
                throw OrderFault(field: .stopLoss, detail: error.detail)
            }
        }
        guard let profit else { return }
        try Self.checkStep(.takeProfit, profit, of: instrument)
        if let price, isBought ? profit <= price : profit >= price {
            throw OrderFault(
                field: .takeProfit,
                detail: "must be \(isBought ? "above" : "below") \(price): there it takes a profit")
        }
    }

    private static func checkStep(
        _ field: OrderFault.Field, _ price: Decimal, of instrument: Instrument
    ) throws(OrderFault) {
        guard let tickSize = instrument.tickSize, !price.isMultiple(of: tickSize) else { return }
        throw OrderFault(
            field: field, detail: "moves in steps of \(tickSize): expected a multiple")
    }
}

/// Where a bracket stands.
public enum BracketStatus: String, Sendable, CaseIterable {
    /// Nothing of its entry is filled yet: its exits are not with the broker.
    case pending = "PENDING"
    case active = "ACTIVE"
    /// What it protected is closed.
    case closed = "CLOSED"
    /// It ended without having closed anything.
    case canceled = "CANCELED"
}

/// What an order does in its bracket; the entry apart.
public enum BracketRole: String, Sendable, CaseIterable {
    case stop = "STOP"
    case profit = "PROFIT"
    /// It closes the position by hand, and ends the bracket.
    case close = "CLOSE"

    /// What an order that is filled in this role was filled for.
    public var reason: CloseReason {
        switch self {
        case .stop: .stopLossHit
        case .profit: .takeProfitHit
        case .close: .manualClose
        }
    }
}

/// What a bracket would close if the position let it.
public struct BracketClaim: Sendable, Hashable {
    /// Of its exits.
    public let side: Side
    /// What is open of its entry; nil for one of the whole position, which closes what no other
    /// does.
    public let quantity: Decimal?

    public init(side: Side, quantity: Decimal?) {
        self.side = side
        self.quantity = quantity
    }

    /// How much each of a position's brackets closes: never more in all than is held, so that no
    /// exit crosses zero. The first claims go first; those of the whole position come last.
    public static func shares(of held: Decimal, among claims: [BracketClaim]) -> [Decimal] {
        var left = held.magnitude
        var shares = claims.map { _ in Decimal.zero }
        let order =
            claims.indices.filter { claims[$0].quantity != nil }
            + claims.indices.filter { claims[$0].quantity == nil }
        for index in order where claims[index].side == held.closingSide {
            let share = min(max(claims[index].quantity ?? left, .zero), left)
            shares[index] = share
            left = (try? left - share) ?? .zero
        }
        return shares
    }
}

extension Decimal {
    /// By which side an order closes this much that is held; nil for nothing.
    public var closingSide: Side? {
        if isZero { return nil }
        return isNegative ? .buy : .sell
    }
}

extension Side {
    public var opposite: Side { self == .buy ? .sell : .buy }
}
