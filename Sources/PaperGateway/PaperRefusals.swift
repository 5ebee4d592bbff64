import Gateways
import Ledger

// What the exchange does not take, and why.
extension PaperExchange {
    /// Why an order is not taken; nil where it is.
    mutating func refusal(
        of order: GatewayOrder, in book: Int, for account: PaperAccount?
    ) -> String? {
        let instruction = order.instruction
        if let reason = order.instrument.refusal(of: instruction) { return reason }
        switch instruction.timeInForce {
        case .day, .goodTillCanceled: break
        case .immediateOrCancel, .fillOrKill:
            if books[book].openSince(at: clock) == nil {
                return "the market of \(order.instrument.symbol) is closed, and"
                    + " \(instruction.timeInForce.rawValue) asks for a fill at once"
            }
        }
        guard let account else { return nil }
        return account.refusal(
            of: demand(instruction, of: order.instrument, in: book),
            sold: sold(besides: order, in: book))
    }

    /// Why an order that works does not get other terms; nil where it does.
    mutating func refusal(
        of instruction: OrderInstruction, insteadOf order: PaperOrder, for account: PaperAccount?
    ) -> String? {
        let instrument = order.placed.instrument
        if instruction.side != order.side {
            return "its side is \(order.side.rawValue) and stays so"
        }
        guard instruction.quantity > order.filled else {
            return "of the order \(order.filled) is filled: its quantity has to be above that"
        }
        if let reason = instrument.refusal(of: instruction) { return reason }
        switch instruction.timeInForce {
        case .immediateOrCancel, .fillOrKill:
            return "it waits already, and \(instruction.timeInForce.rawValue) asks for a fill at"
                + " once: expected DAY or GTC"
        case .day, .goodTillCanceled: break
        }
        let deadline = order.deadline(
            for: instruction.timeInForce, books[order.book].calendar)
        if let deadline, deadline <= clock {
            return "the session in which it was placed closed at \(deadline)"
        }
        guard let account else { return nil }
        let demanded = demand(
            instruction, filled: order.filled, of: instrument, in: order.book)
        let previous = demand(
            order.instruction, filled: order.filled, of: instrument, in: order.book)
        return account.refusal(
            of: demanded, instead: previous, sold: sold(besides: order.placed, in: order.book))
    }

    private mutating func demand(
        _ instruction: OrderInstruction, filled: Decimal = .zero, of instrument: Instrument,
        in book: Int
    ) -> PaperDemand {
        let quoted = books[book].presentQuote(at: clock, settings)?
            .price(for: instruction.side)
        let pricing = instruction.pricing
        return PaperDemand(
            instrument: instrument, side: instruction.side,
            quantity: (try? instruction.quantity - filled) ?? instruction.quantity,
            isReduceOnly: instruction.isReduceOnly,
            price: pricing.limit ?? pricing.stop ?? quoted, fees: settings.fees(of: instrument))
    }

    /// How much of its instrument other orders of the account may sell: of a group only one does,
    /// and reduce-only ones sell what is to be sold anyway.
    private func sold(besides order: GatewayOrder, in book: Int) -> Decimal {
        var sum = Decimal.zero
        var groups: [String: Decimal] = [:]
        for other in workingOrders(ofAccount: order.accountUID)
        where other.uid != order.uid && other.book == book && other.side == .sell
            && !other.instruction.isReduceOnly
        {
            if let group = other.placed.group {
                groups[group] = max(groups[group] ?? .zero, other.remaining)
            } else {
                sum = (try? sum + other.remaining) ?? sum
            }
        }
        if let group = order.group { groups[group] = nil }
        return groups.values.reduce(sum) { sum, remaining in (try? sum + remaining) ?? sum }
    }
}

extension Instrument {
    /// Why an order can't be in its steps; nil where it is.
    fileprivate func refusal(of instruction: OrderInstruction) -> String? {
        if let lotSize, !instruction.quantity.isMultiple(of: lotSize) {
            return "the quantity of \(instruction.quantity) is no multiple of \(symbol)'s lot"
                + " size, \(lotSize)"
        }
        let pricing = instruction.pricing
        if let tickSize, let limit = pricing.limit, !limit.isMultiple(of: tickSize) {
            return "the limit of \(limit) is no multiple of \(symbol)'s tick size, \(tickSize)"
        }
        if let tickSize, let stop = pricing.stop, pricing.trail == nil,
            !stop.isMultiple(of: tickSize)
        {
            return "the stop price of \(stop) is no multiple of \(symbol)'s tick size, \(tickSize)"
        }
        return nil
    }
}

extension PaperOrder {
    /// The order under other terms.
    func replaced(
        by instruction: OrderInstruction, _ calendar: TradingCalendar
    ) -> PaperOrder {
        var changed = self
        changed.instruction = instruction
        changed.deadline = deadline(for: instruction.timeInForce, calendar)
        let (old, new) = (self.instruction.pricing, instruction.pricing)
        if let trail = new.trail {
            if trail == old.trail {
                let stand = [old.stop, new.stop].compactMap { $0 }
                changed.instruction = instruction.trailing(
                    at: side == .sell ? stand.max() : stand.min())
            } else {
                changed.isTriggered = false
                changed.followed = nil
            }
        } else {
            changed.isTriggered =
                isTriggered && old.trail == nil && new.stop != nil && new.stop == old.stop
            changed.followed = nil
        }
        return changed
    }
}
