import Ledger
import Records
import Services
import Storage
import World

/// Sample users, fills, quotes, a rate, orders and a risk policy, for a look at the bot without a
/// broker.
struct DemoData {
    /// The admin whom the console speaks as.
    static let adminTelegramID: Int64 = 1
    private static let members: [(id: Int64, name: String)] = [(2, "ben"), (3, "cleo")]

    let services: Services
    private let now: Timestamp

    init(_ services: Services) {
        self.services = services
        now = services.work.world.now()
    }

    func fill() async throws {
        let ada = try await member(DemoData.adminTelegramID, "ada", isAdmin: true)
        for member in DemoData.members {
            let authority = try await self.member(member.id, member.name, isAdmin: false)
            try await post(DemoData.firstDays, to: "main", as: authority)
        }
        _ = try await services.portfolios.add(
            name: "binance", brokerCode: "BINANCE", currency: currency("USDT"),
            isDefault: false, for: ada.caller)
        try await post(DemoData.firstDays + DemoData.shares, to: "main", as: ada)
        try await post(DemoData.crypto, to: "binance", as: ada)
        try await quote()
        try await addRate(for: ada.caller)
        try await addOrders(for: ada.caller)
        try await addPolicies(for: ada.caller)
        _ = try await services.users.register(telegramUserID: 4, username: "dan")
    }

    private func member(
        _ id: Int64, _ name: String, isAdmin: Bool
    ) async throws -> Authority {
        let user = try await services.users.add(
            telegramUserID: id, username: name, isAdmin: isAdmin, approve: true)
        return Authority(caller: Caller(userID: user.id, isAdmin: isAdmin))
    }

    private func currency(_ code: String) throws -> Currency {
        guard let currency = Currency(code) else { throw LedgerError.malformed }
        return currency
    }
}

extension DemoData {
    /// A trade: so many hours ago, what, and for how much.
    private struct Sample {
        let hoursAgo: Int64
        let symbol: ExactText
        let exchange: ExactText
        let assetType: AssetType
        let currency: String
        let side: Side
        let quantity: String
        let price: String
        let fee: String
        let strategy: String?

        init(
            _ hoursAgo: Int64, _ side: Side, _ quantity: String, _ symbol: ExactText,
            _ price: String, fee: String = "1", strategy: String? = nil, isCrypto: Bool = false
        ) {
            self.hoursAgo = hoursAgo
            self.side = side
            self.quantity = quantity
            self.symbol = symbol
            self.price = price
            self.fee = fee
            self.strategy = strategy
            exchange = isCrypto ? "BINANCE" : "NASDAQ"
            assetType = isCrypto ? .crypto : .equity
            currency = isCrypto ? "USDT" : "USD"
        }
    }

    private static let firstDays: [Sample] = [
        Sample(190, .buy, "100", "AAPL", "182.10"),
        Sample(166, .buy, "50", "AAPL", "184.35"),
        Sample(70, .sell, "90", "AAPL", "188.02"),
    ]

    private static let shares: [Sample] = [
        Sample(94, .sell, "30", "TSLA", "251.40", strategy: "fade@1.2"),
        Sample(46, .buy, "10", "TSLA", "243.15", strategy: "fade@1.2"),
        Sample(140, .buy, "40", "MSFT", "410.00"),
        Sample(22, .sell, "40", "MSFT", "407.55"),
    ]

    private static let crypto: [Sample] = [
        Sample(
            120, .buy, "0.5", "BTCUSDT", "65000.1", fee: "13", strategy: "momo", isCrypto: true),
        Sample(
            75, .sell, "0.2", "BTCUSDT", "66210.5", fee: "5.3", strategy: "momo",
            isCrypto: true),
        Sample(
            30, .buy, "4", "ETHUSDT", "3120.25", fee: "4.99", strategy: "momo", isCrypto: true),
        Sample(
            5, .sell, "6.5", "ETHUSDT", "3188.4", fee: "8.29", strategy: "momo",
            isCrypto: true),
    ]

    private func post(
        _ samples: [Sample], to portfolio: ExactText, as authority: Authority
    ) async throws {
        let fills = try samples.enumerated().map { index, sample in
            Result<FillReport, FillRefusal>.success(
                FillReport(
                    brokerTradeID: ExactText("demo-\(portfolio)-\(index + 1)"),
                    symbol: sample.symbol, side: sample.side,
                    quantity: try Decimal(parsing: sample.quantity),
                    price: try Decimal(parsing: sample.price),
                    execTime: now.adding(seconds: -3600 * sample.hoursAgo),
                    exchange: sample.exchange, assetType: sample.assetType,
                    currency: try currency(sample.currency),
                    fee: try Decimal(parsing: sample.fee),
                    strategy: sample.strategy.flatMap(StrategyReference.init(parsing:))
                        .map { .named($0) } ?? .none))
        }
        _ = try await services.trades.ingest(
            IngestRequest(fills: fills, portfolio: portfolio, source: .paper), as: authority)
    }

    private func quote() async throws {
        let marks: [(ExactText, ExactText, String)] = [
            ("AAPL", "NASDAQ", "189.91"), ("TSLA", "NASDAQ", "246.2"),
            ("BTCUSDT", "BINANCE", "66890"), ("ETHUSDT", "BINANCE", "3164.7"),
        ]
        _ = try await services.quotes.post(
            try marks.map { symbol, exchange, price in
                let last = try Decimal(parsing: price)
                return .success(
                    try QuoteReport(
                        symbol: symbol, exchange: exchange,
                        quote: Quote(bid: nil, ask: nil, last: last, time: now)))
            })
    }

    /// From before the first trade, so that all of them can be converted.
    private func addRate(for caller: Caller) async throws {
        let rate = try RateReport(
            base: currency("USDT"), quote: .usd, rate: Decimal(parsing: "0.9994"),
            day: now.adding(seconds: -3600 * 240).day)
        _ = try await services.fx.post([.success(rate)], for: caller)
    }

    private func addOrders(for caller: Caller) async throws {
        let listings = try await services.positions.snapshot(
            portfolio: "main", for: Authority(caller: caller)
        ).map(\.listing)
        guard let apple = listings.first(where: { $0.instrument.instrument.symbol == "AAPL" })
        else { return }
        let instrument = apple.instrument.id
        try await services.work.write { tx, draw in
            guard let portfolio = try Portfolios.standard(for: caller, in: tx) else { return }
            let holding = HoldingKey(
                portfolioID: portfolio.id, instrumentID: instrument, strategyID: nil)
            try Orders.insert(
                uid: draw.uid(), holding: holding, side: .sell, type: "LIMIT", status: .new,
                quantity: 60, price: try Decimal(parsing: "195"),
                brokerOrderID: "demo-order-1", clientOrderID: nil, now: draw.now, for: caller,
                in: tx)
        }
    }

    /// Some policies, one of which the demo's holdings exceed.
    private func addPolicies(for caller: Caller) async throws {
        for (name, config) in [
            (
                "Daily loss",
                #"{"rule":"daily_loss_limit","action":"WARN","max_percent":3,"then":"REDUCING"}"#
            ),
            (
                "Order size",
                #"{"rule":"max_order_notional","action":"REDUCE_SIZE","max_amount":25000}"#
            ),
            (
                "One name",
                #"{"rule":"max_exposure_per_instrument","action":"WARN","max_percent":5}"#
            ),
        ] {
            _ = try await services.risk.add(
                PolicyRequest(name: name, portfolio: "main", configJSON: config), for: caller)
        }
        try await RiskWatch(services) { _ in }.round()
    }
}
