import Ledger
import Records
import Storage

/// Stores what the posting worked out: the strategies and instruments that are new, trades,
/// positions, days, orders, audit rows. Each touched row is written once.
struct IngestWriter {
    /// Somebody else stored an instrument with other terms (multiplier, tick size) since we looked;
    /// what was posted on ours does not hold.
    struct InstrumentTaken: Error {}

    private let caller: Caller
    private let source: TradeSource
    private let tx: any Transaction
    private var strategies: [StrategyID: StrategyID] = [:]
    private var instruments: [InstrumentID: InstrumentID] = [:]

    init(caller: Caller, source: TradeSource, in tx: any Transaction) {
        self.caller = caller
        self.source = source
        self.tx = tx
    }

    mutating func write(
        _ posting: FillPosting, _ scope: IngestScope, _ draw: inout Draw
    ) throws {
        guard !posting.accepted.isEmpty else { return }
        try addStrategies(posting.accepted, scope, &draw)
        try addInstruments(posting.accepted, &draw)
        let ids = try Trades.insert(
            posting.accepted.map(trade), now: draw.now, for: caller, in: tx)
        let numbers = Dictionary(
            posting.accepted.compactMap { candidate in
                ids[candidate.tradeUID].map { (candidate.number, TradeNumber($0.raw)) }
            }
        ) { first, _ in first }
        let ledger = LedgerWriter(caller: caller, tx: tx) { numbers[$0] ?? $0 }
        try ledger.write(posting.changes, holding: stored, &draw)
        try Orders.setFilled(
            posting.orders.changed.sorted { $0.key.raw < $1.key.raw }
                .map { ($0.key, $0.value.filled, $0.value.status) },
            now: draw.now, for: caller, in: tx)
        try AuditLog.append(
            posting.accepted.map { candidate in
                AuditEntry(
                    .create, .trade, id: ids[candidate.tradeUID]?.raw,
                    detailsJSON: Details.object([
                        "broker_trade_id": candidate.fill.id.text, "source": source.rawValue,
                    ]))
            }, userID: caller.userID, now: draw.now, in: tx)
    }

    private mutating func addStrategies(
        _ accepted: [Candidate], _ scope: IngestScope, _ draw: inout Draw
    ) throws {
        for candidate in accepted {
            guard let provisional = candidate.holding.strategyID, provisional.raw < 0,
                strategies[provisional] == nil, let reference = scope.invented[provisional]
            else { continue }
            strategies[provisional] = try StrategyService.findOrAdd(
                reference, for: caller, in: tx, &draw
            ).id
        }
    }

    private mutating func addInstruments(
        _ accepted: [Candidate], _ draw: inout Draw
    ) throws {
        var new: [InstrumentID: Instrument] = [:]
        for candidate in accepted where candidate.holding.instrumentID.raw < 0 {
            new[candidate.holding.instrumentID] = candidate.instrument
        }
        guard !new.isEmpty else { return }
        // In an order that all units of work keep, so that two which invent the same instruments
        // wait for each other rather than in a circle; the provisional ids count down.
        let ordered = new.sorted { one, other in
            (one.value.symbol, one.value.exchange ?? "", -one.key.raw)
                < (other.value.symbol, other.value.exchange ?? "", -other.key.raw)
        }
        try Instruments.insert(
            ordered.map { (draw.uid(), $0.value) }, now: draw.now, in: tx)
        let stored = try Instruments.with(symbols: Set(new.values.map(\.symbol)), in: tx)
        for (provisional, instrument) in ordered {
            guard let record = stored.first(where: { $0.instrument.isSame(as: instrument) })
            else { throw StorageError.decoding(column: 0, expected: "the new instrument") }
            guard record.instrument.multiplier == instrument.multiplier,
                record.instrument.tickSize == instrument.tickSize
            else { throw InstrumentTaken() }
            instruments[provisional] = record.id
        }
    }

    /// The holding with the ids that its strategy and instrument have now that they are stored.
    private func stored(_ holding: HoldingKey) -> HoldingKey {
        HoldingKey(
            portfolioID: holding.portfolioID,
            instrumentID: instruments[holding.instrumentID] ?? holding.instrumentID,
            strategyID: holding.strategyID.map { strategies[$0] ?? $0 })
    }

    private func trade(_ candidate: Candidate) -> NewTrade {
        let report = candidate.report
        return NewTrade(
            uid: candidate.tradeUID, holding: stored(candidate.holding),
            orderID: candidate.orderID, fill: candidate.fill,
            clientOrderID: report.clientOrderID, source: source,
            details: TradeDetails(
                metaJSON: report.metaJSON, commission: report.commission,
                netAmount: report.netAmount, delta: report.delta, reason: report.reason),
            derived: candidate.derived)
    }
}

extension Instrument {
    /// Whether both are the same reference datum; what else is known of them may differ.
    func isSame(as other: Instrument) -> Bool {
        symbol == other.symbol && exchange == other.exchange && assetType == other.assetType
            && currency == other.currency && option == other.option
    }
}
