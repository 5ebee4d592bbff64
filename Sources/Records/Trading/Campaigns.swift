public import Ledger
public import Storage

/// A campaign as it is stored with its holding.
public struct CampaignRecord: Sendable, Hashable {
    public let holding: HoldingKey
    public let campaign: Campaign
    /// The opening trade's.
    public let source: TradeSource
    /// For the prices that are derived from notionals.
    public let multiplier: Decimal

    public init(
        holding: HoldingKey, campaign: Campaign, source: TradeSource, multiplier: Decimal
    ) {
        self.holding = holding
        self.campaign = campaign
        self.source = source
        self.multiplier = multiplier
    }
}

/// Where a stored campaign begins.
public struct CampaignStart: Sendable, Hashable {
    /// The opening trade, which the campaign is known by.
    public let opening: TradeID
    public let order: FillOrder
    public let openingQuantity: Decimal
}

/// Journeys from flat to flat. A campaign's id is that of the trade that opened it.
public enum Campaigns {
    private static let columns = """
        c.portfolio_id, c.instrument_id, c.strategy_id, c.source, i.multiplier,
        c.id, c.opened_at, c.opening_broker_trade_id, c.opening_qty, c.direction, c.closed_at,
        c.qty_opened, c.qty_closed, c.closed_notional, c.max_qty, c.opened_cost, c.realized_pnl,
        c.num_fills, c.legs_count, l.first_trade_id, l.leg_type, l.side, l.quantity, l.notional,
        l.started_at, l.ended_at, l.last_broker_order_id, l.fill_count, f.notional
        """

    /// With its last leg, and with its first for what that opened.
    private static let joins = """
        JOIN campaign_legs l ON l.campaign_id = c.id AND l.leg_number = c.legs_count
        JOIN campaign_legs f ON f.campaign_id = c.id AND f.first_trade_id = c.id
        JOIN instruments i ON i.id = c.instrument_id
        """

    private static func decode(_ row: any Row) throws -> CampaignRecord {
        let leg = Leg(
            first: TradeNumber(try row.integer(19)), kind: try row.choice(20),
            side: try row.choice(21), quantity: try row.decimal(22),
            notional: try row.decimal(23), startedAt: try row.time(24),
            endedAt: try row.time(25), lastOrderID: try row.optionalExact(26),
            fillCount: Int(try row.integer(27)))
        return CampaignRecord(
            holding: HoldingKey(
                portfolioID: try row.id(0), instrumentID: try row.id(1),
                strategyID: try row.optionalID(2)),
            campaign: Campaign(
                opening: TradeNumber(try row.integer(5)),
                openingOrder: FillOrder(time: try row.time(6), id: try row.exact(7)),
                openingQuantity: try row.decimal(8), direction: try row.choice(9),
                closedAt: try row.optionalTime(10), openedQuantity: try row.decimal(11),
                openedNotional: try row.decimal(28), closedQuantity: try row.decimal(12),
                closedNotional: try row.decimal(13), maxQuantity: try row.decimal(14),
                openedCost: try row.decimal(15), realizedPnL: try row.decimal(16),
                fillCount: Int(try row.integer(17)), legCount: Int(try row.integer(18)),
                leg: leg),
            source: try row.choice(3), multiplier: try row.decimal(4))
    }

    /// The open campaigns of these holdings; those that are flat are left out.
    public static func open(
        of holdings: some Sequence<HoldingKey>, for caller: Caller, in tx: any Transaction
    ) throws -> [CampaignRecord] {
        var items = RowSet(HoldingKey.columns + [.init("user_id", .integer)])
        for holding in holdings { items.append(holding.values + [.id(caller.userID)]) }
        return try tx.query(
            """
            SELECT \(columns)
            FROM item
            JOIN position_campaigns c ON c.portfolio_id = item.portfolio_id
                AND c.instrument_id = item.instrument_id
                AND COALESCE(c.strategy_id, 0) = item.strategy_key
                AND c.status = 'open' AND c.user_id = item.user_id
            \(joins)
            """, forEach: items, decode)
    }

    /// The holding's campaigns that begin at `order` or later, oldest first, at most `limit`.
    public static func starts(
        of holding: HoldingKey, from order: FillOrder?, limit: Int, for caller: Caller,
        in tx: any Transaction
    ) throws -> [CampaignStart] {
        try starts(
            of: holding, order.map { (">=", $0) }, direction: "ASC", limit: limit, for: caller,
            in: tx)
    }

    /// The holding's last campaign that begins at `order` or before; `isBefore` leaves out one that
    /// begins right there.
    public static func lastStart(
        of holding: HoldingKey, upTo order: FillOrder, isBefore: Bool = false,
        for caller: Caller, in tx: any Transaction
    ) throws -> CampaignStart? {
        try starts(
            of: holding, (isBefore ? "<" : "<=", order), direction: "DESC", limit: 1, for: caller,
            in: tx
        ).first
    }

