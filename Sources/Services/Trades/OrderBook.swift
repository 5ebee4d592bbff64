import Ledger
import Records
import Storage

/// The stored orders that fills name, and what the fills make of them.
struct OrderBook {
    private struct Name: Hashable {
        let portfolioID: PortfolioID
        let id: ExactText
    }

    /// Orders that fills changed.
    private(set) var changed: [OrderID: OrderProgress] = [:]
    private var stored: [OrderID: OrderRecord] = [:]
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
            stored[order.id] = order
            if let id = order.brokerOrderID {
                byBrokerID[Name(portfolioID: order.holding.portfolioID, id: id)] = order.id
            }
            if let id = order.clientOrderID {
                byClientID[Name(portfolioID: order.holding.portfolioID, id: id)] = order.id
            }
        }
    }

    /// The orders that fills changed, as they were stored and as they are now.
    var changes: [(record: OrderRecord, progress: OrderProgress)] {
        changed.sorted { $0.key.raw < $1.key.raw }.compactMap { id, progress in
            stored[id].map { ($0, progress) }
        }
    }

    /// The order that a fill belongs to: by the broker's id, else by the client's.
    private func order(of candidate: Candidate) -> OrderRecord? {
        guard !stored.isEmpty else { return nil }
        let portfolioID = candidate.holding.portfolioID
        let named = [
            candidate.report.brokerOrderID.flatMap {
                byBrokerID[Name(portfolioID: portfolioID, id: $0)]
            },
            candidate.report.clientOrderID.flatMap {
                byClientID[Name(portfolioID: portfolioID, id: $0)]
            },
        ]
        return named.lazy.compactMap(\.self).compactMap { stored[$0] }
            .first { $0.name.isMeant(by: candidate.orderName) }
    }

    /// What a fill makes of its order; nil where it has none.
    func progress(
        with candidate: Candidate
    ) throws(LedgerError) -> (id: OrderID, progress: OrderProgress)? {
        guard let order = order(of: candidate) else { return nil }
        var progress = changed[order.id] ?? order.progress
        try progress.fill(candidate.fill.quantity)
        return (order.id, progress)
    }

    mutating func note(_ progress: OrderProgress, of id: OrderID) {
        changed[id] = progress
    }
}

extension Candidate {
    fileprivate var orderName: OrderName {
        OrderName(
            portfolioID: holding.portfolioID, instrumentID: holding.instrumentID,
            side: fill.side, brokerOrderID: report.brokerOrderID,
            clientOrderID: report.clientOrderID)
    }
}
