import Ledger
import Records

/// A holding with its days of P&L: what fills are posted to before anything is written.
struct HoldingBook {
    private let instrument: Instrument
    /// Of the trade that opened what is open.
    private(set) var source: TradeSource?
    private(set) var holding: Holding
    private(set) var days: [DailyPnL.Key: DailyPnL]

    /// `source` is that of the open campaign.
    init(
        of instrument: Instrument, holding: Holding, source: TradeSource? = nil,
        days: [DailyPnL.Key: DailyPnL] = [:]
    ) {
        self.instrument = instrument
        self.holding = holding
        self.source = source
        self.days = days
    }

    /// Posts a fill. On `LedgerError.outOfRange` nothing has changed.
    mutating func post(
        _ fill: Fill, number: TradeNumber, source fillSource: TradeSource
    ) throws(LedgerError) -> Posting {
        let posting = try holding.posting(of: fill, number: number)
        try days.add(posting, of: fill, currency: instrument.currency)
        holding.commit(posting, of: fill)
        switch posting.effect {
        case .open, .flip: source = fillSource
        case .add, .reduce, .close: break
        }
        return posting
    }

    /// The keys of the days that a fill of this instrument falls on.
    static func dayKeys(of fill: Fill, in instrument: Instrument) -> Set<DailyPnL.Key> {
        let day = fill.time.day
        return [
            DailyPnL.Key(day: day, currency: instrument.currency),
            DailyPnL.Key(day: day, currency: fill.feeCurrency),
        ]
    }
}
