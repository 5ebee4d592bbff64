public import Ledger
public import Storage

/// An order as far as a fill touches it.
public struct OrderRecord: Sendable, Hashable {
    public let id: OrderID
    public let portfolioID: PortfolioID
    public let brokerOrderID: ExactText?
    public let clientOrderID: ExactText?
    public let status: OrderStatus
    public let quantity: Decimal
    public let filledQuantity: Decimal
}

/// An order with the names that a reader needs.
public struct OrderListing: Sendable, Hashable {
    public let uid: String
    public let portfolio: ExactText
    public let strategy: ExactText?
    public let instrument: Instrument
    public let side: Side
    public let type: String
    public let status: OrderStatus
    public let timeInForce: String?
    public let quantity: Decimal
    public let filledQuantity: Decimal
    public let price: Decimal?
    public let stopPrice: Decimal?
    public let clientOrderID: ExactText?
    public let brokerOrderID: ExactText?
    public let placedAt: Timestamp
    public let updatedAt: Timestamp
}

public enum Orders {
    private static let columns = """
        o.id, o.portfolio_id, o.broker_order_id, o.client_order_id, o.status, o.quantity,
        o.filled_quantity
        """

    /// The orders that have these ids of the broker's.
    public static func withBrokerIDs(
        _ ids: [(PortfolioID, ExactText)], for caller: Caller, in tx: any Transaction
    ) throws -> [OrderRecord] {
        try named(ids, by: "broker_order_id", for: caller, in: tx)
    }

    /// The orders that have these ids of ours.
    public static func withClientIDs(
        _ ids: [(PortfolioID, ExactText)], for caller: Caller, in tx: any Transaction
    ) throws -> [OrderRecord] {
        try named(ids, by: "client_order_id", for: caller, in: tx)
    }

    private static func named(
        _ ids: [(PortfolioID, ExactText)], by column: String, for caller: Caller,
        in tx: any Transaction
    ) throws -> [OrderRecord] {
        var items = RowSet([
            .init("user_id", .integer), .init("portfolio_id", .integer), .init("name", .text),
        ])
        for (portfolio, id) in ids {
            items.append([.id(caller.userID), .id(portfolio), .exact(id)])
        }
        return try tx.query(
            """
            SELECT \(columns)
            FROM item
            JOIN orders o ON o.portfolio_id = item.portfolio_id AND o.user_id = item.user_id
                AND o.\(column) = item.name
            """, forEach: items, decode)
    }

    public static func with(
        id: OrderID, for caller: Caller, in tx: any Transaction
    ) throws -> OrderRecord? {
        try tx.first(
            SQL(
                "SELECT \(columns) FROM orders o WHERE o.id = $1 AND o.user_id = $2",
                [.id(id), .id(caller.userID)]), decode)
    }

    private static func decode(_ row: any Row) throws -> OrderRecord {
        OrderRecord(
            id: try row.id(0), portfolioID: try row.id(1),
            brokerOrderID: try row.optionalExact(2), clientOrderID: try row.optionalExact(3),
            status: try row.choice(4), quantity: try row.decimal(5),
            filledQuantity: try row.decimal(6))
    }

    /// What fills made of orders.
    public static func setFilled(
        _ changes: [(OrderID, filled: Decimal, status: OrderStatus)], now: Timestamp,
        for caller: Caller, in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("user_id", .integer), .init("id", .integer),
            .init("filled_quantity", .decimal), .init("status", .text),
            .init("updated_at", .time),
        ])
        for (id, filled, status) in changes {
            items.append([
                .id(caller.userID), .id(id), .decimal(filled), .text(status.rawValue),
                .time(now),
            ])
        }
        try tx.execute(
            """
            UPDATE orders
            SET filled_quantity = item.filled_quantity, status = item.status,
                updated_at = item.updated_at, version = version + 1
            FROM item
            WHERE orders.id = item.id AND orders.user_id = item.user_id
            """, forEach: items)
    }

    /// Stores an order that is already with a broker.
    public static func insert(
        uid: String, holding: HoldingKey, side: Side, type: String, status: OrderStatus,
        quantity: Decimal, price: Decimal?, brokerOrderID: ExactText?, clientOrderID: ExactText?,
        now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                INSERT INTO orders (uid, user_id, portfolio_id, instrument_id, strategy_id, side,
                    type, status, quantity, price, broker_order_id, client_order_id, placed_at,
                    updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
                """,
                [
                    .text(uid), .id(caller.userID), .id(holding.portfolioID),
                    .id(holding.instrumentID), .optional(holding.strategyID),
                    .text(side.rawValue), .text(type), .text(status.rawValue),
                    .decimal(quantity), .optional(price), .optional(brokerOrderID),
                    .optional(clientOrderID), .time(now),
                ]))
    }

    /// The caller's orders in one of these states, newest first.
    public static func list(
        _ scope: Scope, statuses: [OrderStatus], limit: Int, for caller: Caller,
        in tx: any Transaction
    ) throws -> [OrderListing] {
        let wanted = statuses.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return try tx.query(
            SQL(
                """
                SELECT o.uid, b.name, s.name, s.version, o.side, o.type, o.status,
                    o.time_in_force, o.quantity, o.filled_quantity, o.price, o.stop_price,
                    o.client_order_id, o.broker_order_id, o.placed_at, o.updated_at,
                    \(Instruments.columns)
                FROM portfolios b
                JOIN orders o ON o.portfolio_id = b.id
                JOIN instruments i ON i.id = o.instrument_id
                LEFT JOIN strategies s ON s.id = o.strategy_id
                WHERE b.user_id = $1 AND o.user_id = $1
                    AND (CAST($2 AS BIGINT) = 0 OR b.id = $2)
                    AND (CAST($3 AS BIGINT) = 0 OR o.strategy_id = $3)
                    AND o.status IN (\(wanted))
                ORDER BY o.placed_at DESC, o.id DESC
                LIMIT $4
                """,
                [
                    .id(caller.userID), .anyOr(scope.portfolioID), .anyOr(scope.strategyID),
                    .integer(Int64(limit)),
                ]), decodeListing)
    }

    private static func decodeListing(_ row: any Row) throws -> OrderListing {
        let strategy = try row.optionalText(2)
        return OrderListing(
            uid: try row.text(0), portfolio: try row.exact(1),
            strategy: try strategy.map { ExactText("\($0)@\(try row.text(3))") },
            instrument: try Instruments.decode(row, from: 16).instrument,
            side: try row.choice(4), type: try row.text(5), status: try row.choice(6),
            timeInForce: try row.optionalText(7), quantity: try row.decimal(8),
            filledQuantity: try row.decimal(9), price: try row.optionalDecimal(10),
            stopPrice: try row.optionalDecimal(11), clientOrderID: try row.optionalExact(12),
            brokerOrderID: try row.optionalExact(13), placedAt: try row.time(14),
            updatedAt: try row.time(15))
    }
}