    /// The holding's campaigns that touch these days and do not begin and end on one day, oldest
    /// first.
    public static func starts(
        of holding: HoldingKey, lastingOver days: ClosedRange<Day>, for caller: Caller,
        in tx: any Transaction
    ) throws -> [CampaignStart] {
        try tx.query(
            SQL(
                """
                SELECT c.id, c.opened_at, c.opening_broker_trade_id, c.opening_qty, c.closed_at
                FROM position_campaigns c
                WHERE c.portfolio_id = $1 AND c.instrument_id = $2
                    AND COALESCE(c.strategy_id, 0) = $3 AND c.user_id = $4
                    AND c.opened_at < $5 AND (c.closed_at IS NULL OR c.closed_at >= $6)
                ORDER BY c.opened_at, c.opening_broker_trade_id
                """,
                holding.values + [
                    .id(caller.userID), .time(days.upperBound.adding(days: 1).start),
                    .time(days.lowerBound.start),
                ])
        ) { row in
            let start = try decodeStart(row)
            return try row.optionalTime(4)?.day == start.order.time.day ? nil : start
        }.compactMap(\.self)
    }

    private static func decodeStart(_ row: any Row) throws -> CampaignStart {
        CampaignStart(
            opening: try row.id(0),
            order: FillOrder(time: try row.time(1), id: try row.exact(2)),
            openingQuantity: try row.decimal(3))
    }

    private static func starts(
        of holding: HoldingKey, _ bound: (comparison: String, order: FillOrder)?,
        direction: String, limit: Int, for caller: Caller, in tx: any Transaction
    ) throws -> [CampaignStart] {
        var values = holding.values + [.id(caller.userID), .integer(Int64(limit))]
        var condition = ""
        if let bound {
            values += [.time(bound.order.time), .exact(bound.order.id)]
            condition = "AND (c.opened_at, c.opening_broker_trade_id) \(bound.comparison) ($6, $7)"
        }
        return try tx.query(
            SQL(
                """
                SELECT c.id, c.opened_at, c.opening_broker_trade_id, c.opening_qty
                FROM position_campaigns c
                WHERE c.portfolio_id = $1 AND c.instrument_id = $2
                    AND COALESCE(c.strategy_id, 0) = $3 AND c.user_id = $4 \(condition)
                ORDER BY c.opened_at \(direction), c.opening_broker_trade_id \(direction)
                LIMIT $5
                """, values), decodeStart)
    }

