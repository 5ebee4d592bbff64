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
}

/// An order as it stands after it was asked for.
public struct PlacedAnswer: Sendable, Hashable {
    public let order: OrderListing
    /// Whether it was there already, under its sender's own id.
    public let isRepeated: Bool
}
