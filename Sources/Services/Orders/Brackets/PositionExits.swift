public import Ledger
public import Records

/// Which position is meant.
public struct PositionPlace: Sendable, Hashable {
    public let portfolio: ExactText
    /// Its name and version; nil for a position of none.
    public let strategy: ExactText?
    public let instrument: Instrument

    public init(portfolio: ExactText, strategy: ExactText?, instrument: Instrument) {
        self.portfolio = portfolio
        self.strategy = strategy
        self.instrument = instrument
    }

    public init(_ listing: PositionListing) {
        self.init(
            portfolio: listing.portfolio, strategy: listing.strategy,
            instrument: listing.instrument.instrument)
    }
}

/// What becomes of a stop loss or a take profit.
public enum ExitChange<Term: Sendable & Hashable>: Sendable, Hashable {
    case keep, off
    case set(Term)

    func applied(to term: Term?) -> Term? {
        switch self {
        case .keep: term
        case .off: nil
        case .set(let new): new
        }
    }

    var new: Term? { applied(to: nil) }
}

/// What becomes of a position's exits.
public struct ExitsChange: Sendable, Hashable {
    public var stop: ExitChange<StopLoss>
    public var profit: ExitChange<Decimal>

    public init(
        stop: ExitChange<StopLoss> = .keep, profit: ExitChange<Decimal> = .keep
    ) {
        self.stop = stop
        self.profit = profit
    }

    func applied(to terms: ExitTerms) -> ExitTerms {
        ExitTerms(
            stop: stop.applied(to: terms.stop), profit: profit.applied(to: terms.profit))
    }

    /// What it sets anew.
    var new: ExitTerms { applied(to: ExitTerms()) }
}

/// At which prices a position is closed again.
public struct PositionExits: Sendable, Hashable {
    /// A part of the position.
    public struct Part: Sendable, Hashable {
        /// Above zero.
        public let quantity: Decimal
        public let terms: ExitTerms
    }

    public let place: PositionPlace
    /// Below zero where it is short.
    public let held: Decimal
    public let mark: Decimal?
    /// The newest first; what nothing protects is in none of them.
    public let parts: [Part]

    /// What is lost from the mark to the stops, in the instrument's currency; nil where a part has
    /// none, or no mark is known.
    public var riskToStop: Decimal? {
        guard let mark, let side = held.closingSide, !parts.isEmpty else { return nil }
        var sum = Decimal.zero
        var covered = Decimal.zero
        for part in parts {
            guard let loss = place.instrument.loss(of: part, from: mark, closingBy: side),
                let next = try? sum + loss, let all = try? covered + part.quantity
            else { return nil }
            sum = next
            covered = all
        }
        return covered == held.magnitude ? sum : nil
    }
}

extension Instrument {
    /// What a part of a position loses from a price to its stop; nil without a stop, 0 where it
    /// lies beyond the price already.
    func loss(
        of part: PositionExits.Part, from price: Decimal, closingBy side: Side
    ) -> Decimal? {
        guard let stop = part.terms.stop?.price(from: price, closingBy: side),
            let distance = try? side == .sell ? price - stop : stop - price
        else { return nil }
        return try? notional(of: part.quantity, at: max(distance, .zero))
    }
}
