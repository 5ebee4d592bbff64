public import Ledger

/// What a market shows at an instant; prices in the instrument's currency, sizes in its units.
public struct PaperQuote: Sendable, Hashable {
    public let bid: Decimal?
    public let ask: Decimal?
    /// Of the latest trade.
    public let last: Decimal?
    /// Nil where the size is not told: then there is enough for everybody.
    public let bidSize: Decimal?
    public let askSize: Decimal?
    public let time: Timestamp

    public init(
        bid: Decimal? = nil, ask: Decimal? = nil, last: Decimal? = nil, bidSize: Decimal? = nil,
        askSize: Decimal? = nil, time: Timestamp
    ) {
        self.bid = bid
        self.ask = ask
        self.last = last
        self.bidSize = bidSize
        self.askSize = askSize
        self.time = time
    }

    func at(_ time: Timestamp) -> PaperQuote {
        PaperQuote(
            bid: bid, ask: ask, last: last, bidSize: bidSize, askSize: askSize, time: time)
    }

    /// A bid above the ask is a mistake of whoever sent it.
    var isCrossed: Bool {
        if let bid, let ask { bid > ask } else { false }
    }

    /// What an order on this side trades at: a purchase at the ask, a sale at the bid, and both at
    /// the last price where that is all there is. Nil where nobody is on the other side.
    func price(for side: Side) -> Decimal? {
        if bid == nil, ask == nil { return last }
        return side == .buy ? ask : bid
    }

    /// How much of it; nil where that is not told.
    func size(for side: Side) -> Decimal? {
        if bid == nil, ask == nil { return nil }
        return side == .buy ? askSize : bidSize
    }

    /// What a stop on this side looks at: the last price, else the bid for a sale and the ask for a
    /// purchase.
    func trigger(for side: Side) -> Decimal? {
        last ?? (side == .buy ? ask : bid)
    }
}
