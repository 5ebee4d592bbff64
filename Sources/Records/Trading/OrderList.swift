public import Ledger
public import Storage

/// An order with the names that a reader needs.
public struct OrderListing: Sendable, Hashable {
    public let id: OrderID
    public let uid: String
    public let portfolio: ExactText
    public let strategy: ExactText?
    public let instrument: Instrument
    public let side: Side
    public let type: String
    public let status: OrderStatus
    public let timeInForce: String?
    public let quantity: Decimal
    /// The sum of its trades.
    public let filledQuantity: Decimal
    public let price: Decimal?
    public let stopPrice: Decimal?
    public let clientOrderID: ExactText?
    public let brokerOrderID: ExactText?
    public let placedAt: Timestamp
    public let updatedAt: Timestamp
    /// The furthest state that was reported, and how much is filled as the broker states it; nil
    /// where nobody said.
    public let reportedStatus: OrderStatus?
    public let reportedFilledQuantity: Decimal?
    /// A JSON object.
    public let metaJSON: String
    /// The code of the broker through whose gateway it was placed; nil for an order that somebody
    /// else placed and reported.
    public let gateway: String?
    public let trail: Trail?
    public let isReduceOnly: Bool
    /// When its stop price was reached.
    public let triggeredAt: Timestamp?
    /// Why it was denied, rejected or canceled, for people.
    public let reason: String?
    public let closeReason: CloseReason?
    /// Counts its changes: who changes it may say which one they have seen.
    public let version: Int64

    /// Whether it can be canceled and replaced from here.
    public var isWorking: Bool { gateway != nil && status.isOpen }
    /// Whether more was filled than ordered.
    public var isOverfilled: Bool { filledQuantity > quantity }
    public var cursor: OrderCursor { OrderCursor(placedAt: placedAt, id: id) }
}

/// A place in the list of orders, newest first: after this one.
public struct OrderCursor: Sendable, Hashable, Comparable {
    public let placedAt: Timestamp
    public let id: OrderID

    public init(placedAt: Timestamp, id: OrderID) {
        self.placedAt = placedAt
        self.id = id
    }

    public static func < (left: OrderCursor, right: OrderCursor) -> Bool {
        (left.placedAt, left.id.raw) < (right.placedAt, right.id.raw)
    }
}

/// What a list of orders is narrowed to; nil for all.
public struct OrderFilter: Sendable, Hashable {
    public var strategy: StrategyID?
    public var symbol: ExactText?
    /// The first instant of placing.
    public var from: Timestamp?
    /// The first instant after.
    public var until: Timestamp?

    public init(
        strategy: StrategyID? = nil, symbol: ExactText? = nil, from: Timestamp? = nil,
        until: Timestamp? = nil
    ) {
        self.strategy = strategy
        self.symbol = symbol
        self.from = from
        self.until = until
    }
}

public enum OrderList {
    private static let select = """
        SELECT o.id, o.uid, b.name, s.name, s.version, o.side, o.type, o.status, o.time_in_force,
            o.quantity, o.filled_quantity, o.price, o.stop_price, o.client_order_id,
            o.broker_order_id, o.placed_at, o.updated_at, o.reported_status,
            o.reported_filled_quantity, o.meta_json, o.gateway, o.trail_amount, o.trail_percent,
            o.is_reduce_only, o.triggered_at, o.reason, o.close_reason, o.version,
            \(Instruments.columns)
        FROM orders o
        JOIN portfolios b ON b.id = o.portfolio_id
        JOIN instruments i ON i.id = o.instrument_id
        LEFT JOIN strategies s ON s.id = o.strategy_id
        """

    /// One portfolio's orders, of one state or of all, newest first, at most `limit`; it reads no
    /// more of the index than it returns, but for the orders of other strategies and symbols.
    public static func page(
        of portfolio: PortfolioID, status: OrderStatus?, _ asked: OrderFilter = OrderFilter(),
        after cursor: OrderCursor?, limit: Int, for caller: Caller, in tx: any Transaction
    ) throws -> [OrderListing] {
        // What is not asked for is left out of the text, so that each question has its own plan.
        var values: [Value] = [.id(portfolio), .id(caller.userID), .integer(Int64(limit))]
        var conditions = "o.portfolio_id = $1 AND o.user_id = $2"
        func filter(_ condition: String, _ bound: [Value]) {
            let numbers = bound.indices.map { "$\(values.count + $0 + 1)" }
            values += bound
            conditions += " AND \(condition) (\(numbers.joined(separator: ", ")))"
        }
        if let strategy = asked.strategy { filter("o.strategy_id =", [.id(strategy)]) }
        if let symbol = asked.symbol {
            filter(
                "o.instrument_id IN (SELECT id FROM instruments WHERE symbol =", [.exact(symbol)])
            conditions += ")"
        }
        if let from = asked.from { filter("o.placed_at >=", [.time(from)]) }
        if let until = asked.until { filter("o.placed_at <", [.time(until)]) }
        if let status { filter("o.status =", [.text(status.rawValue)]) }
        if let cursor {
            filter("(o.placed_at, o.id) <", [.time(cursor.placedAt), .id(cursor.id)])
        }
        return try tx.query(
            SQL(
                """
                \(select)
                WHERE \(conditions)
                ORDER BY o.placed_at DESC, o.id DESC
                LIMIT $3
                """, values), decode)
    }

    public static func with(
        uid: String, for caller: Caller, in tx: any Transaction
    ) throws -> (order: OrderListing, holding: HoldingKey)? {
        try one("o.uid = $2", .text(uid), for: caller, in: tx)
    }

    public static func with(
        id: OrderID, for caller: Caller, in tx: any Transaction
    ) throws -> (order: OrderListing, holding: HoldingKey)? {
        try one("o.id = $2", .id(id), for: caller, in: tx)
    }

    private static func one(
        _ condition: String, _ value: Value, for caller: Caller, in tx: any Transaction
    ) throws -> (order: OrderListing, holding: HoldingKey)? {
        guard
            let order = try tx.first(
                SQL(
                    "\(select) WHERE o.user_id = $1 AND \(condition)",
                    [.id(caller.userID), value]), decode),
            let record = try Orders.with(id: order.id, for: caller, in: tx)
        else { return nil }
        return (order, record.holding)
    }

    private static func decode(_ row: any Row) throws -> OrderListing {
        let strategy = try row.optionalText(3)
        return OrderListing(
            id: try row.id(0), uid: try row.text(1), portfolio: try row.exact(2),
            strategy: try strategy.map { ExactText("\($0)@\(try row.text(4))") },
            instrument: try Instruments.decode(row, from: 28).instrument,
            side: try row.choice(5), type: try row.text(6), status: try row.choice(7),
            timeInForce: try row.optionalText(8), quantity: try row.decimal(9),
            filledQuantity: try row.decimal(10), price: try row.optionalDecimal(11),
            stopPrice: try row.optionalDecimal(12), clientOrderID: try row.optionalExact(13),
            brokerOrderID: try row.optionalExact(14), placedAt: try row.time(15),
            updatedAt: try row.time(16), reportedStatus: row.isNull(17) ? nil : try row.choice(17),
            reportedFilledQuantity: try row.optionalDecimal(18), metaJSON: try row.text(19),
            gateway: try row.optionalText(20),
            trail: try row.optionalDecimal(21).map(Trail.amount)
                ?? row.optionalDecimal(22).map(Trail.percent),
            isReduceOnly: try row.bool(23), triggeredAt: try row.optionalTime(24),
            reason: try row.optionalText(25),
            closeReason: row.isNull(26) ? nil : try row.choice(26), version: try row.integer(27))
    }
}
