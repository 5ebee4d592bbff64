public import Gateways
public import Ledger

/// A little exchange on quotes: orders, quotes and the passing of time go in, what becomes of the
/// orders comes out. The same input in the same order gives the same events.
///
/// It trades by these rules:
/// - **Prices.** A purchase trades at the ask, a sale at the bid, both at the last price where a
///   quote has nothing else; worse by the slippage that is set. A limit order trades where that
///   price is at its limit or better, and never beyond it.
/// - **Sizes.** Of a quote that tells sizes an order takes at most what is shown, in whole lots,
///   and once; what is left waits for a later quote. Each order has the whole quote to itself:
///   those of different people don't compete.
/// - **Stops** wake when the last price (else the bid for sales, the ask for purchases) is at the
///   stop price or beyond, and may trade on the same quote. Trailing stops follow that price, to
///   whole ticks away from the market, and never go back.
/// - **At once.** An order meets the present quote as it comes. Of `IOC` and `FOK` the rest is
///   canceled then, all of it where there is no quote; other orders wait.
/// - **Hours.** While the market is closed no quote counts, `IOC` and `FOK` are refused and others
///   wait. `DAY` orders expire as the session closes in which they were placed, or the next one.
/// - **Groups.** What is filled of one order is taken off the others of its group.
///
/// A quote costs a look at the ends of six sorted ladders, and work for each order that it reaches:
/// orders which it can't move cost nothing, however many they are. To place an order or take it off
/// costs a binary search and moving what lies behind in an array. A trailing stop costs nothing
/// while the market is behind the best price that it has seen. At a better one it moves, which is
/// an event; however many do so at once, they are sorted in by one pass.
public struct PaperExchange: Sendable {
    public let settings: PaperSettings
    /// The latest instant that it was told of.
    var clock = Timestamp.distantPast
    var books: [PaperBook] = []
    private var bookPlaces: [PaperBook.Key: Int] = [:]
    var orders: [Int: PaperOrder] = [:]
    private var numbers: [String: Int] = [:]
    private var workingOfAccount: [String: Set<Int>] = [:]
    var groups: [PaperGroup.Key: PaperGroup] = [:]
    private var deadlines = Ladder()
    private var ended: [Int] = []
    private var forgotten = 0
    private var nextNumber = 0

    public init(settings: PaperSettings = PaperSettings()) {
        self.settings = settings
    }

    /// What came of a call: the answer, and what has happened up to it and because of it.
    public struct Outcome: Sendable, Hashable {
        public let answer: GatewayAnswer
        public let events: [GatewayEvent]
    }

    /// Places an order. It is judged by `account`, by nothing where that is nil. A refused one is
    /// not known afterwards; one whose uid is known is taken without another effect.
    public mutating func place(
        _ order: GatewayOrder, for account: PaperAccount?, at now: Timestamp
    ) -> Outcome {
        var events = advance(to: now)
        if let number = numbers[order.uid], let known = orders[number] {
            return Outcome(answer: .taken(brokerOrderID: known.brokerOrderID), events: events)
        }
        let book = bookPlace(of: order.instrument)
        if let judged = reducedByGroup(order),
            let reason = refusal(of: judged, in: book, for: account)
        {
            return Outcome(answer: .refused(reason), events: events)
        }
        let number = admit(PaperRestingOrder(order: order), in: book)
        tell(.accepted, of: number, into: &events)
        shareEarlierFills(with: number, into: &events)
        expire(into: &events)
        let quote = books[book].presentQuote(at: clock, settings)
        if let quote { meet(number, quote, into: &events) }
        endAtOnce(number, hasQuote: quote != nil, into: &events)
        return Outcome(
            answer: .taken(brokerOrderID: ExactText(order.uid)), events: events)
    }

    /// Ends an order that works.
    public mutating func cancel(_ uid: String, at now: Timestamp) -> Outcome {
        var events = advance(to: now)
        switch working(uid) {
        case .failure(let refusal): return Outcome(answer: .refused(refusal.reason), events: events)
        case .success(let order):
            end(order.number, as: .canceled)
            tell(.canceled(nil), of: order.number, into: &events)
            return Outcome(
                answer: .taken(brokerOrderID: order.brokerOrderID), events: events)
        }
    }

