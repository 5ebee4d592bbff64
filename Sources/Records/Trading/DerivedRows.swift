public import Ledger
public import Storage

/// A lot as its trade opened it, whatever became of it.
public struct OpenedLot: Sendable, Hashable {
    public let campaign: TradeNumber
    public let trade: TradeNumber
    public let order: FillOrder
    public let quantity: Decimal
    public let cost: Decimal

    public init(campaign: TradeNumber, lot: Lot) {
        self.init(
            campaign: campaign, trade: lot.trade, order: lot.order, quantity: lot.quantity,
            cost: lot.cost)
    }

    init(
        campaign: TradeNumber, trade: TradeNumber, order: FillOrder, quantity: Decimal,
        cost: Decimal
    ) {
        self.campaign = campaign
        self.trade = trade
        self.order = order
        self.quantity = quantity
        self.cost = cost
    }
}

/// A leg with the price that is derived from it.
public struct LegFigures: Sendable, Hashable {
    public let record: LegRecord
    public let averagePrice: Decimal

    public init(_ record: LegRecord) throws(LedgerError) {
        self.record = record
        averagePrice = try record.leg.averagePrice(multiplier: record.multiplier)
    }

    init(_ record: LegRecord, averagePrice: Decimal) {
        self.record = record
        self.averagePrice = averagePrice
    }
}

/// All figures of a campaign's row, as they are stored.
public struct CampaignFigures: Sendable, Hashable {
    public static let names = Campaigns.derivedColumns

    public let opening: TradeNumber
    /// In the order of `names`; nil for NULL.
    public let values: [String?]

    init(opening: TradeNumber, values: [String?]) {
        self.opening = opening
        self.values = values
    }

    /// What a campaign comes to.
    public init(_ record: CampaignRecord) throws(LedgerError) {
        opening = record.campaign.opening
        values = try Campaigns.derivedValues(record).map { value in
            switch value {
            case .null: nil
            case .integer(let number): String(number)
            case .text(let text): text
            case .bool, .blob: nil
            }
        }
    }
}

/// How many rows a portfolio's derived tables have.
public struct DerivedCounts: Sendable, Hashable {
    public var campaigns = 0
    public var legs = 0
    public var allocations = 0
    public var lots = 0
    public var closures = 0

    public init() {}

    /// What is stored.
    public init(
        of portfolio: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws {
        func count(_ table: String) throws -> Int {
            let counts = try tx.query(
                SQL(
                    """
                    SELECT COUNT(*) FROM position_campaigns c
                    JOIN \(table) r ON r.campaign_id = c.id
                    WHERE c.portfolio_id = $1 AND c.user_id = $2
                    """, [.id(portfolio), .id(caller.userID)])
            ) { Int(try $0.integer(0)) }
            return counts.first ?? 0
        }
        campaigns =
            try tx.query(
                SQL(
                    """
                    SELECT COUNT(*) FROM position_campaigns
                    WHERE portfolio_id = $1 AND user_id = $2
                    """, [.id(portfolio), .id(caller.userID)])
            ) { Int(try $0.integer(0)) }.first ?? 0
        legs = try count("campaign_legs")
        allocations = try count("leg_trade_map")
        lots = try count("position_lots")
        closures = try count("lot_closures")
    }
}

/// Rows below campaigns by their keys, for `verify`.
enum DerivedRows {
    static func items(
        _ places: [(campaign: TradeNumber, trade: TradeNumber)], of caller: Caller
    ) -> RowSet {
        var items = RowSet([
            .init("user_id", .integer), .init("campaign_id", .integer),
            .init("trade_id", .integer),
        ])
        for (campaign, trade) in places {
            items.append([.id(caller.userID), .integer(campaign.raw), .integer(trade.raw)])
        }
        return items
    }

    /// The condition that a row `r` is of one campaign and of a trade within a range; for `values`.
    static func isWithin(_ r: String) -> String {
        """
        \(r).campaign_id = $1 AND \(r).trade_id BETWEEN $2 AND $3 AND \(r).user_id = $4
        """
    }

    static func values(
        _ campaign: TradeNumber, _ trades: ClosedRange<Int64>, of caller: Caller
    ) -> [Value] {
        [
            .integer(campaign.raw), .integer(trades.lowerBound), .integer(trades.upperBound),
            .id(caller.userID),
        ]
    }
}
