public import Ledger
public import Storage

/// An order as far as a fill touches it.
public struct OrderRecord: Sendable, Hashable {
    public let id: OrderID
    public let uid: String
    public let holding: HoldingKey
    public let side: Side
    public let brokerOrderID: ExactText?
    public let clientOrderID: ExactText?
    public let progress: OrderProgress
    /// Whether its owner was told that more was filled than ordered.
    public let isOverfillNoted: Bool
}

public enum Orders {
    static let columns = """
        o.id, o.uid, o.portfolio_id, o.instrument_id, o.strategy_id, o.side, o.broker_order_id,
        o.client_order_id, o.quantity, o.filled_quantity, o.status, o.reported_status,
        o.overfill_noted_at
        """
    static let columnCount = 13

    /// The orders that have these ids of the broker's.
    public static func withBrokerIDs(
        _ ids: [(PortfolioID, ExactText)], for caller: Caller, in tx: any Transaction
    ) throws -> [OrderRecord] {
        try named(ids, by: "broker_order_id", columns, for: caller, in: tx, decode)
    }

    /// The orders that have these ids of ours.
    public static func withClientIDs(
        _ ids: [(PortfolioID, ExactText)], for caller: Caller, in tx: any Transaction
    ) throws -> [OrderRecord] {
        try named(ids, by: "client_order_id", columns, for: caller, in: tx, decode)
    }

    static func named<Record>(
        _ ids: [(PortfolioID, ExactText)], by column: String, _ columns: String,
        for caller: Caller, in tx: any Transaction, _ decode: (any Row) throws -> Record
    ) throws -> [Record] {
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

    static func decode(_ row: any Row) throws -> OrderRecord {
        OrderRecord(
            id: try row.id(0), uid: try row.text(1),
            holding: HoldingKey(
                portfolioID: try row.id(2), instrumentID: try row.id(3),
                strategyID: try row.optionalID(4)),
            side: try row.choice(5), brokerOrderID: try row.optionalExact(6),
            clientOrderID: try row.optionalExact(7),
            progress: OrderProgress(
                quantity: try row.decimal(8), filled: try row.decimal(9),
                status: try row.choice(10),
                reported: row.isNull(11) ? nil : try row.choice(11)),
            isOverfillNoted: !row.isNull(12))
    }

    /// What fills made of orders.
    public static func setProgress(
        _ changes: [(OrderID, OrderProgress)], now: Timestamp, for caller: Caller,
        in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("user_id", .integer), .init("id", .integer),
            .init("filled_quantity", .decimal), .init("status", .text),
            .init("updated_at", .time),
        ])
        for (id, progress) in changes {
            items.append([
                .id(caller.userID), .id(id), .decimal(progress.filled),
                .text(progress.status.rawValue), .time(now),
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

    /// Notes that the owner is told of orders of which more was filled than ordered.
    public static func noteOverfill(
        of ids: [OrderID], now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("user_id", .integer), .init("id", .integer), .init("noted_at", .time),
        ])
        for id in ids { items.append([.id(caller.userID), .id(id), .time(now)]) }
        try tx.execute(
            """
            UPDATE orders SET overfill_noted_at = item.noted_at
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
}
