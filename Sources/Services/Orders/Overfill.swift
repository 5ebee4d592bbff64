public import Ledger
import Records
import Storage
import Wire

/// What a notice tells of an order of which more was filled than ordered.
public struct OverfilledOrder: Sendable, Hashable {
    public let portfolio: ExactText
    public let symbol: ExactText
    public let side: Side
    public let quantity: Decimal
    public let filledQuantity: Decimal
    public let brokerOrderID: ExactText?

    init(_ order: OrderListing) {
        portfolio = order.portfolio
        symbol = order.instrument.symbol
        side = order.side
        quantity = order.quantity
        filledQuantity = order.filledQuantity
        brokerOrderID = order.brokerOrderID
    }

    init?(_ payload: JSONValue) {
        guard let portfolio = payload["portfolio"]?.string,
            let symbol = payload["symbol"]?.string,
            let side = payload["side"]?.string.flatMap({ Side(rawValue: $0) }),
            let quantity = payload["quantity"]?.string.flatMap({ try? Decimal(parsing: $0) }),
            let filled = payload["filled_quantity"]?.string.flatMap({ try? Decimal(parsing: $0) })
        else { return nil }
        self.portfolio = ExactText(portfolio)
        self.symbol = ExactText(symbol)
        self.side = side
        self.quantity = quantity
        filledQuantity = filled
        brokerOrderID = payload["broker_order_id"]?.string.map { ExactText($0) }
    }

    func payloadJSON(others: Int) -> String {
        Details.object([
            "portfolio": portfolio.text, "symbol": symbol.text, "side": side.rawValue,
            "quantity": quantity.description, "filled_quantity": filledQuantity.description,
            "broker_order_id": brokerOrderID?.text, "others": String(others),
        ])
    }
}

/// Tells an order's owner, once for each order, that more was filled than ordered; the fills are
/// facts and stay.
struct OverfillNotice {
    let caller: Caller
    let tx: any Transaction

    /// Writes the audit rows, and one notice for all orders that went over in this unit of work.
    func tell(
        of changes: [(id: OrderID, progress: OrderProgress, isNoted: Bool)], _ draw: inout Draw
    ) throws {
        let new = changes.filter { $0.progress.isOverfilled && !$0.isNoted }
        guard let first = new.first else { return }
        try Orders.noteOverfill(of: new.map(\.id), now: draw.now, for: caller, in: tx)
        try AuditLog.append(
            new.map { change in
                AuditEntry(
                    .update, .order, id: change.id.raw,
                    detailsJSON: Details.object([
                        "overfilled": "true", "quantity": change.progress.quantity.description,
                        "filled_quantity": change.progress.filled.description,
                    ]))
            }, userID: caller.userID, now: draw.now, in: tx)
        guard let owner = try Users.with(id: caller.userID, in: tx),
            let order = try OrderList.with(id: first.id, for: caller, in: tx)?.order
        else { throw StorageError.decoding(column: 0, expected: "the order and its owner") }
        try Notice.overfill(OverfilledOrder(order), others: new.count - 1)
            .post(to: owner, in: tx, &draw)
    }
}
