public import Ledger
public import Storage

/// A leg as it is stored with its campaign.
public struct LegRecord: Sendable, Hashable {
    /// The trade that opened the campaign.
    public let campaign: TradeNumber
    /// Counted from 1 in its campaign.
    public let number: Int
    public let leg: Leg
    /// For the price that is derived from the notional.
    public let multiplier: Decimal

    public init(campaign: TradeNumber, number: Int, leg: Leg, multiplier: Decimal) {
        self.campaign = campaign
        self.number = number
        self.leg = leg
        self.multiplier = multiplier
    }
}

/// How much of a trade belongs to a leg.
public struct LegAllocation: Sendable, Hashable {
    /// The trade that opened the campaign.
    public let campaign: TradeNumber
    /// The leg's first trade.
    public let leg: TradeNumber
    public let trade: TradeNumber
    public let quantity: Decimal

    public init(
        campaign: TradeNumber, leg: TradeNumber, trade: TradeNumber, quantity: Decimal
    ) {
        self.campaign = campaign
        self.leg = leg
        self.trade = trade
        self.quantity = quantity
    }
}

/// The decisions within campaigns, and which trades they are made of.
public enum Legs {
    private static let columns = """
        l.campaign_id, l.leg_number, l.first_trade_id, l.leg_type, l.side, l.quantity,
        l.notional, l.started_at, l.ended_at, l.last_broker_order_id, l.fill_count, i.multiplier
        """

    private static func decode(_ row: any Row) throws -> LegRecord {
        LegRecord(
            campaign: TradeNumber(try row.integer(0)), number: Int(try row.integer(1)),
            leg: Leg(
                first: TradeNumber(try row.integer(2)), kind: try row.choice(3),
                side: try row.choice(4), quantity: try row.decimal(5),
                notional: try row.decimal(6), startedAt: try row.time(7),
                endedAt: try row.time(8), lastOrderID: try row.optionalExact(9),
                fillCount: Int(try row.integer(10))),
            multiplier: try row.decimal(11))
    }

    /// The legs of these campaigns, in no order.
    public static func all(
        of campaigns: some Sequence<TradeID>, for caller: Caller, in tx: any Transaction
    ) throws -> [LegRecord] {
        try tx.query(
            """
            SELECT \(columns)
            FROM item
            JOIN campaign_legs l ON l.campaign_id = item.campaign_id AND l.user_id = item.user_id
            JOIN position_campaigns c ON c.id = l.campaign_id
            JOIN instruments i ON i.id = c.instrument_id
            """, forEach: CampaignRows.items(campaigns, of: caller), decode)
    }

