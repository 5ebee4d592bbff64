import Ledger
import Logging
import Records
import Services
import Wire

extension Route {
    static let replaceOrder = Route(
        .post, "/v1/orders/{uid}/replace", .orders,
        summary: "Asks for other terms of an order that works",
        details: """
            Give what is to change. The old terms hold until the gateway has taken the new ones. \
            `quantity` is in all, what is filled already included.
            """,
        segments: [.orderUID],
        request: .json(ReplaceOrderField.object, example: #"{"price":"64900","version":1}"#),
        answer: .json(.placedOrder, example: placedExample),
        refusals: [.unknownOrder, .orderEnded, .versionConflict, .notOurs, .outOfRange],
        .authorized(.trade) { call, authority in
            try call.body.require("application/json")
            let posted = try readReplacement(try await call.body.collect())
            _ = try call.query()
            let replacement = try posted.get()
            let order = try await call.services.orders.replace(
                uid: try call.segment("uid").text, with: replacement.change,
                version: replacement.version, as: authority)
            call.logger.info("order to be replaced", metadata: ["order_uid": "\(order.uid)"])
            return Answer(order, as: .placedOrder)
        })
}

private func readReplacement(
    _ body: [UInt8]
) throws(Problem) -> Result<PostedReplacement, ServiceError> {
    do throws(JSONError) {
        return try ReplaceOrderReader.replacement(from: body)
    } catch {
        throw Problem(.notJSON, "the body is not JSON: \(error)")
    }
}
