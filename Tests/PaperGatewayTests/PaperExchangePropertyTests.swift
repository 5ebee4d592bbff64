import Gateways
import Ledger
import PaperGateway
import TestSupport
import Testing
import World

/// Any orders, quotes, cancels, replacements, restarts and pauses, against the plain market.
@Suite struct PaperExchangePropertyTests {
    private struct Wrong: Error, CustomStringConvertible {
        let description: String
    }

    /// An exchange and a plain market that were told the same.
    private struct Pair {
        var exchange: PaperExchange
        let market: PlainMarket
        let settings: PaperSettings
        var events: [GatewayEvent] = []
        var orders: [String: GatewayOrder] = [:]
        var replaced: Set<String> = []
        var restarts: [Timestamp] = []

        init(_ day: MarketDay) {
            settings = PaperSettings(slippageBasisPoints: day.slippage, fees: day.fees)
            exchange = PaperExchange(settings: settings)
            market = PlainMarket(slippage: day.slippage, fees: day.fees)
        }

        mutating func take(_ step: MarketStep, at now: Timestamp) throws {
            var found: [GatewayEvent] = []
            switch step {
            case .place(let order):
                let isTaken = market.place(order, at: now)
                found = try compare(exchange.place(order, for: nil, at: now), isTaken)
                if isTaken { orders[order.uid] = order }
            case .cancel(let uid):
                let isTaken = market.cancel(uid, at: now)
                found = try compare(exchange.cancel(uid, at: now), isTaken)
            case .replace(let uid, let instruction):
                let isTaken = market.replace(uid, with: instruction, at: now)
                found = try compare(
                    exchange.replace(uid, with: instruction, for: nil, at: now), isTaken)
                if isTaken { replaced.insert(uid) }
            case .quote(let quote, let instrument):
                market.quote(quote, instrument, at: now)
                found = exchange.take(quote, of: instrument, at: now)
            case .pass:
                market.pass(to: now)
                found = exchange.advance(to: now)
            case .restart:
                market.restart()
                restarts.append(now)
                let resting = exchange.restingOrders
                exchange = PaperExchange(settings: settings)
                market.pass(to: now)
                found = exchange.restore(resting, at: now)
            }
            let expected = market.events()
            let told = found.map(Self.withoutReason)
            guard told == expected else {
                throw Wrong(description: "\(told) where \(expected) was expected")
            }
            events += told
            try compareOrders(found)
        }

        private func compare(
            _ outcome: PaperExchange.Outcome, _ isTaken: Bool
        ) throws -> [GatewayEvent] {
            let took = if case .taken = outcome.answer { true } else { false }
            guard took == isTaken else {
                throw Wrong(description: "\(outcome.answer), and it should be the other")
            }
            return outcome.events
        }

        private func compareOrders(_ news: [GatewayEvent]) throws {
            for uid in Set(news.map(\.uid)) {
                guard let state = exchange.order(uid), let plain = market.find(uid) else {
                    throw Wrong(description: "\(uid) is not known")
                }
                guard state.status == plain.status, state.fills == plain.fills,
                    state.instruction == plain.instruction
                else { throw Wrong(description: "\(state) where \(plain.status) was expected") }
            }
            if news.isEmpty { return }
            for account in ["a", "b"] {
                let open = market.orders.filter { $0.works && $0.placed.accountUID == account }
                guard exchange.openOrders(ofAccount: account).map(\.uid) == open.map(\.uid) else {
                    throw Wrong(description: "the open orders of \(account) differ")
                }
            }
            let deadline = market.orders.filter(\.works).compactMap(\.deadline).min()
            guard exchange.nextDeadline == deadline else {
                throw Wrong(description: "the next deadline differs")
            }
        }

        private static func withoutReason(_ event: GatewayEvent) -> GatewayEvent {
            guard case .canceled = event.kind else { return event }
            return GatewayEvent(
                uid: event.uid, brokerOrderID: event.brokerOrderID, kind: .canceled(nil),
                time: event.time)
        }
    }

    private func run(_ seed: UInt64, steps: Int) throws -> Pair {
        let currency = try #require(Currency("USD"))
        var day = MarketDay(seed: seed, currency: currency)
        var pair = Pair(day)
        for index in 0..<steps {
            let step = day.next()
            do {
                try pair.take(step, at: day.now)
            } catch {
                throw Wrong(
                    description: "Seed \(seed), step \(index), \(step): \(error). Again:"
                        + " BLOTTER_TEST_FIRST_SEED=\(seed) BLOTTER_TEST_SEEDS=1")
            }
        }
        return pair
    }

    @Test func `the exchange and the plain market tell the same events`() throws {
        for seed in Seeds.range(count: 100) { _ = try run(seed, steps: 200) }
    }

