/// What one fill did to a holding.
public struct Posting: Sendable, Hashable {
    public enum Effect: Sendable, Hashable, CaseIterable {
        /// Flat became long or short.
        case open
        /// More of the same.
        case add
        /// Less of the same, not flat.
        case reduce
        /// Flat.
        case close
        /// Long became short, or short long: it closed all and opened the rest.
        case flip
    }

    public let effect: Effect
    /// How much of the fill's quantity closed what was open; never below zero.
    public let closedQuantity: Decimal
    /// How much of it opened; the two make up the fill's quantity.
    public let openedQuantity: Decimal
    /// Before fees, in the instrument's currency.
    public let realizedPnL: Decimal
    /// The UTC day on which it falls.
    public let day: Day
}
