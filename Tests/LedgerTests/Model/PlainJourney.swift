import Ledger

/// One campaign of the second ledger.
struct PlainJourney {
    let parts: [PlainPart]
    let windowSeconds: Int
    /// After each part.
    let average: [PlainAverage]
    private let oldestFirst: [PlainLots]
    private let newestFirst: [PlainLots]

    init(parts: [PlainPart], windowSeconds: Int) {
        self.parts = parts
        self.windowSeconds = windowSeconds
        average = Self.average(parts)
        oldestFirst = Self.lots(parts, isFIFO: true)
        newestFirst = Self.lots(parts, isFIFO: false)
    }

    /// After each part.
    func lots(_ method: LotMethod) -> [PlainLots] {
        method == .fifo ? oldestFirst : newestFirst
    }

    /// A reduction releases cost pro rata, the last one all that is left.
    private static func average(_ parts: [PlainPart]) -> [PlainAverage] {
        var steps: [PlainAverage] = []
        var held = BigInteger(0)
        var cost = BigInteger(0)
        for part in parts {
            var realized = BigInteger(0)
            if part.opens {
                held = held + part.quantity
                cost = cost + part.paid
            } else {
                let released =
                    part.quantity == held ? cost : halfEven(cost * part.quantity, over: held)
                realized = -part.paid - released
                held = held - part.quantity
                cost = cost - released
            }
            steps.append(PlainAverage(held: held, cost: cost, realizedPnL: realized))
        }
        return steps
    }

    /// Every trade that opens or adds is a lot; what reduces takes the oldest or the newest.
    private static func lots(_ parts: [PlainPart], isFIFO: Bool) -> [PlainLots] {
        var steps: [PlainLots] = []
        var lots: [PlainLot] = []
        for part in parts {
            guard !part.opens else {
                lots.append(
                    PlainLot(
                        trade: part.trade.number, quantity: part.quantity, cost: part.paid,
                        openQuantity: part.quantity, openCost: part.paid))
                steps.append(PlainLots(closures: [], open: lots.filter(\.isOpen)))
                continue
            }
            let proceeds = -part.paid
            var closures: [PlainClosure] = []
            var quantityLeft = part.quantity
            var proceedsLeft = proceeds
            while let index = isFIFO
                ? lots.firstIndex(where: \.isOpen) : lots.lastIndex(where: \.isOpen),
                !quantityLeft.isZero
            {
                let closed = min(lots[index].openQuantity, quantityLeft)
                let share =
                    closed == quantityLeft
                    ? proceedsLeft : halfEven(proceeds * closed, over: part.quantity)
                closures.append(lots[index].close(closed, for: share))
                quantityLeft = quantityLeft - closed
                proceedsLeft = proceedsLeft - share
            }
            steps.append(PlainLots(closures: closures, open: lots.filter(\.isOpen)))
        }
        return steps
    }

    /// The campaign as it stood after the part at `place`.
    func campaign(through place: Int) -> PlainCampaign {
        let known = Array(parts[...place])
        return PlainCampaign(
            parts: known, average: Array(average[...place]),
            legs: Self.legs(known, endsFlat: average[place].held.isZero, windowSeconds))
    }

    /// Trades in a row of one side, of one order or within the window of the last one.
    private static func legs(
        _ parts: [PlainPart], endsFlat: Bool, _ windowSeconds: Int
    ) -> [PlainLeg] {
        var groups: [[PlainPart]] = []
        for part in parts {
            guard let last = groups.last?.last,
                joins(last.trade.fill, part.trade.fill, windowSeconds)
            else {
                groups.append([part])
                continue
            }
            groups[groups.count - 1].append(part)
        }
        return groups.enumerated().map { place, group in
            let isLast = place == groups.count - 1
            // A leg is what it does as a whole.
            let kind =
                if group[0].opens {
                    place > 0 ? "add" : group[0].isThrough ? "flip_open" : "open"
                } else if isLast && endsFlat {
                    group[group.count - 1].isThrough ? "flip_close" : "close"
                } else {
                    "reduce"
                }
            return PlainLeg(kind: kind, parts: group)
        }
    }

    private static func joins(_ last: Fill, _ next: Fill, _ windowSeconds: Int) -> Bool {
        guard last.side == next.side else { return false }
        let isSameOrder = next.orderID != nil && next.orderID?.text == last.orderID?.text
        let passed = next.time.microseconds - last.time.microseconds
        return isSameOrder || passed <= Int64(windowSeconds) * 1_000_000
    }
}

struct PlainAverage {
    /// Whichever way.
    let held: BigInteger
    let cost: BigInteger
    let realizedPnL: BigInteger
}

struct PlainLots {
    let closures: [PlainClosure]
    /// Oldest first.
    let open: [PlainLot]
}

struct PlainLot: Equatable {
    let trade: Int64
    let quantity: BigInteger
    let cost: BigInteger
    var openQuantity: BigInteger
    var openCost: BigInteger

    var isOpen: Bool { !openQuantity.isZero }

    mutating func close(_ closed: BigInteger, for proceeds: BigInteger) -> PlainClosure {
        let released =
            closed == openQuantity ? openCost : halfEven(openCost * closed, over: openQuantity)
        openQuantity = openQuantity - closed
        openCost = openCost - released
        return PlainClosure(
            lot: trade, quantity: closed, cost: released, proceeds: proceeds,
            realizedPnL: proceeds - released, openQuantityAfter: openQuantity,
            openCostAfter: openCost)
    }
}

struct PlainClosure: Equatable {
    let lot: Int64
    let quantity: BigInteger
    let cost: BigInteger
    let proceeds: BigInteger
    let realizedPnL: BigInteger
    let openQuantityAfter: BigInteger
    let openCostAfter: BigInteger
}

struct PlainLeg {
    let kind: String
    let parts: [PlainPart]

    var quantity: BigInteger { parts.reduce(BigInteger(0)) { $0 + $1.quantity } }
    var notional: BigInteger { parts.reduce(BigInteger(0)) { $0 + $1.notional } }
}

struct PlainCampaign {
    let parts: [PlainPart]
    let average: [PlainAverage]
    let legs: [PlainLeg]

    var isLong: Bool { parts[0].trade.isBuy }
    var closedAt: Timestamp? {
        average[average.count - 1].held.isZero ? parts[parts.count - 1].trade.fill.time : nil
    }
    var reducing: [PlainPart] { parts.filter { !$0.opens } }
    var closedQuantity: BigInteger { reducing.reduce(BigInteger(0)) { $0 + $1.quantity } }
    var closedNotional: BigInteger { reducing.reduce(BigInteger(0)) { $0 + $1.notional } }
    var openedCost: BigInteger {
        parts.filter(\.opens).reduce(BigInteger(0)) { $0 + $1.paid }
    }
    var maxQuantity: BigInteger { average.map(\.held).max() ?? BigInteger(0) }
    var realizedPnL: BigInteger { average.reduce(BigInteger(0)) { $0 + $1.realizedPnL } }
    /// What came in less what was paid.
    var cashFlow: BigInteger { parts.reduce(BigInteger(0)) { $0 - $1.paid } }
}
