public import Ledger
public import Records

/// What an order would do, as far as it can be told before it is sent.
public struct OrderPreview: Sendable, Hashable {
    /// What it would do to the journey of its holding.
    public enum Effect: Sendable, Hashable {
        case opens, adds, reduces, closes
        /// It closes the position and opens one on the other side.
        case flips
    }

    public let portfolio: ExactText
    public let strategy: ExactText?
    public let instrument: Instrument
    /// Whether the instrument is created with it.
    public let isNewInstrument: Bool
    public let instruction: OrderInstruction
    public let quote: Quote?
    /// The price it is reckoned at: its limit, its stop, or what the quote offers; nil where none
    /// is known.
    public let price: Decimal?
    /// price × quantity × multiplier, in the instrument's currency.
    public let notional: Decimal?
    /// What is held before and after, if all of it is filled.
    public let heldBefore: Decimal
    public let heldAfter: Decimal
    public let effect: Effect
    /// What the closing part would realize at `price`, before fees, by average cost; nil where
    /// nothing is closed or no price is known.
    public let realizedPnL: Decimal?
    /// At which prices what it opens is closed again; nil for none.
    public let exits: ExitTerms?
    /// What the order loses from `price` to its stop loss, in the instrument's currency; nil
    /// without one, or where no price is known.
    public let riskToStop: Decimal?
    /// What was asked for; `instruction` is what the risk policies leave of it.
    public let askedQuantity: Decimal
    /// What the risk policies make of what was asked for: the same as when it is placed.
    public let verdict: RiskVerdict
    /// What the broker would charge, in the instrument's currency; nil where that is not known.
    public let fee: Decimal?
    /// In which the policies and the buying power count.
    public let baseCurrency: Currency
    /// Nil where it is not known.
    public let buyingPower: BuyingPower?

    /// For how much more the account may open, before the order and when all of it is filled.
    public struct BuyingPower: Sendable, Hashable {
        public let before: Decimal
        public let after: Decimal
    }
}

/// An order as it stands after it was asked for.
public struct PlacedAnswer: Sendable, Hashable {
    public let order: OrderListing
    /// Whether it was there already, under its sender's own id.
    public let isRepeated: Bool
}