    /// Stores legs in place of what was there. Their uids and notes stay.
    public static func put(
        _ legs: [(uid: String, record: LegRecord)], now: Timestamp, for caller: Caller,
        in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("campaign_id", .integer), .init("first_trade_id", .integer),
            .init("uid", .text), .init("user_id", .integer), .init("leg_number", .integer),
            .init("leg_type", .text), .init("side", .text), .init("quantity", .decimal),
            .init("notional", .decimal), .init("avg_price", .decimal), .init("started_at", .time),
            .init("ended_at", .time), .init("last_broker_order_id", .text),
            .init("fill_count", .integer), .init("created_at", .time),
        ])
        let time = Value.time(now)
        for (uid, record) in legs {
            let leg = record.leg
            items.append([
                .integer(record.campaign.raw), .integer(leg.first.raw), .text(uid),
                .id(caller.userID), .integer(Int64(record.number)), .text(leg.kind.rawValue),
                .text(leg.side.rawValue), .decimal(leg.quantity), .decimal(leg.notional),
                .decimal(try leg.averagePrice(multiplier: record.multiplier)),
                .time(leg.startedAt), .time(leg.endedAt), .optional(leg.lastOrderID),
                .integer(Int64(leg.fillCount)), time,
            ])
        }
        try tx.execute(
            """
            INSERT INTO campaign_legs (campaign_id, first_trade_id, uid, user_id, leg_number,
                leg_type, side, quantity, notional, avg_price, started_at, ended_at,
                last_broker_order_id, fill_count, created_at)
            SELECT campaign_id, first_trade_id, uid, user_id, leg_number, leg_type, side, quantity,
                notional, avg_price, started_at, ended_at, last_broker_order_id, fill_count,
                created_at
            FROM item
            WHERE true
            ON CONFLICT (campaign_id, first_trade_id) DO UPDATE SET
                leg_number = excluded.leg_number, leg_type = excluded.leg_type,
                side = excluded.side, quantity = excluded.quantity, notional = excluded.notional,
                avg_price = excluded.avg_price, started_at = excluded.started_at,
                ended_at = excluded.ended_at,
                last_broker_order_id = excluded.last_broker_order_id,
                fill_count = excluded.fill_count, version = campaign_legs.version + 1
            """, forEach: items)
    }

    /// Forgets legs, each told by its campaign and its first trade.
    public static func remove(
        _ legs: [(campaign: TradeNumber, first: TradeNumber)], for caller: Caller,
        in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("user_id", .integer), .init("campaign_id", .integer),
            .init("first_trade_id", .integer),
        ])
        for (campaign, first) in legs {
            items.append([.id(caller.userID), .integer(campaign.raw), .integer(first.raw)])
        }
        try tx.execute(
            """
            DELETE FROM campaign_legs
            WHERE (campaign_id, first_trade_id) IN (
                    SELECT item.campaign_id, item.first_trade_id FROM item)
                AND user_id IN (SELECT item.user_id FROM item)
            """, forEach: items)
    }

    /// Stores which trades legs are made of; none of them may be there yet.
    public static func insert(
        _ allocations: [LegAllocation], for caller: Caller, in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("campaign_id", .integer), .init("trade_id", .integer),
            .init("first_trade_id", .integer), .init("user_id", .integer),
            .init("allocated_qty", .decimal),
        ])
        for allocation in allocations {
            items.append([
                .integer(allocation.campaign.raw), .integer(allocation.trade.raw),
                .integer(allocation.leg.raw), .id(caller.userID), .decimal(allocation.quantity),
            ])
        }
        try tx.execute(
            """
            INSERT INTO leg_trade_map (campaign_id, trade_id, first_trade_id, user_id,
                allocated_qty)
            SELECT campaign_id, trade_id, first_trade_id, user_id, allocated_qty
            FROM item
            """, forEach: items)
    }

    private static func decodeAllocation(_ row: any Row) throws -> LegAllocation {
        LegAllocation(
            campaign: TradeNumber(try row.integer(0)), leg: TradeNumber(try row.integer(1)),
            trade: TradeNumber(try row.integer(2)), quantity: try row.decimal(3))
    }

    /// What is stored of a campaign's trades between these, both included, in no order.
    public static func allocations(
        of campaign: TradeNumber, within trades: ClosedRange<Int64>, for caller: Caller,
        in tx: any Transaction
    ) throws -> [LegAllocation] {
        try tx.query(
            SQL(
                """
                SELECT m.campaign_id, m.first_trade_id, m.trade_id, m.allocated_qty
                FROM leg_trade_map m
                WHERE \(DerivedRows.isWithin("m"))
                """, DerivedRows.values(campaign, trades, of: caller)), decodeAllocation)
    }

    /// What is stored at these places, in no order.
    public static func allocations(
        at places: [(campaign: TradeNumber, trade: TradeNumber)], for caller: Caller,
        in tx: any Transaction
    ) throws -> [LegAllocation] {
        try tx.query(
            """
            SELECT m.campaign_id, m.first_trade_id, m.trade_id, m.allocated_qty
            FROM item
            JOIN leg_trade_map m ON m.campaign_id = item.campaign_id
                AND m.trade_id = item.trade_id AND m.user_id = item.user_id
            """, forEach: DerivedRows.items(places, of: caller), decodeAllocation)
    }

    /// The legs with these campaigns and first trades, in no order.
    public static func at(
        _ places: [(campaign: TradeNumber, trade: TradeNumber)], for caller: Caller,
        in tx: any Transaction
    ) throws -> [LegFigures] {
        try tx.query(
            """
            SELECT \(columns), l.avg_price
            FROM item
            JOIN campaign_legs l ON l.campaign_id = item.campaign_id
                AND l.first_trade_id = item.trade_id AND l.user_id = item.user_id
            JOIN position_campaigns c ON c.id = l.campaign_id
            JOIN instruments i ON i.id = c.instrument_id
            """, forEach: DerivedRows.items(places, of: caller)
        ) { LegFigures(try decode($0), averagePrice: try $0.decimal(12)) }
    }

    /// Forgets which trades these campaigns' legs are made of.
    public static func removeAllocations(
        of campaigns: some Sequence<TradeID>, for caller: Caller, in tx: any Transaction
    ) throws {
        try CampaignRows.remove(campaigns, from: "leg_trade_map", for: caller, in: tx)
    }
}
