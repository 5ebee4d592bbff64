import Ledger
import Records
import Storage

/// A holding posted anew around fills that come late and trades that are taken out: from the
/// beginning of the campaign that the first of them falls into, up to where a stored campaign
/// begins just as it did.
struct HoldingRebuild {
    /// A trade to be put in.
    struct Addition {
        let fill: Fill
        let number: TradeNumber
        let source: TradeSource
    }

    private(set) var change: HoldingChange
    /// What the additions come to.
    private(set) var derived: [TradeNumber: DerivedOfTrade] = [:]

    /// Where a holding is to be posted anew from.
    struct Start {
        let history: HoldingHistory
        /// The campaign that it begins with; nil for the beginning of all.
        let campaign: CampaignStart?
    }

    /// Everything from the first trade on.
    static func beginning(
        of holding: HoldingKey, for caller: Caller, in tx: any Transaction
    ) -> Start {
        Start(
            history: HoldingHistory(of: holding, from: nil, for: caller, in: tx), campaign: nil)
    }

    /// The campaign that begins last before `order`. One that was opened by a trade through zero
    /// which is to be taken out begins with the campaign before it.
    static func start(
        of holding: HoldingKey, at order: FillOrder, without removed: Set<TradeID>,
        for caller: Caller, in tx: any Transaction
    ) throws -> Start {
        var campaign = try Campaigns.lastStart(of: holding, upTo: order, for: caller, in: tx)
        while let found = campaign, removed.contains(found.opening) {
            campaign = try Campaigns.lastStart(
                of: holding, upTo: found.order, isBefore: true, for: caller, in: tx)
        }
        return Start(
            history: HoldingHistory(of: holding, from: campaign?.order, for: caller, in: tx),
            campaign: campaign)
    }

    /// `position` is the stored one; nil makes everything anew, whatever is stored. `additions`
    /// stand in the order of truth. Throws `LedgerError.outOfRange` where it does not fit.
    init(
        _ start: Start, of instrument: Instrument, _ rules: HoldingRules, position: Position?,
        adding additions: [Addition], removing removed: Set<TradeID> = []
    ) throws {
        var replay = try Replay(
            start, rules: rules, additions: additions, removed: removed,
            mayStopEarly: position != nil)
        try replay.run()
        derived = replay.derived
        let lots = try start.history.lotRealizedPnL(of: position == nil ? [] : replay.replaced)
        var days: [DailyPnL.Key: DailyPnL] = [:]
        var realized = Decimal.zero
        for entry in replay.entries {
            let old = lots[TradeNumber(entry.trade.id.raw)] ?? .zero
            if position == nil {
                try days.add(entry.posted, of: entry.trade.fill, currency: instrument.currency)
            } else {
                try days.move(entry, from: old, currency: instrument.currency)
            }
            realized = try realized + (entry.posted?.byAverage ?? .zero)
            if position != nil { realized = try realized - entry.trade.derived.realizedPnL }
        }
        for (addition, posting) in replay.added {
            try days.add(posting, of: addition.fill, currency: instrument.currency)
            realized = try realized + posting.realizedPnL
        }
        if position != nil {
            for (key, stored) in try start.history.storedDays(days.keys) {
                try days[key, default: DailyPnL()].add(stored)
            }
        }
        change = HoldingChange(
            holding: start.history.holding, instrument: instrument,
            position: try replay.position(
                after: position, realizedPnL: realized, instrument.multiplier),
            days: days, forgetsOtherDays: position == nil, journey: replay.journey,
            replaced: replay.replaced, moved: replay.moved)
    }
}

/// A stored trade that was posted again, or taken out.
private struct Entry {
    let trade: TradeRecord
    /// Nil for one that was taken out.
    let posted: Realized?
}

/// What a trade realized, by average cost and by lots.
private struct Realized {
    let byAverage: Decimal
    let byLots: Decimal

    init(_ posting: Posting) {
        byAverage = posting.realizedPnL
        byLots = posting.lotRealizedPnL
    }
}

extension [DailyPnL.Key: DailyPnL] {
    fileprivate mutating func add(
        _ posted: Realized?, of fill: Fill, currency: Currency
    ) throws(LedgerError) {
        guard let posted else { return }
        try add(
            realizedPnL: posted.byAverage, lotRealizedPnL: posted.byLots, of: fill,
            currency: currency)
    }

    /// Takes away what a trade was counted with, and adds what it comes to now.
    fileprivate mutating func move(
        _ entry: Entry, from lotRealizedPnL: Decimal, currency: Currency
    ) throws(LedgerError) {
        let old = entry.trade.derived.realizedPnL
        if let posted = entry.posted, posted.byAverage == old, posted.byLots == lotRealizedPnL {
            return
        }
        let fill = entry.trade.fill
        try remove(
            realizedPnL: old, lotRealizedPnL: lotRealizedPnL, of: fill, currency: currency)
        try add(entry.posted, of: fill, currency: currency)
    }
}

/// The fold itself.
private struct Replay {
    private let history: HoldingHistory
    private let rules: HoldingRules
    private let additions: [HoldingRebuild.Addition]
    private let removed: Set<TradeID>
    private let mayStopEarly: Bool
    private var removedLeft: Set<TradeID>
    private var holding: Holding
    private var source: TradeSource?
    private var nextTrade = 0
    private var nextStart = 0
    private var nextAddition = 0
    /// Whether it stopped where a stored campaign begins as it did.
    private var isSettled = false
    private(set) var journey = Journey()
    private(set) var entries: [Entry] = []
    private(set) var added: [(HoldingRebuild.Addition, Posting)] = []
    private(set) var derived: [TradeNumber: DerivedOfTrade] = [:]
    private(set) var moved: [(TradeID, DerivedOfTrade)] = []
    private(set) var replaced: [TradeID] = []

