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
    public let realizedPnL: Decimal
    public let brokerOrderID: ExactText?
    public let clientOrderID: ExactText?
    public let source: TradeSource
    public let metaJSON: String

    public init(
        uid: String, holding: HoldingKey, orderID: OrderID?, fill: Fill, realizedPnL: Decimal,
        brokerOrderID: ExactText?, clientOrderID: ExactText?, source: TradeSource,
        metaJSON: String
    ) {
        self.uid = uid
        self.holding = holding
        self.orderID = orderID
        self.fill = fill
        self.realizedPnL = realizedPnL
        self.brokerOrderID = brokerOrderID
        self.clientOrderID = clientOrderID
        self.source = source
        self.metaJSON = metaJSON
    }
}

/// A stored trade, as far as the ledger needs it.
public struct TradeRecord: Sendable, Hashable {
    public let id: TradeID
    public let uid: String
    public let holding: HoldingKey
    public let fill: Fill
    public let realizedPnL: Decimal
}

public enum Trades {
    private static let columns = """
        t.id, t.uid, t.portfolio_id, t.instrument_id, t.strategy_id, t.broker_trade_id, t.side,
        t.quantity, t.price, i.multiplier, t.fee, t.fee_currency, t.exec_time, t.realized_pnl
        """

    private static func decode(_ row: any Row) throws -> TradeRecord {
        TradeRecord(
            id: try row.id(0), uid: try row.text(1),
            holding: HoldingKey(
                portfolioID: try row.id(2), instrumentID: try row.id(3),
                strategyID: try row.optionalID(4)),
            fill: try Fill(
                id: try row.exact(5), side: try row.choice(6), quantity: try row.decimal(7),
                price: try row.decimal(8), multiplier: try row.decimal(9),
                fee: try row.decimal(10), feeCurrency: try row.currency(11),
                time: try row.time(12)),
            realizedPnL: try row.decimal(13))
    }

    /// Those of these broker trade ids that the portfolios hold already, with their symbols.
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
        return try tx.query(
            """
            SELECT \(columns), i.symbol
            FROM item
            JOIN trades t ON t.portfolio_id = item.portfolio_id
                AND t.broker_trade_id = item.broker_trade_id AND t.user_id = item.user_id
            JOIN instruments i ON i.id = t.instrument_id
            """, forEach: items
        ) { (try decode($0), try $0.exact(14)) }
    }

    /// The trades of these holdings, in no order.
    public static func history(
        of holdings: some Sequence<HoldingKey>, for caller: Caller, in tx: any Transaction
    ) throws -> [TradeRecord] {
        var items = RowSet(HoldingKey.columns + [.init("user_id", .integer)])
        for holding in holdings { items.append(holding.values + [.id(caller.userID)]) }
        return try tx.query(
            """
            SELECT \(columns)
            FROM item
            JOIN trades t ON t.instrument_id = item.instrument_id
                AND t.portfolio_id = item.portfolio_id AND t.user_id = item.user_id
                AND COALESCE(t.strategy_id, 0) = item.strategy_key
            JOIN instruments i ON i.id = t.instrument_id
            """, forEach: items, decode)
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

    /// Stores trades; returns their ids by uid.
    public static func insert(
        _ trades: [NewTrade], now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws -> [String: TradeID] {
        let created = Value.time(now)
        var items = RowSet(insertColumns)
        for trade in trades {
            items.append([
                .text(trade.uid), .id(caller.userID), .id(trade.holding.portfolioID),
                .id(trade.holding.instrumentID), .optional(trade.holding.strategyID),
                .optional(trade.orderID), .text(trade.fill.side.rawValue),
                .decimal(trade.fill.quantity), .decimal(trade.fill.price),
                .decimal(trade.fill.notional), .decimal(trade.fill.fee),
                .text(trade.fill.feeCurrency.code), .decimal(trade.realizedPnL),
                .time(trade.fill.time), .exact(trade.fill.id), .optional(trade.brokerOrderID),
                .optional(trade.clientOrderID), .text(trade.source.rawValue),
                .text(trade.metaJSON), created,
            ])
        }
        let pairs: [(String, TradeID)] = try tx.query(
            """
            INSERT INTO trades (\(insertNames))
            SELECT \(insertNames)
            FROM item
            RETURNING uid, id
            """, forEach: items
        ) { (try $0.text(0), try $0.id(1)) }
        return Dictionary(pairs) { first, _ in first }
    }

    /// Follows a late fill: the realized P&L of trades after it.
    public static func setRealizedPnL(
        _ changes: [(TradeID, Decimal)], for caller: Caller, in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("user_id", .integer), .init("id", .integer), .init("realized_pnl", .decimal),
        ])
        for (id, realized) in changes {
            items.append([.id(caller.userID), .id(id), .decimal(realized)])
        }
        try tx.execute(
            """
            UPDATE trades SET realized_pnl = item.realized_pnl
            FROM item
            WHERE trades.id = item.id AND trades.user_id = item.user_id
            """, forEach: items)
    }

    private static let insertColumns: [RowSet.Column] = [
        .init("uid", .text), .init("user_id", .integer), .init("portfolio_id", .integer),
        .init("instrument_id", .integer), .init("strategy_id", .integer),
        .init("order_id", .integer), .init("side", .text), .init("quantity", .decimal),
        .init("price", .decimal), .init("notional", .decimal), .init("fee", .decimal),
        .init("fee_currency", .text), .init("realized_pnl", .decimal), .init("exec_time", .time),
        .init("broker_trade_id", .text), .init("broker_order_id", .text),
        .init("client_order_id", .text), .init("source", .text), .init("meta_json", .json),
        .init("created_at", .time),
    ]
    private static let insertNames = insertColumns.map(\.name).joined(separator: ", ")
}
