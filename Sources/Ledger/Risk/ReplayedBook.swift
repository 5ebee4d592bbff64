/// The holdings and figures of the past, trade by trade, with the parts of them that a policy would
/// have prevented.
struct ReplayedBook: Sendable {
    struct Key: Hashable {
        let portfolio: PortfolioNumber
        let strategy: StrategyNumber?
        let instrument: InstrumentNumber

        init(_ trade: ReplayedTrade) {
            portfolio = trade.portfolio
            strategy = trade.strategy
            instrument = trade.instrument.number
        }
    }

    /// How much of a fill would have been prevented.
    struct Prevented {
        let breach: Int
        let atMost: Decimal
        var quantity = Decimal.zero

        init(breach: Int, atMost: Decimal) {
            self.breach = breach
            self.atMost = atMost
        }
    }

    /// What a prevented part made, in the base currency; nil: not known.
    struct Made {
        let breach: Int
        let made: Decimal?
    }

    /// A part of what is held that would not be. Its cost is signed as a position's.
    private struct Part {
        let breach: Int
        var quantity: Decimal
        var cost: Decimal
    }

    private struct Holding {
        let portfolio: PortfolioNumber
        let strategy: StrategyNumber?
        /// At the price of the last trade.
        var instrument: RiskInstrument
        var quantity = Decimal.zero
        var cost = Decimal.zero
        /// Since it was flat.
        var result = Decimal.zero
        /// Market value − cost, in the base currency.
        var unrealized = Decimal.zero
        var parts: [Part] = []
    }

    private var holdings: [Key: Holding] = [:]
    private var keys: [InstrumentNumber: [Key]] = [:]
    /// In the order in which they were opened.
    private var open: [Key] = []
    private var cash: ArraySlice<ReplayedCash>
    private var deposits: Decimal? = .zero
    /// Realized and unrealized, after fees; nil from when on it is not known.
    private var made: Decimal? = .zero
    private var day: (day: Day, made: Decimal?)?
    private var week: (day: Day, made: Decimal?)?
    private var peak: Decimal? = .zero
    private var ordersToday = 0
    /// Latest first.
    private var results: [ClosedResult] = []
    private var recent: ArraySlice<RiskOrder> = []

    init(_ cash: [ReplayedCash]) { self.cash = cash[...] }

    var openCount: Int { open.count }

    /// The instrument at the price of a trade.
    func instrument(_ trade: ReplayedTrade) -> RiskInstrument {
        RiskInstrument(
            trade.instrument.number, trade.instrument.instrument, mark: trade.fill.price,
            rate: trade.instrument.rate)
    }

    /// Takes in that time has passed and what the price is, before a trade is judged.
    mutating func see(_ trade: ReplayedTrade) {
        let now = trade.fill.time
        while let next = cash.first, next.time <= now {
            deposits = sum(deposits, next.amount)
            cash.removeFirst()
        }
        if day?.day != now.day {
            day = (now.day, made)
            ordersToday = 0
        }
        let monday = now.day.adding(days: 1 - now.day.weekday)
        if week?.day != monday { week = (monday, made) }
        let priced = instrument(trade)
        for key in keys[trade.instrument.number] ?? [] { revalue(key, priced) }
        notePeak()
    }

    private mutating func notePeak() {
        peak = peak.flatMap { peak in made.map { max(peak, $0) } }
    }

    private mutating func revalue(_ key: Key, _ instrument: RiskInstrument) {
        guard var holding = holdings[key] else { return }
        holding.instrument = instrument
        made = difference(made, holding.unrealized)
        if let unrealized = Self.unrealized(holding) {
            holding.unrealized = unrealized
            made = sum(made, unrealized)
        } else {
            holding.unrealized = .zero
            made = nil
        }
        holdings[key] = holding
    }

    private static func unrealized(_ holding: Holding) -> Decimal? {
        guard !holding.quantity.isZero else { return .zero }
        guard let mark = holding.instrument.mark, let rate = holding.instrument.rate else {
            return nil
        }
        return try? (value(of: holding.quantity, at: mark, holding.instrument) - holding.cost)
            * rate
    }

    /// Signed, in the instrument's currency.
    private static func value(
        of quantity: Decimal, at price: Decimal, _ instrument: RiskInstrument
    ) throws(LedgerError) -> Decimal {
        let value = try Decimal.product(
            price, quantity.magnitude, instrument.instrument.multiplier)
        return quantity.isNegative ? -value : value
    }

    private func sum(_ left: Decimal?, _ right: Decimal?) -> Decimal? {
        guard let left, let right else { return nil }
        return try? left + right
    }

    private func difference(_ left: Decimal?, _ right: Decimal?) -> Decimal? {
        guard let left, let right else { return nil }
        return try? left - right
    }

    /// As the scope stands. Money that is paid in today counts as if it had been there since the
    /// day began, as it does for the equity of today.
    func situation(at now: Timestamp, for scope: RiskScope) -> RiskSituation {
        let figures = RiskFigures(
            equity: sum(deposits, made), dayStartEquity: sum(deposits, day?.made),
            weekStartEquity: sum(deposits, week?.made), peakEquity: sum(deposits, peak),
            dayProfit: difference(made, day?.made), weekProfit: difference(made, week?.made),
            tradesToday: ordersToday, closedResults: results)
        return RiskSituation(
            now: now,
            holdings: open.compactMap { key in
                holdings[key].map {
                    RiskHolding(
                        portfolio: $0.portfolio, strategy: $0.strategy, instrument: $0.instrument,
                        quantity: $0.quantity)
                }
            },
            recentOrders: Array(recent), figures: [scope: figures])
    }

