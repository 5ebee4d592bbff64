/// A quantity that one trade opened, with its own cost.
public struct Lot: Sendable, Hashable {
    /// The trade that opened it, and that trade's place in the order of truth.
    public let trade: TradeNumber
    public let order: FillOrder
    /// Above zero, whichever way it goes.
    public let quantity: Decimal
    /// In the instrument's currency: what was paid when long, minus what was received when short.
    public let cost: Decimal
    /// What is not closed yet.
    public internal(set) var openQuantity: Decimal
    public internal(set) var openCost: Decimal

    public init(
        trade: TradeNumber, order: FillOrder, quantity: Decimal, cost: Decimal,
        openQuantity: Decimal, openCost: Decimal
    ) {
        self.trade = trade
        self.order = order
        self.quantity = quantity
        self.cost = cost
        self.openQuantity = openQuantity
        self.openCost = openCost
    }

    init(trade: TradeNumber, order: FillOrder, quantity: Decimal, cost: Decimal) {
        self.init(
            trade: trade, order: order, quantity: quantity, cost: cost, openQuantity: quantity,
            openCost: cost)
    }

    /// The same after a closure took its part.
    public func after(_ closure: LotClosure) -> Lot {
        var lot = self
        lot.openQuantity = closure.openQuantityAfter
        lot.openCost = closure.openCostAfter
        return lot
    }

    /// The same with another number for its trade.
    public func renumbered(_ number: (TradeNumber) -> TradeNumber) -> Lot {
        Lot(
            trade: number(trade), order: order, quantity: quantity, cost: cost,
            openQuantity: openQuantity, openCost: openCost)
    }
}

/// How much of a lot one closing trade consumed, and what came of it.
public struct LotClosure: Sendable, Hashable {
    /// The trade that opened the lot.
    public let lot: TradeNumber
    public let quantity: Decimal
    /// What the closed part had cost, by the sign of the lot's cost.
    public let cost: Decimal
    /// What came in for it; below zero where a short was bought back.
    public let proceeds: Decimal
    /// proceeds − cost.
    public let realizedPnL: Decimal
    /// What is left of the lot.
    public let openQuantityAfter: Decimal
    public let openCostAfter: Decimal
}

/// Which of its open lots a holding closes first.
public enum LotMethod: String, Sendable, CaseIterable {
    /// The oldest.
    case fifo
    /// The newest.
    case lifo
}

/// By which cost realized P&L is told. All agree in total when a holding is flat.
public enum CostMethod: String, Sendable, CaseIterable {
    /// Of all that is held, pro rata.
    case average
    case fifo
    case lifo

    /// Nil for the one that knows no lots.
    public var lotMethod: LotMethod? {
        switch self {
        case .average: nil
        case .fifo: .fifo
        case .lifo: .lifo
        }
    }
}
