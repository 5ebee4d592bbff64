/// What is held of one instrument, what it cost, and what was made on what is no longer held.
public struct Position: Sendable, Hashable {
    /// Above zero when long, below when short.
    public internal(set) var quantity: Decimal
    /// What the open quantity cost, in the instrument's currency: what was paid when long, minus
    /// what was received when short. Zero when flat.
    public internal(set) var cost: Decimal
    /// Before fees, in the instrument's currency.
    public internal(set) var realizedPnL: Decimal
    /// The sum of all fees in each currency in which one was charged.
    public var fees: [Currency: Decimal] { feeTotals.byCurrency }
    var feeTotals: FeeTotals
    /// When the fill was made that opened what is open now; nil when flat.
    public internal(set) var openedAt: Timestamp?
    /// The last, in the order of truth, of the fills that were applied.
    public internal(set) var lastFill: FillOrder?

    public init(
        quantity: Decimal = .zero, cost: Decimal = .zero, realizedPnL: Decimal = .zero,
        fees: [Currency: Decimal] = [:], openedAt: Timestamp? = nil, lastFill: FillOrder? = nil
    ) {
        self.quantity = quantity
        self.cost = cost
        self.realizedPnL = realizedPnL
        feeTotals = FeeTotals(fees)
        self.openedAt = openedAt
        self.lastFill = lastFill
    }

    public var isFlat: Bool { quantity.isZero }

    /// cost ÷ (quantity × multiplier), to 12 decimals, half-even; 0 when flat.
    public func averagePrice(multiplier: Decimal) throws(LedgerError) -> Decimal {
        try cost.averagePrice(of: quantity, multiplier: multiplier)
    }
}
