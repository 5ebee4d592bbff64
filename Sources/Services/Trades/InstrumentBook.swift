import Ledger
import Records
import Storage

/// Finds the instruments that reports mean, and invents the records of those not stored yet.
///
/// An invented record has a negative id until it is stored.
struct InstrumentBook {
    private var bySymbol: [ExactText: [InstrumentRecord]]
    private var inventedCount: Int64 = 0

    init(symbols: Set<ExactText>, in tx: any Transaction) throws {
        bySymbol = Dictionary(grouping: try Instruments.with(symbols: symbols, in: tx)) {
            $0.instrument.symbol
        }
    }

    /// The one instrument that fits all that the report says of it; an invented one where none fits
    /// and the report tells enough. That one is known to later ones only when it is kept.
    func resolve(
        _ report: some Report
    ) throws(FillRefusal) -> (record: InstrumentRecord, isInvented: Bool) {
        let option = try contract(of: report)
        let fitting = (bySymbol[report.symbol] ?? []).filter { record in
            let known = record.instrument
            return known.exchange == report.exchange
                && (report.assetType == nil || known.assetType == report.assetType)
                && (report.currency == nil || known.currency == report.currency)
                && (option == nil || known.option == option)
        }
        if fitting.count > 1 {
            throw FillRefusal(
                code: .ambiguousInstrument, field: "symbol",
                detail: "several instruments have this symbol: add asset_type and currency")
        }
        guard let record = fitting.first else { return (try invent(report, option), true) }
        try check(report, against: record.instrument)
        return (record, false)
    }

    /// Makes an invented instrument known: the report that means it is sound.
    mutating func keep(_ record: InstrumentRecord) {
        inventedCount += 1
        bySymbol[record.instrument.symbol, default: []].append(record)
    }

    private func contract(of report: some Report) throws(FillRefusal) -> OptionContract? {
        if let option = report.option {
            guard report.assetType == nil || report.assetType == .option else {
                throw FillRefusal(
                    code: .invalidField, field: "option",
                    detail: "only an asset_type OPTION has an option contract")
            }
            return option
        }
        guard report.assetType == .option else { return nil }
        return OptionContract(occSymbol: report.symbol.text)
    }

    private func invent(
        _ report: some Report, _ option: OptionContract?
    ) throws(FillRefusal) -> InstrumentRecord {
        guard let assetType = report.assetType, let currency = report.currency else {
            throw FillRefusal(
                code: .unknownInstrument, field: "symbol",
                detail: "not known yet: add asset_type and currency to create it")
        }
        if assetType == .option, option == nil {
            throw FillRefusal(
                code: .unknownInstrument, field: "option",
                detail: "not known yet, and the symbol is no OCC symbol: add the option block")
        }
        let standard: Decimal = assetType == .option ? 100 : 1
        return InstrumentRecord(
            id: InstrumentID(-(inventedCount + 1)),
            instrument: Instrument(
                symbol: report.symbol, exchange: report.exchange, assetType: assetType,
                currency: currency, multiplier: report.multiplier ?? standard,
                tickSize: report.tickSize, lotSize: nil, option: option))
    }

    /// Refuses what contradicts the terms of the instrument that the report means.
    func check(
        _ report: some Report, against known: Instrument
    ) throws(FillRefusal) {
        if let multiplier = report.multiplier, multiplier != known.multiplier {
            throw FillRefusal(
                code: .instrumentMismatch, field: "multiplier",
                detail: "the instrument has \(known.multiplier)")
        }
        if let tickSize = report.tickSize, tickSize != known.tickSize {
            throw FillRefusal(
                code: .instrumentMismatch, field: "tick_size",
                detail: "the instrument has \(known.tickSize?.description ?? "none")")
        }
    }
}
