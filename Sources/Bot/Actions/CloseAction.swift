import Ledger
import Records
import Services
import Wire

extension ActionKind {
    /// Positions that are to be closed, each by an order.
    static let closePositions = ActionKind(
        name: "close",
        title: { CloseProposal($0)?.title ?? "close a position" },
        perform: { action, services, caller in
            guard let proposal = CloseProposal(action) else { throw ServiceError.foreignAction }
            let authority = Authority(caller: caller)
            return try await OrderResults.of(proposal.orders.map(\.title)) { number in
                var order = proposal.orders[number].order
                // The token makes a repetition the same order.
                order.clientOrderID = ChatOrder.clientOrderID(action, number)
                order.closeReason = .manualClose
                return try await services.orders.place(order, as: authority).order
            }
        },
        facts: { _, resultJSON in OrderResults(resultJSON)?.facts ?? [] },
        blocks: { OrderResults($0)?.blocks ?? [] })
}

extension CloseProposal {
    init?(_ action: PendingAction) {
        guard let content = try? JSONValue(parsing: action.contentJSON),
            let listed = content["orders"]?.array
        else { return nil }
        let orders = listed.compactMap { ChatOrder(json: $0.description) }
        guard !orders.isEmpty, orders.count == listed.count else { return nil }
        self.init(orders: orders)
    }

    var json: String {
        let bytes = JSONWriter.object { content in
            content.array("orders") { list in
                for order in orders.compactMap(\.order.json) { list.write(JSONRaw(order)) }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
