public import Ledger
public import Storage

/// Where a trade's report came from.
public enum TradeSource: String, Sendable, CaseIterable {
    case broker, manual, paper, imported = "import"
}

/// A trade about to be stored.
public struct NewTrade: Sendable {
    public let uid: String
    public let holding: HoldingKey
    public let orderID: OrderID?
    public let fill: Fill
    public let clientOrderID: ExactText?
    public let source: TradeSource
    public let details: TradeDetails
    /// How many corrections its broker trade id has seen before.
    public let revision: Int
    public let derived: DerivedOfTrade

    public init(
        uid: String, holding: HoldingKey, orderID: OrderID?, fill: Fill,
        clientOrderID: ExactText?, source: TradeSource, details: TradeDetails, revision: Int = 0,
        derived: DerivedOfTrade
    ) {
        self.uid = uid
        self.holding = holding
        self.orderID = orderID
        self.fill = fill
        self.clientOrderID = clientOrderID
        self.source = source
        self.details = details
        self.revision = revision
        self.derived = derived
    }
}

/// What a report may tell beside what the ledger computes with; kept as it was told.
public struct TradeDetails: Sendable, Hashable {
    /// A JSON object.
    public var metaJSON: String
    /// The broker's part of the fee.
    public var commission: Decimal?
    /// What was paid or received in all.
    public var netAmount: Decimal?
    /// The option's, at the trade.
    public var delta: Decimal?
    /// Why it was made.
    public var reason: String?

    public init(
        metaJSON: String = "{}", commission: Decimal? = nil, netAmount: Decimal? = nil,
        delta: Decimal? = nil, reason: String? = nil
    ) {
        self.metaJSON = metaJSON
        self.commission = commission
        self.netAmount = netAmount
        self.delta = delta
        self.reason = reason
    }
}

/// What the ledger makes of a trade, and makes anew when a fill before it comes late.
public struct DerivedOfTrade: Sendable, Hashable {
    /// By average cost.
    public let realizedPnL: Decimal
    /// Nil for one that was stored before actions were.
    public let action: TradeAction?

    public init(realizedPnL: Decimal, action: TradeAction?) {
        self.realizedPnL = realizedPnL
        self.action = action
    }

    public init(_ posting: Posting) {
        self.init(realizedPnL: posting.realizedPnL, action: posting.action)
    }
}

/// A stored trade, as far as the ledger needs it.
public struct TradeRecord: Sendable, Hashable {
    public let id: TradeID
    public let uid: String
    public let holding: HoldingKey
    public let orderID: OrderID?
    public let fill: Fill
    public let source: TradeSource
    public let derived: DerivedOfTrade
    public let revision: Int
    /// Whether a correction took it out of the ledger.
    public let isSuperseded: Bool
}

public enum Trades {
    private static let columns = """
        t.id, t.uid, t.portfolio_id, t.instrument_id, t.strategy_id, t.broker_trade_id, t.side,
        t.quantity, t.price, i.multiplier, t.fee, t.fee_currency, t.exec_time, t.realized_pnl,
        t.broker_order_id, t.source, t.action, t.revision, t.is_superseded, t.order_id
        """
    private static let columnCount = 20

    private static func decode(_ row: any Row) throws -> TradeRecord {
        try decode(row, multiplier: try row.decimal(9))
    }

    private static func decode(
        _ row: any Row, multiplier: Decimal
    ) throws -> TradeRecord {
        TradeRecord(
            id: try row.id(0), uid: try row.text(1),
            holding: HoldingKey(
                portfolioID: try row.id(2), instrumentID: try row.id(3),
                strategyID: try row.optionalID(4)),
            orderID: try row.optionalID(19),
            fill: try Fill(
                id: try row.exact(5), side: try row.choice(6), quantity: try row.decimal(7),
                price: try row.decimal(8), multiplier: multiplier,
                fee: try row.decimal(10), feeCurrency: try row.currency(11),
                time: try row.time(12), orderID: try row.optionalExact(14)),
            source: try row.choice(15),
            derived: DerivedOfTrade(
                realizedPnL: try row.decimal(13),
                action: row.isNull(16) ? nil : try row.choice(16)),
            revision: Int(try row.integer(17)), isSuperseded: try row.bool(18))
    }

