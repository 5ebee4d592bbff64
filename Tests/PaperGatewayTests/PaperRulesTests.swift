import Gateways
import Ledger
import PaperGateway
import Testing

/// Each rule of the paper exchange, at its boundaries.
@Suite struct PaperRulesTests {
    /// Noon in New York on a business day.
    private let start = Timestamp(microseconds: 1_767_546_000_000_000 + 43_200_000_000 * 2)

    private func decimal(_ text: String) throws -> Decimal { try Decimal(parsing: text) }

    private func instrument(
        _ type: AssetType = .crypto, tick: Decimal? = nil, lot: Decimal? = nil,
        multiplier: Decimal = 1
    ) throws -> Instrument {
        Instrument(
            symbol: "ACME", exchange: nil, assetType: type,
            currency: try #require(Currency("USD")), multiplier: multiplier, tickSize: tick,
            lotSize: lot)
    }

    private func order(
        _ uid: String = "a", _ instrument: Instrument, _ side: Side, _ quantity: Decimal,
        _ pricing: OrderPricing, _ timeInForce: TimeInForce = .goodTillCanceled,
        at time: Timestamp? = nil, group: String? = nil, reduceOnly: Bool = false
    ) throws -> GatewayOrder {
        GatewayOrder(
            uid: uid, accountUID: "account", instrument: instrument,
            instruction: try OrderInstruction(
                side: side, quantity: quantity, pricing: pricing, timeInForce: timeInForce,
                isReduceOnly: reduceOnly), placedAt: time ?? start, group: group)
    }

    private func fills(_ events: [GatewayEvent]) -> [GatewayFill] {
        events.compactMap { if case .filled(let fill) = $0.kind { fill } else { nil } }
    }

    /// What an order is filled at on a quote of bid 99, ask 101, last 100.
    private func price(
        _ side: Side, _ pricing: OrderPricing, slippage: Decimal = 0, tick: Decimal? = nil,
        quote: PaperQuote? = nil
    ) throws -> Decimal? {
        var exchange = PaperExchange(settings: PaperSettings(slippageBasisPoints: slippage))
        let instrument = try instrument(tick: tick)
        let quote = quote ?? PaperQuote(bid: 99, ask: 101, last: 100, time: start)
        _ = exchange.take(quote, of: instrument, at: start)
        let placed = try order("a", instrument, side, 1, pricing)
        return fills(exchange.place(placed, for: nil, at: start).events).first?.price
    }

    @Test(arguments: [
        (Side.buy, OrderPricing.market, Decimal?(101)), (.sell, .market, 99),
        (.buy, .limit(100), nil), (.buy, .limit(101), 101), (.buy, .limit(102), 101),
        (.sell, .limit(100), nil), (.sell, .limit(99), 99), (.sell, .limit(98), 99),
        // Stops look at the last price.
        (.buy, .stop(100), 101), (.buy, .stop(101), nil), (.sell, .stop(100), 99),
        (.sell, .stop(99), nil), (.buy, .stopLimit(stop: 100, limit: 100), nil),
        (.buy, .stopLimit(stop: 100, limit: 101), 101),
        (.sell, .trailing(.amount(1), stop: 100), 99),
        (.sell, .trailing(.amount(1), stop: nil), nil),
    ])
    func `an order is filled at`(
        _ side: Side, _ pricing: OrderPricing, _ expected: Decimal?
    ) throws {
        #expect(try price(side, pricing) == expected)
    }

    @Test(arguments: [
        (Side.buy, OrderPricing.market, "102.01"), (.sell, .market, "98.01"),
        (.buy, .limit(102), "102"), (.sell, .limit(99), "99"), (.buy, .limit(110), "102.01"),
    ])
    func `slippage is against the order and never beyond its limit`(
        _ side: Side, _ pricing: OrderPricing, _ expected: String
    ) throws {
        #expect(try price(side, pricing, slippage: 100) == (try decimal(expected)))
    }

    @Test func `slippage ends on a whole tick, away from the market`() throws {
        #expect(try price(.buy, .market, slippage: 100, tick: 1) == 103)
        #expect(try price(.sell, .market, slippage: 100, tick: 1) == 98)
    }

