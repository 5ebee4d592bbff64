import Ledger
import Records

/// By what an order is known, and by what a trade names the order that it belongs to.
struct OrderName: Hashable {
    let portfolioID: PortfolioID
    let instrumentID: InstrumentID
    let side: Side
    let brokerOrderID: ExactText?
    let clientOrderID: ExactText?

    /// Whether a trade with that name belongs to the order with this one: one of the same
    /// instrument and side, by the broker's id; by the client's where either has none of the
    /// broker's. Two ids of the broker's that differ are two orders.
    func isMeant(by trade: OrderName) -> Bool {
        guard portfolioID == trade.portfolioID, instrumentID == trade.instrumentID,
            side == trade.side
        else { return false }
        if let brokerOrderID, let named = trade.brokerOrderID { return brokerOrderID == named }
        return clientOrderID != nil && clientOrderID == trade.clientOrderID
    }
}

extension OrderRecord {
    var name: OrderName {
        OrderName(
            portfolioID: holding.portfolioID, instrumentID: holding.instrumentID, side: side,
            brokerOrderID: brokerOrderID, clientOrderID: clientOrderID)
    }
}

extension ReportedOrder {
    var name: OrderName {
        OrderName(
            portfolioID: holding.portfolioID, instrumentID: holding.instrumentID, side: side,
            brokerOrderID: brokerOrderID, clientOrderID: clientOrderID)
    }
}

extension UnlinkedTrade {
    var orderName: OrderName {
        OrderName(
            portfolioID: portfolioID, instrumentID: instrumentID, side: side,
            brokerOrderID: brokerOrderID, clientOrderID: clientOrderID)
    }
}
