/// How a portfolio's equity went on one day, in one currency.
///
/// Money that is paid in or out is no gain and no loss: the whole day then counts as if it had been
/// there, or gone, from its beginning. So closing − opening is what the day made, and figures of
/// two days can be compared after their `deposits` are taken off.
public struct EquityDay: Sendable, Hashable {
    public let day: Day
    /// The closing of the last day that was seen, or the equity at first sight.
    public private(set) var opening: Decimal
    public private(set) var highest: Decimal
    public private(set) var lowest: Decimal
    public private(set) var closing: Decimal
    /// All that was ever paid in, minus what was paid out, as far as the figures contain it.
    public private(set) var deposits: Decimal

    /// A stored one.
    public init(
        day: Day, opening: Decimal, highest: Decimal, lowest: Decimal, closing: Decimal,
        deposits: Decimal
    ) {
        self.day = day
        self.opening = opening
        self.highest = highest
        self.lowest = lowest
        self.closing = closing
        self.deposits = deposits
    }

    /// The first day, on which `equity` is what was seen first.
    public init(firstSeen equity: Decimal, deposits: Decimal, on day: Day) {
        self.init(
            day: day, opening: equity, highest: equity, lowest: equity, closing: equity,
            deposits: deposits)
    }

    /// A day that begins with what `last` ended with. Nothing has been seen of it yet.
    public init(_ day: Day, after last: EquityDay) {
        self.init(firstSeen: last.closing, deposits: last.deposits, on: day)
    }

    /// `day` as it is seen now, where `last` is the last one that was seen. Should the clock have
    /// gone back, that goes on.
    public init(
        _ day: Day, after last: EquityDay?, equity: Decimal, deposits: Decimal
    ) throws(LedgerError) {
        if let last {
            self = last.day >= day ? last : EquityDay(day, after: last)
        } else {
            self.init(firstSeen: equity, deposits: deposits, on: day)
        }
        try see(equity: equity, deposits: deposits)
    }

    /// Takes in what the equity is now, and what was ever paid in.
    ///
    /// Throws `outOfRange` where a figure does not fit; then nothing has changed.
    public mutating func see(equity: Decimal, deposits: Decimal) throws(LedgerError) {
        let paid = try deposits - self.deposits
        let opening = try opening + paid
        let highest = try highest + paid
        let lowest = try lowest + paid
        self = EquityDay(
            day: day, opening: opening, highest: max(highest, equity),
            lowest: min(lowest, equity), closing: equity, deposits: deposits)
    }

    /// closing − opening: what the day made, below zero for a loss.
    public func gain() throws(LedgerError) -> Decimal { try closing - opening }
}

extension [EquityDay] {
    /// What these days made together.
    public func gain() throws(LedgerError) -> Decimal {
        var total = Decimal.zero
        for day in self { total = try total + day.gain() }
        return total
    }

    /// How far the last of these days, which stand in their order, closed below the highest equity
    /// of any of them. Nil for no days.
    public func drawdown() throws(LedgerError) -> Drawdown? {
        guard let last else { return nil }
        var peak = last.highest
        for day in self {
            // As if what is paid in today had been there then.
            peak = Swift.max(peak, try day.highest + (last.deposits - day.deposits))
        }
        return Drawdown(peak: peak, amount: try peak - last.closing)
    }
}

/// A fall from the highest equity that was seen.
public struct Drawdown: Sendable, Hashable {
    /// With what is paid in by now.
    public let peak: Decimal
    /// peak − equity: 0 at the peak, never below.
    public let amount: Decimal

    /// amount ÷ peak × 100; nil where the peak is not above zero.
    public func percent() throws(LedgerError) -> Decimal? {
        guard peak > .zero else { return nil }
        return try (amount * 100).divided(by: peak)
    }
}
