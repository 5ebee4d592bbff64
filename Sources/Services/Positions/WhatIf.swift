public import Ledger
import Records
import Storage
import World

/// A trade that nobody has done yet.
public struct WhatIfQuestion: Sendable, Hashable {
    /// Nil for the default one.
    public var portfolio: ExactText?
    /// Nil for none.
    public var strategy: StrategyReference?
    public var instrument: Instrument
    public var side: Side
    public var size: OrderSize
    /// Nil for what the quote offers.
    public var price: Decimal?

    public init(
        _ side: Side, _ size: OrderSize, of instrument: Instrument, at price: Decimal? = nil,
        portfolio: ExactText? = nil, strategy: StrategyReference? = nil
    ) {
        self.side = side
        self.size = size
        self.instrument = instrument
        self.price = price
        self.portfolio = portfolio
        self.strategy = strategy
    }
}

/// What a trade would do to its holding, before fees.
public struct WhatIf: Sendable, Hashable {
    public let portfolio: ExactText
    public let strategy: ExactText?
    public let instrument: Instrument
    public let side: Side
    public let quantity: Decimal
    public let price: Decimal
    /// price × quantity × multiplier, in the instrument's currency, as all money here.
    public let notional: Decimal
    public let heldBefore: Decimal
    public let heldAfter: Decimal
    /// Per unit, at 12 decimals; 0 where nothing is held.
    public let averageBefore: Decimal
    public let averageAfter: Decimal
    public let effect: Posting.Effect
    /// What would be realized, by each method; empty where nothing is closed.
    public let realized: [Realized]
    /// Of the open campaign by average cost, before and after; nil where there is none.
    public let campaign: CampaignChange?

    public struct Realized: Sendable, Hashable {
        public let method: CostMethod
        public let amount: Decimal
        /// Whether the portfolio's lots are consumed so.
        public let isOwn: Bool
    }

    public struct CampaignChange: Sendable, Hashable {
        public let realizedBefore: Decimal
        public let realizedAfter: Decimal
        public let fillCount: Int
    }
}

extension PositionService {
    /// Reckons a trade without storing anything; it reads the trades of the open campaign alone.
    ///
    /// Throws `ServiceError`: `UNKNOWN_PORTFOLIO`, `NO_QUOTE` where no price was given and none is
    /// known, `NO_EQUITY` for a part of one that is not, `OUT_OF_RANGE`.
    public func whatIf(
        _ question: WhatIfQuestion, for authority: Authority
    ) async throws -> WhatIf {
        let now = work.world.now()
        return try await work.read { tx in
            do {
                return try Self.whatIf(question, money, now, authority, in: tx)
            } catch let refusal as FillRefusal {
                throw ServiceError(refusal)
            } catch is LedgerError {
                throw ServiceError(
                    .invalid, code: "OUT_OF_RANGE", field: "quantity",
                    detail: "what follows does not fit 18 decimals below 1.7e20")
            }
        }
    }

    private static func whatIf(
        _ question: WhatIfQuestion, _ money: MoneyService, _ now: Timestamp,
        _ authority: Authority, in tx: any Transaction
    ) throws -> WhatIf {
        let book = try authority.book(named: question.portfolio, in: tx).get()
        let strategy = question.strategy.map { ExactText($0.description) }
        let listing = try Positions.list(
            Scope(portfolioID: book.id, strategyID: authority.strategyID),
            includeClosed: false, for: authority.caller, in: tx
        ).first { $0.instrument.instrument == question.instrument && $0.strategy == strategy }
        let instrument = question.instrument
        let quote = try question.price == nil ? self.quote(of: instrument, in: tx) : nil
        let sizing = OrderSizing(
            side: question.side, pricing: question.price.map(OrderPricing.limit) ?? .market,
            instrument: instrument, quote: quote, held: listing?.position.quantity ?? .zero
        ) {
            try money.equity(
                of: book, in: instrument.currency, on: now.day, for: authority.caller, in: tx)
        }
        guard
            let price = OrderSizing.price(sizing.pricing, side: question.side, quote: quote)
        else {
            throw ServiceError(
                .invalid, code: "NO_QUOTE", field: "price",
                detail: "no price of \(instrument.symbol) is known: give one")
        }
        let fill = try Fill(
            id: "what-if", side: question.side, quantity: sizing.quantity(question.size),
            price: price, multiplier: instrument.multiplier, fee: .zero,
            feeCurrency: instrument.currency,
            time: max(now, listing?.position.lastFill?.time ?? now))
        let holdings = try LotMethod.allCases.map { method in
            var rules = book.rules
            rules.lotMethod = method
            let stored = try listing.flatMap {
                try holding(of: $0, rules, for: authority.caller, in: tx)
            }
            return stored ?? Holding(rules)
        }
        return try WhatIf(fill, of: instrument, in: book, strategy, holdings)
    }

    private static func quote(of instrument: Instrument, in tx: any Transaction) throws -> Quote? {
        try Instruments.with(symbols: [instrument.symbol], in: tx)
            .first { $0.instrument == instrument }
            .flatMap { try Quotes.of($0.id, in: tx) }
    }

    /// As it stands now, by other rules than those that it was posted by.
    private static func holding(
        of listing: PositionListing, _ rules: HoldingRules, for caller: Caller,
        in tx: any Transaction
    ) throws -> Holding? {
        guard let last = listing.position.lastFill,
            let start = try Campaigns.lastStart(
                of: listing.holding, upTo: last, for: caller, in: tx)
        else { return nil }
        var replay = try CampaignReplay(start, of: listing.holding, rules, for: caller, in: tx)
        while try replay.step() != nil {}
        return replay.holding
    }
}

extension WhatIf {
    /// `holdings` are the same one, by each lot method.
    fileprivate init(
        _ fill: Fill, of instrument: Instrument, in book: Portfolio, _ strategy: ExactText?,
        _ holdings: [Holding]
    ) throws {
        let postings = try holdings.map { try $0.posting(of: fill) }
        let before = holdings.first ?? Holding(book.rules)
        var after = before
        let posting = try after.apply(fill)
        portfolio = book.name
        self.strategy = strategy
        self.instrument = instrument
        side = fill.side
        quantity = fill.quantity
        price = fill.price
        notional = fill.notional
        heldBefore = before.position.quantity
        heldAfter = after.position.quantity
        averageBefore = try before.position.averagePrice(multiplier: instrument.multiplier)
        averageAfter = try after.position.averagePrice(multiplier: instrument.multiplier)
        effect = posting.effect
        let average = Realized(method: .average, amount: posting.realizedPnL, isOwn: false)
        realized =
            posting.closedQuantity.isZero
            ? []
            : [average]
                + zip(holdings, postings).map { holding, posting in
                    let method = holding.rules.lotMethod
                    return Realized(
                        method: method == .fifo ? .fifo : .lifo, amount: posting.lotRealizedPnL,
                        isOwn: method == book.rules.lotMethod)
                }
        campaign = before.campaign.map { open in
            CampaignChange(
                realizedBefore: open.realizedPnL,
                realizedAfter: (posting.closing ?? posting.opening)?.campaign.realizedPnL
                    ?? open.realizedPnL,
                fillCount: open.fillCount)
        }
    }
}
