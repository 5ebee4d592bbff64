/// The trades of one decision within a campaign: consecutive ones of one side, of one order or
/// close to each other in time.
public struct Leg: Sendable, Hashable {
    /// What it did to the campaign, as a whole.
    public enum Kind: String, Sendable, CaseIterable {
        /// Began it from flat.
        case open
        case add
        case reduce
        /// Ended it flat.
        case close
        /// Ended it with a trade that went through zero.
        case flipClose = "flip_close"
        /// Began it with the rest of such a trade.
        case flipOpen = "flip_open"
    }

    /// Its first trade, which it is known by.
    public let first: TradeNumber
    public internal(set) var kind: Kind
    public let side: Side
    /// Of a trade through zero just the part that belongs here; so has the notional.
    public internal(set) var quantity: Decimal
    public internal(set) var notional: Decimal
    public let startedAt: Timestamp
    public internal(set) var endedAt: Timestamp
    /// The broker's order of the last trade.
    public internal(set) var lastOrderID: ExactText?
    public internal(set) var fillCount: Int

    public init(
        first: TradeNumber, kind: Kind, side: Side, quantity: Decimal, notional: Decimal,
        startedAt: Timestamp, endedAt: Timestamp, lastOrderID: ExactText?, fillCount: Int
    ) {
        self.first = first
        self.kind = kind
        self.side = side
        self.quantity = quantity
        self.notional = notional
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.lastOrderID = lastOrderID
        self.fillCount = fillCount
    }

    init(_ kind: Kind, _ part: FillPart, of fill: Fill) {
        self.init(
            first: part.number, kind: kind, side: fill.side, quantity: part.quantity,
            notional: part.notional, startedAt: fill.time, endedAt: fill.time,
            lastOrderID: fill.orderID, fillCount: 1)
    }

    /// Whether the campaign's next fill still is of this decision: same side, and of the same
    /// order as the last one or at most `windowSeconds` later.
    func isJoined(by fill: Fill, windowSeconds: Int) -> Bool {
        guard fill.side == side else { return false }
        if let order = fill.orderID, order == lastOrderID { return true }
        return fill.time <= endedAt.adding(seconds: Int64(windowSeconds))
    }

    mutating func join(_ part: FillPart, of fill: Fill) throws(LedgerError) {
        let quantity = try quantity + part.quantity
        notional = try notional + part.notional
        self.quantity = quantity
        endedAt = fill.time
        lastOrderID = fill.orderID
        fillCount += 1
    }

    /// The same with another number for its first trade.
    public func renumbered(_ number: (TradeNumber) -> TradeNumber) -> Leg {
        Leg(
            first: number(first), kind: kind, side: side, quantity: quantity, notional: notional,
            startedAt: startedAt, endedAt: endedAt, lastOrderID: lastOrderID,
            fillCount: fillCount)
    }

    func checkAveragePrice(_ multiplier: Decimal) throws(LedgerError) {
        try notional.checkAveragePrice(of: quantity, multiplier: multiplier)
    }

    /// notional ÷ (quantity × multiplier), to 12 decimals, half-even.
    public func averagePrice(multiplier: Decimal) throws(LedgerError) -> Decimal {
        try notional.averagePrice(of: quantity, multiplier: multiplier)
    }
}

/// What of a fill belongs to one campaign: all of it, or one part of a fill through zero.
struct FillPart {
    let number: TradeNumber
    let quantity: Decimal
    let notional: Decimal

    init(closing change: PositionChange, _ number: TradeNumber) {
        self.number = number
        quantity = change.closedQuantity
        notional = change.side == .buy ? change.paidToClose : -change.paidToClose
    }

    init(opening change: PositionChange, _ number: TradeNumber) {
        self.number = number
        quantity = change.openedQuantity
        notional = change.side == .buy ? change.paidToOpen : -change.paidToOpen
    }
}