    @Test func `where the last price is all there is, it is the price`() throws {
        let last = PaperQuote(last: 100, time: start)
        #expect(try price(.buy, .market, quote: last) == 100)
        #expect(try price(.sell, .limit(100), quote: last) == 100)
        #expect(try price(.sell, .limit(101), quote: last) == nil)
        // A side that nobody is on is not filled from the last price.
        let bid = PaperQuote(bid: 99, last: 100, time: start)
        #expect(try price(.buy, .market, quote: bid) == nil)
        #expect(try price(.sell, .market, quote: bid) == 99)
    }

    @Test func `fees are of the notional and the units, at least the minimum`() throws {
        let settings = PaperSettings(
            fees: PaperFees(percent: try decimal("0.1"), minimum: 2),
            feesByAssetType: [.future: PaperFees(perUnit: try decimal("1.25"))])
        for (type, multiplier, quantity, expected) in [
            (AssetType.crypto, Decimal(1), Decimal(10), "2"),
            (.crypto, 1, 100, "10.1"), (.crypto, 10, 10, "10.1"), (.future, 50, 4, "5"),
        ] {
            var exchange = PaperExchange(settings: settings)
            let instrument = try instrument(type, multiplier: multiplier)
            _ = exchange.take(PaperQuote(ask: 101, time: start), of: instrument, at: start)
            let placed = try order("a", instrument, .buy, quantity, .market)
            let fill = try #require(fills(exchange.place(placed, for: nil, at: start).events).first)
            #expect(fill.fee == (try decimal(expected)))
            #expect(fill.feeCurrency == instrument.currency)
        }
    }

    @Test(arguments: [
        (Decimal(3), OrderPricing.market, "quantity"), (4, .limit(101), "limit"),
        (4, .stop(101), "stop price"), (4, .stopLimit(stop: 100, limit: 101), "limit"),
    ])
    func `what is not in whole steps is refused by name`(
        _ quantity: Decimal, _ pricing: OrderPricing, _ word: String
    ) throws {
        var exchange = PaperExchange()
        let instrument = try instrument(tick: 2, lot: 4)
        let outcome = exchange.place(
            try order("a", instrument, .buy, quantity, pricing), for: nil, at: start)
        guard case .refused(let reason) = outcome.answer else {
            Issue.record("\(outcome)")
            return
        }
        #expect(reason.hasPrefix("the \(word) of"))
        #expect(outcome.events.isEmpty)
        #expect(exchange.order("a") == nil)
    }

    @Test func `sizes are taken in whole lots`() throws {
        var exchange = PaperExchange()
        let instrument = try instrument(lot: 4)
        let quote = PaperQuote(ask: 100, askSize: 7, time: start)
        _ = exchange.take(quote, of: instrument, at: start)
        let placed = try order("a", instrument, .buy, 12, .market)
        let outcome = exchange.place(placed, for: nil, at: start)
        #expect(fills(outcome.events).map(\.quantity) == [4])
        // The same quote again is one that it had its share of.
        #expect(exchange.take(quote, of: instrument, at: start.adding(seconds: 1)).isEmpty)
    }

    @Test func `outside of hours IOC and FOK are refused, others wait for a quote of the next`()
        throws
    {
        let share = try instrument(.equity)
        // Saturday.
        let closed = start.adding(seconds: 5 * 86_400)
        var exchange = PaperExchange()
        for term in [TimeInForce.immediateOrCancel, .fillOrKill] {
            let placed = try order("a", share, .buy, 1, .limit(100), term, at: closed)
            guard case .refused(let reason) = exchange.place(placed, for: nil, at: closed).answer
            else {
                Issue.record("taken")
                return
            }
            #expect(reason.contains("closed") && reason.contains(term.rawValue))
        }
        let waiting = try order("b", share, .buy, 1, .market, .day, at: closed)
        #expect(exchange.place(waiting, for: nil, at: closed).events.map(\.kind) == [.accepted])
        let quote = PaperQuote(last: 100, time: closed)
        #expect(exchange.take(quote, of: share, at: closed).isEmpty)
        // On Monday the quote of Saturday is still none.
        let monday = closed.adding(seconds: 2 * 86_400)
        #expect(exchange.take(quote, of: share, at: monday).isEmpty)
        let open = PaperQuote(last: 101, time: monday)
        #expect(fills(exchange.take(open, of: share, at: monday)).map(\.price) == [101])
        #expect(exchange.nextDeadline == nil)
    }

