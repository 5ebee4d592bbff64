import Bot
import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// Orders and runs of strategies in chat.
struct OrderNoticeTests {
    private func report(
        _ orders: [String], in world: ServiceWorld, as authority: Authority
    ) async throws {
        let batch = try OrderReader.batch(
            from: Array("{\"orders\":[\(orders.joined(separator: ","))]}".utf8))
        let answer = try await world.services.orders.report(batch, as: authority)
        #expect(answer.rejected == 0)
    }

    private func order(_ id: Int, quantity: String = "2") -> String {
        #"{"broker_order_id":"o-\#(id)","symbol":"BTCUSDT","exchange":"BINANCE","#
            + #""asset_type":"CRYPTO","currency":"USDT","side":"BUY","type":"LIMIT","#
            + #""price":"\#(1000 + id)","quantity":"\#(quantity)","status":"NEW"}"#
    }

    private func number(of label: String, in shown: String) -> String? {
        guard let start = shown.firstRange(of: "] \(label)")?.lowerBound else { return nil }
        return String(shown[..<start].reversed().prefix { $0 != "[" }.reversed())
    }

    @Test func `orders are paged by buttons to the last one`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member(4_503_599_627_370_495)
            let orders = (0..<45).map { order($0).replacing("NEW", with: "PARTIALLY_FILLED") }
            try await report(orders, in: desk.world, as: authority)
            for line in ["/orders", "/orders partially filled", "/orders all"] {
                var pages = [try await console.says(line)]
                while let next = number(of: "Older ›", in: pages[pages.count - 1]) {
                    pages.append(try await console.says(next))
                    try #require(pages.count < 10)
                }
                let prices = pages.flatMap { page in
                    page.matches(of: /\ 10\d\d\ /).map { String($0.output) }
                }
                #expect(prices == (0..<45).reversed().map { " \(1000 + $0) " })
                #expect(pages.count == 3)
                let newest = try #require(number(of: "⇤ Newest", in: pages[2]))
                #expect(try await console.says(newest) == pages[0])
            }
        }
    }

    @Test func `more filled than ordered is marked in the list and told to the owner`()
        async throws
    {
        try await BotWorld.run { bot in
            let ada = bot.telegram.user(1001, username: "ada")
            try await bot.running {
                ada.says("/start")
                _ = try await ada.hears("on its way")
                _ = try await bot.services.users.approve(1001, by: .owner)
                _ = try await ada.hears("You are in")
                let user = try #require(try await bot.services.users.user(telegramUserID: 1001))
                let authority = Authority(caller: try #require(user.caller))
                try await report([order(1)], in: bot.world, as: authority)
                try await bot.world.post(
                    fill("t-1", "BUY", "2.5", at: "10", order: "o-1"), as: authority)
                let notice = try await ada.hears("More was filled than ordered")
                #expect(notice.text.contains("o-1"))
                #expect(notice.text.contains("2.5"))
                ada.says("/orders filled")
                let list = try await ada.hears("Orders: filled")
                #expect(list.text.contains("⚠ 2.5/2"))
            }
        }
    }

    @Test func `a silent strategy is told, shown, and told again when it is back`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            let runs = desk.world.services.strategyRuns
            let momo = try #require(StrategyReference(parsing: "momo@2"))
            #expect(try await console.says("/strategies").contains("No strategies"))
            _ = try await runs.beat(
                Heartbeat(runID: "r-1", promise: .within(seconds: 20)), of: momo, as: authority)
            let listed = try await console.says("/strategies")
            #expect(listed.contains("momo") && listed.contains("r-1"))
            #expect(listed.contains("RUNNING") && listed.contains("2026-01-01 00:00"))
            let watch = Task { await SilenceWatch(runs) { _ in }.run() }
            await desk.world.world.waitForSleepers(1)
            await desk.world.world.advance(seconds: 20, sleepers: 1)
            while try await desk.world.services.messages.unsent(limit: 10).isEmpty {
                try await Task.sleep(for: .milliseconds(5))
            }
            watch.cancel()
            await watch.value
            #expect(try await console.says("/strategies").contains("SILENT"))
        }
    }
}
