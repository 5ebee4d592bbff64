public import Ledger
public import Storage

/// Whether a campaign goes on.
public enum CampaignStatus: String, Sendable, CaseIterable {
    case open, closed
}

/// A campaign with the names that a reader needs.
public struct CampaignListing: Sendable, Hashable {
    /// The trade that opened it.
    public let id: TradeID
    public let uid: String
    public let holding: HoldingKey
    public let portfolio: ExactText
    public let strategy: ExactText?
    public let instrument: Instrument
    public let direction: Direction
    public let status: CampaignStatus
    /// The opening trade's place in the order of truth.
    public let opening: FillOrder
    /// Nil while it is open.
    public let closedAt: Timestamp?
    /// The first leg's.
    public let openedQuantity: Decimal
    /// Of all that reduced it.
    public let closedQuantity: Decimal
    /// The most that was held, whichever way.
    public let maxQuantity: Decimal
    /// The first leg's.
    public let averageOpenPrice: Decimal
    /// Of all that reduced it; nil where nothing did.
    public let averageClosePrice: Decimal?
    /// By average cost, before fees, in the instrument's currency.
    public let realizedPnL: Decimal
    /// Of what all opening trades cost; nil where they cost nothing.
    public let returnPercent: Decimal?
    /// Nil while it is open.
    public let holdingPeriodSeconds: Int64?
    public let fillCount: Int
    public let costMethod: CostMethod
    /// The opening trade's.
    public let source: TradeSource
    public let legCount: Int
    /// Realized P&L in units of what was risked; nil where no stop is known.
    public let riskMultiple: Decimal?

    public var openedAt: Timestamp { opening.time }
    /// Its place in the list: that of its opening trade.
    public var cursor: TradeCursor {
        TradeCursor(execTime: opening.time, brokerTradeID: opening.id, id: id)
    }
}

/// A leg of a listed campaign.
public struct CampaignLegListing: Sendable, Hashable {
    public let uid: String
    /// Counted from 1 in its campaign.
    public let number: Int
    public let leg: Leg
    public let averagePrice: Decimal
}

/// Journeys from flat to flat, for people to read.
public enum CampaignList {
    /// Which campaigns are asked for, beside whose.
    public struct Filter: Sendable, Hashable {
        public var status: CampaignStatus?
        public var strategy: StrategyID?
        /// The first instant of opening; nil for all.
        public var from: Timestamp?
        /// The first instant after; nil for all.
        public var until: Timestamp?

        public init(
            status: CampaignStatus? = nil, strategy: StrategyID? = nil, from: Timestamp? = nil,
            until: Timestamp? = nil
        ) {
            self.status = status
            self.strategy = strategy
            self.from = from
            self.until = until
        }
    }

    private static let select = """
        SELECT c.id, c.uid, c.portfolio_id, c.instrument_id, c.strategy_id, b.name, s.name,
            s.version, c.direction, c.status, c.opened_at, c.opening_broker_trade_id, c.closed_at,
            c.qty_opened, c.qty_closed, c.max_qty, c.avg_open_price, c.avg_close_price,
            c.realized_pnl, c.return_pct, c.holding_period_sec, c.num_fills, c.cost_basis_method,
            c.source, c.legs_count, c.r_multiple, \(Instruments.columns)
        FROM position_campaigns c
        JOIN portfolios b ON b.id = c.portfolio_id
        JOIN instruments i ON i.id = c.instrument_id
        LEFT JOIN strategies s ON s.id = c.strategy_id
        """