    @Test func `no fill is outside its limit, and none is more than was ordered`() throws {
        for seed in Seeds.range(count: 40) {
            let pair = try run(seed, steps: 200)
            var terms = pair.orders.mapValues(\.instruction)
            var filled: [String: Decimal] = [:]
            var ids: Set<ExactText> = []
            for event in pair.events {
                if case .replaced(let instruction) = event.kind { terms[event.uid] = instruction }
                guard case .filled(let fill) = event.kind, let term = terms[event.uid] else {
                    continue
                }
                #expect(ids.insert(fill.id).inserted, "seed \(seed): \(fill.id) twice")
                let sum = try filled[event.uid, default: 0] + fill.quantity
                filled[event.uid] = sum
                #expect(sum <= term.quantity, "seed \(seed): \(event.uid) is overfilled")
                if let limit = term.pricing.limit {
                    let isWithin =
                        term.side == .buy ? fill.price <= limit : fill.price >= limit
                    #expect(isWithin, "seed \(seed): \(fill.id) is outside its limit")
                }
            }
        }
    }

    @Test func `a group is never filled beyond the quantity of one of its orders`() throws {
        var groups = 0
        for seed in Seeds.range(count: 40) {
            let pair = try run(seed, steps: 200)
            let grouped = pair.orders.values.filter { $0.group != nil }
            let byGroup = Dictionary(grouping: grouped) { "\($0.accountUID) \($0.group ?? "")" }
            var filled: [String: Decimal] = [:]
            for event in pair.events {
                if case .filled(let fill) = event.kind {
                    filled[event.uid] = try filled[event.uid, default: 0] + fill.quantity
                }
            }
            for members in byGroup.values {
                // Only where all were placed, in one run, before any was filled, and none was given
                // other terms.
                guard members.count > 1,
                    let first = members.map(\.placedAt).min(),
                    let last = members.map(\.placedAt).max(),
                    !members.contains(where: { pair.replaced.contains($0.uid) }),
                    !pair.restarts.contains(where: { first <= $0 && $0 <= last.adding(seconds: 30) }
                    )
                else { continue }
                let fills = pair.events.filter { event in
                    guard case .filled = event.kind else { return false }
                    return members.contains { $0.uid == event.uid }
                }
                guard fills.allSatisfy({ $0.time >= last }) else { continue }
                let sum = try members.reduce(Decimal.zero) { sum, order in
                    try sum + filled[order.uid, default: 0]
                }
                groups += sum > 0 ? 1 : 0
                let most = members.map(\.instruction.quantity).max() ?? 0
                #expect(sum <= most, "seed \(seed): \(members.map(\.uid)) filled \(sum)")
            }
        }
        #expect(groups > 0)
    }

    @Test func `many trailing stops that move and wake at once do as the plain ones`() throws {
        let coin = Instrument(
            symbol: "BTC", exchange: nil, assetType: .crypto,
            currency: try #require(Currency("USD")))
        for seed in Seeds.range(count: 3) {
            var random = SeededGenerator(seed: seed)
            var day = MarketDay(seed: seed, currency: coin.currency)
            _ = day.next()
            var pair = Pair(day)
            for number in 0..<150 {
                let size = Decimal(Int.random(in: 1...9, using: &random))
                let pricing: OrderPricing =
                    switch number % 3 {
                    case 0: .trailing(.amount(size), stop: nil)
                    case 1: .trailing(.percent(size), stop: nil)
                    default: .stop(try 95 + size)
                    }
                let order = GatewayOrder(
                    uid: "o\(number)", accountUID: "a", instrument: coin,
                    instruction: try OrderInstruction(
                        side: number % 2 == 0 ? .buy : .sell, quantity: 10, pricing: pricing,
                        timeInForce: .goodTillCanceled), placedAt: day.now)
                try pair.take(.place(order), at: day.now)
            }
            var price = 100
            for second in 1...40 {
                price += Int.random(in: -3...3, using: &random)
                let now = day.now.adding(seconds: Int64(second))
                let quote = PaperQuote(
                    bid: Decimal(price), ask: Decimal(price), bidSize: 4, askSize: 4, time: now)
                do {
                    try pair.take(.quote(quote, coin), at: now)
                } catch {
                    throw Wrong(description: "Seed \(seed), second \(second): \(error)")
                }
            }
            #expect(pair.events.count { name(of: $0) == "stopMoved" } > 100)
            #expect(pair.events.count { name(of: $0) == "filled" } > 100)
        }
    }

    private func name(of event: GatewayEvent) -> Substring {
        "\(event.kind)".prefix { $0 != "(" }
    }

    @Test func `the steps reach every corner`() throws {
        var kinds: [String: Int] = [:]
        for seed in UInt64(1)...40 {
            for event in try run(seed, steps: 200).events {
                kinds[String(name(of: event)), default: 0] += 1
            }
        }
        for kind in [
            "accepted", "filled", "canceled", "expired", "replaced", "triggered", "stopMoved",
        ] {
            #expect(kinds[kind, default: 0] > 50, "\(kinds)")
        }
    }
}
