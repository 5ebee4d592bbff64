public import Ledger
public import Storage

/// What took a trade out of the ledger.
public enum Supersession: Sendable, Hashable {
    /// The trade with this uid stands in its place.
    case corrected(tradeUID: String)
    /// The correction with this uid said that it never was.
    case busted(correctionUID: String)

    /// Of what stands in the trade's place.
    public var uid: String {
        switch self {
        case .corrected(let uid), .busted(let uid): uid
        }
    }
}

/// A trade with the names that a reader needs.
public struct TradeListing: Sendable, Hashable {
    public let id: TradeID
    public let uid: String
    public let portfolio: ExactText
    public let strategy: ExactText?
    public let instrument: Instrument
    public let side: Side
    public let quantity: Decimal
    public let price: Decimal
    public let notional: Decimal
    public let fee: Decimal
    public let feeCurrency: Currency
    /// 0 where it is not in the ledger any more.
    public let realizedPnL: Decimal
    public let execTime: Timestamp
    public let brokerTradeID: ExactText
    public let brokerOrderID: ExactText?
    public let orderUID: String?
    public let source: TradeSource
    /// Nil for one that is in force.
    public let supersession: Supersession?
    /// Nil where it is not in the ledger any more.
    public let action: TradeAction?
    /// As reported, where it was: the broker's part of the fee.
    public let commission: Decimal?
    /// What was paid or received in all.
    public let netAmount: Decimal?
    /// The option's, at the trade.
    public let delta: Decimal?
    /// Why it was made.
    public let reason: String?
}

/// A place in the list of trades, newest first: after this one.
public struct TradeCursor: Sendable, Hashable {
    public let execTime: Timestamp
    public let brokerTradeID: ExactText
    public let id: TradeID

    public init(execTime: Timestamp, brokerTradeID: ExactText, id: TradeID) {
        self.execTime = execTime
        self.brokerTradeID = brokerTradeID
        self.id = id
    }
}

public enum TradeList {
    private static let select = """
        SELECT t.id, t.uid, s.name, s.version, t.side, t.quantity, t.price, t.notional, t.fee,
            t.fee_currency, t.realized_pnl, t.exec_time, t.broker_trade_id, t.broker_order_id,
            o.uid, t.source, b.name, t.is_superseded, t.action, t.commission, t.net_amount,
            t.delta, t.reason,
            CASE WHEN t.is_superseded THEN (
                SELECT r.uid FROM trades r
                WHERE r.portfolio_id = t.portfolio_id AND r.broker_trade_id = t.broker_trade_id
                    AND r.revision = t.revision + 1 AND r.user_id = t.user_id) END,
            CASE WHEN t.is_superseded THEN (
                SELECT c.uid FROM trade_corrections c
                WHERE c.trade_id = t.id AND c.action = 'bust' AND c.user_id = t.user_id) END,
            \(Instruments.columns)
        FROM trades t
        JOIN portfolios b ON b.id = t.portfolio_id
        JOIN instruments i ON i.id = t.instrument_id
        LEFT JOIN strategies s ON s.id = t.strategy_id
        LEFT JOIN orders o ON o.id = t.order_id
        """

    /// One portfolio's trades, newest first, at most `limit`, within `[from, until)`; one plan by
    /// time, one by symbol, so that neither reads more than it returns.
    public static func page(
        of portfolio: PortfolioID, strategy: StrategyID?, symbol: ExactText?, from: Timestamp?,
        until: Timestamp?, after cursor: TradeCursor?, limit: Int, for caller: Caller,
        in tx: any Transaction
    ) throws -> [TradeListing] {
        // What is not asked for is left out of the text, so that each question has its own plan.
        var values: [Value] = [.id(portfolio), .id(caller.userID), .integer(Int64(limit))]
        var conditions = "t.portfolio_id = $1 AND t.user_id = $2"
        func filter(_ condition: String, _ bound: [Value]) {
            let numbers = bound.indices.map { "$\(values.count + $0 + 1)" }
            values += bound
            conditions += " AND \(condition)(\(numbers.joined(separator: ", ")))"
        }
        if let strategy { filter("t.strategy_id = ", [.id(strategy)]) }
        if let symbol {
            filter(
                "t.instrument_id IN (SELECT id FROM instruments WHERE symbol = ",
                [.exact(symbol)])
            conditions += ")"
        }
        if let from { filter("t.exec_time >= ", [.time(from)]) }
        if let until { filter("t.exec_time < ", [.time(until)]) }
        if let cursor {
            filter(
                "(t.exec_time, t.broker_trade_id, t.id) < ",
                [.time(cursor.execTime), .exact(cursor.brokerTradeID), .id(cursor.id)])
        }
        return try tx.query(
            SQL(
                """
                \(select)
                WHERE \(conditions)
                ORDER BY t.exec_time DESC, t.broker_trade_id DESC, t.id DESC
                LIMIT $3
                """, values), decode)
    }