    private static func decode(_ row: any Row) throws -> CampaignListing {
        let strategy = try row.optionalText(6)
        return CampaignListing(
            id: try row.id(0), uid: try row.text(1),
            holding: HoldingKey(
                portfolioID: try row.id(2), instrumentID: try row.id(3),
                strategyID: try row.optionalID(4)),
            portfolio: try row.exact(5),
            strategy: try strategy.map { ExactText("\($0)@\(try row.text(7))") },
            instrument: try Instruments.decode(row, from: 26).instrument,
            direction: try row.choice(8), status: try row.choice(9),
            opening: FillOrder(time: try row.time(10), id: try row.exact(11)),
            closedAt: try row.optionalTime(12), openedQuantity: try row.decimal(13),
            closedQuantity: try row.decimal(14), maxQuantity: try row.decimal(15),
            averageOpenPrice: try row.decimal(16),
            averageClosePrice: try row.optionalDecimal(17), realizedPnL: try row.decimal(18),
            returnPercent: try row.optionalDecimal(19),
            holdingPeriodSeconds: try row.optionalInteger(20),
            fillCount: Int(try row.integer(21)), costMethod: try row.choice(22),
            source: try row.choice(23), legCount: Int(try row.integer(24)),
            riskMultiple: try row.optionalDecimal(25))
    }

    /// One portfolio's campaigns, the last opened first, at most `limit`.
    public static func page(
        of portfolio: PortfolioID, _ filter: Filter, after cursor: TradeCursor?, limit: Int,
        for caller: Caller, in tx: any Transaction
    ) throws -> [CampaignListing] {
        var conditions = Conditions("c.portfolio_id = $1", [.id(portfolio)])
        switch filter.status {
        case .open:
            // At most one a holding: found by their own index, not in the whole history.
            conditions.add(
                """
                c.id IN (
                    SELECT o.id FROM position_campaigns o
                    WHERE o.portfolio_id = $1 AND o.status = 'open')
                """)
        case .closed: conditions.add("c.status = 'closed'")
        case nil: break
        }
        if let strategy = filter.strategy {
            conditions.add("c.strategy_id = ", [.id(strategy)])
        }
        return try page(conditions, filter, cursor, limit, caller, tx)
    }

    /// One holding's campaigns, the last opened first, at most `limit`.
    public static func page(
        of holding: HoldingKey, _ filter: Filter, after cursor: TradeCursor?, limit: Int,
        for caller: Caller, in tx: any Transaction
    ) throws -> [CampaignListing] {
        if let strategy = filter.strategy, strategy != holding.strategyID { return [] }
        var conditions = Conditions(
            """
            c.portfolio_id = $1 AND c.instrument_id = $2 AND COALESCE(c.strategy_id, 0) = $3
            """, holding.values)
        // Written into the text, so that the index of what is open serves.
        if let status = filter.status { conditions.add("c.status = '\(status.rawValue)'") }
        return try page(conditions, filter, cursor, limit, caller, tx)
    }

    private static func page(
        _ conditions: Conditions, _ filter: Filter, _ cursor: TradeCursor?, _ limit: Int,
        _ caller: Caller, _ tx: any Transaction
    ) throws -> [CampaignListing] {
        var conditions = conditions
        conditions.add("c.user_id = ", [.id(caller.userID)])
        if let from = filter.from { conditions.add("c.opened_at >= ", [.time(from)]) }
        if let until = filter.until { conditions.add("c.opened_at < ", [.time(until)]) }
        if let cursor {
            conditions.add(
                "(c.opened_at, c.opening_broker_trade_id, c.id) < ",
                [.time(cursor.execTime), .exact(cursor.brokerTradeID), .id(cursor.id)])
        }
        return try tx.query(
            SQL(
                """
                \(select)
                WHERE \(conditions.text)
                ORDER BY c.opened_at DESC, c.opening_broker_trade_id DESC, c.id DESC
                LIMIT \(conditions.next)
                """, conditions.values + [.integer(Int64(limit))]), decode)
    }

    /// The campaign with this uid.
    public static func with(
        uid: String, for caller: Caller, in tx: any Transaction
    ) throws -> CampaignListing? {
        try tx.first(
            SQL(
                "\(select) WHERE c.user_id = $1 AND c.uid = $2",
                [.id(caller.userID), .text(uid)]), decode)
    }

