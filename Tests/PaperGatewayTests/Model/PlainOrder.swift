import Gateways
import Ledger
import PaperGateway

/// An order of the plain market.
final class PlainOrder {
    let placed: GatewayOrder
    var uid: String { placed.uid }
    var side: Side { placed.instruction.side }
    var quantity: Decimal
    private var pricing: OrderPricing
    private var timeInForce: TimeInForce
    private var isReduceOnly: Bool
    var status = OrderStatus.new
    var fills: [GatewayFill] = []
    var isAwake = false
    var usedQuote: Timestamp?
    let endOfItsDay: Timestamp?

    init(_ placed: GatewayOrder) {
        self.placed = placed
        quantity = placed.instruction.quantity
        pricing = placed.instruction.pricing
        timeInForce = placed.instruction.timeInForce
        isReduceOnly = placed.instruction.isReduceOnly
        let instrument = placed.instrument
        endOfItsDay = TradingCalendar.of(
            exchange: instrument.exchange, assetType: instrument.assetType
        ).close(ofSessionAt: placed.placedAt)
    }

    var works: Bool { status == .new || status == .partiallyFilled }
    var filled: Decimal { fills.reduce(.zero) { sum, fill in value { try sum + fill.quantity } } }
    var stop: Decimal? { pricing.stop }
    var sleeps: Bool { pricing.waitsForTrigger && !isAwake }
    var isImmediate: Bool { timeInForce == .immediateOrCancel || timeInForce == .fillOrKill }

    var instruction: OrderInstruction {
        let made = try? OrderInstruction(
            side: side, quantity: quantity, pricing: pricing, timeInForce: timeInForce,
            isReduceOnly: isReduceOnly)
        return made ?? placed.instruction
    }

    var deadline: Timestamp? { timeInForce == .day ? endOfItsDay : nil }

    var fitsSteps: Bool { Self.fits(placed.instruction, placed.instrument) }

    static func fits(_ instruction: OrderInstruction, _ instrument: Instrument) -> Bool {
        func fits(_ figure: Decimal?, _ step: Decimal?) -> Bool {
            guard let figure, let step else { return true }
            return floor(figure, step) == figure
        }
        let pricing = instruction.pricing
        let stop = pricing.trail == nil ? pricing.stop : nil
        return fits(instruction.quantity, instrument.lotSize)
            && fits(pricing.limit, instrument.tickSize) && fits(stop, instrument.tickSize)
    }

    func isGrouped(with other: PlainOrder) -> Bool {
        guard let group = placed.group, other !== self else { return false }
        return group == other.placed.group && placed.accountUID == other.placed.accountUID
    }

    func change(to new: OrderInstruction) {
        let old = pricing
        quantity = new.quantity
        timeInForce = new.timeInForce
        isReduceOnly = new.isReduceOnly
        pricing = new.pricing
        switch (old, new.pricing) {
        case (.trailing(let before, let stood), .trailing(let trail, let given))
        where before == trail:
            var stop = given ?? stood
            if let given, let stood { stop = side == .sell ? max(given, stood) : min(given, stood) }
            pricing = .trailing(trail, stop: stop)
        case (.stop(let before), .stop(let stop)), (.stop(let before), .stopLimit(let stop, _)),
            (.stopLimit(let before, _), .stop(let stop)),
            (.stopLimit(let before, _), .stopLimit(let stop, _)):
            if before != stop { isAwake = false }
        default:
            isAwake = false
        }
    }

    /// Whether a trailing stop follows to another place.
    func trails(_ price: Decimal) -> Bool {
        guard case .trailing(let trail, let stop) = pricing else { return false }
        let distance =
            switch trail {
            case .amount(let amount): amount
            case .percent(let percent): value { try (price.magnitude * percent).divided(by: 100) }
            }
        let exact =
            side == .sell ? value { try price - distance } : value { try price + distance }
        let next =
            side == .sell
            ? floor(exact, placed.instrument.tickSize) : ceiling(exact, placed.instrument.tickSize)
        if let stop, side == .sell ? next <= stop : next >= stop { return false }
        pricing = .trailing(trail, stop: next)
        return true
    }

    func price(_ quote: PaperQuote, _ slippage: Decimal) -> Decimal? {
        let isBuy = side == .buy
        let isLastAlone = quote.bid == nil && quote.ask == nil
        guard let quoted = isLastAlone ? quote.last : isBuy ? quote.ask : quote.bid else {
            return nil
        }
        if let limit = pricing.limit, isBuy ? quoted > limit : quoted < limit { return nil }
        let slip = value { try (quoted.magnitude * slippage).divided(by: 10_000) }
        var price = isBuy ? value { try quoted + slip } : value { try quoted - slip }
        if slippage > 0 {
            let tick = placed.instrument.tickSize
            price = isBuy ? ceiling(price, tick) : floor(price, tick)
        }
        if let limit = pricing.limit, isBuy ? price > limit : price < limit { price = limit }
        return price
    }

    func share(_ quote: PaperQuote) -> Decimal {
        let left = value { try quantity - filled }
        let isBuy = side == .buy
        let hasSide = quote.bid != nil || quote.ask != nil
        guard hasSide, let size = isBuy ? quote.askSize : quote.bidSize else { return left }
        if size >= left { return left }
        return timeInForce == .fillOrKill ? 0 : floor(size, placed.instrument.lotSize)
    }
}

/// The last whole step that is not above, found by counting.
func floor(_ figure: Decimal, _ step: Decimal?) -> Decimal {
    guard let step else { return figure }
    var count = figure.units / step.units
    while count * step.units > figure.units { count -= 1 }
    return Decimal(units: count * step.units)
}

func ceiling(_ figure: Decimal, _ step: Decimal?) -> Decimal {
    -floor(-figure, step)
}