    /// The holdings that a portfolio has campaigns of.
    public static func holdings(
        of portfolio: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws -> [HoldingKey] {
        try tx.query(
            SQL(
                """
                SELECT DISTINCT instrument_id, strategy_id FROM position_campaigns
                WHERE portfolio_id = $1 AND user_id = $2
                """, [.id(portfolio), .id(caller.userID)])
        ) { row in
            HoldingKey(
                portfolioID: portfolio, instrumentID: try row.id(0),
                strategyID: try row.optionalID(1))
        }
    }

    /// Stores campaigns in place of what was there; oldest first, so that a holding's earlier one
    /// is closed before the next is open. Their uids, tags and legs' notes stay.
    public static func put(
        _ campaigns: [(uid: String, record: CampaignRecord)], now: Timestamp, for caller: Caller,
        in tx: any Transaction
    ) throws {
        var items = RowSet(putColumns)
        let time = Value.time(now)
        for (uid, record) in campaigns {
            items.append(
                [
                    .integer(record.campaign.opening.raw), .text(uid), .id(caller.userID),
                    .id(record.holding.portfolioID), .id(record.holding.instrumentID),
                    .optional(record.holding.strategyID), time,
                ] + (try derivedValues(record)))
        }
        try tx.execute(putText, forEach: items)
    }

    /// What follows from the trades, in the order of `derivedColumns`.
    static func derivedValues(_ record: CampaignRecord) throws(LedgerError) -> [Value] {
        let campaign = record.campaign
        return [
            .text(campaign.direction.rawValue),
            .text(campaign.isOpen ? "open" : "closed"),
            .time(campaign.openingOrder.time), .exact(campaign.openingOrder.id),
            .decimal(campaign.openingQuantity), .optional(campaign.closedAt),
            .decimal(campaign.openedQuantity), .decimal(campaign.closedQuantity),
            .decimal(campaign.maxQuantity), .decimal(campaign.openedCost),
            .decimal(campaign.closedNotional),
            .decimal(try campaign.averageOpenPrice(multiplier: record.multiplier)),
            .optional(try campaign.averageClosePrice(multiplier: record.multiplier)),
            .decimal(campaign.realizedPnL), .optional(campaign.returnPercent),
            campaign.holdingPeriodSeconds.map(Value.integer) ?? .null,
            .integer(Int64(campaign.fillCount)), .integer(Int64(campaign.legCount)),
            .text(record.source.rawValue),
        ]
    }

    /// Forgets campaigns with their legs, lots and closures.
    public static func remove(
        _ ids: some Sequence<TradeID>, for caller: Caller, in tx: any Transaction
    ) throws {
        try CampaignRows.remove(ids, from: "position_campaigns", by: "id", for: caller, in: tx)
    }

    /// A correction put one trade in another's place: what is known by the first, one of these
    /// campaigns and legs of them, is known by the second from now on.
    public static func rename(
        _ trade: TradeID, to replacement: TradeID, in campaigns: [TradeID], for caller: Caller,
        in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("user_id", .integer), .init("campaign_id", .integer),
            .init("trade_id", .integer), .init("replacement_id", .integer),
        ])
        for campaign in campaigns {
            items.append([
                .id(caller.userID), .id(campaign == trade ? replacement : campaign), .id(trade),
                .id(replacement),
            ])
        }
        try tx.execute(
            SQL(
                "UPDATE position_campaigns SET id = $2 WHERE id = $1 AND user_id = $3",
                [.id(trade), .id(replacement), .id(caller.userID)]))
        try tx.execute(
            """
            UPDATE campaign_legs SET first_trade_id = item.replacement_id
            FROM item
            WHERE campaign_legs.campaign_id = item.campaign_id
                AND campaign_legs.first_trade_id = item.trade_id
                AND campaign_legs.user_id = item.user_id
            """, forEach: items)
    }

    /// The figures of stored campaigns, as they are written, in no order.
    public static func figures(
        of ids: [TradeID], for caller: Caller, in tx: any Transaction
    ) throws -> [CampaignFigures] {
        let columns = derived.map { "c.\($0.name)" }.joined(separator: ", ")
        return try tx.query(
            """
            SELECT c.id, \(columns)
            FROM item
            JOIN position_campaigns c ON c.id = item.campaign_id AND c.user_id = item.user_id
            """, forEach: CampaignRows.items(ids, of: caller)
        ) { row in
            CampaignFigures(
                opening: TradeNumber(try row.integer(0)),
                values: try derived.indices.map { index in
                    switch derived[index].kind {
                    case .integer:
                        try row.optionalInteger(index + 1).map(String.init)
                    case .decimal:
                        try row.optionalDecimal(index + 1)?.description
                    default:
                        try row.optionalText(index + 1)
                    }
                })
        }
    }

    static let derivedColumns = derived.map(\.name)

    private static let derived: [RowSet.Column] = [
        .init("direction", .text), .init("status", .text), .init("opened_at", .time),
        .init("opening_broker_trade_id", .text), .init("opening_qty", .decimal),
        .init("closed_at", .time), .init("qty_opened", .decimal), .init("qty_closed", .decimal),
        .init("max_qty", .decimal), .init("opened_cost", .decimal),
        .init("closed_notional", .decimal), .init("avg_open_price", .decimal),
        .init("avg_close_price", .decimal), .init("realized_pnl", .decimal),
        .init("return_pct", .decimal), .init("holding_period_sec", .integer),
        .init("num_fills", .integer), .init("legs_count", .integer), .init("source", .text),
    ]

    private static let putColumns: [RowSet.Column] =
        [
            .init("id", .integer), .init("uid", .text), .init("user_id", .integer),
            .init("portfolio_id", .integer), .init("instrument_id", .integer),
            .init("strategy_id", .integer), .init("updated_at", .time),
        ] + derived

    private static let putText: String = {
        let names = putColumns.map(\.name)
        let fixed: Set = ["id", "uid", "user_id", "portfolio_id", "instrument_id", "strategy_id"]
        let updates = names.filter { !fixed.contains($0) }.map { "\($0) = excluded.\($0)" }
        return """
            INSERT INTO position_campaigns (\(names.joined(separator: ", ")))
            SELECT \(names.joined(separator: ", "))
            FROM item
            WHERE true
            ON CONFLICT (id) DO UPDATE SET \(updates.joined(separator: ", ")),
                version = position_campaigns.version + 1
            """
    }()
}

/// What the tables below a campaign share.
enum CampaignRows {
    static func items(_ ids: some Sequence<TradeID>, of caller: Caller) -> RowSet {
        var items = RowSet([.init("user_id", .integer), .init("campaign_id", .integer)])
        for id in ids { items.append([.id(caller.userID), .id(id)]) }
        return items
    }

    static func remove(
        _ ids: some Sequence<TradeID>, from table: String, by column: String = "campaign_id",
        for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            """
            DELETE FROM \(table)
            WHERE \(column) IN (SELECT item.campaign_id FROM item)
                AND user_id IN (SELECT item.user_id FROM item)
            """, forEach: items(ids, of: caller))
    }
}
