import Ledger
import Records
import Storage

/// The stored orders that fills name, and what the fills make of them.
struct OrderBook {
    struct Progress {
        let quantity: Decimal
        var filled: Decimal
        var status: OrderStatus
    }

    private struct Name: Hashable {
        let portfolioID: PortfolioID
        let id: ExactText
    }

    /// Orders that fills changed.
    private(set) var changed: [OrderID: Progress] = [:]
    private var stored: [OrderID: Progress] = [:]
    private var byBrokerID: [Name: OrderID] = [:]
    private var byClientID: [Name: OrderID] = [:]

    init(_ candidates: [Candidate], for caller: Caller, in tx: any Transaction) throws {
        var brokerIDs: Set<Name> = []
        var clientIDs: Set<Name> = []
        for candidate in candidates {
            let portfolioID = candidate.holding.portfolioID
            if let id = candidate.report.brokerOrderID {
                brokerIDs.insert(Name(portfolioID: portfolioID, id: id))
            }
            if let id = candidate.report.clientOrderID {
                clientIDs.insert(Name(portfolioID: portfolioID, id: id))
            }
        }
        let orders =
            try Orders.withBrokerIDs(
                brokerIDs.map { ($0.portfolioID, $0.id) }, for: caller, in: tx)
            + Orders.withClientIDs(
                clientIDs.map { ($0.portfolioID, $0.id) }, for: caller, in: tx)
        for order in orders {
            stored[order.id] = Progress(
                quantity: order.quantity, filled: order.filledQuantity, status: order.status)
            if let id = order.brokerOrderID {
                byBrokerID[Name(portfolioID: order.portfolioID, id: id)] = order.id
            }
            if let id = order.clientOrderID {
                byClientID[Name(portfolioID: order.portfolioID, id: id)] = order.id
            }
        }
    }

    /// The order that a fill belongs to: by the broker's id, else by the client's.
    func order(of candidate: Candidate) -> OrderID? {
        let portfolioID = candidate.holding.portfolioID
        let report = candidate.report
        if let id = report.brokerOrderID,
            let order = byBrokerID[Name(portfolioID: portfolioID, id: id)]
        {
            return order
        }
        return report.clientOrderID.flatMap {
            byClientID[Name(portfolioID: portfolioID, id: $0)]
        }
    }

    /// What a fill makes of its order; nil where it has none.
    func progress(
        with candidate: Candidate
    ) throws(LedgerError) -> (id: OrderID, progress: Progress)? {
        guard let id = order(of: candidate), var progress = changed[id] ?? stored[id] else {
            return nil
        }
        progress.filled = try progress.filled + candidate.fill.quantity
        progress.status = progress.status.afterFill(
            filled: progress.filled, of: progress.quantity)
        return (id, progress)
    }

    mutating func note(_ progress: Progress, of id: OrderID) {
        changed[id] = progress
    }
}
