import Gateways
import Ledger
import PaperGateway
import Testing

/// Buying power, short permission and reduce-only, just within and just beyond.
@Suite struct PaperAccountTests {
    private let start = Timestamp(microseconds: 1_767_546_000_000_000)

    private func coin(_ currency: String = "USD", multiplier: Decimal = 1) throws -> Instrument {
        Instrument(
            symbol: "BTC", exchange: nil, assetType: .crypto,
            currency: try #require(Currency(currency)), multiplier: multiplier)
    }

    private func account(
        power: Decimal = 1000, short: Bool = true, position: Decimal = 0, rate: Decimal? = .one
    ) throws -> PaperAccount {
        PaperAccount(
            account: GatewayAccount(
                currency: try #require(Currency("USD")), cash: power, equity: power,
                buyingPower: power),
            allowsShort: short, position: position, rate: rate)
    }

    private func order(
        _ uid: String = "a", _ instrument: Instrument, _ side: Side, _ quantity: Decimal,
        _ pricing: OrderPricing, reduceOnly: Bool = false, group: String? = nil
    ) throws -> GatewayOrder {
        GatewayOrder(
            uid: uid, accountUID: "account", instrument: instrument,
            instruction: try OrderInstruction(
                side: side, quantity: quantity, pricing: pricing, timeInForce: .goodTillCanceled,
                isReduceOnly: reduceOnly), placedAt: start, group: group)
    }

    /// Why an order is refused; nil where it is taken.
    private func refusal(
        _ order: GatewayOrder, _ account: PaperAccount, settings: PaperSettings = PaperSettings(),
        quote: Decimal? = nil
    ) -> String? {
        var exchange = PaperExchange(settings: settings)
        if let quote {
            let told = PaperQuote(bid: quote, ask: quote, time: start)
            _ = exchange.take(told, of: order.instrument, at: start)
        }
        let answer = exchange.place(order, for: account, at: start).answer
        if case .refused(let reason) = answer { return reason }
        return nil
    }

    @Test(arguments: [
        (Side.buy, Decimal(10), Decimal(0), true), (.buy, 11, 0, false),
        // A part that closes needs nothing, one that opens does.
        (.sell, 10, 0, true), (.sell, 11, 0, false), (.sell, 1000, 1000, true),
        (.sell, 1010, 1000, true), (.sell, 1011, 1000, false), (.buy, 1010, -1000, true),
        (.buy, 1011, -1000, false), (.buy, 11, 1000, false),
    ])
    func `what an order opens has to be paid for`(
        _ side: Side, _ quantity: Decimal, _ position: Decimal, _ isTaken: Bool
    ) throws {
        let placed = try order("a", try coin(), side, quantity, .limit(100))
        let reason = refusal(placed, try account(position: position))
        #expect((reason == nil) == isTaken, "\(reason ?? "taken")")
        if let reason { #expect(reason.contains("1000 USD") && reason.contains("1100 USD")) }
    }

    @Test func `fees, multiplier and rate count`() throws {
        let fees = PaperSettings(fees: PaperFees(percent: 1))
        let ten = try order("a", try coin(), .buy, 10, .limit(100))
        #expect(refusal(ten, try account(power: 1009), settings: fees) != nil)
        #expect(refusal(ten, try account(power: 1010), settings: fees) == nil)
        let contract = try order("a", try coin(multiplier: 100), .buy, 1, .limit(100))
        #expect(refusal(contract, try account(power: 9999)) != nil)
        #expect(refusal(contract, try account(power: 10_000)) == nil)
        let foreign = try order("a", try coin("EUR"), .buy, 10, .limit(100))
        #expect(refusal(foreign, try account(power: 1999, rate: 2)) != nil)
        #expect(refusal(foreign, try account(power: 2000, rate: 2)) == nil)
        // Without a rate it can't be judged, and is taken.
        #expect(refusal(foreign, try account(power: 0, rate: nil)) == nil)
    }

    @Test func `a market order is judged at the quote, without one by whether anything is there`()
        throws
    {
        let placed = try order("a", try coin(), .buy, 10, .market)
        #expect(refusal(placed, try account(power: 999), quote: 100) != nil)
        #expect(refusal(placed, try account(power: 1000), quote: 100) == nil)
        #expect(refusal(placed, try account(power: 1)) == nil)
        #expect(refusal(placed, try account(power: 0)) == "the buying power is 0 USD")
    }

    @Test(arguments: [(Decimal(10), true), (11, false)])
    func `without permission no more is sold than is held`(
        _ quantity: Decimal, _ isTaken: Bool
    ) throws {
        let placed = try order("a", try coin(), .sell, quantity, .limit(1))
        let reason = refusal(placed, try account(short: false, position: 10))
        #expect((reason == nil) == isTaken)
    }

    @Test func `what other orders sell already is not sold twice, a group counts once`() throws {
        var exchange = PaperExchange()
        let holder = try account(short: false, position: 10)
        func isTaken(_ order: GatewayOrder) -> Bool {
            if case .taken = exchange.place(order, for: holder, at: start).answer { return true }
            return false
        }
        let coin = try coin()
        #expect(isTaken(try order("a", coin, .sell, 6, .limit(110), group: "g")))
        #expect(isTaken(try order("b", coin, .sell, 6, .limit(120), group: "g")))
        #expect(!isTaken(try order("c", coin, .sell, 5, .limit(120))))
        #expect(isTaken(try order("d", coin, .sell, 4, .limit(120))))
        #expect(!isTaken(try order("e", coin, .sell, 1, .limit(120))))
        _ = exchange.cancel("d", at: start)
        #expect(isTaken(try order("f", coin, .sell, 4, .limit(120))))
    }

    @Test(arguments: [
        (Side.sell, Decimal(10), Decimal(10), true), (.sell, 11, 10, false), (.sell, 1, 0, false),
        (.sell, 1, -5, false), (.buy, 5, -5, true), (.buy, 6, -5, false), (.buy, 1, 5, false),
    ])
    func `a reduce-only order only reduces, and needs no money`(
        _ side: Side, _ quantity: Decimal, _ position: Decimal, _ isTaken: Bool
    ) throws {
        let placed = try order("a", try coin(), side, quantity, .limit(100), reduceOnly: true)
        let reason = refusal(placed, try account(power: 0, position: position))
        #expect((reason == nil) == isTaken, "\(reason ?? "taken")")
    }

    @Test func `more than before has to be paid for when terms are replaced`() throws {
        var exchange = PaperExchange()
        let coin = try coin()
        _ = exchange.place(
            try order("a", coin, .buy, 10, .limit(100)), for: try account(), at: start)
        let more = try order("a", coin, .buy, 12, .limit(100)).instruction
        // The claim of the first ten is off the buying power already.
        for (power, isTaken) in [(Decimal(199), false), (200, true)] {
            let outcome = exchange.replace(
                "a", with: more, for: try account(power: power), at: start)
            let took = if case .taken = outcome.answer { true } else { false }
            #expect(took == isTaken)
        }
        let less = try order("a", coin, .buy, 1, .limit(100)).instruction
        let outcome = exchange.replace("a", with: less, for: try account(power: 0), at: start)
        #expect(outcome.answer == .taken(brokerOrderID: "a"))
    }
}