    init(
        _ start: HoldingRebuild.Start, rules: HoldingRules,
        additions: [HoldingRebuild.Addition], removed: Set<TradeID>, mayStopEarly: Bool
    ) throws {
        history = start.history
        self.rules = rules
        self.additions = additions
        self.removed = removed
        removedLeft = removed
        self.mayStopEarly = mayStopEarly
        holding = Holding(rules)
        guard let campaign = start.campaign, let first = try history.trade(0),
            first.fill.quantity != campaign.openingQuantity
        else { return }
        // It went through zero: what it closed stays as it is.
        holding = try Holding(
            rules, through: first.fill, number: TradeNumber(first.id.raw),
            opened: campaign.openingQuantity)
        source = first.source
        journey.noteOpening(holding, source: first.source)
        replaced = [first.id]
        nextTrade = 1
        nextStart = 1
    }

    mutating func run() throws {
        while !isSettled, let trade = try history.trade(nextTrade) {
            while nextAddition < additions.count,
                additions[nextAddition].fill.order < trade.fill.order
            {
                try postAddition()
            }
            try post(trade)
        }
        while nextAddition < additions.count { try postAddition() }
        // Campaigns whose trades are all gone.
        while !isSettled, let start = try history.start(nextStart) {
            replaced.append(start.opening)
            nextStart += 1
        }
    }

    private mutating func post(_ trade: TradeRecord) throws {
        nextTrade += 1
        let start = try history.start(nextStart)
        let begins = start?.opening == trade.id
        if removedLeft.remove(trade.id) != nil {
            if begins { pass(trade) }
            entries.append(Entry(trade: trade, posted: nil))
            return
        }
        let number = TradeNumber(trade.id.raw)
        if begins, isUndisturbed, start?.openingQuantity == trade.fill.quantity,
            holding.position.isFlat
        {
            isSettled = true
            return
        }
        let posting = try holding.posting(of: trade.fill, number: number)
        note(posting, of: trade)
        if begins, isUndisturbed, posting.effect == .flip,
            start?.openingQuantity == posting.openedQuantity
        {
            journey.noteClosing(posting, of: source ?? trade.source)
            isSettled = true
            return
        }
        if begins { pass(trade) }
        take(posting, of: trade.fill, trade.source)
    }

    /// Nothing is left that could make what follows another than it was.
    private var isUndisturbed: Bool {
        mayStopEarly && nextAddition == additions.count && removedLeft.isEmpty
    }

    private mutating func pass(_ trade: TradeRecord) {
        replaced.append(trade.id)
        nextStart += 1
    }

    private mutating func note(_ posting: Posting, of trade: TradeRecord) {
        entries.append(Entry(trade: trade, posted: Realized(posting)))
        let derived = DerivedOfTrade(posting)
        if derived != trade.derived { moved.append((trade.id, derived)) }
    }

    private mutating func postAddition() throws(LedgerError) {
        let addition = additions[nextAddition]
        nextAddition += 1
        let posting = try holding.posting(of: addition.fill, number: addition.number)
        added.append((addition, posting))
        derived[addition.number] = DerivedOfTrade(posting)
        take(posting, of: addition.fill, addition.source)
    }

    private mutating func take(_ posting: Posting, of fill: Fill, _ fillSource: TradeSource) {
        holding.commit(posting, of: fill)
        journey.note(posting, source: fillSource, of: source)
        switch posting.effect {
        case .open, .flip: source = fillSource
        case .add, .reduce, .close: break
        }
    }

    /// `stored` with what has changed since; `realizedPnL` is by how much more than before was
    /// realized. Nil where no trade is left.
    func position(
        after stored: Position?, realizedPnL: Decimal, _ multiplier: Decimal
    ) throws -> Position? {
        var fees = stored?.fees ?? [:]
        func pay(_ fee: Decimal, _ currency: Currency) throws(LedgerError) {
            let sum = try (fees[currency] ?? .zero) + fee
            fees[currency] = sum.isZero ? nil : sum
        }
        for entry in entries {
            let fill = entry.trade.fill
            if stored == nil, entry.posted != nil { try pay(fill.fee, fill.feeCurrency) }
            if stored != nil, entry.posted == nil { try pay(-fill.fee, fill.feeCurrency) }
        }
        for (addition, _) in added { try pay(addition.fill.fee, addition.fill.feeCurrency) }
        let total = try (stored?.realizedPnL ?? .zero) + realizedPnL
        if isSettled, let stored {
            return Position(
                quantity: stored.quantity, cost: stored.cost, realizedPnL: total, fees: fees,
                openedAt: stored.openedAt, lastFill: stored.lastFill)
        }
        let last = try holding.position.lastFill ?? history.tradeBefore()?.fill.order
        guard let last else { return nil }
        let now = holding.position
        let position = Position(
            quantity: now.quantity, cost: now.cost, realizedPnL: total, fees: fees,
            openedAt: now.openedAt, lastFill: last)
        _ = try position.averagePrice(multiplier: multiplier)
        return position
    }
}
