public import Ledger
public import Storage

/// A trade that names an order which is not known yet, as far as its order needs it.
public struct UnlinkedTrade: Sendable, Hashable {
    public let id: TradeID
    public let portfolioID: PortfolioID
    public let instrumentID: InstrumentID
    public let side: Side
    public let quantity: Decimal
    public let brokerOrderID: ExactText?
    public let clientOrderID: ExactText?
    /// Whether a correction took it out of the ledger: then it fills nothing.
    public let isSuperseded: Bool
}

/// Which order a trade belongs to. The link is derived: it may come after the trade.
public enum TradeLinks {
    private static let columns = """
        t.id, t.portfolio_id, t.instrument_id, t.side, t.quantity, t.broker_order_id,
        t.client_order_id, t.is_superseded
        """

    /// The trades without an order that name one of these by the broker's id.
    public static func unlinked(
        brokerOrderIDs ids: [(PortfolioID, ExactText)], for caller: Caller,
        in tx: any Transaction
    ) throws -> [UnlinkedTrade] {
        try unlinked(ids, "t.broker_order_id = item.name", for: caller, in: tx)
    }

    /// The trades without an order that give no broker's id and name one of these by the client's.
    public static func unlinked(
        clientOrderIDs ids: [(PortfolioID, ExactText)], for caller: Caller,
        in tx: any Transaction
    ) throws -> [UnlinkedTrade] {
        try unlinked(
            ids, "t.broker_order_id IS NULL AND t.client_order_id = item.name", for: caller,
            in: tx)
    }

    private static func unlinked(
        _ ids: [(PortfolioID, ExactText)], _ condition: String, for caller: Caller,
        in tx: any Transaction
    ) throws -> [UnlinkedTrade] {
        guard !ids.isEmpty else { return [] }
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
            JOIN trades t ON t.portfolio_id = item.portfolio_id AND t.user_id = item.user_id
                AND \(condition) AND t.order_id IS NULL
                AND (t.broker_order_id IS NOT NULL OR t.client_order_id IS NOT NULL)
            """, forEach: items
        ) { row in
            UnlinkedTrade(
                id: try row.id(0), portfolioID: try row.id(1), instrumentID: try row.id(2),
                side: try row.choice(3), quantity: try row.decimal(4),
                brokerOrderID: try row.optionalExact(5), clientOrderID: try row.optionalExact(6),
                isSuperseded: try row.bool(7))
        }
    }

    /// Says of trades which order they belong to.
    public static func link(
        _ links: [(TradeID, OrderID)], for caller: Caller, in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("user_id", .integer), .init("id", .integer), .init("order_id", .integer),
        ])
        for (trade, order) in links { items.append([.id(caller.userID), .id(trade), .id(order)]) }
        try tx.execute(
            """
            UPDATE trades SET order_id = item.order_id
            FROM item
            WHERE trades.id = item.id AND trades.user_id = item.user_id
            """, forEach: items)
    }
}
