import Gateways
import Ledger

// What a quote does to an order.
extension PaperExchange {
    /// An order that works meets a quote: it follows, wakes, trades, as far as this one lets it.
    mutating func meet(
        _ number: Int, _ quote: PaperQuote, into events: inout [GatewayEvent]
    ) {
        guard var order = orders[number], order.isWorking else { return }
        if order.waits {
            guard let price = quote.trigger(for: order.side) else { return }
            let isMoved = order.follow(price)
            let isWoken = order.wake(at: price)
            set(order)
            if isMoved, let stop = order.instruction.pricing.stop {
                tell(.stopMoved(to: stop), of: number, into: &events)
            }
            guard isWoken else { return }
            tell(.triggered, of: number, into: &events)
        }
        trade(order, on: quote, into: &events)
    }

    /// Ends what may not wait.
    mutating func endAtOnce(
        _ number: Int, hasQuote: Bool, into events: inout [GatewayEvent]
    ) {
        guard let order = orders[number], order.isWorking else { return }
        switch order.instruction.timeInForce {
        case .day, .goodTillCanceled: return
        case .immediateOrCancel, .fillOrKill: break
        }
        end(number, as: .canceled)
        let symbol = order.placed.instrument.symbol
        let reason =
            hasQuote
            ? "no more could be filled at once" : "there is no quote of \(symbol) to fill it on"
        tell(.canceled(reason), of: number, into: &events)
    }

    private mutating func trade(
        _ order: PaperOrder, on quote: PaperQuote, into events: inout [GatewayEvent]
    ) {
        if let latest = order.filledOnQuoteOf, latest >= quote.time { return }
        do throws(LedgerError) {
            guard let price = try order.price(on: quote, settings) else { return }
            let quantity = order.share(of: quote)
            guard quantity > .zero else { return }
            let fill = try order.fill(
                quantity, at: price, settings.fees(of: order.placed.instrument), time: clock)
            take(fill, of: order, on: quote, into: &events)
        } catch {
            end(order.number, as: .canceled)
            tell(
                .canceled("its fill would be larger than can be kept"), of: order.number,
                into: &events)
        }
    }

    private mutating func take(
        _ fill: GatewayFill, of order: PaperOrder, on quote: PaperQuote,
        into events: inout [GatewayEvent]
    ) {
        var order = order
        let isComplete = fill.quantity >= order.remaining
        order.filled = isComplete ? order.instruction.quantity : order.filled(with: fill)
        order.fills.append(fill)
        order.filledOnQuoteOf = quote.time
        order.status = .partiallyFilled
        set(order)
        if isComplete { end(order.number, as: .filled) }
        tell(.filled(fill), of: order.number, into: &events)
        guard let key = order.group else { return }
        groups[key]?.fills.append((fill.time, fill.quantity))
        let filled = groups[key]?.filled ?? .zero
        groups[key]?.filled = filled.added(fill.quantity)
        for other in groups[key]?.working ?? [] where other != order.number {
            reduce(other, by: fill.quantity, into: &events)
        }
    }

    mutating func reduce(
        _ number: Int, by quantity: Decimal, into events: inout [GatewayEvent]
    ) {
        guard var order = orders[number], order.isWorking else { return }
        guard order.remaining > quantity, let left = try? order.instruction.quantity - quantity
        else {
            end(number, as: .canceled)
            return tell(.canceled(Self.groupIsFilled), of: number, into: &events)
        }
        order.instruction = order.instruction.reduced(to: left)
        set(order)
        tell(.replaced(order.instruction), of: number, into: &events)
    }
}

extension PaperOrder {
    /// Lets a trailing stop follow the market; whether that moved it. Where the figures don't fit,
    /// it stays.
    fileprivate mutating func follow(_ price: Decimal) -> Bool {
        guard let trail = instruction.pricing.trail else { return false }
        guard let exact = try? trail.stop(behind: price, for: side),
            let stop = try? exact.rounded(toStep: placed.instrument.tickSize, up: side == .buy)
        else { return false }
        // What lies behind the best price so far can't move it any more: the stop grows with it.
        if let best = followed {
            followed = side == .sell ? max(best, price) : min(best, price)
        } else {
            followed = price
        }
        if let standing = instruction.pricing.stop {
            guard side == .sell ? stop > standing : stop < standing else { return false }
        }
        instruction = instruction.trailing(at: stop)
        return true
    }

    /// Wakes an order whose stop price is reached; whether it was.
    fileprivate mutating func wake(at price: Decimal) -> Bool {
        guard let stop = instruction.pricing.stop else { return false }
        isTriggered = side == .sell ? price <= stop : price >= stop
        return isTriggered
    }

    /// The price it gets of a quote; nil where that is none it may trade at.
    fileprivate func price(
        on quote: PaperQuote, _ settings: PaperSettings
    ) throws(LedgerError) -> Decimal? {
        guard let quoted = quote.price(for: side) else { return nil }
        let limit = instruction.pricing.limit
        if let limit, side == .buy ? quoted > limit : quoted < limit { return nil }
        var price = quoted
        if settings.slippageBasisPoints > .zero {
            let slip = try (quoted.magnitude * settings.slippageBasisPoints)
                .divided(by: 10_000)
            let worse = side == .buy ? try quoted + slip : try quoted - slip
            price = try worse.rounded(toStep: placed.instrument.tickSize, up: side == .buy)
        }
        guard let limit else { return price }
        return side == .buy ? min(price, limit) : max(price, limit)
    }

    /// How much of what a quote shows it takes.
    fileprivate func share(of quote: PaperQuote) -> Decimal {
        guard let size = quote.size(for: side), size < remaining else { return remaining }
        guard instruction.timeInForce != .fillOrKill else { return .zero }
        return (try? size.rounded(toStep: placed.instrument.lotSize, up: false)) ?? .zero
    }

    /// Its next fill, whose id counts its fills from 1.
    fileprivate func fill(
        _ quantity: Decimal, at price: Decimal, _ fees: PaperFees, time: Timestamp
    ) throws(LedgerError) -> GatewayFill {
        let instrument = placed.instrument
        // The ledger's own fill, so that there is no fill here that could not be posted there.
        let posted = try Fill(
            id: ExactText("\(uid)-\(fills.count + 1)"), side: side, quantity: quantity,
            price: price, multiplier: instrument.multiplier, fee: .zero,
            feeCurrency: instrument.currency, time: time)
        return GatewayFill(
            id: posted.id, quantity: quantity, price: price,
            fee: try fees.fee(notional: posted.notional, quantity: quantity),
            feeCurrency: instrument.currency, time: time)
    }

    fileprivate func filled(with fill: GatewayFill) -> Decimal {
        // Less than the quantity, which fits.
        (try? filled + fill.quantity) ?? instruction.quantity
    }
}

extension Decimal {
    /// Whether it is a whole number of steps; any is where there is no step.
    func isMultiple(of step: Decimal?) -> Bool {
        guard let step, step > .zero else { return true }
        return units % step.units == 0
    }

    /// The nearest whole number of steps that is not above, or not below it.
    func rounded(toStep step: Decimal?, up: Bool) throws(LedgerError) -> Decimal {
        guard let step, step > .zero else { return self }
        let rest = Decimal(units: units % step.units)
        if rest.isZero { return self }
        let towardsZero = try self - rest
        if up == isNegative { return towardsZero }
        return up ? try towardsZero + step : try towardsZero - step
    }
}
