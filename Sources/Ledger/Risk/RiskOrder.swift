/// An order as risk rules see it: one that is judged before it leaves, or one that has left.
public struct RiskOrder: Sendable, Hashable {
    public let portfolio: PortfolioNumber
    public let strategy: StrategyNumber?
    public let instrument: RiskInstrument
    public let side: Side
    /// Above zero; of an open order what is left to fill.
    public let quantity: Decimal
    public let pricing: OrderPricing
    /// It opens nothing, whatever is held.
    public let isReduceOnly: Bool
    /// At which price what it opens will be closed to limit the loss; nil: none.
    public let stop: Decimal?
    /// When it was placed; of one that is judged, now.
    public let time: Timestamp

    public init(
        _ instruction: OrderInstruction, of instrument: RiskInstrument,
        in portfolio: PortfolioNumber,
        for strategy: StrategyNumber?, stop: Decimal? = nil, time: Timestamp
    ) {
        self.portfolio = portfolio
        self.strategy = strategy
        self.instrument = instrument
        side = instruction.side
        quantity = instruction.quantity
        pricing = instruction.pricing
        isReduceOnly = instruction.isReduceOnly
        self.stop = stop
        self.time = time
    }

    private init(_ order: RiskOrder, quantity: Decimal) {
        portfolio = order.portfolio
        strategy = order.strategy
        instrument = order.instrument
        side = order.side
        self.quantity = quantity
        pricing = order.pricing
        isReduceOnly = order.isReduceOnly
        stop = order.stop
        time = order.time
    }

    /// The same for another quantity, above zero.
    func resized(to quantity: Decimal) -> RiskOrder {
        RiskOrder(self, quantity: quantity)
    }

    /// The price that it is judged at: its limit, else its stop price, else the mark.
    public var price: Decimal? { pricing.limit ?? pricing.stop ?? instrument.mark }

    func knownPrice() throws(RiskUnknown) -> Decimal {
        guard let price else { throw .price(of: instrument.number) }
        return price
    }

    /// In the base currency, of `quantity` of it, at its price.
    func value(of quantity: Decimal) throws(RiskUnknown) -> Decimal {
        guard !quantity.isZero else { return .zero }
        return try instrument.value(of: quantity, at: knownPrice())
    }

    /// What `quantity` of it loses, in the base currency, from its price to its stop: nothing where
    /// the stop lies beyond the price already. Nil without a stop.
    func loss(of quantity: Decimal) throws(RiskUnknown) -> Decimal? {
        guard let stop else { return nil }
        return try instrument.loss(of: quantity, side, from: knownPrice(), to: stop)
    }
}

extension RiskInstrument {
    /// What `quantity`, that was bought or sold, loses from one price to another; 0 where it gains.
    func loss(
        of quantity: Decimal, _ side: Side, from price: Decimal, to stop: Decimal
    ) throws(RiskUnknown) -> Decimal {
        let distance = try computed { () throws(LedgerError) in
            side == .buy ? try price - stop : try stop - price
        }
        return distance > .zero ? try value(of: quantity, at: distance) : .zero
    }
}
