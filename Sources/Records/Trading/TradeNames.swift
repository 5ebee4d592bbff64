public import Ledger
public import Storage

/// What a trade is called outside, and its place in the order of truth.
public struct TradeName: Sendable, Hashable {
    public let uid: String
    public let order: FillOrder
}

extension Trades {
    /// The names of these trades; those that are not the caller's are left out.
    public static func names(
        of ids: some Sequence<TradeNumber>, for caller: Caller, in tx: any Transaction
    ) throws -> [TradeNumber: TradeName] {
        var items = RowSet([.init("user_id", .integer), .init("id", .integer)])
        for id in ids { items.append([.id(caller.userID), .integer(id.raw)]) }
        let names = try tx.query(
            """
            SELECT t.id, t.uid, t.exec_time, t.broker_trade_id
            FROM item
            JOIN trades t ON t.id = item.id AND t.user_id = item.user_id
            """, forEach: items
        ) { row in
            (
                TradeNumber(try row.integer(0)),
                TradeName(
                    uid: try row.text(1),
                    order: FillOrder(time: try row.time(2), id: try row.exact(3)))
            )
        }
        return Dictionary(names) { first, _ in first }
    }

    /// A trade's place in a list; nil where it is not the caller's.
    public static func cursor(
        of id: TradeID, for caller: Caller, in tx: any Transaction
    ) throws -> TradeCursor? {
        try names(of: [TradeNumber(id.raw)], for: caller, in: tx).values.first.map {
            TradeCursor(execTime: $0.order.time, brokerTradeID: $0.order.id, id: id)
        }
    }
}
