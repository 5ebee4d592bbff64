import Ledger

/// What the ledger made of fills in their order, one after the other; what it refused is left out,
/// as it is by those who call it.
struct Run {
    private(set) var fills: [Fill] = []
    private(set) var postings: [Posting] = []
    /// After each fill.
    private(set) var holdings: [Holding] = []
    private(set) var refused: [(fill: Fill, after: Int)] = []

    init(_ all: [Fill], _ rules: HoldingRules) throws {
        try self.init(all, from: Holding(rules))
    }

    init(_ all: [Fill], from start: Holding) throws {
        var holding = start
        for fill in all {
            let before = holding
            do throws(LedgerError) {
                let number = TradeNumber(Int64(fills.count))
                let posting = try holding.apply(fill, number: number)
                fills.append(fill)
                postings.append(posting)
                holdings.append(holding)
            } catch {
                guard error == .outOfRange, holding == before else {
                    throw Disagreement("a refused fill left a trace: \(error), \(fill)")
                }
                refused.append((fill, fills.count))
            }
        }
    }

    var last: Holding? { holdings.last }
}

extension Fill {
    /// The same trade on the other side.
    func mirrored() throws -> Fill {
        try Fill(
            id: id, side: side == .buy ? .sell : .buy, quantity: quantity, price: price,
            multiplier: multiplier, fee: fee, feeCurrency: feeCurrency, time: time,
            orderID: orderID)
    }

    /// In units; below zero for a purchase.
    var cashFlow: BigInteger {
        side == .sell ? BigInteger(notional.units) : -BigInteger(notional.units)
    }
}

extension Sequence where Element == Decimal {
    /// In units, of any size.
    func exactSum() -> BigInteger {
        reduce(BigInteger(0)) { $0 + BigInteger($1.units) }
    }
}

extension Holding {
    /// As a store would give it back: made anew of what can be read of it.
    func stored(lots loaded: Int? = nil) -> Holding {
        let open = Array(lots.open)
        let count = min(loaded ?? open.count, open.count)
        let taken = rules.lotMethod == .fifo ? open.prefix(count) : open.suffix(count)
        return Holding(
            rules,
            position: Position(
                quantity: position.quantity, cost: position.cost,
                realizedPnL: position.realizedPnL, fees: position.fees,
                openedAt: position.openedAt, lastFill: position.lastFill),
            lots: LotBook(
                rules.lotMethod,
                loaded: taken.map {
                    Lot(
                        trade: $0.trade, order: $0.order, quantity: $0.quantity, cost: $0.cost,
                        openQuantity: $0.openQuantity, openCost: $0.openCost)
                }, isWhole: count == open.count),
            campaign: campaign.map(\.stored))
    }
}

extension Campaign {
    var stored: Campaign {
        Campaign(
            opening: opening, openingOrder: openingOrder, openingQuantity: openingQuantity,
            direction: direction, closedAt: closedAt, openedQuantity: openedQuantity,
            openedNotional: openedNotional, closedQuantity: closedQuantity,
            closedNotional: closedNotional, maxQuantity: maxQuantity, openedCost: openedCost,
            realizedPnL: realizedPnL, fillCount: fillCount, legCount: legCount,
            leg: Leg(
                first: leg.first, kind: leg.kind, side: leg.side, quantity: leg.quantity,
                notional: leg.notional, startedAt: leg.startedAt, endedAt: leg.endedAt,
                lastOrderID: leg.lastOrderID, fillCount: leg.fillCount))
    }
}
