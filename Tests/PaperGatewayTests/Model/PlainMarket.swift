import Gateways
import Ledger
import PaperGateway

/// The paper exchange again, as plainly as can be: every quote is shown to every order, one after
/// another, and nothing is sorted or looked up.
final class PlainMarket {
    let slippage: Decimal
    let fees: PaperFees
    private var now = Timestamp.distantPast
    private(set) var orders: [PlainOrder] = []
    private var quotes: [Instrument: PaperQuote] = [:]
    private var said: [GatewayEvent] = []
    /// All fills of this run.
    private var filled: [(order: PlainOrder, fill: GatewayFill)] = []

    init(slippage: Decimal, fees: PaperFees) {
        self.slippage = slippage
        self.fees = fees
    }

    /// What happened since it was last asked.
    func events() -> [GatewayEvent] {
        defer { said = [] }
        return said
    }

    func find(_ uid: String) -> PlainOrder? { orders.first { $0.uid == uid } }

    func pass(to instant: Timestamp) {
        now = max(now, instant)
        let due = orders.enumerated().filter { _, order in
            order.works && (order.deadline.map { $0 <= now } ?? false)
        }
        let inOrder = due.sorted { left, right in
            (left.element.deadline ?? now, left.offset)
                < (right.element.deadline ?? now, right.offset)
        }
        for (_, order) in inOrder {
            order.status = .expired
            say(.expired, order, at: order.deadline ?? now)
        }
    }

    /// Whether it is taken.
    func place(_ placed: GatewayOrder, at instant: Timestamp) -> Bool {
        pass(to: instant)
        if find(placed.uid) != nil { return true }
        let order = PlainOrder(placed)
        guard order.fitsSteps, !order.isImmediate || isOpen(placed.instrument) else { return false }
        orders.append(order)
        say(.accepted, order)
        for (other, fill) in filled where other.isGrouped(with: order) && order.works {
            if fill.time >= placed.placedAt { takeOff(fill.quantity, order) }
        }
        pass(to: now)
        if let quote = presentQuote(placed.instrument) { show(quote, to: order) }
        if order.works, order.isImmediate {
            order.status = .canceled
            say(.canceled(nil), order)
        }
        return true
    }

    func cancel(_ uid: String, at instant: Timestamp) -> Bool {
        pass(to: instant)
        guard let order = find(uid), order.works else { return false }
        order.status = .canceled
        say(.canceled(nil), order)
        return true
    }

    func replace(_ uid: String, with new: OrderInstruction, at instant: Timestamp) -> Bool {
        pass(to: instant)
        guard let order = find(uid), order.works, new.side == order.side,
            new.quantity > order.filled, PlainOrder.fits(new, order.placed.instrument),
            new.timeInForce == .day || new.timeInForce == .goodTillCanceled
        else { return false }
        if new.timeInForce == .day, let end = order.endOfItsDay, end <= now { return false }
        order.change(to: new)
        say(.replaced(order.instruction), order)
        if let quote = presentQuote(order.placed.instrument) { show(quote, to: order) }
        return true
    }

    func quote(_ told: PaperQuote, _ instrument: Instrument, at instant: Timestamp) {
        pass(to: instant)
        let quote = PaperQuote(
            bid: told.bid, ask: told.ask, last: told.last, bidSize: told.bidSize,
            askSize: told.askSize, time: min(told.time, now))
        if let bid = quote.bid, let ask = quote.ask, bid > ask { return }
        guard let open = hours(instrument)?.opens, quote.time >= open else { return }
        if let known = quotes[instrument], known.time > quote.time { return }
        quotes[instrument] = quote
        for order in orders where order.placed.instrument == instrument {
            show(quote, to: order)
        }
    }

    /// Begins again with what rests, as a new run does: without quotes, and without what has ended.
    func restart() {
        quotes = [:]
        orders.removeAll { !$0.works }
        filled = []
    }

    private func show(_ quote: PaperQuote, to order: PlainOrder) {
        guard order.works else { return }
        if order.sleeps {
            let isBuy = order.side == .buy
            guard let price = quote.last ?? (isBuy ? quote.ask : quote.bid) else { return }
            if order.trails(price) { say(.stopMoved(to: order.stop ?? .zero), order) }
            guard let stop = order.stop, isBuy ? price >= stop : price <= stop else { return }
            order.isAwake = true
            say(.triggered, order)
        }
        if let used = order.usedQuote, used >= quote.time { return }
        guard let price = order.price(quote, slippage) else { return }
        let quantity = order.share(quote)
        if quantity > 0 { fill(order, quantity, at: price, quote) }
    }

    private func fill(
        _ order: PlainOrder, _ quantity: Decimal, at price: Decimal, _ quote: PaperQuote
    ) {
        let instrument = order.placed.instrument
        let notional = value { try price.magnitude * quantity * instrument.multiplier }
        let percent = value { try (notional * fees.percent).divided(by: 100) }
        let fee = value { try percent + quantity * fees.perUnit }.rounded(decimals: 8)
        let fill = GatewayFill(
            id: ExactText("\(order.uid)-\(order.fills.count + 1)"), quantity: quantity,
            price: price, fee: max(fee, fees.minimum ?? fee), feeCurrency: instrument.currency,
            time: now)
        order.fills.append(fill)
        filled.append((order, fill))
        order.usedQuote = quote.time
        order.status = order.filled == order.quantity ? .filled : .partiallyFilled
        say(.filled(fill), order)
        for other in orders where other.isGrouped(with: order) && other.works {
            takeOff(quantity, other)
        }
    }

    private func takeOff(_ quantity: Decimal, _ order: PlainOrder) {
        let left = value { try order.quantity - order.filled - quantity }
        if left > 0 {
            order.quantity = value { try order.quantity - quantity }
            say(.replaced(order.instruction), order)
        } else {
            order.status = .canceled
            say(.canceled(nil), order)
        }
    }

    private func say(_ kind: GatewayEvent.Kind, _ order: PlainOrder, at time: Timestamp? = nil) {
        said.append(
            GatewayEvent(
                uid: order.uid, brokerOrderID: ExactText(order.uid), kind: kind,
                time: time ?? now))
    }

    private func hours(_ instrument: Instrument) -> TradingCalendar.Session? {
        TradingCalendar.of(exchange: instrument.exchange, assetType: instrument.assetType)
            .hours(at: now)
    }

    private func isOpen(_ instrument: Instrument) -> Bool { hours(instrument) != nil }

    private func presentQuote(_ instrument: Instrument) -> PaperQuote? {
        guard let quote = quotes[instrument], let open = hours(instrument)?.opens,
            quote.time >= open
        else { return nil }
        return quote
    }
}

/// The figures of these tests are small: one that does not fit shows as a nonsensical zero.
func value(_ compute: () throws -> Decimal) -> Decimal {
    (try? compute()) ?? .zero
}
