public import Ledger
public import Storage

/// A lot as it is stored with its campaign.
public struct LotRecord: Sendable, Hashable {
    /// The trade that opened the campaign.
    public let campaign: TradeNumber
    public let lot: Lot

    public init(campaign: TradeNumber, lot: Lot) {
        self.campaign = campaign
        self.lot = lot
    }
}

/// A closure as it is stored with its campaign.
public struct LotClosureRecord: Sendable, Hashable {
    /// The trade that opened the campaign.
    public let campaign: TradeNumber
    /// The trade that closes.
    public let trade: TradeNumber
    /// The trade that opened the lot.
    public let lot: TradeNumber
    public let quantity: Decimal
    public let cost: Decimal
    public let proceeds: Decimal
    public let realizedPnL: Decimal

    public init(campaign: TradeNumber, trade: TradeNumber, closure: LotClosure) {
        self.init(
            campaign: campaign, trade: trade, lot: closure.lot, quantity: closure.quantity,
            cost: closure.cost, proceeds: closure.proceeds, realizedPnL: closure.realizedPnL)
    }

    /// The same with other numbers for its trades.
    public func renumbered(_ number: (TradeNumber) -> TradeNumber) -> LotClosureRecord {
        LotClosureRecord(
            campaign: number(campaign), trade: number(trade), lot: number(lot),
            quantity: quantity, cost: cost, proceeds: proceeds, realizedPnL: realizedPnL)
    }

    init(
        campaign: TradeNumber, trade: TradeNumber, lot: TradeNumber, quantity: Decimal,
        cost: Decimal, proceeds: Decimal, realizedPnL: Decimal
    ) {
        self.campaign = campaign
        self.trade = trade
        self.lot = lot
        self.quantity = quantity
        self.cost = cost
        self.proceeds = proceeds
        self.realizedPnL = realizedPnL
    }
}

/// Quantities that single trades opened, and what closed them.
public enum Lots {
    private static let columns = """
        l.campaign_id, l.trade_id, l.opened_at, l.broker_trade_id, l.quantity, l.cost,
        l.open_quantity, l.open_cost
        """

    private static func decode(_ row: any Row) throws -> LotRecord {
        LotRecord(
            campaign: TradeNumber(try row.integer(0)),
            lot: Lot(
                trade: TradeNumber(try row.integer(1)),
                order: FillOrder(time: try row.time(2), id: try row.exact(3)),
                quantity: try row.decimal(4), cost: try row.decimal(5),
                openQuantity: try row.decimal(6), openCost: try row.decimal(7)))
    }

    /// Of each of these open campaigns the lots that are closed next, at most `limit` each, oldest
    /// first within a campaign.
    public static func next(
        _ method: LotMethod, of campaigns: some Sequence<TradeID>, limit: Int,
        for caller: Caller, in tx: any Transaction
    ) throws -> [LotRecord] {
        let items = CampaignRows.items(campaigns, of: caller)
        let direction = method == .fifo ? "ASC" : "DESC"
        let open = """
            SELECT \(columns)
            FROM position_lots l
            WHERE l.campaign_id = item.campaign_id AND l.user_id = item.user_id
                AND l.open_quantity <> '0'
            ORDER BY l.opened_at \(direction), l.broker_trade_id \(direction)
            LIMIT \(limit)
            """
        let records: [LotRecord] =
            switch tx.dialect {
            case .postgres:
                try tx.query(
                    "SELECT l.* FROM item CROSS JOIN LATERAL (\(open)) l", forEach: items, decode)
            case .sqlite:
                // Where `item` is one row at a time, a limit is each campaign's own.
                try tx.query(
                    open.replacing("FROM position_lots l", with: "FROM item, position_lots l"),
                    forEach: items, decode)
            }
        return records.sorted { $0.lot.order < $1.lot.order }
    }