    /// Changes the terms of an order that works. It keeps its uid, its place and its fills; a stop
    /// that was reached stays reached where its price stays, and a trailing stop its stand where
    /// its distance stays. The new terms meet the present quote at once.
    public mutating func replace(
        _ uid: String, with instruction: OrderInstruction, groupFilled: Decimal? = nil,
        for account: PaperAccount?, at now: Timestamp
    ) -> Outcome {
        var events = advance(to: now)
        switch working(uid) {
        case .failure(let refusal): return Outcome(answer: .refused(refusal.reason), events: events)
        case .success(let order):
            guard
                let instruction = reducedByGroup(instruction, of: order, knowing: groupFilled)
            else {
                end(order.number, as: .canceled)
                tell(.canceled(Self.groupIsFilled), of: order.number, into: &events)
                return Outcome(
                    answer: .taken(brokerOrderID: order.brokerOrderID), events: events)
            }
            if let reason = refusal(of: instruction, insteadOf: order, for: account) {
                return Outcome(answer: .refused(reason), events: events)
            }
            let changed = order.replaced(by: instruction, books[order.book].calendar)
            set(changed)
            tell(.replaced(changed.instruction), of: order.number, into: &events)
            if let quote = books[order.book].presentQuote(at: clock, settings) {
                meet(order.number, quote, into: &events)
            }
            return Outcome(
                answer: .taken(brokerOrderID: order.brokerOrderID), events: events)
        }
    }

    /// Takes in a quote, as of `now`. One that is older than the instrument's latest, or was made
    /// or comes while its market is closed, changes nothing; one from the future counts as of now.
    /// Which instrument is meant, its symbol, exchange, kind, currency and contract tell.
    public mutating func take(
        _ quote: PaperQuote, of instrument: Instrument, at now: Timestamp
    ) -> [GatewayEvent] {
        var events = advance(to: now)
        let book = bookPlace(of: instrument)
        guard let quote = books[book].take(quote, at: clock, settings) else { return events }
        let reached = books[book].reached(by: quote)
        if reached.isEmpty { return events }
        books[book].gather()
        for number in reached { meet(number, quote, into: &events) }
        books[book].settle()
        return events
    }

    /// When time alone will change something; nil where it won't.
    public var nextDeadline: Timestamp? {
        deadlines.highest.map { Timestamp(microseconds: Int64(clamping: -$0.height)) }
    }

    /// Lets time pass, and orders expire. An instant before the latest changes nothing.
    public mutating func advance(to now: Timestamp) -> [GatewayEvent] {
        clock = max(clock, now)
        var events: [GatewayEvent] = []
        expire(into: &events)
        return events
    }

    /// Goes on with orders of an earlier run, in the order in which they were placed, as of `now`:
    /// those whose day has ended expire. One that is known or filled is passed over.
    public mutating func restore(
        _ resting: [PaperRestingOrder], at now: Timestamp
    ) -> [GatewayEvent] {
        for order in resting where numbers[order.order.uid] == nil && !order.isComplete {
            admit(order, in: bookPlace(of: order.order.instrument))
        }
        return advance(to: now)
    }

    /// What `restore` needs to go on from here.
    public var restingOrders: [PaperRestingOrder] {
        orders.values.filter(\.isWorking).sorted { $0.number < $1.number }.map(\.resting)
    }

    /// Nil where the uid was never placed, or so many orders have ended since that it is forgotten.
    public func order(_ uid: String) -> GatewayOrderState? {
        numbers[uid].flatMap { orders[$0]?.state }
    }

    /// An order as it was placed; nil where it is not known.
    func placedOrder(_ uid: String) -> GatewayOrder? {
        numbers[uid].flatMap { orders[$0]?.placed }
    }

    /// Those that work, in the order in which they came.
    public func openOrders(ofAccount uid: String) -> [GatewayOrderState] {
        workingOrders(ofAccount: uid).map(\.state)
    }
}

// What knows of an order where.
extension PaperExchange {
    func workingOrders(ofAccount uid: String) -> [PaperOrder] {
        (workingOfAccount[uid] ?? []).sorted().compactMap { orders[$0] }
    }

    private struct Refusal: Error { let reason: String }

    private func working(_ uid: String) -> Result<PaperOrder, Refusal> {
        guard let number = numbers[uid], let order = orders[number] else {
            return .failure(Refusal(reason: "no order \(uid) is known"))
        }
        guard order.isWorking else {
            return .failure(Refusal(reason: "the order is \(order.status.rawValue) already"))
        }
        return .success(order)
    }

