import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// To what reports of orders may refer, and how many come at once.
struct OrderReportScopeTests {
    @Test(arguments: TestBackend.allCases)
    func `an order's instrument and strategy are made by the rules of fills`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let option = #"""
                "option":{"underlying":"SPY","expiry":"2026-03-20","strike":"520","right":"C"}
                """#
            try await world.report(
                order(
                    "o-1", "5", symbol: "SPY C520", assetType: "OPTION", currency: "USD",
                    strategy: "new", extra: option),
                order(
                    "o-2", "5", symbol: "ESH6", exchange: "CME", assetType: "FUTURE",
                    currency: "USD", extra: #""multiplier":"50","tick_size":"0.25""#), as: trader)
            #expect(try await world.count(of: "option_contracts") == 1)
            #expect(try await world.count(of: "strategies") == 1)
            let report = try await world.post(
                fill(
                    "1", "BUY", "1", at: "5000", symbol: "ESH6", exchange: "CME",
                    assetType: "FUTURE", currency: "USD", order: "o-2",
                    extra: #""multiplier":"50""#), as: trader)
            #expect(report.words == ["accepted"])
            #expect(
                try await world.orderLines(of: trader)
                    == ["o-1: 0/5 NEW", "o-2: 1/5 PARTIALLY_FILLED"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a narrowed token reports for its own strategy and portfolio alone`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let other = try await world.member(1002)
            try await world.addPortfolio("second", of: trader)
            try await world.report(
                order("o-1", "5", strategy: "momo"), order("o-1", "5", portfolio: "second"),
                as: trader)
            let main = try #require(
                try await world.services.portfolios.all(for: trader.caller)
                    .first { $0.name == "main" })
            let momo = try #require(
                try await world.services.strategies.all(for: trader.caller).first)
            let narrow = Authority(
                caller: trader.caller, portfolioID: main.id, strategyID: momo.id)
            #expect(
                try await world.report(
                    order("o-1", "6"), order("o-2", "5", strategy: "mean"),
                    order("o-3", "5", portfolio: "second"), as: narrow)
                    == ["accepted", "FORBIDDEN_STRATEGY strategy", "FORBIDDEN_PORTFOLIO portfolio"])
            await #expect(throws: ServiceError.self) {
                try await world.report([], members: #""portfolio":"second","#, as: narrow)
            }
            // Another user's order of that id is another order.
            #expect(
                try await world.report(order("o-1", "1", side: "SELL"), as: other) == ["accepted"])
            let uid = try await world.only(other).uid
            for stranger in [trader, narrow] {
                await #expect(throws: ServiceError.self) {
                    try await world.services.orders.detail(uid: uid, for: stranger)
                }
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a batch of 10,000 orders is one request, one more is too many`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let orders = (0..<10_000).map { order("o-\($0)", "1") }
            #expect(try await world.report(orders, as: trader).accepted == 10_000)
            #expect(try await world.report(orders, as: trader).duplicates == 10_000)
            await #expect(throws: BatchError.tooMany(kind: "orders", limit: 10_000)) {
                try await world.report(orders + [order("x", "1")], as: trader)
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an order is shown with its trades, page by page`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.report(order("o-1", "9"), as: trader)
            for number in 1...5 {
                try await world.post(
                    fill(
                        "t-\(number)", "BUY", "1", at: "10",
                        time: "2026-02-0\(number)T00:00:00Z", order: "o-1"), as: trader)
            }
            try await world.post(fill("else", "BUY", "1", at: "10"), as: trader)
            let uid = try await world.only(trader).uid
            var cursor: TradeCursor?
            var seen: [String] = []
            repeat {
                let detail = try await world.services.orders.detail(
                    uid: uid, after: cursor, limit: 2, for: trader)
                #expect(detail.order.filledQuantity == 5)
                seen += detail.trades.trades.map(\.brokerTradeID.text)
                cursor = detail.trades.next
            } while cursor != nil
            #expect(seen == ["t-5", "t-4", "t-3", "t-2", "t-1"])
        }
    }
}
