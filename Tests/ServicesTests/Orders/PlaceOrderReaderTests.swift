import Ledger
import Services
import TestSupport
import Testing
import Wire

/// What `POST /v1/orders` and `…/replace` read: every field, and every fault by its field.
@Suite struct PlaceOrderReaderTests {
    private static func read(_ members: String) throws -> Result<PostedOrder, ServiceError> {
        try PlaceOrderReader.order(from: Array("{\(members)}".utf8))
    }

    /// What is read of `"symbol":"X","side":"buy"` and these members.
    private static func order(_ members: String) throws -> PostedOrder {
        try read("\"symbol\":\"X\",\"side\":\"buy\",\(members)").get()
    }

    @Test func `an order is read with all that it says`() throws {
        let read = try Self.read(
            #"""
            "portfolio":"main","strategy":"momo","client_order_id":"c-1","symbol":"SPX",
            "exchange":"CBOE","asset_type":"option","currency":"USD",
            "option":{"underlying":"SPX","expiry":"2026-03-20","strike":"5200","right":"C",
            "multiplier":"100"},"tick_size":0.05,"side":"Sell","type":"stop_limit","quantity":2,
            "price":"5.1","stop_price":"5.2","time_in_force":"gtc","reduce_only":true,
            "stop_loss":"5.3","take_profit":4,"meta":{"a":[1.50]}
            """#
        ).get()
        let expiry = try Day(iso8601: "2026-03-20")
        #expect(
            read.order
                == PlaceOrder(
                    symbol: "SPX", side: .sell, size: .quantity(2),
                    pricing: .stopLimit(
                        stop: try Decimal(parsing: "5.2"), limit: try Decimal(parsing: "5.1")),
                    timeInForce: .goodTillCanceled, isReduceOnly: true, exchange: "CBOE",
                    assetType: .option, currency: .usd,
                    option: OptionContract(
                        underlying: "SPX", expiry: expiry, strike: 5200, right: .call),
                    multiplier: 100, tickSize: try Decimal(parsing: "0.05"), portfolio: "main",
                    strategy: .named(try #require(StrategyReference(parsing: "momo"))),
                    clientOrderID: "c-1",
                    exits: ExitTerms(stop: .price(try Decimal(parsing: "5.3")), profit: 4),
                    metaJSON: #"{"a":[1.50]}"#))
        #expect(!read.isTimeInForceLeftOut)
        let json = try #require(read.order.json)
        #expect(try PlaceOrderReader.order(from: Array(json.utf8)).get() == read)
    }

    private static let pricings: [(String, OrderPricing)] = [
        (#""quantity":1"#, .market),
        (#""quantity":1,"type":"MARKET","price":null"#, .market),
        (#""quantity":1,"type":"limit","price":-3"#, .limit(-3)),
        (#""quantity":1,"type":"STOP","stop_price":"7""#, .stop(7)),
        (#""quantity":1,"type":"TRAILING","trail_amount":2"#, .trailing(.amount(2), stop: nil)),
        (#""notional":5,"type":"TRAILING","trail_percent":99"#, .trailing(.percent(99), stop: nil)),
    ]

    @Test(arguments: pricings)
    func `a type has its prices`(members: String, pricing: OrderPricing) throws {
        let read = try Self.order(members)
        #expect(read.order.pricing == pricing)
        #expect(read.isTimeInForceLeftOut)
        let json = try #require(read.order.json)
        #expect(try PlaceOrderReader.order(from: Array(json.utf8)).get().order == read.order)
    }

    private static let exits: [(String, ExitTerms?)] = [
        (#""stop_loss":null"#, nil),
        (#""stop_loss":-1"#, ExitTerms(stop: .price(-1))),
        (#""stop_loss_trail_amount":2"#, ExitTerms(stop: .trail(.amount(2)))),
        (
            #""stop_loss_trail_percent":2,"take_profit":9"#,
            ExitTerms(stop: .trail(.percent(2)), profit: 9)
        ),
    ]

    @Test(arguments: exits)
    func `exits are read, and written as they are read`(
        members: String, exits: ExitTerms?
    ) throws {
        let read = try Self.order("\"quantity\":1,\(members)")
        #expect(read.order.exits == exits)
        let json = try #require(read.order.json)
        #expect(try PlaceOrderReader.order(from: Array(json.utf8)).get().order == read.order)
    }

    /// The members, and the field and the beginning of the detail of the refusal.
    private static let faults: [(String, String?, String)] = [
        (#""side":"BUY","quantity":1"#, "symbol", "is missing"),
        (#""symbol":"X","quantity":1"#, "side", "is missing"),
        (#""symbol":"X","side":"HOLD","quantity":1"#, "side", "must be one of BUY, SELL"),
        (base, "quantity", "is missing"),
        (base + #","quantity":0"#, "quantity", "must be greater than 0"),
        (base + #","quantity":"1,000""#, "quantity", ""),
        (base + #","quantity":1,"notional":1"#, "notional", "may not stand beside quantity"),
        (base + #","notional":-1"#, "notional", "must be greater than 0"),
        (one + #","type":"LIMIT""#, "price", "is missing: an order of type LIMIT"),
        (one + #","price":1"#, "price", "has no place in an order of type MARKET"),
        (one + #","type":"LIMIT","price":1,"stop_price":1"#, "stop_price", "has no place"),
        (one + #","type":"STOP""#, "stop_price", "is missing"),
        (one + #","type":"STOP_LIMIT","stop_price":1"#, "price", "is missing"),
        (one + #","type":"TRAILING""#, "trail_amount", "is missing"),
        (one + #","type":"TRAILING","trail_amount":1,"trail_percent":1"#, "trail_percent", "may"),
        (one + #","type":"TRAILING","trail_percent":100"#, "trail_percent", "must be less"),
        (one + #","type":"TRAILING","trail_amount":0"#, "trail_amount", "must be greater"),
        (one + #","trail_percent":1"#, "trail_percent", "has no place"),
        (
            one + #","type":"STOP","stop_price":1,"time_in_force":"IOC""#, "time_in_force",
            "IOC asks for a fill at once"
        ),
        (one + #","time_in_force":"WEEK""#, "time_in_force", "must be one of GTC, IOC, FOK, DAY"),
        (one + #","reduce_only":"true""#, "reduce_only", "expected true or false"),
        (one + #","stop_loss":1,"stop_loss_trail_amount":1"#, "stop_loss_trail_amount", "may not"),
        (one + #","stop_loss_trail_percent":100"#, "stop_loss_trail_percent", "must be less"),
        (one + #","take_profit":true"#, "take_profit", "expected a decimal"),
        (one + #","reduce_only":1"#, "reduce_only", "expected true or false"),
        (one + #","client_order_id":"""#, "client_order_id", "must not be empty"),
        (one + #","meta":[]"#, "meta", "expected an object"),
        (one + #","qty":1"#, "qty", "no such field"),
        (one + #","side":"SELL""#, "side", "given twice"),
        (one + #","price":true"#, "price", "expected a decimal, found true or false"),
    ]
    private static let base = #""symbol":"X","side":"BUY""#
    private static let one = base + #","quantity":1"#

    @Test(arguments: faults)
    func `a fault is told with its field`(
        members: String, field: String?, detail: String
    ) throws {
        guard case .failure(let error) = try Self.read(members) else {
            Issue.record("\(members) was taken")
            return
        }
        #expect(error.field == field, "\(error)")
        #expect(error.detail.hasPrefix(detail), "\(error.detail)")
        #expect(["INVALID_FIELD", "UNKNOWN_FIELD"].contains(error.code))
    }

    @Test(arguments: ["", "[", #"{"symbol":"X"} x"#])
    func `what is no JSON is told as that`(body: String) {
        #expect(throws: JSONError.self) { try PlaceOrderReader.order(from: Array(body.utf8)) }
    }

    @Test(arguments: ["[]", "1", "null", "\"x\""])
    func `what is no object is refused`(body: String) throws {
        let refusal = try PlaceOrderReader.order(from: Array(body.utf8))
        #expect(throws: ServiceError.self) { try refusal.get() }
        let other = try ReplaceOrderReader.replacement(from: Array(body.utf8))
        #expect(throws: ServiceError.self) { try other.get() }
    }

    @Test func `other terms are read, and their version`() throws {
        func read(_ text: String) throws -> PostedReplacement {
            try ReplaceOrderReader.replacement(from: Array(text.utf8)).get()
        }
        #expect(
            try read(
                #"{"quantity":3,"price":"1.5","stop_price":2,"trail_amount":1,"#
                    + #""time_in_force":"day","version":7}"#)
                == PostedReplacement(
                    change: ReplaceOrder(
                        quantity: 3, price: try Decimal(parsing: "1.5"), stopPrice: 2,
                        trail: .amount(1), timeInForce: .day), version: 7))
        #expect(
            try read(#"{"trail_percent":"2.5"}"#)
                == PostedReplacement(
                    change: ReplaceOrder(trail: .percent(try Decimal(parsing: "2.5"))),
                    version: nil))
        for (text, field) in [
            ("{}", nil), (#"{"version":1}"#, nil), (#"{"price":null}"#, nil),
            (#"{"quantity":0}"#, "quantity"), (#"{"price":1,"version":-1}"#, "version"),
            (#"{"price":1,"version":1.5}"#, "version"), (#"{"side":"BUY"}"#, "side"),
            (#"{"price":1,"price":1}"#, "price"),
            (#"{"trail_amount":1,"trail_percent":1}"#, "trail_percent"),
        ] as [(String, String?)] {
            let error = #expect(throws: ServiceError.self) { try read(text) }
            #expect(error?.field == field, "\(text)")
        }
    }

    private static let standing: [(String, TimeInForce)] = [
        (#""asset_type":"CRYPTO""#, .goodTillCanceled),
        (#""asset_type":"FOREX""#, .goodTillCanceled), (#""asset_type":"EQUITY""#, .day),
        (#""asset_type":"CRYPTO","time_in_force":"DAY""#, .day),
        (#""time_in_force":"FOK""#, .fillOrKill),
        // Known under the symbol: X of BINANCE is crypto, X of nowhere an equity.
        (#""exchange":"BINANCE""#, .goodTillCanceled), (#""meta":{}"#, .day),
        (#""exchange":"NOWHERE""#, .day),
    ]

    @Test(arguments: standing)
    func `what does not say how long it works follows its instrument`(
        members: String, time: TimeInForce
    ) async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let authority = try await world.member()
            try await world.post(
                fill("1", "BUY", "1", at: "1", symbol: "X"),
                fill(
                    "2", "BUY", "1", at: "1", symbol: "X", exchange: nil, assetType: "EQUITY",
                    currency: "USD"), as: authority)
            let posted = try Self.order("\"quantity\":1,\(members)")
            let order = try await posted.completed(by: world.services.instruments)
            #expect(order.timeInForce == time)
        }
    }
}
