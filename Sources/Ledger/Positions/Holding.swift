/// All that the ledger knows about one instrument of one portfolio and strategy.
public struct Holding: Sendable, Hashable {
    public var position: Position

    public init() {
        position = Position()
    }

    public init(position: Position) {
        self.position = position
    }

    /// Applies `fills` to an empty holding, one posting for each; they must stand in the order of
    /// truth. Throws as `apply` does.
    public static func replay(
        _ fills: some Sequence<Fill>
    ) throws(LedgerError) -> (holding: Holding, postings: [Posting]) {
        var holding = Holding()
        var postings: [Posting] = []
        postings.reserveCapacity(fills.underestimatedCount)
        for fill in fills {
            postings.append(try holding.apply(fill))
        }
        return (holding, postings)
    }

    /// Adds a fill to what is held.
    ///
    /// A reduction releases cost pro rata, and the last one all that is left; a fill through zero
    /// is split, its opening part taking what the closing part leaves of the notional. So what is
    /// realized from flat to flat is the cash flow, to the last digit.
    ///
    /// Throws `outOfRange` where quantity, cost, realized P&L, a fee total or the average price
    /// would not fit; then nothing has changed. Fills are taken as they come: the caller keeps the
    /// order of truth, and applies each fill once.
    public mutating func apply(_ fill: Fill) throws(LedgerError) -> Posting {
        let change = try PositionChange(
            held: position.quantity, cost: position.cost, realizedPnL: position.realizedPnL,
            by: fill)
        let feeEntry = position.fees.index(forKey: fill.feeCurrency)
        let paidBefore = feeEntry.map { position.fees.values[$0] } ?? .zero
        let fee = try paidBefore + fill.fee
        // Nothing throws from here on.
        position.quantity = change.quantity
        position.cost = change.cost
        position.realizedPnL = change.totalRealizedPnL
        if let feeEntry {
            position.fees.values[feeEntry] = fee
        } else if !fee.isZero {
            position.fees[fill.feeCurrency] = fee
        }
        switch change.posting.effect {
        case .open, .flip: position.openedAt = fill.time
        case .close: position.openedAt = nil
        case .add, .reduce: break
        }
        if let last = position.lastFill, fill.order < last { return change.posting }
        position.lastFill = fill.order
        return change.posting
    }
}
