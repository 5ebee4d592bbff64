public import Ledger
public import Records

/// What stands behind a position's figures, so that a person can check them: its last campaign,
/// the open one where there is one, trade by trade.
public struct PositionExplanation: Sendable, Hashable {
    public let position: PositionView
    /// Nil where no trade is in force.
    public let campaign: CampaignListing?
    /// What the position brought along from before that campaign.
    public let carried: Carried
    /// By which lots are closed.
    public let lotMethod: LotMethod
    /// A page of the campaign's trades, in the order of truth.
    public let trades: [ExplainedTrade]
    /// Those that the page's trades opened.
    public let lots: [ExplainedLot]
    /// What the page's trades took from lots, in the order in which they did.
    public let closures: [ExplainedClosure]
    /// The page's last trade; nil on the last page.
    public let next: FillOrder?

    /// Earlier campaigns, and what they realized.
    public struct Carried: Sendable, Hashable {
        public let campaigns: Int
        public let realizedPnL: Decimal
    }
}

/// A trade, and how it left its holding.
public struct ExplainedTrade: Sendable, Hashable {
    public let trade: TradeRecord
    /// How much of it belongs to the campaign: less than all of it where it went through zero.
    public let allocatedQuantity: Decimal
    /// What that part realized, by average cost.
    public let realizedPnL: Decimal
    public let quantityAfter: Decimal
    public let costAfter: Decimal
}

/// A lot, and the trade that opened it.
public struct ExplainedLot: Sendable, Hashable {
    public let tradeUID: String
    public let lot: Lot
}

/// What a trade took from a lot.
public struct ExplainedClosure: Sendable, Hashable {
    public let tradeUID: String
    public let lotTradeUID: String
    /// The place of the trade that opened the lot.
    public let lotOrder: FillOrder
    public let closure: LotClosureRecord
}

/// Which position to explain, and from where on.
public struct ExplanationQuery: Sendable, Hashable {
    public var symbol: ExactText
    /// The very one, whatever else is asked for; nil for whichever fits.
    public var holding: HoldingKey?
    public var portfolio: ExactText?
    public var strategy: StrategyChoice
    public var exchange: ExchangeChoice
    public var assetType: AssetType?
    public var currency: Currency?
    public var start: Start
    /// Trades of a page: 1–1000.
    public var limit: Int

    /// Of an instrument, as one is asked for.
    public enum ExchangeChoice: Sendable, Hashable {
        case leftOut
        /// Explicitly that there is none (`null`).
        case none
        case named(ExactText)
    }

    /// Where a page begins.
    public enum Start: Sendable, Hashable {
        /// After so many trades.
        case skipping(Int)
        /// After the one at this place.
        case after(FillOrder)
    }

    public init(
        symbol: ExactText, portfolio: ExactText? = nil, strategy: StrategyChoice = .leftOut,
        exchange: ExchangeChoice = .leftOut, assetType: AssetType? = nil,
        currency: Currency? = nil, start: Start = .skipping(0), limit: Int = 100
    ) {
        self.symbol = symbol
        self.portfolio = portfolio
        self.strategy = strategy
        self.exchange = exchange
        self.assetType = assetType
        self.currency = currency
        self.start = start
        self.limit = limit
    }

    /// The very position that is listed.
    public init(_ listing: PositionListing, start: Start = .skipping(0), limit: Int = 100) {
        self.init(
            symbol: listing.instrument.instrument.symbol, portfolio: listing.portfolio,
            start: start, limit: limit)
        holding = listing.holding
    }
}
