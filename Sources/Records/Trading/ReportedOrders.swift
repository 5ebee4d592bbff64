public import Ledger
public import Storage
import Wire

/// An order as its reports tell of it.
public struct ReportedOrder: Sendable, Hashable {
    public let uid: String
    public let holding: HoldingKey
    public let side: Side
    public var brokerOrderID: ExactText?
    public var clientOrderID: ExactText?
    public var progress: OrderProgress
    public var terms: OrderTerms
    public let isOverfillNoted: Bool

    public init(
        uid: String, holding: HoldingKey, side: Side, brokerOrderID: ExactText?,
        clientOrderID: ExactText?, progress: OrderProgress, terms: OrderTerms,
        isOverfillNoted: Bool = false
    ) {
        self.uid = uid
        self.holding = holding
        self.side = side
        self.brokerOrderID = brokerOrderID
        self.clientOrderID = clientOrderID
        self.progress = progress
        self.terms = terms
        self.isOverfillNoted = isOverfillNoted
    }
}

/// Orders as reports write them.
public enum ReportedOrders {
    private static let columns = """
        \(Orders.columns), o.type, o.price, o.stop_price, o.time_in_force, o.placed_at,
        o.reported_filled_quantity, o.meta_json, o.told_at_json
        """

    /// The orders that have these ids of the broker's.
    public static func withBrokerIDs(
        _ ids: [(PortfolioID, ExactText)], for caller: Caller, in tx: any Transaction
    ) throws -> [(id: OrderID, order: ReportedOrder)] {
        try Orders.named(ids, by: "broker_order_id", columns, for: caller, in: tx, decode)
    }

    /// The orders that have these ids of ours.
    public static func withClientIDs(
        _ ids: [(PortfolioID, ExactText)], for caller: Caller, in tx: any Transaction
    ) throws -> [(id: OrderID, order: ReportedOrder)] {
        try Orders.named(ids, by: "client_order_id", columns, for: caller, in: tx, decode)
    }

    private static func decode(_ row: any Row) throws -> (id: OrderID, order: ReportedOrder) {
        let record = try Orders.decode(row)
        let first = Orders.columnCount
        let terms = OrderTerms(
            type: try row.choice(first), quantity: record.progress.quantity,
            price: try row.optionalDecimal(first + 1),
            stopPrice: try row.optionalDecimal(first + 2),
            timeInForce: row.isNull(first + 3) ? nil : try row.choice(first + 3),
            placedAt: try row.time(first + 4),
            reportedFilled: try row.optionalDecimal(first + 5),
            metaJSON: try row.text(first + 6),
            toldAt: try ToldAtColumn.read(try row.text(first + 7), column: first + 7))
        return (
            record.id,
            ReportedOrder(
                uid: record.uid, holding: record.holding, side: record.side,
                brokerOrderID: record.brokerOrderID, clientOrderID: record.clientOrderID,
                progress: record.progress, terms: terms, isOverfillNoted: record.isOverfillNoted)
        )
    }

    /// Stores new orders; returns their ids, in their order.
    public static func insert(
        _ orders: [ReportedOrder], now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws -> [OrderID] {
        var items = RowSet(identityColumns + stateColumns)
        for order in orders {
            items.append(
                [
                    .text(order.uid), .id(order.holding.portfolioID),
                    .id(order.holding.instrumentID), .optional(order.holding.strategyID),
                    .text(order.side.rawValue),
                ] + state(of: order, now, caller))
        }
        let names = (identityColumns + stateColumns).map(\.name).joined(separator: ", ")
        return try tx.insert(
            """
            INSERT INTO orders (\(names))
            SELECT \(names)
            FROM item
            """, forEach: items
        ).map(OrderID.init)
    }

    /// Writes what reports have changed of stored orders.
    public static func update(
        _ orders: [(OrderID, ReportedOrder)], now: Timestamp, for caller: Caller,
        in tx: any Transaction
    ) throws {
        var items = RowSet([.init("id", .integer)] + stateColumns)
        for (id, order) in orders { items.append([.id(id)] + state(of: order, now, caller)) }
        let settings = stateColumns.map(\.name).filter { $0 != "user_id" }
            .map { "\($0) = item.\($0)" }.joined(separator: ", ")
        try tx.execute(
            """
            UPDATE orders SET \(settings), version = version + 1
            FROM item
            WHERE orders.id = item.id AND orders.user_id = item.user_id
            """, forEach: items)
    }

    private static let identityColumns: [RowSet.Column] = [
        .init("uid", .text), .init("portfolio_id", .integer), .init("instrument_id", .integer),
        .init("strategy_id", .integer), .init("side", .text),
    ]

    private static let stateColumns: [RowSet.Column] = [
        .init("user_id", .integer), .init("broker_order_id", .text),
        .init("client_order_id", .text), .init("status", .text),
        .init("reported_status", .text), .init("quantity", .decimal),
        .init("filled_quantity", .decimal), .init("type", .text), .init("price", .decimal),
        .init("stop_price", .decimal), .init("time_in_force", .text), .init("placed_at", .time),
        .init("reported_filled_quantity", .decimal), .init("meta_json", .json),
        .init("told_at_json", .json), .init("updated_at", .time),
    ]

    private static func state(
        of order: ReportedOrder, _ now: Timestamp, _ caller: Caller
    ) -> [Value] {
        let terms = order.terms
        return [
            .id(caller.userID), .optional(order.brokerOrderID), .optional(order.clientOrderID),
            .text(order.progress.status.rawValue), .optional(order.progress.reported?.rawValue),
            .decimal(order.progress.quantity), .decimal(order.progress.filled),
            .text(terms.type.rawValue), .optional(terms.price), .optional(terms.stopPrice),
            .optional(terms.timeInForce?.rawValue), .time(terms.placedAt),
            .optional(terms.reportedFilled), .text(terms.metaJSON),
            .text(ToldAtColumn.write(terms.toldAt)), .time(now),
        ]
    }
}

/// The instants of the reports that told an order's figures: a JSON object of times.
private enum ToldAtColumn {
    static func write(_ times: [OrderTerms.Figure: Timestamp]) -> String {
        let fields = times.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\"\($0.key.rawValue)\":\"\($0.value)\"" }
        return "{\(fields.joined(separator: ","))}"
    }

    static func read(
        _ text: String, column: Int
    ) throws(StorageError) -> [OrderTerms.Figure: Timestamp] {
        if text == "{}" { return [:] }
        var times: [OrderTerms.Figure: Timestamp] = [:]
        for member in (try? JSONValue(parsing: text).object) ?? [] {
            guard let figure = OrderTerms.Figure(rawValue: member.key.text),
                let time = member.value.string.flatMap({ Timestamp(canonical: $0) })
            else { throw .decoding(column: column, expected: "times by figure") }
            times[figure] = time
        }
        return times
    }
}