    /// Those of these broker trade ids that the portfolios hold already, with their symbols: every
    /// revision, those that were superseded too.
    public static func known(
        _ ids: some Sequence<(PortfolioID, ExactText)>, for caller: Caller,
        in tx: any Transaction
    ) throws -> [(trade: TradeRecord, symbol: ExactText)] {
        var items = RowSet([
            .init("user_id", .integer), .init("portfolio_id", .integer),
            .init("broker_trade_id", .text),
        ])
        for (portfolio, id) in ids {
            items.append([.id(caller.userID), .id(portfolio), .exact(id)])
        }
        let isKnown = """
            t.portfolio_id = item.portfolio_id
                AND t.broker_trade_id = item.broker_trade_id AND t.user_id = item.user_id
            """
        // One look into the index for each: for many ids PostgreSQL would rather read the whole
        // table, which takes longer the longer the history is. OFFSET keeps it from thinking so.
        let trades =
            switch tx.dialect {
            case .sqlite: "JOIN trades t ON \(isKnown)"
            case .postgres:
                "CROSS JOIN LATERAL (SELECT * FROM trades t WHERE \(isKnown) OFFSET 0) t"
            }
        return try tx.query(
            """
            SELECT \(columns), i.symbol
            FROM item
            \(trades)
            JOIN instruments i ON i.id = t.instrument_id
            """, forEach: items
        ) { (try decode($0), try $0.exact(columnCount)) }
    }

    /// The trades of a holding that are in force, in the order of truth, at most `limit`: from
    /// `order` on, or after it.
    public static func window(
        of holding: HoldingKey, from order: FillOrder?, isAfter: Bool = false, limit: Int,
        for caller: Caller, in tx: any Transaction
    ) throws -> [TradeRecord] {
        try ordered(
            holding, order.map { (isAfter ? ">" : ">=", $0) }, direction: "ASC", limit: limit,
            for: caller, in: tx)
    }

    /// The last trade of a holding in force before `order`.
    public static func last(
        of holding: HoldingKey, before order: FillOrder, for caller: Caller,
        in tx: any Transaction
    ) throws -> TradeRecord? {
        try ordered(holding, ("<", order), direction: "DESC", limit: 1, for: caller, in: tx).first
    }

    private static func ordered(
        _ holding: HoldingKey, _ bound: (comparison: String, order: FillOrder)?,
        direction: String, limit: Int, for caller: Caller, in tx: any Transaction
    ) throws -> [TradeRecord] {
        var values = holding.values + [.id(caller.userID), .integer(Int64(limit)), .bool(false)]
        var condition = ""
        if let bound {
            values += [.time(bound.order.time), .exact(bound.order.id)]
            condition = "AND (t.exec_time, t.broker_trade_id) \(bound.comparison) ($7, $8)"
        }
        return try tx.query(
            SQL(
                """
                SELECT \(columns)
                FROM trades t
                JOIN instruments i ON i.id = t.instrument_id
                WHERE t.portfolio_id = $1 AND t.instrument_id = $2
                    AND COALESCE(t.strategy_id, 0) = $3 AND t.user_id = $4
                    AND t.is_superseded = $6 \(condition)
                ORDER BY t.exec_time \(direction), t.broker_trade_id \(direction)
                LIMIT $5
                """, values), decode)
    }

    /// A portfolio's trades that are in force, of all its holdings, in the order of truth, at most
    /// `limit` after `order`; `multiplier` knows those of instruments.
    public static func page(
        of portfolio: PortfolioID, after order: FillOrder?, limit: Int, for caller: Caller,
        in tx: any Transaction, multiplier: (InstrumentID) throws -> Decimal
    ) throws -> [TradeRecord] {
        var values: [Value] = [
            .id(portfolio), .id(caller.userID), .integer(Int64(limit)), .bool(false),
        ]
        var condition = ""
        if let order {
            values += [.time(order.time), .exact(order.id)]
            condition = "AND (t.exec_time, t.broker_trade_id) > ($5, $6)"
        }
        return try tx.query(
            SQL(
                """
                SELECT \(columns.replacing("i.multiplier", with: "NULL"))
                FROM trades t
                WHERE t.portfolio_id = $1 AND t.user_id = $2 AND t.is_superseded = $4 \(condition)
                ORDER BY t.exec_time, t.broker_trade_id
                LIMIT $3
                """, values)
        ) { try decode($0, multiplier: try multiplier(try $0.id(3))) }
    }

    /// A portfolio's newest trades that are in force, of all its holdings or those of a strategy,
    /// in the order of truth, at most `limit`.
    public static func newest(
        of portfolio: PortfolioID, strategy: StrategyID?, limit: Int, for caller: Caller,
        in tx: any Transaction
    ) throws -> [TradeRecord] {
        try tx.query(
            SQL(
                """
                SELECT \(columns)
                FROM trades t
                JOIN instruments i ON i.id = t.instrument_id
                WHERE t.portfolio_id = $1 AND t.user_id = $2 AND t.is_superseded = $4
                    AND (CAST($5 AS BIGINT) = 0 OR t.strategy_id = $5)
                ORDER BY t.exec_time DESC, t.broker_trade_id DESC
                LIMIT $3
                """,
                [
                    .id(portfolio), .id(caller.userID), .integer(Int64(limit)), .bool(false),
                    .anyOr(strategy),
                ]), decode
        ).reversed()
    }

