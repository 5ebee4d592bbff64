import Ledger
import Records
import Storage
import World

extension PositionService {
    /// What stands behind the figures of one position. Throws `.notFound` where there is none,
    /// and `.invalid` (`AMBIGUOUS`, with the field to add) where several are meant.
    public func explain(
        _ query: ExplanationQuery, for authority: Authority
    ) async throws -> PositionExplanation {
        try Limits.checkPage(query.limit)
        let freshSince = oldestFreshMark(at: work.world.now())
        return try await work.read { tx in
            let listing = try query.position(for: authority, in: tx)
            let position = PositionView(listing, freshSince: freshSince)
            let caller = authority.caller
            let rules =
                try Portfolios.with(id: listing.holding.portfolioID, for: caller, in: tx)?.rules
                ?? HoldingRules()
            let campaigns = try CampaignList.count(of: listing.holding, for: caller, in: tx)
            guard let last = listing.position.lastFill,
                let start = try Campaigns.lastStart(
                    of: listing.holding, upTo: last, for: caller, in: tx),
                let campaign = try CampaignList.with(opening: start.opening, for: caller, in: tx)
            else {
                return PositionExplanation(
                    position: position, campaign: nil,
                    carried: .init(
                        campaigns: campaigns, realizedPnL: listing.position.realizedPnL),
                    lotMethod: rules.lotMethod, trades: [], lots: [], closures: [], next: nil)
            }
            var journey = ExplainedJourney(
                of: listing.holding, from: start, rules, for: caller, in: tx)
            let page = try journey.page(query.start, limit: query.limit)
            let evidence = try Evidence(of: page.trades, of: campaign, rules, for: caller, in: tx)
            return PositionExplanation(
                position: position, campaign: campaign,
                carried: .init(
                    campaigns: campaigns - 1,
                    realizedPnL: try listing.position.realizedPnL - campaign.realizedPnL),
                lotMethod: rules.lotMethod, trades: page.trades, lots: evidence.lots,
                closures: evidence.closures, next: page.next)
        }
    }
}

/// A holding's last campaign, posted anew trade by trade; holds a page of trades at a time.
private struct ExplainedJourney {
    private static let pageSize = 2000

    private let key: HoldingKey
    private let start: CampaignStart
    private let caller: Caller
    private let tx: any Transaction
    private var holding: Holding

    init(
        of key: HoldingKey, from start: CampaignStart, _ rules: HoldingRules,
        for caller: Caller, in tx: any Transaction
    ) {
        self.key = key
        self.start = start
        self.caller = caller
        self.tx = tx
        holding = Holding(rules)
    }

    /// At most `limit` trades from there on, and the place of the last where others follow.
    mutating func page(
        _ place: ExplanationQuery.Start, limit: Int
    ) throws -> (trades: [ExplainedTrade], next: FillOrder?) {
        var found: [ExplainedTrade] = []
        var passed = 0
        var last: FillOrder?
        while true {
            let trades = try Trades.window(
                of: key, from: last ?? start.order, isAfter: last != nil, limit: Self.pageSize,
                for: caller, in: tx)
            for trade in trades {
                if found.count == limit { return (found, found.last?.trade.fill.order) }
                let explained = try post(trade)
                let isBefore =
                    switch place {
                    case .skipping(let count): passed < count
                    case .after(let order): trade.fill.order <= order
                    }
                passed += 1
                if !isBefore { found.append(explained) }
            }
            guard trades.count == Self.pageSize else { return (found, nil) }
            last = trades.last?.fill.order
        }
    }

    private mutating func post(_ trade: TradeRecord) throws(LedgerError) -> ExplainedTrade {
        let number = TradeNumber(trade.id.raw)
        var allocated = trade.fill.quantity
        var realizedPnL = Decimal.zero
        if trade.id == start.opening, start.openingQuantity != trade.fill.quantity {
            // What it closed belongs to the campaign before.
            allocated = start.openingQuantity
            holding = try Holding(
                holding.rules, through: trade.fill, number: number, opened: allocated)
        } else {
            realizedPnL = try holding.apply(trade.fill, number: number).realizedPnL
        }
        return ExplainedTrade(
            trade: trade, allocatedQuantity: allocated, realizedPnL: realizedPnL,
            quantityAfter: holding.position.quantity, costAfter: holding.position.cost)
    }
}

