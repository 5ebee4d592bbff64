/// What one fill does to a holding.
public struct Posting: Sendable, Hashable {
    public enum Effect: Sendable, Hashable, CaseIterable {
        /// Flat became long or short.
        case open
        /// More of the same.
        case add
        /// Less of the same, not flat.
        case reduce
        /// Flat.
        case close
        /// Long became short, or short long: it closed all and opened the rest.
        case flip
    }

    /// What it did to one campaign.
    public struct Step: Sendable, Hashable {
        /// As it stands then, with the leg that the fill belongs to.
        public let campaign: Campaign
        /// How much of the fill belongs to it.
        public let quantity: Decimal
    }

    public let number: TradeNumber
    public let effect: Effect
    /// How much of the fill's quantity closed what was open; never below zero.
    public let closedQuantity: Decimal
    /// How much of it opened; the two make up the fill's quantity.
    public let openedQuantity: Decimal
    /// By average cost, before fees, in the instrument's currency.
    public let realizedPnL: Decimal
    /// The same by the lots that were closed.
    public let lotRealizedPnL: Decimal
    /// The UTC day on which it falls.
    public let day: Day
    /// What it took from which lots.
    public let closures: [LotClosure]
    /// The lot that it opened.
    public let lot: Lot?
    /// The campaign that it reduced or closed.
    public let closing: Step?
    /// The campaign that it opened or added to.
    public let opening: Step?
    let change: PositionChange
    let feeTotal: Decimal

    public var action: TradeAction { TradeAction(self, side: change.side) }
}

/// What a trade did, in the words of options: it bought or sold, to open or to close.
public enum TradeAction: String, Sendable, CaseIterable {
    case buyToOpen = "BTO"
    case sellToOpen = "STO"
    case buyToClose = "BTC"
    case sellToClose = "STC"
    /// Through zero: closed a short and opened a long.
    case buyThrough = "BTC+BTO"
    /// Through zero: closed a long and opened a short.
    case sellThrough = "STC+STO"

    init(_ posting: Posting, side: Side) {
        self =
            switch (posting.effect, side) {
            case (.open, .buy), (.add, .buy): .buyToOpen
            case (.open, .sell), (.add, .sell): .sellToOpen
            case (.reduce, .buy), (.close, .buy): .buyToClose
            case (.reduce, .sell), (.close, .sell): .sellToClose
            case (.flip, .buy): .buyThrough
            case (.flip, .sell): .sellThrough
            }
    }
}
