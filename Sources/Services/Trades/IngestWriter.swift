import Ledger
import Records
import Storage

/// Stores what the posting worked out: the strategies and instruments that are new, trades,
/// positions, days, orders, audit rows. Each touched row is written once.
struct IngestWriter {
    private let caller: Caller
    private let source: TradeSource
    private let tx: any Transaction
    private var references: NewReferences

    init(caller: Caller, source: TradeSource, in tx: any Transaction) {
        self.caller = caller
        self.source = source
        self.tx = tx
        references = NewReferences(caller: caller, tx: tx)
    }

    /// Returns what was stored, in the order of the request.
    mutating func write(
        _ posting: FillPosting, _ scope: IngestScope, _ draw: inout Draw
    ) throws -> [MadeFill] {
        guard !posting.accepted.isEmpty else { return [] }
        for candidate in posting.accepted {
            try references.add(candidate.holding, candidate.instrument, scope, &draw)
        }
        try references.store(&draw)
        let ids = try Trades.insert(
            posting.accepted.map(trade), now: draw.now, for: caller, in: tx)
        var numbers = posting.outcomes.indices.map { Candidate.number(at: $0) }
        for (candidate, id) in zip(posting.accepted, ids) {
            numbers[candidate.index] = TradeNumber(id.raw)
        }
        try noteNews(posting.accepted, ids, draw)
        let ledger = LedgerWriter(caller: caller, tx: tx) { number in
            Candidate.index(of: number).map { numbers[$0] } ?? number
        }
        try ledger.write(posting.changes, holding: references.stored, &draw)
        let orders = posting.orders.changes
        try Orders.setProgress(
            orders.map { ($0.record.id, $0.progress) }, now: draw.now, for: caller, in: tx)
        try OverfillNotice(caller: caller, tx: tx).tell(
            of: orders.map { ($0.record.id, $0.progress, $0.record.isOverfillNoted) }, &draw)
        try AuditLog.append(
            zip(posting.accepted, ids).map { candidate, id in
                AuditEntry(
                    .create, .trade, id: id.raw,
                    detailsJSON: Details.object([
                        "broker_trade_id": candidate.fill.id.text, "source": source.rawValue,
                    ]))
            }, userID: caller.userID, now: draw.now, in: tx)
        try keepExits(posting, &draw)
        return posting.accepted.map { MadeFill($0, references.stored($0.holding)) }
    }

    private func keepExits(_ posting: FillPosting, _ draw: inout Draw) throws {
        let orders = posting.orders.changes
        var filled: [OrderID: Decimal] = [:]
        for (record, progress) in orders {
            filled[record.id] = try? progress.filled - record.progress.filled
        }
        try BracketKeeper(caller: caller, tx: tx).keep(
            Set(
                posting.changes.map { references.stored($0.holding) }
                    + orders.map(\.record.holding)),
            filled: filled, &draw)
    }

    /// What a broker reports is news to its owner; what they entered or imported is not.
    private func noteNews(_ accepted: [Candidate], _ ids: [TradeID], _ draw: Draw) throws {
        guard source == .broker || source == .paper else { return }
        var first: [PortfolioID: TradeID] = [:]
        for (candidate, id) in zip(accepted, ids) {
            let known = first[candidate.holding.portfolioID]
            guard known.map({ id.raw < $0.raw }) ?? true else { continue }
            first[candidate.holding.portfolioID] = id
        }
        try FillNewsRows.note(first, now: draw.now, for: caller, in: tx)
    }

    private func trade(_ candidate: Candidate) -> NewTrade {
        let report = candidate.report
        return NewTrade(
            uid: candidate.tradeUID, holding: references.stored(candidate.holding),
            orderID: candidate.orderID, fill: candidate.fill,
            clientOrderID: report.clientOrderID, source: source,
            details: TradeDetails(
                metaJSON: report.metaJSON, commission: report.commission,
                netAmount: report.netAmount, delta: report.delta, reason: report.reason),
            derived: candidate.derived)
    }
}

extension MadeFill {
    fileprivate init(_ candidate: Candidate, _ holding: HoldingKey) {
        self.init(
            holding: holding, instrument: candidate.instrument, side: candidate.fill.side,
            quantity: candidate.fill.quantity, price: candidate.fill.price,
            time: candidate.fill.time, brokerOrderID: candidate.report.brokerOrderID)
    }
}
