/// The open lots of a holding.
///
/// It may hold just those that the fills to come can reach, and leave the others in the store:
/// whoever takes more than is here is told so.
public struct LotBook: Sendable, Hashable {
    public let method: LotMethod
    /// In the order in which they were opened; those before `first` are closed.
    private var lots: [Lot]
    private var first = 0
    /// Before which of `lots` those belong that were left in the store; nil where there are none.
    private var gap: Int?

    public init(_ method: LotMethod) {
        self.method = method
        lots = []
    }

    /// `lots` are open ones, oldest first; without `isWhole` they are the ones that are closed
    /// first, and others follow.
    public init(_ method: LotMethod, loaded lots: [Lot], isWhole: Bool = true) {
        self.method = method
        self.lots = lots
        if !isWhole { gap = method == .fifo ? lots.count : 0 }
    }

    /// Those that are here, oldest first.
    public var open: ArraySlice<Lot> { lots[first...] }

    /// What closing `quantity` for `proceeds` takes from which lots; changes nothing.
    ///
    /// Proceeds go to the lots pro rata, the last taking what is left. Throws `outOfRange`, and
    /// `missingLots` where fewer are here than are needed.
    func closures(
        of quantity: Decimal, for proceeds: Decimal
    ) throws(LedgerError) -> [LotClosure] {
        var closures: [LotClosure] = []
        var quantityLeft = quantity
        var proceedsLeft = proceeds
        var taken = 0
        while !quantityLeft.isZero {
            let place = try place(after: taken)
            let (openQuantity, openCost) = (lots[place].openQuantity, lots[place].openCost)
            taken += 1
            let closed = min(quantityLeft, openQuantity)
            let cost = try openCost.share(closed, of: openQuantity)
            let part =
                closed == quantityLeft
                ? proceedsLeft : try proceeds.prorated(closed, of: quantity)
            quantityLeft = try quantityLeft - closed
            proceedsLeft = try proceedsLeft - part
            closures.append(
                LotClosure(
                    lot: lots[place].trade, quantity: closed, cost: cost, proceeds: part,
                    realizedPnL: try part - cost,
                    openQuantityAfter: try openQuantity - closed,
                    openCostAfter: try openCost - cost))
        }
        return closures
    }

    /// Takes what `closures(of:for:)` told.
    mutating func take(_ closures: [LotClosure]) {
        for closure in closures {
            let index = method == .fifo ? first : lots.count - 1
            if closure.openQuantityAfter.isZero {
                if method == .fifo { first += 1 } else { lots.removeLast() }
            } else {
                lots[index].openQuantity = closure.openQuantityAfter
                lots[index].openCost = closure.openCostAfter
            }
        }
        if first == lots.count, gap == nil {
            lots.removeAll(keepingCapacity: true)
            first = 0
        } else if first > 64, first > lots.count / 2 {
            lots.removeFirst(first)
            gap = gap.map { $0 - first }
            first = 0
        }
    }

    mutating func add(_ lot: Lot) { lots.append(lot) }

    /// How many of those that are here are older than the ones that were left in the store.
    private var olderThanGap: Int? { gap.map { $0 - first } }

    /// Where the lot is that is closed after so many others.
    private func place(after count: Int) throws(LedgerError) -> Int {
        switch method {
        case .fifo:
            let index = first + count
            guard index < lots.count, index < gap ?? .max else { throw .missingLots }
            return index
        case .lifo:
            let index = lots.count - 1 - count
            guard index >= first else { throw .missingLots }
            return index
        }
    }
}

/// Two books are the same where they hold the same, however they came to it.
extension LotBook {
    public static func == (left: LotBook, right: LotBook) -> Bool {
        left.method == right.method && left.olderThanGap == right.olderThanGap
            && left.open == right.open
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(method)
        hasher.combine(olderThanGap)
        hasher.combine(open)
    }
}
