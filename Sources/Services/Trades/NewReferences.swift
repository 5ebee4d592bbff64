import Ledger
import Records
import Storage

/// Stores the strategies and instruments that accepted reports invented, before what refers to
/// them.
struct NewReferences {
    /// Somebody else stored an instrument with other terms (multiplier, tick size) since we looked;
    /// what was posted on ours does not hold.
    struct InstrumentTaken: Error {}

    private let caller: Caller
    private let tx: any Transaction
    private var strategies: [StrategyID: StrategyID] = [:]
    private var newInstruments: [InstrumentID: Instrument] = [:]
    private var instruments: [InstrumentID: InstrumentID] = [:]

    init(caller: Caller, tx: any Transaction) {
        self.caller = caller
        self.tx = tx
    }

    /// Notes what is new in a holding; its strategy is stored at once.
    mutating func add(
        _ holding: HoldingKey, _ instrument: Instrument, _ scope: IngestScope, _ draw: inout Draw
    ) throws {
        if holding.instrumentID.raw < 0 { newInstruments[holding.instrumentID] = instrument }
        guard let provisional = holding.strategyID, provisional.raw < 0,
            strategies[provisional] == nil, let reference = scope.invented[provisional]
        else { return }
        strategies[provisional] = try StrategyService.findOrAdd(
            reference, for: caller, in: tx, &draw
        ).id
    }

    /// Stores the instruments. Throws `InstrumentTaken`.
    mutating func store(_ draw: inout Draw) throws {
        guard !newInstruments.isEmpty else { return }
        // In an order that all units of work keep, so that two which invent the same instruments
        // wait for each other rather than in a circle; the provisional ids count down.
        let ordered = newInstruments.sorted { one, other in
            (one.value.symbol, one.value.exchange ?? "", -one.key.raw)
                < (other.value.symbol, other.value.exchange ?? "", -other.key.raw)
        }
        try Instruments.insert(
            ordered.map { (draw.uid(), $0.value) }, now: draw.now, in: tx)
        let stored = try Instruments.with(
            symbols: Set(newInstruments.values.map(\.symbol)), in: tx)
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
    func stored(_ holding: HoldingKey) -> HoldingKey {
        HoldingKey(
            portfolioID: holding.portfolioID,
            instrumentID: instruments[holding.instrumentID] ?? holding.instrumentID,
            strategyID: holding.strategyID.map { strategies[$0] ?? $0 })
    }
}

extension Instrument {
    /// Whether both are the same reference datum; what else is known of them may differ.
    func isSame(as other: Instrument) -> Bool {
        symbol == other.symbol && exchange == other.exchange && assetType == other.assetType
            && currency == other.currency && option == other.option
    }
}