    @Test func `a quote of yesterday's session is none to trade on`() throws {
        let share = try instrument(.equity)
        var exchange = PaperExchange()
        _ = exchange.take(PaperQuote(last: 100, time: start), of: share, at: start)
        let tomorrow = start.adding(seconds: 86_400)
        let placed = try order("a", share, .buy, 1, .market, .fillOrKill, at: tomorrow)
        let kinds = exchange.place(placed, for: nil, at: tomorrow).events.map(\.kind)
        #expect(kinds == [.accepted, .canceled("there is no quote of ACME to fill it on")])
    }

    @Test func `a quote that is too old by the settings is none`() throws {
        var exchange = PaperExchange(settings: PaperSettings(longestQuoteAgeSeconds: 60))
        let coin = try instrument()
        _ = exchange.take(PaperQuote(last: 100, time: start), of: coin, at: start)
        for (uid, seconds, count) in [("a", Int64(60), 1), ("b", 61, 0)] {
            let placed = try order(uid, coin, .buy, 1, .market)
            let outcome = exchange.place(placed, for: nil, at: start.adding(seconds: seconds))
            #expect(fills(outcome.events).count == count)
        }
    }

    @Test func `an order that joins a group after a fill it could not know of is reduced`() throws {
        var exchange = PaperExchange()
        let coin = try instrument()
        let quote = PaperQuote(bid: 99, ask: 101, bidSize: 4, time: start)
        _ = exchange.take(quote, of: coin, at: start)
        let stop = try order("stop", coin, .sell, 10, .stop(100), group: "g")
        #expect(fills(exchange.place(stop, for: nil, at: start).events).map(\.quantity) == [4])
        let target = try order("target", coin, .sell, 10, .limit(110), group: "g")
        _ = exchange.place(target, for: nil, at: start)
        #expect(exchange.order("target")?.instruction.quantity == 6)
        // One that was placed later knew of it.
        let later = try order(
            "later", coin, .sell, 6, .limit(110), at: start.adding(seconds: 1), group: "g")
        _ = exchange.place(later, for: nil, at: start.adding(seconds: 1))
        #expect(exchange.order("later")?.instruction.quantity == 6)
    }

    @Test func `figures at the end of the range cancel an order and end nothing else`() throws {
        var exchange = PaperExchange(settings: PaperSettings(slippageBasisPoints: 10))
        let coin = try instrument(multiplier: 1_000_000)
        let huge = try decimal("169000000000000000000")
        let placed = try order("a", coin, .buy, huge, .limit(huge))
        _ = exchange.place(placed, for: nil, at: start)
        let trail = try order("b", coin, .sell, 1, .trailing(.percent(50), stop: nil))
        _ = exchange.place(trail, for: nil, at: start)
        let events = exchange.take(
            PaperQuote(bid: huge, ask: huge, time: start), of: coin, at: start)
        #expect(events.map(\.uid) == ["a"])
        #expect(exchange.order("a")?.status == .canceled)
        #expect(exchange.order("b")?.status == .new)
        let units = PaperQuote(last: Decimal(units: .max), time: start.adding(seconds: 1))
        _ = exchange.take(units, of: coin, at: start.adding(seconds: 1))
        #expect(exchange.order("b")?.fills == [])
    }

    @Test func `a quote reaches an instrument whose steps its sender does not know`() throws {
        var exchange = PaperExchange()
        let placed = try order("a", try instrument(tick: 2, lot: 4), .buy, 4, .market)
        _ = exchange.place(placed, for: nil, at: start)
        let quote = PaperQuote(ask: 100, askSize: 7, time: start)
        let events = exchange.take(quote, of: try instrument(multiplier: 5), at: start)
        #expect(fills(events).map(\.quantity) == [4])
    }

    @Test func `orders that have ended are forgotten after as many as is set`() throws {
        var exchange = PaperExchange(settings: PaperSettings(rememberedOrders: 2))
        let coin = try instrument()
        for number in 1...4 {
            let placed = try order("\(number)", coin, .buy, 1, .limit(90), group: "g\(number)")
            _ = exchange.place(placed, for: nil, at: start)
            _ = exchange.cancel("\(number)", at: start)
        }
        #expect((1...4).map { exchange.order("\($0)") != nil } == [false, false, true, true])
    }
}
