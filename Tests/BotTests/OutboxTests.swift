import Bot
import Records
import Services
import Storage
import TestSupport
import Testing

/// Notices reach those they are for, in spite of everything.
@Suite struct OutboxTests {
    /// Somebody who has written to the bot and waits for an admin.
    private func waiting(_ bot: BotWorld, _ id: Int64 = 1001) async throws -> StandInUser {
        let user = bot.telegram.user(id, username: "ada\(id)")
        try await bot.running {
            user.says("/start")
            _ = try await user.hears("on its way")
            try await settled(bot)
            // The admin has not opened the chat, so the request to them is given up.
            try await eventually("the request to be given up", bot) { try await unsent(bot) == 0 }
        }
        return user
    }

    private func unsent(_ bot: BotWorld) async throws -> Int {
        try await bot.services.messages.unsent(limit: 100).count
    }

    private func approve(_ id: Int64, _ bot: BotWorld) async throws {
        _ = try await bot.services.users.approve(id, by: .owner)
    }

    @Test(arguments: TestBackend.allCases)
    func `a notice that was committed before a restart is sent after it`(backend: TestBackend)
        async throws
    {
        try await BotWorld.run(on: backend) { bot in
            let ada = try await waiting(bot)
            try await approve(1001, bot)
            #expect(try await unsent(bot) == 1)
            try await bot.running {
                _ = try await ada.hears("You are in")
                try await eventually("the row to be marked", bot) { try await unsent(bot) == 0 }
            }
            try await bot.running { try await settled(bot) }
            #expect(ada.messages.count { $0.text.contains("You are in") } == 1)
        }
    }

    @Test func `a failing server and a broken connection are tried again`() async throws {
        try await BotWorld.run { bot in
            let ada = try await waiting(bot)
            try await approve(1001, bot)
            for fault: StandInFault in [
                .resetBefore, .internalError, .serverErrorPage(status: 502),
                .tooManyRequests(retryAfterSeconds: 3),
            ] {
                bot.telegram.fault(fault, on: "sendRichMessage")
            }
            try await bot.running {
                _ = try await ada.hears("You are in")
                try await eventually("the row to be marked", bot) { try await unsent(bot) == 0 }
            }
            #expect(ada.messages.count { $0.text.contains("You are in") } == 1)
            #expect(bot.telegram.calls(of: "sendMessage").isEmpty)
        }
    }

    @Test func `a notice whose answer was lost is sent again rather than not at all`() async throws
    {
        try await BotWorld.run { bot in
            let ada = try await waiting(bot)
            try await approve(1001, bot)
            bot.telegram.fault(.resetAfter, on: "sendRichMessage")
            try await bot.running {
                try await eventually("the row to be marked", bot) { try await unsent(bot) == 0 }
            }
            #expect(ada.messages.count { $0.text.contains("You are in") } == 2)
        }
    }

    @Test func `one who blocked the bot is given up, with the reason, and others are not`()
        async throws
    {
        try await BotWorld.run { bot in
            let ada = try await waiting(bot)
            let eve = try await waiting(bot, 1002)
            ada.blocksBot()
            try await approve(1001, bot)
            try await approve(1002, bot)
            try await bot.running {
                _ = try await eve.hears("You are in")
                try await eventually("both rows to be done", bot) { try await unsent(bot) == 0 }
            }
            let failure = try #require(
                bot.events.named("a notice cannot be sent").last { $0.fields["chat_id"] == "1001" })
            #expect(failure.fields["reason"]?.contains("blocked by the user") == true)
            #expect(!ada.messages.contains { $0.text.contains("You are in") })
        }
    }

    @Test func `a row of another version is given up, and those after it are sent`() async throws {
        try await BotWorld.run { bot in
            let ada = try await waiting(bot)
            try await bot.world.database.write { tx in
                try tx.executeScript(
                    """
                    INSERT INTO outbox (uid, user_id, chat_id, kind, payload_json, created_at)
                    SELECT 'x', id, telegram_user_id, 'from_the_future', '{}', created_at
                    FROM users WHERE telegram_user_id = '1001';
                    """)
            }
            try await approve(1001, bot)
            try await bot.running {
                _ = try await ada.hears("You are in")
                try await eventually("both rows to be done", bot) { try await unsent(bot) == 0 }
            }
            let failures = bot.events.named("a notice cannot be sent")
            #expect(failures.contains { $0.fields["reason"]?.contains("from_the_future") == true })
        }
    }

    @Test func `a hundred notices to one chat arrive in their order`() async throws {
        try await BotWorld.run(limits: Limits(maxUsers: 200)) { bot in
            try await bot.running {
                bot.admin.says("/start")
                _ = try await bot.admin.hears("Welcome")
            }
            for id in 0..<100 {
                _ = try await bot.services.users.register(
                    telegramUserID: Int64(5000 + id), username: nil)
            }
            // The admin's group is larger than the default allows in the other process.
            try await bot.running {
                try await eventually("all to be sent", bot) { try await unsent(bot) == 0 }
            }
            let asked = bot.admin.messages.filter { $0.text.contains("asks to come in") }
            let ids = asked.compactMap { $0.text.firstMatch(of: /user (\d+)/)?.output.1 }
            #expect(ids == (0..<100).map { "\(5000 + $0)" })
        }
    }

    @Test func `a row that was sent while the outbox was being read is not sent again`()
        async throws
    {
        try await BotWorld.run { bot in
            let slow = FaultyDatabase(bot.world.database)
            slow.delayAnswers(milliseconds: 40)
            let services = Services(
                database: slow, world: bot.world.world, limits: Limits(maxUsers: 50))
            try await bot.running(services: services) {
                bot.admin.says("/start")
                _ = try await bot.admin.hears("Welcome")
                for id in 0..<30 {
                    _ = try await services.users.register(
                        telegramUserID: Int64(5000 + id), username: nil)
                }
                try await eventually("all to be sent", bot) { try await unsent(bot) == 0 }
            }
            let asked = bot.admin.messages.count { $0.text.contains("asks to come in") }
            #expect(asked == 30)
        }
    }
}
