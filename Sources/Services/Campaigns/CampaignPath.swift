public import Ledger
public import Records
import Storage

/// A campaign fill by fill, for a picture.
public struct CampaignPath: Sendable, Hashable {
    public struct Point: Sendable, Hashable {
        public let time: Timestamp
        public let price: Decimal
        /// Of what is held after it; nil where nothing is, and where the campaign has too many
        /// fills to be followed.
        public let averagePrice: Decimal?
        /// What the leg does that begins here, or ends here where it takes something away; nil of
        /// fills within a leg.
        public let leg: Leg.Kind?
    }

    public let campaign: CampaignListing
    /// In the order of truth: each fill, or each leg at its average where there are more than
    /// `CampaignService.longestPath` fills.
    public let points: [Point]
    /// The present price of an open one; nil without a quote.
    public let markPrice: Decimal?
    public let unrealizedPnL: Decimal?
}

extension CampaignService {
    /// Longer campaigns are told leg by leg.
    public static let longestPath = 2000

    /// Throws as `detail` does.
    public func path(
        of reference: CampaignReference, for authority: Authority
    ) async throws -> CampaignPath {
        try await work.read { tx in
            let caller = authority.caller
            let campaign = try find(reference, for: authority, in: tx)
            let legs = try CampaignList.legs(of: campaign.id, for: caller, in: tx)
            let points =
                campaign.fillCount > Self.longestPath
                ? legs.map(CampaignPath.Point.init)
                : try Self.points(of: campaign, legs, for: caller, in: tx)
            let scope = Scope(
                portfolioID: campaign.holding.portfolioID, strategyID: campaign.holding.strategyID)
            let position =
                campaign.status == .open
                ? try Positions.list(scope, includeClosed: false, for: caller, in: tx)
                    .first { $0.holding == campaign.holding }
                    .map { PositionView($0, freshSince: campaign.openedAt) } : nil
            return CampaignPath(
                campaign: campaign, points: points, markPrice: position?.markPrice,
                unrealizedPnL: position?.unrealizedPnL)
        }
    }

    private static func points(
        of campaign: CampaignListing, _ legs: [CampaignLegListing], for caller: Caller,
        in tx: any Transaction
    ) throws -> [CampaignPath.Point] {
        let trades = try Trades.window(
            of: campaign.holding, from: campaign.opening, limit: campaign.fillCount, for: caller,
            in: tx)
        guard
            let start = try Campaigns.lastStart(
                of: campaign.holding, upTo: campaign.opening, for: caller, in: tx),
            let portfolio = try Portfolios.with(
                id: campaign.holding.portfolioID, for: caller, in: tx)
        else { return [] }
        var firsts: [TradeNumber: Leg] = [:]
        for listing in legs { firsts[listing.leg.first] = listing.leg }
        var holding = Holding(portfolio.rules)
        var leg: Leg?
        return try trades.enumerated().map { index, trade in
            let number = TradeNumber(trade.id.raw)
            if trade.id == start.opening, start.openingQuantity != trade.fill.quantity {
                // What it closed belongs to the campaign before.
                holding = try Holding(
                    portfolio.rules, through: trade.fill, number: number,
                    opened: start.openingQuantity)
            } else {
                _ = try holding.apply(trade.fill, number: number)
            }
            let begins = firsts[number]
            leg = begins ?? leg
            let next = index + 1 < trades.count ? trades[index + 1] : nil
            let ends = next.map { firsts[TradeNumber($0.id.raw)] != nil } ?? true
            let isShown = leg?.kind.takesAway == true ? ends : begins != nil
            let isLast = next == nil && campaign.status != .open
            return CampaignPath.Point(
                time: trade.fill.time, price: trade.fill.price,
                averagePrice: isLast || holding.position.quantity.isZero
                    ? nil
                    : try holding.position.averagePrice(
                        multiplier: campaign.instrument.multiplier),
                leg: isShown ? leg?.kind : nil)
        }
    }
}

extension CampaignPath.Point {
    fileprivate init(_ listing: CampaignLegListing) {
        self.init(
            time: listing.leg.startedAt, price: listing.averagePrice, averagePrice: nil,
            leg: listing.leg.kind)
    }
}

extension Leg.Kind {
    fileprivate var takesAway: Bool {
        switch self {
        case .reduce, .close, .flipClose: true
        case .open, .add, .flipOpen: false
        }
    }
}
