import Ledger

/// A holding with its days of P&L: what fills are posted to before anything is written.
struct HoldingBook {
    private let instrument: Instrument
    private(set) var holding: Holding
    private(set) var days: [DailyPnL.Key: DailyPnL]

    init(
        of instrument: Instrument, holding: Holding = Holding(),
        days: [DailyPnL.Key: DailyPnL] = [:]
    ) {
        self.instrument = instrument
        self.holding = holding
        self.days = days
    }

    /// Posts a fill and returns the P&L that it realized, in the instrument's currency, fees not
    /// taken off. On `LedgerError.outOfRange` nothing has changed.
    mutating func post(_ fill: Fill) throws(LedgerError) -> Decimal {
        let before = holding
        let posting = try holding.apply(fill)
        do throws(LedgerError) {
            try days.add(posting, of: fill, currency: instrument.currency)
        } catch {
            holding = before
            throw error
        }
        return posting.realizedPnL
    }

    /// Of what is held now; `post` has made sure that it fits.
    func averagePrice() throws(LedgerError) -> Decimal {
        try holding.position.averagePrice(multiplier: instrument.multiplier)
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