    /// The fills that a broker reported for a portfolio, from this one on, in the order in which
    /// they were stored, at most `limit`: not imported ones, nor what corrections made.
    public static func reported(
        to portfolio: PortfolioID, from first: TradeID, limit: Int, for caller: Caller,
        in tx: any Transaction
    ) throws -> [TradeListing] {
        try tx.query(
            SQL(
                """
                \(select)
                WHERE t.id >= $1 AND t.portfolio_id = $2 AND t.user_id = $3
                    AND t.source IN ('broker', 'paper') AND t.revision = 0
                    AND t.is_superseded = $4
                ORDER BY t.id
                LIMIT $5
                """,
                [
                    .id(first), .id(portfolio), .id(caller.userID), .bool(false),
                    .integer(Int64(limit)),
                ]), decode)
    }

    /// An order's trades, newest first, at most `limit`; those that were superseded too.
    public static func page(
        ofOrder order: OrderID, after cursor: TradeCursor?, limit: Int, for caller: Caller,
        in tx: any Transaction
    ) throws -> [TradeListing] {
        var values: [Value] = [.id(order), .id(caller.userID), .integer(Int64(limit))]
        var condition = ""
        if let cursor {
            values += [.time(cursor.execTime), .exact(cursor.brokerTradeID), .id(cursor.id)]
            condition = "AND (t.exec_time, t.broker_trade_id, t.id) < ($4, $5, $6)"
        }
        return try tx.query(
            SQL(
                """
                \(select)
                WHERE t.order_id = $1 AND t.user_id = $2 \(condition)
                ORDER BY t.exec_time DESC, t.broker_trade_id DESC, t.id DESC
                LIMIT $3
                """, values), decode)
    }

    private static func decode(_ row: any Row) throws -> TradeListing {
        let strategy = try row.optionalText(2)
        let isInForce = try !row.bool(17)
        return TradeListing(
            id: try row.id(0), uid: try row.text(1), portfolio: try row.exact(16),
            strategy: try strategy.map { ExactText("\($0)@\(try row.text(3))") },
            instrument: try Instruments.decode(row, from: 25).instrument,
            side: try row.choice(4), quantity: try row.decimal(5), price: try row.decimal(6),
            notional: try row.decimal(7), fee: try row.decimal(8),
            feeCurrency: try row.currency(9), realizedPnL: isInForce ? try row.decimal(10) : .zero,
            execTime: try row.time(11), brokerTradeID: try row.exact(12),
            brokerOrderID: try row.optionalExact(13), orderUID: try row.optionalText(14),
            source: try row.choice(15), supersession: isInForce ? nil : try supersession(row),
            action: isInForce && !row.isNull(18) ? try row.choice(18) : nil,
            commission: try row.optionalDecimal(19), netAmount: try row.optionalDecimal(20),
            delta: try row.optionalDecimal(21), reason: try row.optionalText(22))
    }

    /// One that was busted and then booked again was corrected after all.
    private static func supersession(_ row: any Row) throws -> Supersession {
        if let replacement = try row.optionalText(23) { return .corrected(tradeUID: replacement) }
        return .busted(correctionUID: try row.text(24))
    }
}

extension TradeCursor: Comparable {
    public static func < (left: TradeCursor, right: TradeCursor) -> Bool {
        (left.execTime, left.brokerTradeID, left.id.raw)
            < (right.execTime, right.brokerTradeID, right.id.raw)
    }
}

extension TradeListing {
    public var cursor: TradeCursor {
        TradeCursor(execTime: execTime, brokerTradeID: brokerTradeID, id: id)
    }
}