    /// The holdings that a portfolio has trades of.
    public static func holdings(
        of portfolio: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws -> [HoldingKey] {
        try tx.query(
            SQL(
                """
                SELECT DISTINCT instrument_id, strategy_id FROM trades
                WHERE portfolio_id = $1 AND user_id = $2
                ORDER BY instrument_id, strategy_id
                """, [.id(portfolio), .id(caller.userID)])
        ) { row in
            HoldingKey(
                portfolioID: portfolio, instrumentID: try row.id(0),
                strategyID: try row.optionalID(1))
        }
    }

    /// Stores trades; returns their ids, in their order.
    public static func insert(
        _ trades: [NewTrade], now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws -> [TradeID] {
        let created = Value.time(now)
        var items = RowSet(insertColumns)
        for trade in trades {
            items.append([
                .text(trade.uid), .id(caller.userID), .id(trade.holding.portfolioID),
                .id(trade.holding.instrumentID), .optional(trade.holding.strategyID),
                .optional(trade.orderID), .text(trade.fill.side.rawValue),
                .decimal(trade.fill.quantity), .decimal(trade.fill.price),
                .decimal(trade.fill.notional), .decimal(trade.fill.fee),
                .text(trade.fill.feeCurrency.code), .decimal(trade.derived.realizedPnL),
                trade.derived.action.map { .text($0.rawValue) } ?? .null,
                .time(trade.fill.time), .exact(trade.fill.id), .optional(trade.fill.orderID),
                .optional(trade.clientOrderID), .text(trade.source.rawValue),
                .text(trade.details.metaJSON), .optional(trade.details.commission),
                .optional(trade.details.netAmount), .optional(trade.details.delta),
                .optional(trade.details.reason), .integer(Int64(trade.revision)), created,
            ])
        }
        return try tx.insert(
            """
            INSERT INTO trades (\(insertNames))
            SELECT \(insertNames)
            FROM item
            """, forEach: items
        ).map(TradeID.init)
    }

    /// What the report of a trade told beside what the ledger computes with, and by which id of
    /// its sender's it named its order.
    public static func told(
        of id: TradeID, for caller: Caller, in tx: any Transaction
    ) throws -> (clientOrderID: ExactText?, details: TradeDetails)? {
        try tx.first(
            SQL(
                """
                SELECT client_order_id, meta_json, commission, net_amount, delta, reason
                FROM trades
                WHERE id = $1 AND user_id = $2
                """, [.id(id), .id(caller.userID)])
        ) { row in
            (
                try row.optionalExact(0),
                TradeDetails(
                    metaJSON: try row.text(1), commission: try row.optionalDecimal(2),
                    netAmount: try row.optionalDecimal(3), delta: try row.optionalDecimal(4),
                    reason: try row.optionalText(5))
            )
        }
    }

    /// Follows a late fill or a correction: what the trades after it come to now.
    public static func setDerived(
        _ changes: [(TradeID, DerivedOfTrade)], for caller: Caller, in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("user_id", .integer), .init("id", .integer), .init("realized_pnl", .decimal),
            .init("action", .text),
        ])
        for (id, derived) in changes {
            items.append([
                .id(caller.userID), .id(id), .decimal(derived.realizedPnL),
                derived.action.map { .text($0.rawValue) } ?? .null,
            ])
        }
        try tx.execute(
            """
            UPDATE trades SET realized_pnl = item.realized_pnl, action = item.action
            FROM item
            WHERE trades.id = item.id AND trades.user_id = item.user_id
            """, forEach: items)
    }

    /// Takes a trade out of the ledger: a correction stands for it from now on.
    public static func supersede(
        _ id: TradeID, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                "UPDATE trades SET is_superseded = $3 WHERE id = $1 AND user_id = $2",
                [.id(id), .id(caller.userID), .bool(true)]))
    }

    private static let insertColumns: [RowSet.Column] = [
        .init("uid", .text), .init("user_id", .integer), .init("portfolio_id", .integer),
        .init("instrument_id", .integer), .init("strategy_id", .integer),
        .init("order_id", .integer), .init("side", .text), .init("quantity", .decimal),
        .init("price", .decimal), .init("notional", .decimal), .init("fee", .decimal),
        .init("fee_currency", .text), .init("realized_pnl", .decimal), .init("action", .text),
        .init("exec_time", .time), .init("broker_trade_id", .text),
        .init("broker_order_id", .text), .init("client_order_id", .text), .init("source", .text),
        .init("meta_json", .json), .init("commission", .decimal), .init("net_amount", .decimal),
        .init("delta", .decimal), .init("reason", .text), .init("revision", .integer),
        .init("created_at", .time),
    ]
    private static let insertNames = insertColumns.map(\.name).joined(separator: ", ")
}
