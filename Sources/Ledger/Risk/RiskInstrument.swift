/// An instrument, and what values it in the base currency.
public struct RiskInstrument: Sendable, Hashable {
    /// Shared, so that thousands of holdings are passed along without copying texts.
    private final class Listing: Sendable, Hashable {
        let instrument: Instrument

        init(_ instrument: Instrument) { self.instrument = instrument }

        static func == (left: Listing, right: Listing) -> Bool {
            left === right || left.instrument == right.instrument
        }

        func hash(into hasher: inout Hasher) { hasher.combine(instrument) }
    }

    public let number: InstrumentNumber
    private let listing: Listing
    private let multiplier: Decimal
    /// In the instrument's currency; nil: not known.
    public let mark: Decimal?
    /// Base currency for one of the instrument's currency; nil: not known.
    public let rate: Decimal?

    public init(
        _ number: InstrumentNumber, _ instrument: Instrument, mark: Decimal?, rate: Decimal?
    ) {
        self.number = number
        listing = Listing(instrument)
        multiplier = instrument.multiplier
        self.mark = mark
        self.rate = rate
    }

    public var instrument: Instrument { listing.instrument }

    /// quantity × |price| × multiplier × rate, in the base currency. Options count with what they
    /// cost, not with what they move: their Greeks are not known here.
    func value(of quantity: Decimal, at price: Decimal) throws(RiskUnknown) -> Decimal {
        guard !quantity.isZero else { return .zero }
        guard let rate else { throw .rate(of: number) }
        do {
            let notional = try Decimal.product(
                price.magnitude, quantity.magnitude, multiplier)
            return rate == .one ? notional : try notional * rate
        } catch {
            throw .outOfRange
        }
    }

    func value(of quantity: Decimal) throws(RiskUnknown) -> Decimal {
        guard !quantity.isZero else { return .zero }
        return try value(of: quantity, at: knownMark())
    }

    func knownMark() throws(RiskUnknown) -> Decimal {
        guard let mark else { throw .mark(of: number) }
        return mark
    }

    /// The smallest step of a quantity. Where the instrument tells none: 10⁻⁸ for what is traded
    /// in fractions, else the last decimal of `example`, so that of whole shares whole ones remain.
    func step(like example: Decimal) -> Decimal {
        if let lot = instrument.lotSize, lot > .zero { return lot }
        var decimals = 0
        while decimals < 18, example.rounded(decimals: decimals) != example { decimals += 1 }
        switch instrument.assetType {
        case .crypto, .forex, .fund: decimals = max(decimals, 8)
        case .equity, .etf, .future, .option, .index, .bond, .cfd, .warrant: break
        }
        return Decimal(units: Int128(Decimal.powerOfTen(18 - decimals)))
    }
}
