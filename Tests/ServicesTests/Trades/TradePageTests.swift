import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// The list of trades, page by page.
struct TradePageTests {
    /// 41 fills in two portfolios, many of one instant, two symbols.
    private func prepare(_ world: ServiceWorld) async throws -> Authority {
        let trader = try await world.member()
        try await world.addPortfolio("second", of: trader)
        for portfolio in ["main", "second"] as [ExactText] {
            let fills = (0..<(portfolio == "main" ? 21 : 20)).map { number in
                fill(
                    "t-\(number)", "BUY", "1", at: "\(number)",
                    symbol: number.isMultiple(of: 3) ? "ETH" : "BTC",
                    time: "2026-02-1\(number / 6)T00:00:00Z")
            }
            let report = try await world.ingest(fills, portfolio: portfolio, as: trader)
            #expect(report.rejected == 0)
        }
        return trader
    }

    private func pages(
        _ query: TradeQuery, as trader: Authority, in world: ServiceWorld
    ) async throws -> [[TradeListing]] {
        var query = query
        var pages: [[TradeListing]] = []
        repeat {
            let page = try await world.services.trades.page(query, for: trader)
            pages.append(page.trades)
            query.cursor = page.next
        } while query.cursor != nil && pages.count < 100
        return pages
    }

    @Test(arguments: TestBackend.allCases)
    func `pages of seven over two portfolios hold every trade once, newest first`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await prepare(world)
            let pages = try await pages(TradeQuery(limit: 7), as: trader, in: world)
            #expect(pages.map(\.count) == [7, 7, 7, 7, 7, 6])
            let trades = pages.flatMap(\.self)
            #expect(Set(trades.map(\.uid)).count == 41)
            #expect(
                Set(trades.map { "\($0.portfolio) \($0.brokerTradeID)" }).count == 41)
            #expect(trades.map(\.cursor) == trades.map(\.cursor).sorted { $1 < $0 })
            #expect(trades.first?.execTime.description == "2026-02-13T00:00:00.000000Z")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a last page that is full is followed by none`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await prepare(world)
            let query = TradeQuery(portfolio: "main", limit: 7)
            #expect(try await pages(query, as: trader, in: world).map(\.count) == [7, 7, 7])
            let all = try await world.services.trades.page(TradeQuery(limit: 41), for: trader)
            #expect(all.trades.count == 41)
            #expect(all.next == nil)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `filters narrow the list, and paging keeps to them`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await prepare(world)
            func ids(_ query: TradeQuery) async throws -> [String] {
                try await pages(query, as: trader, in: world).flatMap(\.self)
                    .map { "\($0.portfolio) \($0.brokerTradeID)" }
            }
            let from = try #require(Timestamp(canonical: "2026-02-12T00:00:00.000000Z"))
            let until = try #require(Timestamp(canonical: "2026-02-13T00:00:00.000000Z"))
            let second = try await ids(
                TradeQuery(portfolio: "second", symbol: "ETH", limit: 2))
            #expect(
                second == [
                    "second t-18", "second t-15", "second t-12", "second t-9", "second t-6",
                    "second t-3", "second t-0",
                ])
            let day = try await ids(TradeQuery(from: from, until: until, limit: 5))
            #expect(day.count == 12)
            #expect(Set(day.map { $0.suffix(2) }) == ["12", "13", "14", "15", "16", "17"])
            #expect(
                try await ids(TradeQuery(symbol: "ETH", from: from, until: until, limit: 1))
                    == ["second t-15", "main t-15", "second t-12", "main t-12"])
            #expect(try await ids(TradeQuery(from: until, until: from)) == [])
            #expect(try await ids(TradeQuery(symbol: "BT")) == [])
            #expect(try await ids(TradeQuery(symbol: "btc")) == [])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a trade is listed with all that is known of it`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("0", "BUY", "2", at: "10"), as: trader)
            try await world.addOrder(
                "the order", side: .sell, quantity: 5, brokerID: "o-1", of: trader)
            try await world.post(
                fill(
                    "1", "SELL", "0.5", at: "12.5", fee: "-0.1", feeCurrency: "BNB",
                    time: "2026-02-20T01:02:03.456789+01:00", order: "o-1"), as: trader)
            let page = try await world.services.trades.page(TradeQuery(limit: 1), for: trader)
            let trade = try #require(page.trades.first)
            #expect(trade.portfolio == "main")
            #expect(trade.strategy == nil)
            #expect(trade.instrument.symbol == "BTCUSDT")
            #expect(trade.instrument.exchange == "BINANCE")
            #expect(trade.side == .sell)
            #expect(
                [trade.quantity, trade.price, trade.notional, trade.fee, trade.realizedPnL]
                    .map(\.description) == ["0.5", "12.5", "6.25", "-0.1", "1.25"])
            #expect(trade.feeCurrency.code == "BNB")
            #expect(trade.execTime.description == "2026-02-20T00:02:03.456789Z")
            #expect(trade.brokerTradeID == "1")
            #expect(trade.brokerOrderID == "o-1")
            #expect(trade.orderUID == "the order")
            #expect(trade.source == .broker)
        }
    }

    @Test(arguments: TestBackend.allCases, [0, -1, 1001])
    func `a limit out of range is refused`(_ backend: TestBackend, _ limit: Int) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let error = await #expect(throws: ServiceError.self) {
                try await world.services.trades.page(TradeQuery(limit: limit), for: trader)
            }
            #expect(error?.kind == .invalid)
            #expect(error?.field == "limit")
        }
    }
}