/// The lots and closures of some trades of a campaign.
private struct Evidence {
    let lots: [ExplainedLot]
    let closures: [ExplainedClosure]

    init(
        of trades: [ExplainedTrade], of campaign: CampaignListing, _ rules: HoldingRules,
        for caller: Caller, in tx: any Transaction
    ) throws {
        let opening = TradeNumber(campaign.id.raw)
        let places = trades.map { (opening, TradeNumber($0.trade.id.raw)) }
        let stored = Dictionary(
            try Lots.at(places, for: caller, in: tx).map { ($0.lot.trade, $0.lot) }
        ) { first, _ in first }
        let taken = Dictionary(
            grouping: try Lots.closures(at: places, for: caller, in: tx), by: \.trade)
        let names = try Trades.names(
            of: Set(taken.values.joined().map(\.lot)), for: caller, in: tx)
        var lots: [ExplainedLot] = []
        var closures: [ExplainedClosure] = []
        for explained in trades {
            let uid = explained.trade.uid
            let number = TradeNumber(explained.trade.id.raw)
            if let lot = stored[number] { lots.append(ExplainedLot(tradeUID: uid, lot: lot)) }
            let made = (taken[number] ?? []).compactMap { closure in
                names[closure.lot].map {
                    ExplainedClosure(
                        tradeUID: uid, lotTradeUID: $0.uid, lotOrder: $0.order, closure: closure)
                }
            }
            closures += made.sorted {
                rules.lotMethod == .fifo ? $0.lotOrder < $1.lotOrder : $1.lotOrder < $0.lotOrder
            }
        }
        self.lots = lots
        self.closures = closures
    }
}

extension ExplanationQuery {
    /// The one position that is meant.
    fileprivate func position(
        for authority: Authority, in tx: any Transaction
    ) throws -> PositionListing {
        var reference: StrategyReference?
        if case .named(let named) = strategy { reference = named }
        let scope = try authority.scope(portfolio: portfolio, strategy: reference, in: tx)
        let found = try Positions.list(
            scope, includeClosed: true, for: authority.caller, in: tx
        ).filter(matches)
        guard let first = found.first else {
            throw ServiceError(
                .notFound, code: "UNKNOWN_POSITION", field: "symbol",
                detail: "there is no position in \(symbol), open or closed")
        }
        guard found.count > 1 else { return first }
        throw ServiceError(
            .invalid, code: "AMBIGUOUS", field: Self.differingField(found),
            detail: "there are several positions in \(symbol): "
                + found.prefix(Self.mostChoices).map(Self.choice).joined(separator: "; ")
                + (found.count > Self.mostChoices ? "; …" : ""))
    }

    private static let mostChoices = 20

    private func matches(_ listing: PositionListing) -> Bool {
        let instrument = listing.instrument.instrument
        guard instrument.symbol == symbol else { return false }
        if let holding { return listing.holding == holding }
        if case .none = strategy, listing.strategy != nil { return false }
        switch exchange {
        case .leftOut: break
        case .none: if instrument.exchange != nil { return false }
        case .named(let name): if instrument.exchange != name { return false }
        }
        return (assetType == nil || assetType == instrument.assetType)
            && (currency == nil || currency == instrument.currency)
    }

    /// The parameter that tells them apart best.
    private static func differingField(_ found: [PositionListing]) -> String {
        let parts: [(String, (PositionListing) -> String)] = [
            ("portfolio", { $0.portfolio.text }), ("strategy", { $0.strategy?.text ?? "" }),
            ("exchange", { $0.instrument.instrument.exchange?.text ?? "" }),
            ("asset_type", { $0.instrument.instrument.assetType.rawValue }),
        ]
        return parts.first { Set(found.map($0.1).map { ExactText($0) }).count > 1 }?.0
            ?? "currency"
    }

    /// As the parameters would name it.
    private static func choice(_ listing: PositionListing) -> String {
        let instrument = listing.instrument.instrument
        return "portfolio=\(listing.portfolio) strategy=\(listing.strategy?.text ?? "null") "
            + "exchange=\(instrument.exchange?.text ?? "null") "
            + "asset_type=\(instrument.assetType.rawValue) currency=\(instrument.currency)"
    }
}