    /// Stores new lots.
    public static func insert(
        _ lots: [LotRecord], for caller: Caller, in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("campaign_id", .integer), .init("trade_id", .integer),
            .init("user_id", .integer), .init("opened_at", .time),
            .init("broker_trade_id", .text), .init("quantity", .decimal), .init("cost", .decimal),
            .init("open_quantity", .decimal), .init("open_cost", .decimal),
        ])
        for record in lots {
            let lot = record.lot
            items.append([
                .integer(record.campaign.raw), .integer(lot.trade.raw), .id(caller.userID),
                .time(lot.order.time), .exact(lot.order.id), .decimal(lot.quantity),
                .decimal(lot.cost), .decimal(lot.openQuantity), .decimal(lot.openCost),
            ])
        }
        try tx.execute(
            """
            INSERT INTO position_lots (campaign_id, trade_id, user_id, opened_at, broker_trade_id,
                quantity, cost, open_quantity, open_cost)
            SELECT campaign_id, trade_id, user_id, opened_at, broker_trade_id, quantity, cost,
                open_quantity, open_cost
            FROM item
            """, forEach: items)
    }

    /// What closures left of lots that were stored before.
    public static func setOpen(
        _ lots: [(campaign: TradeNumber, closure: LotClosure)], for caller: Caller,
        in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("user_id", .integer), .init("campaign_id", .integer),
            .init("trade_id", .integer), .init("open_quantity", .decimal),
            .init("open_cost", .decimal),
        ])
        for (campaign, closure) in lots {
            items.append([
                .id(caller.userID), .integer(campaign.raw), .integer(closure.lot.raw),
                .decimal(closure.openQuantityAfter), .decimal(closure.openCostAfter),
            ])
        }
        try tx.execute(
            """
            UPDATE position_lots
            SET open_quantity = item.open_quantity, open_cost = item.open_cost
            FROM item
            WHERE position_lots.campaign_id = item.campaign_id
                AND position_lots.trade_id = item.trade_id
                AND position_lots.user_id = item.user_id
            """, forEach: items)
    }

    /// Stores closures; none of them may be there yet.
    public static func insert(
        _ closures: [LotClosureRecord], for caller: Caller, in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("campaign_id", .integer), .init("trade_id", .integer),
            .init("lot_trade_id", .integer), .init("user_id", .integer),
            .init("quantity", .decimal), .init("cost", .decimal), .init("proceeds", .decimal),
            .init("realized_pnl", .decimal),
        ])
        for closure in closures {
            items.append([
                .integer(closure.campaign.raw), .integer(closure.trade.raw),
                .integer(closure.lot.raw), .id(caller.userID), .decimal(closure.quantity),
                .decimal(closure.cost), .decimal(closure.proceeds),
                .decimal(closure.realizedPnL),
            ])
        }
        try tx.execute(
            """
            INSERT INTO lot_closures (campaign_id, trade_id, lot_trade_id, user_id, quantity, cost,
                proceeds, realized_pnl)
            SELECT campaign_id, trade_id, lot_trade_id, user_id, quantity, cost, proceeds,
                realized_pnl
            FROM item
            """, forEach: items)
    }

    /// The closures of these campaigns, in no order.
    public static func closures(
        of campaigns: some Sequence<TradeID>, for caller: Caller, in tx: any Transaction
    ) throws -> [LotClosureRecord] {
        try tx.query(
            """
            SELECT k.campaign_id, k.trade_id, k.lot_trade_id, k.quantity, k.cost, k.proceeds,
                k.realized_pnl
            FROM item
            JOIN lot_closures k ON k.campaign_id = item.campaign_id AND k.user_id = item.user_id
            """, forEach: CampaignRows.items(campaigns, of: caller), decodeClosure)
    }

    private static func decodeClosure(_ row: any Row) throws -> LotClosureRecord {
        LotClosureRecord(
            campaign: TradeNumber(try row.integer(0)), trade: TradeNumber(try row.integer(1)),
            lot: TradeNumber(try row.integer(2)), quantity: try row.decimal(3),
            cost: try row.decimal(4), proceeds: try row.decimal(5),
            realizedPnL: try row.decimal(6))
    }

    /// What a campaign's trades between these, both included, closed, in no order.
    public static func closures(
        of campaign: TradeNumber, within trades: ClosedRange<Int64>, for caller: Caller,
        in tx: any Transaction
    ) throws -> [LotClosureRecord] {
        try tx.query(
            SQL(
                """
                SELECT k.campaign_id, k.trade_id, k.lot_trade_id, k.quantity, k.cost, k.proceeds,
                    k.realized_pnl
                FROM lot_closures k
                WHERE \(DerivedRows.isWithin("k"))
                """, DerivedRows.values(campaign, trades, of: caller)), decodeClosure)
    }

    /// The lots that these trades opened, with what is left of them, in no order.
    public static func at(
        _ places: [(campaign: TradeNumber, trade: TradeNumber)], for caller: Caller,
        in tx: any Transaction
    ) throws -> [LotRecord] {
        try tx.query(
            """
            SELECT \(columns)
            FROM item
            JOIN position_lots l ON l.campaign_id = item.campaign_id
                AND l.trade_id = item.trade_id AND l.user_id = item.user_id
            """, forEach: DerivedRows.items(places, of: caller), decode)
    }

    /// What these trades closed, in no order.
    public static func closures(
        at places: [(campaign: TradeNumber, trade: TradeNumber)], for caller: Caller,
        in tx: any Transaction
    ) throws -> [LotClosureRecord] {
        try tx.query(
            """
            SELECT k.campaign_id, k.trade_id, k.lot_trade_id, k.quantity, k.cost, k.proceeds,
                k.realized_pnl
            FROM item
            JOIN lot_closures k ON k.campaign_id = item.campaign_id
                AND k.trade_id = item.trade_id AND k.user_id = item.user_id
            """, forEach: DerivedRows.items(places, of: caller), decodeClosure)
    }

    /// What a campaign's trades between these, both included, opened, in no order.
    public static func opened(
        of campaign: TradeNumber, within trades: ClosedRange<Int64>, for caller: Caller,
        in tx: any Transaction
    ) throws -> [OpenedLot] {
        try tx.query(
            SQL(
                """
                SELECT l.campaign_id, l.trade_id, l.opened_at, l.broker_trade_id, l.quantity,
                    l.cost
                FROM position_lots l
                WHERE \(DerivedRows.isWithin("l"))
                """, DerivedRows.values(campaign, trades, of: caller))
        ) { row in
            OpenedLot(
                campaign: TradeNumber(try row.integer(0)), trade: TradeNumber(try row.integer(1)),
                order: FillOrder(time: try row.time(2), id: try row.exact(3)),
                quantity: try row.decimal(4), cost: try row.decimal(5))
        }
    }

    /// All open lots of a portfolio, in no order.
    public static func open(
        of portfolio: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws -> [LotRecord] {
        try tx.query(
            SQL(
                """
                SELECT \(columns)
                FROM position_campaigns c
                JOIN position_lots l ON l.campaign_id = c.id AND l.open_quantity <> '0'
                WHERE c.portfolio_id = $1 AND c.user_id = $2
                """, [.id(portfolio), .id(caller.userID)]), decode)
    }

    /// Forgets these campaigns' lots and closures.
    public static func remove(
        of campaigns: some Sequence<TradeID>, for caller: Caller, in tx: any Transaction
    ) throws {
        try CampaignRows.remove(campaigns, from: "lot_closures", for: caller, in: tx)
        try CampaignRows.remove(campaigns, from: "position_lots", for: caller, in: tx)
    }
}
