/// By what rules a portfolio's holdings are kept.
public struct HoldingRules: Sendable, Hashable {
    public var lotMethod: LotMethod
    /// A fill of the same side joins a leg for so long after the leg's last one.
    public var legWindowSeconds: Int

    public init(lotMethod: LotMethod = .fifo, legWindowSeconds: Int = 300) {
        self.lotMethod = lotMethod
        self.legWindowSeconds = legWindowSeconds
    }
}

/// All that the ledger knows about one instrument of one portfolio and strategy: its position, its
/// open lots, its open campaign.
public struct Holding: Sendable, Hashable {
    public let rules: HoldingRules
    public private(set) var position: Position
    public private(set) var lots: LotBook
    /// Nil when flat.
    public private(set) var campaign: Campaign?

    public init(_ rules: HoldingRules = HoldingRules()) {
        self.init(rules, position: Position(), lots: LotBook(rules.lotMethod), campaign: nil)
    }

    /// As it was stored. A position that is not flat has its lots and its campaign.
    public init(
        _ rules: HoldingRules, position: Position, lots: LotBook, campaign: Campaign?
    ) {
        self.rules = rules
        self.position = position
        self.lots = lots
        self.campaign = campaign
    }

    /// The holding right after `fill` went through zero and opened `quantity`: with what the fill
    /// opened, and without all that came before.
    public init(
        _ rules: HoldingRules, through fill: Fill, number: TradeNumber, opened quantity: Decimal
    ) throws(LedgerError) {
        self.init(rules)
        let closed = try fill.quantity - quantity
        let change = try PositionChange(
            held: fill.side == .buy ? -closed : closed, cost: .zero, realizedPnL: .zero, by: fill)
        let part = FillPart(opening: change, number)
        position.quantity = change.quantity
        position.cost = change.paidToOpen
        position.openedAt = fill.time
        position.lastFill = fill.order
        lots.add(
            Lot(trade: number, order: fill.order, quantity: quantity, cost: change.paidToOpen))
        campaign = try Campaign(part, of: fill, cost: change.paidToOpen, kind: .flipOpen)
    }

    /// What `fill` does to what is held; changes nothing.
    ///
    /// A reduction releases cost pro rata, and the last one all that is left; a fill through zero
    /// is split, its opening part taking what the closing part leaves of the notional. So what is
    /// realized from flat to flat is the cash flow, to the last digit, whatever the method.
    ///
    /// Throws `outOfRange` where quantity, cost, realized P&L, a fee total or the average price
    /// would not fit. Fills are taken as they come: the caller keeps the order of truth, and posts
    /// each fill once.
    public func posting(
        of fill: Fill, number: TradeNumber = TradeNumber(0)
    ) throws(LedgerError) -> Posting {
        let change = try PositionChange(
            held: position.quantity, cost: position.cost, realizedPnL: position.realizedPnL,
            by: fill)
        let feeTotal = try position.feeTotals[fill.feeCurrency] + fill.fee
        let closures =
            change.closedQuantity.isZero
            ? [] : try lots.closures(of: change.closedQuantity, for: -change.paidToClose)
        var lotRealizedPnL = Decimal.zero
        for closure in closures { lotRealizedPnL = try lotRealizedPnL + closure.realizedPnL }
        return Posting(
            number: number, lotRealizedPnL: lotRealizedPnL, day: fill.time.day,
            closures: closures,
            lot: change.openedQuantity.isZero
                ? nil
                : Lot(
                    trade: number, order: fill.order, quantity: change.openedQuantity,
                    cost: change.paidToOpen),
            campaign: try campaign(after: change, fill, number),
            ended: try ended(by: change, fill, number), change: change, feeTotal: feeTotal)
    }

    /// Takes what `posting(of:number:)` told of `fill`.
    public mutating func commit(_ posting: Posting, of fill: Fill) {
        position.quantity = posting.change.quantity
        position.cost = posting.change.cost
        position.realizedPnL = posting.change.totalRealizedPnL
        if !fill.fee.isZero {
            position.feeTotals[fill.feeCurrency] = posting.feeTotal
        }
        lots.take(posting.closures)
        if let lot = posting.lot { lots.add(lot) }
        campaign = posting.effect == .close ? nil : posting.campaign
        switch posting.effect {
        case .open, .flip: position.openedAt = fill.time
        case .close: position.openedAt = nil
        case .add, .reduce: break
        }
        if let last = position.lastFill, fill.order < last { return }
        position.lastFill = fill.order
    }

    /// Posts `fill` at once. On an error nothing has changed.
    @discardableResult
    public mutating func apply(
        _ fill: Fill, number: TradeNumber = TradeNumber(0)
    ) throws(LedgerError) -> Posting {
        let posting = try posting(of: fill, number: number)
        commit(posting, of: fill)
        return posting
    }

    /// Applies `fills` to an empty holding, one posting for each, numbered from 0; they must stand
    /// in the order of truth. Throws as `posting(of:number:)` does.
    public static func replay(
        _ fills: some Sequence<Fill>, _ rules: HoldingRules = HoldingRules()
    ) throws(LedgerError) -> (holding: Holding, postings: [Posting]) {
        var holding = Holding(rules)
        var postings: [Posting] = []
        postings.reserveCapacity(fills.underestimatedCount)
        for fill in fills {
            let number = TradeNumber(Int64(postings.count))
            postings.append(try holding.apply(fill, number: number))
        }
        return (holding, postings)
    }
}

extension Holding {
    /// The campaign as it stands after the fill, closed if that closed it.
    private func campaign(
        after change: PositionChange, _ fill: Fill, _ number: TradeNumber
    ) throws(LedgerError) -> Campaign? {
        switch change.effect {
        case .add:
            guard let campaign else { fallthrough }
            return try campaign.adding(
                FillPart(opening: change, number), of: fill, cost: change.paidToOpen,
                held: change.quantity, windowSeconds: rules.legWindowSeconds)
        case .open, .flip:
            return try Campaign(
                FillPart(opening: change, number), of: fill, cost: change.paidToOpen,
                kind: change.effect == .flip ? .flipOpen : .open)
        case .reduce: return try reduced(.reduce, change, fill, number)
        case .close: return try reduced(.close, change, fill, number)
        }
    }

    private func ended(
        by change: PositionChange, _ fill: Fill, _ number: TradeNumber
    ) throws(LedgerError) -> Posting.EndedCampaign? {
        guard change.effect == .flip else { return nil }
        return try reduced(.flipClose, change, fill, number).map { .campaign($0) }
    }

    private func reduced(
        _ kind: Leg.Kind, _ change: PositionChange, _ fill: Fill, _ number: TradeNumber
    ) throws(LedgerError) -> Campaign? {
        guard let campaign else { return nil }
        return try campaign.reducing(
            FillPart(closing: change, number), of: fill, realizedPnL: change.realizedPnL,
            kind: kind, windowSeconds: rules.legWindowSeconds)
    }
}
