import Ledger
import Records
import Services
import Wire

extension Route {
    static let orders = Route(
        .get, "/v1/orders", parameters: ["portfolio", "status"],
        summary: "The newest orders in a state; the open ones where none is named",
        .authorized(.read) { call, authority in
            let query = try call.query()
            let orders = try await call.services.orders.list(
                portfolio: query.text("portfolio"), statuses: statuses(query), for: authority)
            return Answer(OrdersAnswer(orders: orders))
        })
}

/// Nil for the open ones.
private func statuses(_ query: Query) throws(Problem) -> [OrderStatus]? {
    let text = query.text("status")?.text.uppercased() ?? "OPEN"
    switch text {
    case "OPEN": return nil
    case "ALL": return OrderStatus.allCases
    default: break
    }
    var statuses: [OrderStatus] = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let status = OrderStatus(rawValue: String(name)) else {
            let known = OrderStatus.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("status", "expected open, all, or some of \(known), by commas")
        }
        statuses.append(status)
    }
    return statuses
}

private struct OrdersAnswer: JSONWritable {
    let orders: [OrderListing]

    func writeJSON(to bytes: inout [UInt8]) {
        JSONWriter.object(to: &bytes) { answer in
            answer.array("orders") { list in
                for order in orders {
                    list.object { write(order, to: &$0) }
                }
            }
        }
    }

    private func write(_ order: OrderListing, to object: inout JSONObjectWriter) {
        object.write("uid", order.uid)
        object.write("portfolio", order.portfolio)
        object.write("strategy", order.strategy)
        object.write("symbol", order.instrument.symbol)
        object.write("exchange", order.instrument.exchange)
        object.write("side", order.side)
        object.write("type", order.type)
        object.write("status", order.status)
        object.write("time_in_force", order.timeInForce)
        object.write("quantity", order.quantity)
        object.write("filled_quantity", order.filledQuantity)
        object.write("price", order.price)
        object.write("stop_price", order.stopPrice)
        object.write("client_order_id", order.clientOrderID)
        object.write("broker_order_id", order.brokerOrderID)
        object.write("placed_at", order.placedAt)
        object.write("updated_at", order.updatedAt)
    }
}
