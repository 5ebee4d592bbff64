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

    /// By average cost, before fees.
    public private(set) var realizedPnL: Decimal
    /// By the lots that were closed, before fees.
    public private(set) var lotRealizedPnL: Decimal
    public private(set) var fees: Decimal
    /// Counted in the currency of the instrument, whatever currency the fee was in.
    public private(set) var trades: Int

    public init(
        realizedPnL: Decimal = .zero, lotRealizedPnL: Decimal = .zero, fees: Decimal = .zero,
        trades: Int = 0
    ) {
        self.realizedPnL = realizedPnL
        self.lotRealizedPnL = lotRealizedPnL
        self.fees = fees
        self.trades = trades
    }

    /// Throws `outOfRange` where a sum would not fit; then nothing has changed.
    public mutating func add(_ other: DailyPnL) throws(LedgerError) {
        let realizedPnL = try realizedPnL + other.realizedPnL
        let lotRealizedPnL = try lotRealizedPnL + other.lotRealizedPnL
        let fees = try fees + other.fees
        let (trades, overflow) = trades.addingReportingOverflow(other.trades)
        guard !overflow else { throw .outOfRange }
        self = DailyPnL(
            realizedPnL: realizedPnL, lotRealizedPnL: lotRealizedPnL, fees: fees, trades: trades)
    }

    /// What takes this away when it is added.
    public static prefix func - (value: DailyPnL) -> DailyPnL {
        DailyPnL(
            realizedPnL: -value.realizedPnL, lotRealizedPnL: -value.lotRealizedPnL,
            fees: -value.fees, trades: -value.trades)
    }

    /// Whether nothing at all is told: such a day is as good as none.
    public var isEmpty: Bool { self == DailyPnL() }
}

extension [DailyPnL.Key: DailyPnL] {
    /// Adds what one fill made and cost; `currency` is the instrument's. A fee in another currency
    /// goes to that currency's row of the day.
    ///
    /// Throws `outOfRange` where a sum would not fit; then nothing has changed.
    public mutating func add(
        _ posting: Posting, of fill: Fill, currency: Currency
    ) throws(LedgerError) {
        try add(
            realizedPnL: posting.realizedPnL, lotRealizedPnL: posting.lotRealizedPnL, of: fill,
            currency: currency)
    }

    /// As above, by what the fill realized.
    public mutating func add(
        realizedPnL: Decimal, lotRealizedPnL: Decimal, of fill: Fill, currency: Currency
    ) throws(LedgerError) {
        let paysInOwn = fill.feeCurrency == currency
        try add(
            DailyPnL(
                realizedPnL: realizedPnL, lotRealizedPnL: lotRealizedPnL,
                fees: paysInOwn ? fill.fee : .zero, trades: 1),
            fee: paysInOwn ? .zero : fill.fee, of: fill, currency: currency)
    }

    /// Takes away what a fill was counted with.
    public mutating func remove(
        realizedPnL: Decimal, lotRealizedPnL: Decimal, of fill: Fill, currency: Currency
    ) throws(LedgerError) {
        let paysInOwn = fill.feeCurrency == currency
        try add(
            -DailyPnL(
                realizedPnL: realizedPnL, lotRealizedPnL: lotRealizedPnL,
                fees: paysInOwn ? fill.fee : .zero, trades: 1),
            fee: paysInOwn ? .zero : -fill.fee, of: fill, currency: currency)
    }

    /// `fee` is what is paid in another currency than the instrument's.
    private mutating func add(
        _ value: DailyPnL, fee: Decimal, of fill: Fill, currency: Currency
    ) throws(LedgerError) {
        let key = DailyPnL.Key(day: fill.time.day, currency: currency)
        var row = self[key] ?? DailyPnL()
        try row.add(value)
        if !fee.isZero {
            let feeKey = DailyPnL.Key(day: fill.time.day, currency: fill.feeCurrency)
            var feeRow = self[feeKey] ?? DailyPnL()
            try feeRow.add(DailyPnL(fees: fee))
            self[feeKey] = feeRow
        }
        self[key] = row
    }
}