    private mutating func bookPlace(of instrument: Instrument) -> Int {
        let key = PaperBook.Key(instrument)
        if let place = bookPlaces[key] { return place }
        bookPlaces[key] = books.count
        books.append(PaperBook(instrument))
        return books.count - 1
    }

    @discardableResult
    private mutating func admit(_ resting: PaperRestingOrder, in book: Int) -> Int {
        let order = PaperOrder(resting, number: nextNumber, book: book, books[book].calendar)
        nextNumber += 1
        orders[order.number] = order
        numbers[order.uid] = order.number
        workingOfAccount[order.placed.accountUID, default: []].insert(order.number)
        books[book].add(order)
        if let rung = order.deadlineRung { deadlines.insert(rung) }
        if let group = order.group {
            if groups[group] == nil, let known = order.placed.groupFilled {
                groups[group, default: PaperGroup()].filled = known.added(order.filled)
            }
            groups[group, default: PaperGroup()].working.append(order.number)
            groups[group, default: PaperGroup()].remembered += 1
        }
        return order.number
    }

    /// Takes over what has changed of an order that works on.
    mutating func set(_ changed: PaperOrder) {
        guard let order = orders[changed.number] else { return }
        books[order.book].move(order, to: changed)
        if order.deadline != changed.deadline {
            if let rung = order.deadlineRung { deadlines.remove(rung) }
            if let rung = changed.deadlineRung { deadlines.insert(rung) }
        }
        orders[changed.number] = changed
    }

    mutating func end(_ number: Int, as status: OrderStatus) {
        guard let order = orders[number], order.isWorking else { return }
        books[order.book].remove(order)
        if let rung = order.deadlineRung { deadlines.remove(rung) }
        orders[number]?.status = status
        let account = order.placed.accountUID
        workingOfAccount[account]?.remove(number)
        if workingOfAccount[account]?.isEmpty == true { workingOfAccount[account] = nil }
        if let group = order.group { groups[group]?.working.removeAll { $0 == number } }
        ended.append(number)
        forgetOldest()
    }

    private mutating func forgetOldest() {
        while ended.count - forgotten > max(settings.rememberedOrders, 1) {
            let number = ended[forgotten]
            forgotten += 1
            guard let order = orders.removeValue(forKey: number) else { continue }
            numbers[order.uid] = nil
            guard let group = order.group else { continue }
            groups[group]?.remembered -= 1
            if groups[group]?.remembered == 0 { groups[group] = nil }
        }
        // Rarely, so that it costs each order next to nothing.
        if forgotten > 1024, forgotten * 2 > ended.count {
            ended.removeFirst(forgotten)
            forgotten = 0
        }
    }

    private mutating func expire(into events: inout [GatewayEvent]) {
        var due: [Int] = []
        deadlines.reach(-Int128(clock.microseconds), into: &due)
        if due.isEmpty { return }
        let orders = due.compactMap { self.orders[$0] }.sorted { left, right in
            (left.deadline ?? clock, left.number) < (right.deadline ?? clock, right.number)
        }
        for order in orders {
            end(order.number, as: .expired)
            tell(.expired, of: order.number, at: order.deadline, into: &events)
        }
    }

    func tell(
        _ kind: GatewayEvent.Kind, of number: Int, at time: Timestamp? = nil,
        into events: inout [GatewayEvent]
    ) {
        guard let order = orders[number] else { return }
        events.append(
            GatewayEvent(
                uid: order.uid, brokerOrderID: order.brokerOrderID, kind: kind,
                time: time ?? clock))
    }
}

extension PaperOrder {
    fileprivate init(
        _ resting: PaperRestingOrder, number: Int, book: Int, _ calendar: TradingCalendar
    ) {
        let placed = resting.order
        self.init(
            number: number, placed: placed, book: book, instruction: placed.instruction,
            status: resting.fills.isEmpty ? .new : .partiallyFilled, filled: resting.filled,
            fills: resting.fills, isTriggered: resting.isTriggered,
            filledOnQuoteOf: resting.filledOnQuoteOf)
        deadline = deadline(for: placed.instruction.timeInForce, calendar)
    }

    func deadline(for timeInForce: TimeInForce, _ calendar: TradingCalendar) -> Timestamp? {
        timeInForce == .day ? calendar.close(ofSessionAt: placed.placedAt) : nil
    }

    /// On a ladder that time climbs, the nearest deadlines on top.
    fileprivate var deadlineRung: Ladder.Rung? {
        deadline.map { Ladder.Rung(height: -Int128($0.microseconds), order: number) }
    }
}
