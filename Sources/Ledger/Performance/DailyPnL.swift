/// What was made, paid in fees and traded on one day in one currency.
public struct DailyPnL: Sendable, Hashable {
    public struct Key: Sendable, Hashable {
        public let day: Day
        public let currency: Currency

        public init(day: Day, currency: Currency) {
            self.day = day
            self.currency = currency
        }
    }

    /// Before fees.
    public private(set) var realizedPnL: Decimal
    public private(set) var fees: Decimal
    /// Counted in the currency of the instrument, whatever currency the fee was in.
    public private(set) var trades: Int

    public init(realizedPnL: Decimal = .zero, fees: Decimal = .zero, trades: Int = 0) {
        self.realizedPnL = realizedPnL
        self.fees = fees
        self.trades = trades
    }

    /// Throws `outOfRange` where a sum would not fit; then nothing has changed.
    public mutating func add(_ other: DailyPnL) throws(LedgerError) {
        let realizedPnL = try realizedPnL + other.realizedPnL
        let fees = try fees + other.fees
        let (trades, overflow) = trades.addingReportingOverflow(other.trades)
        guard !overflow else { throw .outOfRange }
        self = DailyPnL(realizedPnL: realizedPnL, fees: fees, trades: trades)
    }
}

extension [DailyPnL.Key: DailyPnL] {
    /// Adds what one fill made and cost; `currency` is the instrument's. A fee in another currency
    /// goes to that currency's row of the day.
    ///
    /// Throws `outOfRange` where a sum would not fit; then nothing has changed.
    public mutating func add(
        _ posting: Posting, of fill: Fill, currency: Currency
    ) throws(LedgerError) {
        let key = DailyPnL.Key(day: posting.day, currency: currency)
        let feeKey = DailyPnL.Key(day: posting.day, currency: fill.feeCurrency)
        let paysInOwn = fill.feeCurrency == currency
        var row = self[key] ?? DailyPnL()
        try row.add(
            DailyPnL(
                realizedPnL: posting.realizedPnL, fees: paysInOwn ? fill.fee : .zero, trades: 1))
        if !paysInOwn, !fill.fee.isZero {
            var feeRow = self[feeKey] ?? DailyPnL()
            try feeRow.add(DailyPnL(fees: fill.fee))
            self[feeKey] = feeRow
        }
        self[key] = row
    }
}
