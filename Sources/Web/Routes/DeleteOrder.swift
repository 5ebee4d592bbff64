import Ledger
import Logging
import Records
import Services

extension Route {
    static let deleteOrder = Route(
        .delete, "/v1/orders/{uid}", .orders,
        summary: "Asks for the end of an order that works",
        details: """
            The gateway is asked; that it has ended is told by `GET /v1/orders/{uid}`, and it may \
            still be filled before. Asking again while that is underway changes nothing.
            """,
        parameters: [
            RouteParameter(
                "version", .orderVersion,
                "The order's `version` that you have seen: one that has changed since is refused")
        ],
        segments: [.orderUID], answer: .json(.placedOrder, example: placedExample),
        refusals: [.unknownOrder, .orderEnded, .versionConflict, .notOurs],
        .authorized(.trade) { call, authority in
            let query = try call.query()
            let version = try query.count("version")
            let order = try await call.services.orders.cancel(
                uid: try call.segment("uid").text, version: version, as: authority)
            call.logger.info("order to be canceled", metadata: ["order_uid": "\(order.uid)"])
            return Answer(order, as: .placedOrder)
        })
}
