import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// What several chapters begin with.
extension Stage {
    func enroll(_ player: Player, isAdmin: Bool = false) async throws {
        _ = try await services.users.add(
            telegramUserID: player.id, username: player.username, isAdmin: isAdmin,
            approve: true)
    }

    func authority(of player: Player) async throws -> Authority {
        let user = try #require(try await services.users.user(telegramUserID: player.id))
        return Authority(caller: try #require(user.caller))
    }

    func advance(seconds: Double) async { await world.world.advance(seconds: seconds) }
    func advance(minutes: Double) async { await advance(seconds: minutes * 60) }

    /// Stores fills as a strategy's program would.
    func post(_ fills: [String], of player: Player = .ada) async throws {
        let report = try await world.ingest(fills, as: try await authority(of: player))
        try #require(report.rejected == 0, "\(report.words)")
    }

    func report(_ orders: [String], of player: Player = .ada) async throws {
        let batch = try OrderReader.batch(
            from: Array("{\"orders\":[\(orders.joined(separator: ","))]}".utf8))
        let answer = try await services.orders.report(batch, as: try await authority(of: player))
        try #require(answer.rejected == 0, "\(answer.outcomes)")
    }

    /// Places an order for an equity that no exchange is told of.
    func place(
        _ quantity: Decimal, _ symbol: ExactText, _ pricing: OrderPricing, _ side: Side = .buy
    ) async throws -> OrderListing {
        try await services.orders.place(
            PlaceOrder(
                symbol: symbol, side: side, size: .quantity(quantity), pricing: pricing,
                assetType: .equity, currency: .usd), as: try await authority(of: .ada)
        ).order
    }

    /// Each a symbol, its exchange, its last price and the time of that.
    func quote(_ quotes: [(String, String, String, String)]) async throws {
        let list = quotes.map { symbol, exchange, last, time in
            """
            {"symbol":"\(symbol)","exchange":"\(exchange)","last":"\(last)","time":"\(time)"}
            """
        }
        let batch = try QuoteReader.batch(
            from: Array("{\"quotes\":[\(list.joined(separator: ","))]}".utf8))
        let report = try await services.quotes.post(batch)
        try #require(report.accepted == quotes.count, "\(report.outcomes)")
    }

    func addPortfolio(
        _ name: String, _ broker: String, _ currency: Currency = .usd, of player: Player = .ada
    ) async throws {
        _ = try await services.portfolios.add(
            name: name, brokerCode: broker, currency: currency, isDefault: false,
            for: try await authority(of: player).caller)
    }

    /// Ada trades crypto and a future in `main`, a stock and an option in `swing`.
    func prepareBook() async throws {
        try await enroll(.boss, isAdmin: true)
        try await enroll(.ada)
        try await addPortfolio("swing", "IBKR")
        try await post([
            fill("t1", "BUY", "0.5", at: "65000.1", fee: "0.65", time: "2026-02-16T10:00:00Z"),
            fill("t2", "BUY", "0.25", at: "64000", fee: "0.32", time: "2026-02-17T11:30:00Z"),
            fill("t3", "SELL", "0.5", at: "66100.5", fee: "0.7", time: "2026-02-18T15:45:10Z"),
            fill(
                "t4", "SELL", "2", at: "5210.25", fee: "4.5", feeCurrency: "USD", symbol: "ES",
                exchange: "CME", assetType: "FUTURE", currency: "USD",
                time: "2026-02-18T16:00:00Z", strategy: "momo@1.0",
                extra: "\"multiplier\":\"50\""),
            fill(
                "t5", "BUY", "10", at: "181.3333333333", fee: "1", feeCurrency: "USD",
                symbol: "AAPL", exchange: "NASDAQ", assetType: "EQUITY", currency: "USD",
                time: "2026-02-19T14:31:00Z", portfolio: "swing"),
            fill(
                "t6", "BUY", "3", at: "4.2", symbol: "AAPL  260320C00150000", exchange: nil,
                assetType: "OPTION", currency: "USD", time: "2026-02-19T14:32:00Z",
                portfolio: "swing"),
        ])
    }

    func prepareQuotes() async throws {
        try await quote([
            ("BTCUSDT", "BINANCE", "66890.5", "2026-02-20T08:59:30Z"),
            ("ES", "CME", "5198.5", "2026-02-20T06:00:00Z"),
            ("AAPL", "NASDAQ", "184.2", "2026-02-20T08:58:00Z"),
        ])
    }

    /// A journey of four legs through zero: `#1` is closed and `#5` is open.
    func prepareJourney() async throws {
        try await enroll(.ada)
        func at(
            _ time: String, _ id: String, _ side: String, _ quantity: String, _ price: String
        ) -> String {
            fill(id, side, quantity, at: price, fee: "0.1", time: "2026-02-\(time):00Z")
        }
        try await post([
            at("01T10:00", "1", "BUY", "60", "10"), at("01T10:04", "2", "BUY", "40", "11"),
            at("02T11:00", "3", "BUY", "50", "12"), at("03T12:00", "4", "SELL", "30", "11"),
            at("04T14:30", "5", "SELL", "170", "13"),
        ])
    }

    /// Many trades, each of a symbol of its own: `A100`, `A101`, …
    func prepareMany(_ count: Int) async throws {
        try await enroll(.ada)
        try await post(
            (0..<count).map { index in
                let minute = index % 60
                return fill(
                    "m\(index)", "BUY", "\(index + 1)", at: "\(100 + index).25",
                    symbol: "A\(100 + index)",
                    time: "2026-02-1\(index / 60)T10:\(minute < 10 ? "0" : "")\(minute):00Z")
            })
    }

    /// Calls a hook with a message; returns nothing where it is unknown.
    func call(_ secret: String, _ body: String, _ kind: HookRecord.Kind = .tradingView) async throws
    {
        let called = try #require(try await services.hookIntake.hook(at: secret, kind: kind))
        _ = try await services.hookIntake.take(Array(body.utf8), contentType: nil, of: called)
    }

    func makeHook(_ name: String, _ kind: HookRecord.Kind = .tradingView) async throws -> String {
        try await services.hooks.create(
            name: name, kind: kind, portfolio: nil, strategy: nil,
            for: try await authority(of: .ada).caller
        ).secret
    }

    static func alert(
        _ action: String = "buy", time: String = "2026-02-20T08:32:07Z", symbol: String = "ticker",
        more: String = ""
    ) -> String {
        """
        {"\(symbol)":"BTCUSDT","exchange":"BINANCE","asset_type":"CRYPTO","currency":"USDT",\
        "action":"\(action)","contracts":"1","price":"65000.1","timenow":"\(time)"\(more)}
        """
    }
}
