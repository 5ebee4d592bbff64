public import Gateways
import Records
import Storage

/// An order that works at a gateway, as it has to be known to go on with it after a restart.
public struct WorkingOrder: Sendable, Hashable {
    public let order: GatewayOrder
    /// In the order in which they came.
    public let fills: [GatewayFill]
    public let isTriggered: Bool
}

extension OrderService {
    /// What works at a gateway, of all users, the oldest first.
    public func working(at gateway: String) async throws -> [WorkingOrder] {
        try await work.read { tx in
            try PlacedOrders.working(at: gateway, in: tx).map { order, fills in
                WorkingOrder(
                    order: try GatewayOrder(order, in: tx), fills: fills.map(GatewayFill.init),
                    isTriggered: order.triggeredAt != nil)
            }
        }
    }
}

extension GatewayFill {
    fileprivate init(_ trade: TradeOfOrder) {
        self.init(
            id: trade.id, quantity: trade.quantity, price: trade.price, fee: trade.fee,
            feeCurrency: trade.feeCurrency, time: trade.time)
    }
}