    /// The campaign that this trade opened, or the one that stands for it since it was corrected.
    public static func with(
        opening trade: TradeID, for caller: Caller, in tx: any Transaction
    ) throws -> CampaignListing? {
        try tx.first(
            SQL(
                """
                \(select)
                WHERE c.user_id = $1 AND c.id IN (
                    SELECT t.id FROM trades a
                    JOIN trades t ON t.portfolio_id = a.portfolio_id
                        AND t.broker_trade_id = a.broker_trade_id AND t.user_id = a.user_id
                    WHERE a.id = $2 AND a.user_id = $1)
                """, [.id(caller.userID), .id(trade)]), decode)
    }

    /// How many campaigns a holding has had.
    public static func count(
        of holding: HoldingKey, for caller: Caller, in tx: any Transaction
    ) throws -> Int {
        try tx.first(
            SQL(
                """
                SELECT COUNT(*) FROM position_campaigns c
                WHERE c.portfolio_id = $1 AND c.instrument_id = $2
                    AND COALESCE(c.strategy_id, 0) = $3 AND c.user_id = $4
                """, holding.values + [.id(caller.userID)])
        ) { Int(try $0.integer(0)) } ?? 0
    }

    /// The holdings of instruments with this symbol in a portfolio.
    public static func holdings(
        of portfolio: PortfolioID, symbol: ExactText, for caller: Caller, in tx: any Transaction
    ) throws -> [HoldingKey] {
        try tx.query(
            SQL(
                """
                SELECT p.instrument_id, p.strategy_id
                FROM positions p
                WHERE p.portfolio_id = $1 AND p.user_id = $2
                    AND p.instrument_id IN (SELECT id FROM instruments WHERE symbol = $3)
                """, [.id(portfolio), .id(caller.userID), .exact(symbol)])
        ) { row in
            HoldingKey(
                portfolioID: portfolio, instrumentID: try row.id(0),
                strategyID: try row.optionalID(1))
        }
    }

    /// A campaign's legs, in their order.
    public static func legs(
        of campaign: TradeID, for caller: Caller, in tx: any Transaction
    ) throws -> [CampaignLegListing] {
        try tx.query(
            SQL(
                """
                SELECT l.uid, l.leg_number, l.first_trade_id, l.leg_type, l.side, l.quantity,
                    l.notional, l.started_at, l.ended_at, l.last_broker_order_id, l.fill_count,
                    l.avg_price
                FROM campaign_legs l
                WHERE l.campaign_id = $1 AND l.user_id = $2
                ORDER BY l.leg_number
                """, [.id(campaign), .id(caller.userID)])
        ) { row in
            CampaignLegListing(
                uid: try row.text(0), number: Int(try row.integer(1)),
                leg: Leg(
                    first: TradeNumber(try row.integer(2)), kind: try row.choice(3),
                    side: try row.choice(4), quantity: try row.decimal(5),
                    notional: try row.decimal(6), startedAt: try row.time(7),
                    endedAt: try row.time(8), lastOrderID: try row.optionalExact(9),
                    fillCount: Int(try row.integer(10))),
                averagePrice: try row.decimal(11))
        }
    }
}

/// Conditions that were asked for, each with its values: what is not asked for is left out of the
/// text, so that each question has its own plan.
private struct Conditions {
    private(set) var text: String
    private(set) var values: [Value]

    init(_ text: String, _ values: [Value]) {
        self.text = text
        self.values = values
    }

    /// The parameter that comes behind those that are bound.
    var next: String { "$\(values.count + 1)" }

    /// `condition` ends in what its values follow, as many in parentheses as there are.
    mutating func add(_ condition: String, _ bound: [Value] = []) {
        let numbers = bound.indices.map { "$\(values.count + $0 + 1)" }
        text += " AND \(condition)"
        if !numbers.isEmpty { text += "(\(numbers.joined(separator: ", ")))" }
        values += bound
    }
}
