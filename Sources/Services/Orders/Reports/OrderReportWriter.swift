import Ledger
import Records
import Storage

/// Stores what reports made of orders: the strategies and instruments that are new, the orders, the
/// links of trades that came before them, audit rows. A fixed number of statements.
struct OrderReportWriter {
    let caller: Caller
    let tx: any Transaction

    /// Throws `NewReferences.InstrumentTaken`.
    func write(_ posting: OrderReportPosting, _ draw: inout Draw) throws {
        let changed = posting.entries.filter(\.isChanged)
        guard !changed.isEmpty else { return }
        var references = NewReferences(caller: caller, tx: tx)
        for entry in changed {
            try references.add(
                entry.order.holding, entry.instrument, posting.scope, &draw)
        }
        try references.store(&draw)
        let new = changed.filter { $0.id == nil }.map { $0.order.at(references.stored) }
        let newIDs = Dictionary(
            zip(
                new.map(\.uid),
                try ReportedOrders.insert(new, now: draw.now, for: caller, in: tx))
        ) { first, _ in first }
        try ReportedOrders.update(
            changed.compactMap { entry in entry.id.map { ($0, entry.order) } }, now: draw.now,
            for: caller, in: tx)
        let id = { (entry: OrderReportPosting.Entry) in entry.id ?? newIDs[entry.order.uid] }
        try TradeLinks.link(
            posting.links.compactMap { link in
                id(posting.entries[link.entry]).map { (link.trade, $0) }
            }, for: caller, in: tx)
        try AuditLog.append(
            changed.map { entry in
                AuditEntry(
                    entry.id == nil ? .create : .update, .order, id: id(entry)?.raw,
                    detailsJSON: Details.object([
                        "broker_order_id": entry.order.brokerOrderID?.text,
                        "status": entry.order.progress.status.rawValue,
                        "reported_status": entry.order.progress.reported?.rawValue,
                        "quantity": entry.order.progress.quantity.description,
                    ]))
            }, userID: caller.userID, now: draw.now, in: tx)
        try OverfillNotice(caller: caller, tx: tx).tell(
            of: changed.compactMap { entry in
                id(entry).map { ($0, entry.order.progress, entry.order.isOverfillNoted) }
            }, &draw)
        try OrderNotice(caller: caller, tx: tx).tell(of: changed, &draw)
    }
}

extension ReportedOrder {
    fileprivate func at(_ stored: (HoldingKey) -> HoldingKey) -> ReportedOrder {
        ReportedOrder(
            uid: uid, holding: stored(holding), side: side, brokerOrderID: brokerOrderID,
            clientOrderID: clientOrderID, progress: progress, terms: terms)
    }
}
