import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import Wire
import World

/// Pulling from a bot: what calls told of, what they did not, and what when the bot is away.
struct FreqtradeSyncTests {
    @Test(arguments: TestBackend.allCases)
    func `a call rings, and the order is pulled under the exchange's id`(
        _ backend: TestBackend
    ) async throws {
        let bot = StandInBot()
        try await Pulling.run(on: backend, bot) { world, ada, hook in
            let entry = freqtradeOrder("o-1", "buy", "1", at: "100")
            await bot.set(open: [(7, freqtradeTrade(orders: [entry]))])
            let call = webhook("entry_fill")
            #expect(try await world.call(hook, call, type: formType).words == "pulling")
            #expect(try await world.call(hook, call, type: formType).words == "pulling")
            try await Pulling.eventually(world, "the entry") {
                try await world.count(of: "trades") == 1
            }
            // Two equal partial exits, of which the calls were lost.
            let exits = ["o-2", "o-3"].map {
                freqtradeOrder($0, "sell", "0.5", at: "110", time: 1_771_511_600_000)
            }
            await bot.set(closed: [(7, freqtradeTrade(orders: [entry] + exits))])
            try await Pulling.eventually(world, "the exits, by the sweep") {
                try await world.count(of: "trades") == 3
            }
            let ids = try await world.texts(
                "SELECT broker_trade_id FROM trades ORDER BY broker_trade_id")
            #expect(ids == ["ft-o-1", "ft-o-2", "ft-o-3"])
            let positions = try await world.services.positions.snapshot(
                includeClosed: true, for: ada)
            #expect(positions.map(\.listing.position.quantity) == [0])
            let now = try await world.hookNow(hook, ada)
            #expect(now.fills == 3 && now.calls == 2 && now.restFailures == 0)
            #expect(now.restSyncedAt != nil)
            try await world.expectVerified()
        }
    }

