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

    /// A campaign is large and fills through zero are rare: its room is not in every posting.
    indirect enum EndedCampaign: Sendable, Hashable {
        case campaign(Campaign)
    }

    public let number: TradeNumber
    /// The same as `realizedPnL`, by the lots that were closed.
    public let lotRealizedPnL: Decimal
    /// The UTC day on which it falls.
    public let day: Day
    /// What it took from which lots.
    public let closures: [LotClosure]
    /// The lot that it opened.
    public let lot: Lot?
    /// As it stands then: the one that it opened or else the one that it reduced or closed.
    let campaign: Campaign?
    /// The one that a fill through zero closed.
    let ended: EndedCampaign?
    let change: PositionChange
    let feeTotal: Decimal

    public var effect: Effect { change.effect }
    /// How much of the fill's quantity closed what was open; never below zero.
    public var closedQuantity: Decimal { change.closedQuantity }
    /// How much of it opened; the two make up the fill's quantity.
    public var openedQuantity: Decimal { change.openedQuantity }
    /// By average cost, before fees, in the instrument's currency.
    public var realizedPnL: Decimal { change.realizedPnL }

    /// The campaign that it reduced or closed.
    public var closing: Step? {
        if case .campaign(let campaign) = ended {
            return Step(campaign: campaign, quantity: closedQuantity)
        }
        guard openedQuantity.isZero, let campaign else { return nil }
        return Step(campaign: campaign, quantity: closedQuantity)
    }

    /// The campaign that it opened or added to.
    public var opening: Step? {
        guard !openedQuantity.isZero, let campaign else { return nil }
        return Step(campaign: campaign, quantity: openedQuantity)
    }

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
