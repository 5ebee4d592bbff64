import Gateways
import Ledger
import PaperGateway
import World

/// What may be done to an exchange.
enum MarketStep {
    case place(GatewayOrder)
    case cancel(String)
    case replace(String, OrderInstruction)
    case quote(PaperQuote, Instrument)
    case pass
    case restart
}

/// Random steps on a few instruments, with small round figures, so that prices, sizes and limits
/// often meet exactly.
struct MarketDay {
    private var random: SeededGenerator
    private(set) var now: Timestamp
    let slippage: Decimal
    let fees: PaperFees
    private let instruments: [Instrument]
    private var placed: [GatewayOrder] = []
    /// Those of this run, which the exchange remembers.
    private var latest: [GatewayOrder] = []
    private var count = 0
    private var groupCount = 0
    private var middle = 100

    init(seed: UInt64, currency: Currency) {
        var random = SeededGenerator(seed: seed)
        // Thursday, 2026-07-02, before a holiday, at 13:00 in New York.
        now = Timestamp(microseconds: 1_783_011_600_000_000)
            .adding(seconds: Int64.random(in: 0...14_000, using: &random))
        slippage = [0, 0, 10, 125].randomElement(using: &random) ?? 0
        fees =
            Bool.random(using: &random)
            ? PaperFees()
            : PaperFees(
                percent: Decimal(units: 100_000_000_000_000_000), perUnit: 1,
                minimum: Bool.random(using: &random) ? 5 : nil)
        let half = Decimal(units: 500_000_000_000_000_000)
        instruments = [
            Instrument(symbol: "BTC", exchange: nil, assetType: .crypto, currency: currency),
            Instrument(
                symbol: "ACME", exchange: "NYSE", assetType: .equity, currency: currency,
                tickSize: half, lotSize: 2),
            Instrument(
                symbol: "EUR", exchange: nil, assetType: .forex, currency: currency,
                multiplier: 10),
        ]
        self.random = random
    }

    private mutating func chance(_ one: Int, in many: Int) -> Bool {
        Int.random(in: 0..<many, using: &random) < one
    }

    private mutating func price() -> Decimal {
        let price = Decimal(middle + Int.random(in: -6...6, using: &random))
        return chance(1, in: 6) ? Decimal(units: price.units + 500_000_000_000_000_000) : price
    }

    private mutating func quantity() -> Decimal {
        Decimal(2 * Int.random(in: 1...6, using: &random) + (chance(1, in: 20) ? 1 : 0))
    }

    mutating func next() -> MarketStep {
        let seconds: Int64 =
            chance(1, in: 80)
            ? Int64.random(in: 3_600...90_000, using: &random)
            : Int64.random(in: 0...3, using: &random) * Int64.random(in: 0...40, using: &random)
        now = now.adding(seconds: seconds)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<30: return .place(order())
        case 30..<37: return .cancel(someUID())
        case 37..<47: return replacement()
        case 47..<94: return quote()
        case 94..<98: return .pass
        default:
            latest = []
            return .restart
        }
    }

    private mutating func someUID() -> String {
        if chance(1, in: 20) { return "none" }
        return placed.suffix(12).randomElement(using: &random)?.uid ?? "none"
    }

    private mutating func quote() -> MarketStep {
        middle += Int.random(in: -2...2, using: &random)
        let instrument = instruments.randomElement(using: &random) ?? instruments[0]
        let bid = price()
        let spread = Int.random(in: chance(1, in: 12) ? -1...0 : 0...3, using: &random)
        let ask = Decimal(units: bid.units + Decimal(spread).units)
        let isLastAlone = chance(1, in: 5)
        let sized = chance(1, in: 2)
        let quote = PaperQuote(
            bid: isLastAlone || chance(1, in: 12) ? nil : bid,
            ask: isLastAlone || chance(1, in: 12) ? nil : ask,
            last: isLastAlone || chance(1, in: 2) ? price() : nil,
            bidSize: sized ? Decimal(Int.random(in: 0...7, using: &random)) : nil,
            askSize: sized ? Decimal(Int.random(in: 0...7, using: &random)) : nil,
            time: now.adding(
                seconds: chance(1, in: 10) ? Int64.random(in: -20...20, using: &random) : 0))
        return .quote(quote, instrument)
    }

    private mutating func pricing() -> OrderPricing {
        switch Int.random(in: 0..<12, using: &random) {
        case 0..<2: return .market
        case 2..<6: return .limit(price())
        case 6..<8: return .stop(price())
        case 8..<10: return .stopLimit(stop: price(), limit: price())
        default:
            let size = Int.random(in: 1...5, using: &random)
            return .trailing(
                Bool.random(using: &random) ? .amount(Decimal(size)) : .percent(Decimal(size)),
                stop: chance(1, in: 6) ? price() : nil)
        }
    }

    private mutating func instruction(
        _ side: Side, quantity: Decimal? = nil
    ) -> OrderInstruction? {
        let terms: [TimeInForce] = [
            .day, .day, .goodTillCanceled, .goodTillCanceled, .goodTillCanceled,
            .immediateOrCancel, .fillOrKill,
        ]
        let amount = quantity ?? self.quantity()
        return try? OrderInstruction(
            side: side, quantity: amount, pricing: pricing(),
            timeInForce: terms.randomElement(using: &random) ?? .day)
    }

    private mutating func order() -> GatewayOrder {
        if chance(1, in: 25), let known = latest.randomElement(using: &random) { return known }
        count += 1
        // Every third order, or so, cancels others.
        if chance(1, in: 4) { groupCount += 1 }
        let isGrouped = chance(1, in: 3)
        var made: OrderInstruction?
        while made == nil {
            made = instruction(
                Bool.random(using: &random) ? .buy : .sell, quantity: isGrouped ? 8 : nil)
        }
        let order = GatewayOrder(
            uid: "o\(count)", accountUID: chance(1, in: 2) ? "a" : "b",
            instrument: instruments.randomElement(using: &random) ?? instruments[0],
            instruction: made ?? placed[0].instruction,
            placedAt: now.adding(seconds: chance(1, in: 8) ? -30 : 0),
            group: isGrouped ? "g\(groupCount)" : nil)
        placed.append(order)
        latest.append(order)
        return order
    }

    private mutating func replacement() -> MarketStep {
        let uid = someUID()
        let known = placed.first { $0.uid == uid }?.instruction
        let side = known?.side ?? .buy
        let isOther = chance(1, in: 25)
        // Often the same pricing, for another quantity.
        if let known, chance(1, in: 3),
            let same = try? OrderInstruction(
                side: side, quantity: quantity(), pricing: known.pricing,
                timeInForce: known.timeInForce)
        {
            return .replace(uid, same)
        }
        let new = instruction(isOther ? (side == .buy ? .sell : .buy) : side)
        return new.map { .replace(uid, $0) } ?? .pass
    }
}