    @Test func `the start asks for everything, page by page, a sweep for the last`() async throws {
        let bot = StandInBot()
        let closed = (1...1203).map { id in
            (id, freqtradeTrade(id, orders: [freqtradeOrder("o-\(id)", "buy", "1", at: "2")]))
        }
        await bot.set(closed: closed)
        try await Pulling.run(bot) { world, ada, hook in
            try await Pulling.eventually(world, "all trades") {
                try await world.count(of: "trades") == 1203
            }
            #expect(
                // A sweep may have come already: time goes on while a slow machine stores.
                await bot.asked.prefix(4) == [
                    "open", "closed 500 from 0", "closed 500 from 500", "closed 500 from 1000",
                ])
            try await Pulling.eventually(world, "word of it") {
                try await world.hookNow(hook, ada).restSyncedAt != nil
            }
            await bot.forgetQuestions()
            try await Pulling.eventually(world, "a sweep") { await bot.asked.count >= 3 }
            #expect(await bot.asked == ["open", "closed 1 from 0", "closed 500 from 703"])
            await bot.forgetQuestions()
            for _ in 0..<24 {
                await world.world.advance(seconds: 3600)
                try await Task.sleep(for: .milliseconds(5))
            }
            try await Pulling.eventually(world, "a full sweep") {
                await bot.asked.contains("closed 500 from 0")
            }
            #expect(try await world.count(of: "trades") == 1203)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a bot that is away is asked again, and after five times its owner hears of it`(
        _ backend: TestBackend
    ) async throws {
        let bot = StandInBot()
        await bot.leave(true)
        try await Pulling.run(on: backend, bot) { world, ada, hook in
            _ = try await world.call(hook, webhook("entry_fill"), type: formType)
            try await Pulling.eventually(world, "five failures") {
                try await world.hookNow(hook, ada).restFailures >= 5
            }
            let away = Notice.botAway(
                hook: "bot", bot: "alpha", failures: 5, error: "the bot is away")
            #expect(try await world.notices(ada) == [away])
            #expect(try await world.hookNow(hook, ada).restError == "the bot is away")
            await bot.set(
                open: [(7, freqtradeTrade(orders: [freqtradeOrder("o", "buy", "1", at: "2")]))])
            await bot.leave(false)
            try await Pulling.eventually(world, "what it traded meanwhile") {
                try await world.count(of: "trades") == 1
            }
            try await Pulling.eventually(world, "its recovery") {
                try await world.hookNow(hook, ada).restFailures == 0
            }
            #expect(try await world.notices(ada) == [away])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what a bot's answer lacks waits in quarantine, once, until it is there`(
        _ backend: TestBackend
    ) async throws {
        let bot = StandInBot()
        try await Pulling.run(on: backend, bot) { world, ada, hook in
            let lacking =
                #"{"order_id":"o-9","ft_order_side":"buy","filled":1,"order_timestamp":1}"#
            await bot.set(open: [(7, freqtradeTrade(orders: [lacking]))], closed: [(8, "{}")])
            for _ in 0..<3 {
                _ = try await world.call(hook, webhook("entry_fill"), type: formType)
                await world.world.advance(seconds: 600)
            }
            try await Pulling.eventually(world, "the quarantine") {
                try await world.quarantined(ada).count == 2
            }
            let kept = try await world.quarantined(ada)
            #expect(Set(kept.map(\.reason?.field)) == ["average", "pair"])
            #expect(kept.map(\.times) == [1, 1])
            await bot.set(
                open: [(7, freqtradeTrade(orders: [freqtradeOrder("o-9", "buy", "1", at: "2")]))])
            try await Pulling.eventually(world, "the fill") {
                try await world.count(of: "trades") == 1
            }
            #expect(try await world.quarantined(ada).count == 1)
            // The exchange changes its mind: told as a conflict, and the trade stays as it was.
            await bot.set(
                open: [(7, freqtradeTrade(orders: [freqtradeOrder("o-9", "buy", "2", at: "2")]))])
            try await Pulling.eventually(world, "the conflict") {
                try await world.count(of: "hook_deliveries", where: "code = 'CONFLICT'") > 0
            }
            #expect(try await world.texts("SELECT quantity FROM trades").count == 1)
        }
    }

    @Test func `all trades are looked through until that went well`() async throws {
        let bot = StandInBot()
        await bot.leave(true)
        try await Pulling.run(bot) { world, ada, hook in
            try await Pulling.eventually(world, "five failures") {
                try await world.hookNow(hook, ada).restFailures >= 5
            }
            await bot.leave(false)
            await bot.forgetQuestions()
            try await Pulling.eventually(world, "the next sweep") { await bot.asked.count >= 2 }
            #expect(await bot.asked.prefix(2) == ["open", "closed 500 from 0"])
            await bot.forgetQuestions()
            try await Pulling.eventually(world, "one more") { await bot.asked.count >= 3 }
            #expect(await bot.asked.prefix(2) == ["open", "closed 1 from 0"])
        }
    }

    @Test(arguments: [Int.min, -1, 0, Int.max])
    func `a bot that miscounts its trades does no harm`(total: Int) async throws {
        let bot = StandInBot()
        let order = freqtradeOrder("o", "buy", "1", at: "2")
        await bot.set(open: [(7, freqtradeTrade(orders: [order]))])
        await bot.claim(total: total)
        try await Pulling.run(bot) { world, ada, hook in
            try await Pulling.eventually(world, "the first sweep") {
                try await world.hookNow(hook, ada).restSyncedAt != nil
            }
            await bot.forgetQuestions()
            // Without a trade's number the call is about the last ones.
            #expect(try await world.call(hook, "event=x", type: formType).words == "pulling")
            try await Pulling.eventually(world, "the last trades") {
                await bot.asked.contains { $0.hasPrefix("closed 500 from") }
            }
            #expect(try await world.count(of: "trades") == 1)
        }
    }

    @Test func `a bot of another member, or that is gone, is not asked`() async throws {
        let bot = StandInBot()
        let settings = HookSettings(
            bots: ["alpha": .init(telegramUserID: 1002), "beta": .init(telegramUserID: 1001)])
        try await Pulling.run(settings: settings, bot) { world, ada, hook in
            await #expect(throws: ServiceError.self) {
                _ = try await world.services.hooks.setBot("alpha", of: "bot", for: ada.caller)
            }
            try await world.execute("UPDATE hooks SET rest_bot = 'alpha'")
            _ = try await world.call(hook, webhook("entry_fill"), type: formType)
            try await Pulling.eventually(world, "the failure") {
                try await world.hookNow(hook, ada).restFailures > 0
            }
            #expect(await bot.asked == [])
            #expect(world.services.hooks.bots(forTelegramUser: 1001) == ["beta"])
        }
    }
}
