public import Ledger
public import Records
import Storage

/// Journeys from flat to flat.
public struct CampaignService: Sendable {
    let work: UnitOfWork

    /// Campaigns, the last opened first, at most `limit` (1–1000).
    public func page(
        _ query: CampaignQuery, for authority: Authority
    ) async throws -> CampaignPage {
        try Limits.checkPage(query.limit)
        return try await work.read { tx in
            let caller = authority.caller
            let scope = try authority.scope(
                portfolio: query.portfolio, strategy: query.strategy, in: tx)
            let filter = CampaignList.Filter(
                status: query.status, strategy: scope.strategyID, from: query.from,
                until: query.until)
            let limit = query.limit + 1
            var campaigns: [CampaignListing] = []
            for portfolio in try authority.portfolios(named: query.portfolio, in: tx) {
                guard let symbol = query.symbol else {
                    campaigns += try CampaignList.page(
                        of: portfolio.id, filter, after: query.cursor, limit: limit, for: caller,
                        in: tx)
                    continue
                }
                let holdings = try CampaignList.holdings(
                    of: portfolio.id, symbol: symbol, for: caller, in: tx)
                for holding in holdings {
                    campaigns += try CampaignList.page(
                        of: holding, filter, after: query.cursor, limit: limit, for: caller,
                        in: tx)
                }
            }
            campaigns.sort { $1.cursor < $0.cursor }
            let page = Array(campaigns.prefix(query.limit))
            return CampaignPage(
                campaigns: page,
                next: campaigns.count > query.limit ? page.last?.cursor : nil)
        }
    }

    /// One campaign with its legs. Throws `.notFound` for what is absent, another user's, or
    /// beyond the authority.
    public func detail(
        _ reference: CampaignReference, for authority: Authority
    ) async throws -> CampaignDetail {
        try await work.read { tx in
            let campaign = try find(reference, for: authority, in: tx)
            return CampaignDetail(
                campaign: campaign,
                legs: try CampaignList.legs(of: campaign.id, for: authority.caller, in: tx))
        }
    }

    /// The trades of a campaign's leg, counted from 1, in the order of truth: at most `limit`
    /// after the first `skipped`. Throws as `detail` does, and where there is no such leg.
    public func trades(
        ofLeg number: Int, of reference: CampaignReference, skipping skipped: Int, limit: Int,
        for authority: Authority
    ) async throws -> LegDetail {
        try await work.read { tx in
            let caller = authority.caller
            let campaign = try find(reference, for: authority, in: tx)
            let legs = try CampaignList.legs(of: campaign.id, for: caller, in: tx)
            guard let listing = legs.first(where: { $0.number == number }) else {
                throw ServiceError(
                    .notFound, code: "UNKNOWN_LEG", field: "leg",
                    detail: "the campaign has the legs 1 to \(legs.count)")
            }
            let leg = listing.leg
            // A leg's trades follow each other in the holding.
            let end = min(leg.fillCount, skipped + limit)
            guard skipped < end,
                let start = try Trades.names(of: [leg.first], for: caller, in: tx)[leg.first]
            else { return LegDetail(campaign: campaign, leg: listing, trades: []) }
            let trades = try Trades.window(
                of: campaign.holding, from: start.order, limit: end, for: caller, in: tx
            ).dropFirst(skipped)
            let opening = TradeNumber(campaign.id.raw)
            let allocated = Dictionary(
                try Legs.allocations(
                    at: trades.map { (opening, TradeNumber($0.id.raw)) }, for: caller, in: tx
                ).map { ($0.trade, $0.quantity) }
            ) { first, _ in first }
            return LegDetail(
                campaign: campaign, leg: listing,
                trades: trades.map { trade in
                    LegTrade(
                        trade: trade,
                        quantity: allocated[TradeNumber(trade.id.raw)] ?? trade.fill.quantity)
                })
        }
    }

    func find(
        _ reference: CampaignReference, for authority: Authority, in tx: any Transaction
    ) throws -> CampaignListing {
        let caller = authority.caller
        let campaign =
            switch reference {
            case .uid(let uid): try CampaignList.with(uid: uid, for: caller, in: tx)
            case .opening(let trade): try CampaignList.with(opening: trade, for: caller, in: tx)
            }
        guard let campaign, authority.reaches(campaign.holding) else {
            throw ServiceError(
                .notFound, code: "UNKNOWN_CAMPAIGN", field: "uid",
                detail: "there is no such campaign")
        }
        return campaign
    }
}

extension Authority {
    fileprivate func reaches(_ holding: HoldingKey) -> Bool {
        (portfolioID == nil || portfolioID == holding.portfolioID)
            && (strategyID == nil || strategyID == holding.strategyID)
    }
}

/// What a campaign is called.
public enum CampaignReference: Sendable, Hashable {
    case uid(String)
    /// By the trade that opened it; the name lasts when that trade is corrected.
    case opening(TradeID)
}

/// Which campaigns to list.
public struct CampaignQuery: Sendable, Hashable {
    public var portfolio: ExactText?
    public var status: CampaignStatus?
    public var symbol: ExactText?
    public var strategy: StrategyReference?
    /// The first instant of opening; nil for all.
    public var from: Timestamp?
    /// The first instant after; nil for all.
    public var until: Timestamp?
    /// The opening trade of the last one before the page.
    public var cursor: TradeCursor?
    public var limit: Int

    public init(
        portfolio: ExactText? = nil, status: CampaignStatus? = nil, symbol: ExactText? = nil,
        strategy: StrategyReference? = nil, from: Timestamp? = nil, until: Timestamp? = nil,
        cursor: TradeCursor? = nil, limit: Int = 100
    ) {
        self.portfolio = portfolio
        self.status = status
        self.symbol = symbol
        self.strategy = strategy
        self.from = from
        self.until = until
        self.cursor = cursor
        self.limit = limit
    }
}

/// A page of campaigns, and where the next one begins; nil on the last.
public struct CampaignPage: Sendable, Hashable {
    public let campaigns: [CampaignListing]
    public let next: TradeCursor?
}

/// A campaign with its legs, in their order.
public struct CampaignDetail: Sendable, Hashable {
    public let campaign: CampaignListing
    public let legs: [CampaignLegListing]
}

/// A leg with a stretch of its trades.
public struct LegDetail: Sendable, Hashable {
    public let campaign: CampaignListing
    public let leg: CampaignLegListing
    public let trades: [LegTrade]
}

/// A trade's part in a leg.
public struct LegTrade: Sendable, Hashable {
    public let trade: TradeRecord
    /// How much of it belongs to the leg: less than all of it where it went through zero.
    public let quantity: Decimal
}