    /// Counts an order among those of its day and of the last hour.
    mutating func noteOrder(_ trade: ReplayedTrade, _ quantity: Decimal) {
        ordersToday += 1
        let now = trade.fill.time
        while let first = recent.first,
            now.wholeSeconds(since: first.time) > Int64(RiskSituation.recentSeconds)
        {
            recent.removeFirst()
        }
        guard
            let instruction = try? OrderInstruction(
                side: trade.fill.side, quantity: quantity, pricing: .market,
                timeInForce: .goodTillCanceled)
        else { return }
        recent.append(
            RiskOrder(
                instruction, of: instrument(trade), in: trade.portfolio, for: trade.strategy,
                time: now))
    }
}

// MARK: Posting

extension ReplayedBook {
    /// Posts a trade. What it closes releases every prevented part pro rata, which `tell` is told;
    /// of what it opens as much is a prevented part as `prevented` says. A trade that does not fit
    /// leaves the holding as it is, and the figures unknown.
    mutating func post(
        _ trade: ReplayedTrade, _ prevented: inout Prevented?, tell: (Made) -> Void
    ) {
        let key = Key(trade)
        if holdings[key] == nil {
            holdings[key] = Holding(
                portfolio: trade.portfolio, strategy: trade.strategy,
                instrument: instrument(trade))
            keys[key.instrument, default: []].append(key)
        }
        guard var holding = holdings[key],
            let change = try? PositionChange(
                held: holding.quantity, cost: holding.cost, realizedPnL: .zero, by: trade.fill)
        else {
            made = nil
            return
        }
        release(&holding, by: change, trade, tell)
        if let atMost = prevented?.atMost, let breach = prevented?.breach,
            let part = Self.part(of: change, atMost: atMost, breach)
        {
            holding.parts.append(part)
            prevented?.quantity = part.quantity
        }
        made = difference(made, trade.fee)
        if let rate = trade.instrument.rate, let realized = try? change.realizedPnL * rate {
            made = sum(made, realized)
        } else if !change.realizedPnL.isZero {
            made = nil
        }
        noteResult(&holding, of: change, at: trade.fill.time)
        holding.quantity = change.quantity
        holding.cost = change.cost
        holdings[key] = holding
        let wasFlat = change.effect == .open
        if holding.quantity.isZero {
            open.removeAll { $0 == key }
        } else if wasFlat {
            open.append(key)
        }
        revalue(key, instrument(trade))
        notePeak()
    }

    private mutating func noteResult(
        _ holding: inout Holding, of change: PositionChange, at time: Timestamp
    ) {
        holding.result = (try? holding.result + change.realizedPnL) ?? holding.result
        guard change.effect == .close || change.effect == .flip else { return }
        results.insert(ClosedResult(profit: holding.result, closedAt: time), at: 0)
        if results.count > RiskFigures.mostResults { results.removeLast() }
        holding.result = .zero
    }

    /// The prevented part of what a trade opens.
    private static func part(
        of change: PositionChange, atMost: Decimal, _ breach: Int
    ) -> Part? {
        let quantity = min(change.openedQuantity, atMost)
        guard quantity > .zero,
            let cost = try? change.paidToOpen.share(quantity, of: change.openedQuantity)
        else { return nil }
        return Part(breach: breach, quantity: quantity, cost: cost)
    }

    private func release(
        _ holding: inout Holding, by change: PositionChange, _ trade: ReplayedTrade,
        _ tell: (Made) -> Void
    ) {
        guard change.closedQuantity > .zero else { return }
        let held = holding.quantity.magnitude
        for place in holding.parts.indices {
            let part = holding.parts[place]
            guard let released = try? part.quantity.share(change.closedQuantity, of: held),
                let cost = try? part.cost.share(released, of: part.quantity),
                let paid = try? change.paidToClose.share(released, of: change.closedQuantity),
                let quantity = try? part.quantity - released,
                let left = try? part.cost - cost
            else {
                tell(Made(breach: part.breach, made: nil))
                continue
            }
            holding.parts[place].quantity = quantity
            holding.parts[place].cost = left
            tell(
                Made(
                    breach: part.breach,
                    made: inBase(try? -paid - cost, trade.instrument.rate)))
        }
        holding.parts.removeAll { $0.quantity.isZero }
    }

    private func inBase(_ amount: Decimal?, _ rate: Decimal?) -> Decimal? {
        guard let amount, let rate else { return nil }
        return try? amount * rate
    }

    /// Values what is open still, at its mark or the price of the last trade.
    func settle(_ marks: [InstrumentNumber: Decimal], tell: (Made) -> Void) {
        for key in open {
            guard let holding = holdings[key], !holding.parts.isEmpty else { continue }
            let price = marks[key.instrument] ?? holding.instrument.mark
            for part in holding.parts {
                let quantity = holding.quantity.isNegative ? -part.quantity : part.quantity
                let worth = price.flatMap {
                    try? Self.value(of: quantity, at: $0, holding.instrument) - part.cost
                }
                tell(Made(breach: part.breach, made: inBase(worth, holding.instrument.rate)))
            }
        }
    }
}
