import Bot
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Notices reach those they are for, in spite of everything.
@Suite struct OutboxTests {
    /// Somebody who has written to the bot and waits for an admin.
    private func waiting(_ bot: BotWorld, _ id: Int64 = 1001) async throws -> StandInUser {
        let user = bot.telegram.user(id, username: "ada\(id)")
        try await bot.running {
            user.says("/start")
            _ = try await user.hears("on its way")
            try await settled(bot)
            // The admin has not opened the chat, so the request to them waits until they do.
            try await eventually("the request to be left", bot) { try await unsent(bot) == 0 }
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

    @Test func `a notice whose answer was lost is sent again, with the word that it may be there`()
        async throws
    {
        try await BotWorld.run { bot in
            let ada = try await waiting(bot)
            try await approve(1001, bot)
            bot.telegram.fault(.resetAfter, on: "sendRichMessage")
            try await bot.running {
                try await eventually("the row to be marked", bot) { try await unsent(bot) == 0 }
            }
            let marks = ada.messages.filter { $0.text.contains("You are in") }.map {
                $0.text.contains("This may have come before")
            }
            #expect(marks == [false, true])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a notice that was on its way when the process ended is sent again with that word`(
        _ backend: TestBackend
    ) async throws {
        try await BotWorld.run(on: backend) { bot in
            let ada = try await waiting(bot)
            for fault: StandInFault in [.resetBefore, .hangAfter] {
                bot.telegram.fault(fault, on: "sendRichMessage")
            }
            try await approve(1001, bot)
            try await bot.running { _ = try await ada.hears("You are in") }
            try await bot.running {
                let again = try await ada.hears("You are in")
                #expect(again.text.contains("This may have come before"))
                try await eventually("the row to be marked", bot) { try await unsent(bot) == 0 }
            }
            #expect(ada.messages.count { $0.text.contains("You are in") } == 2)
        }
    }

    @Test func `a notice that can't have gone out is sent as if for the first time`() async throws {
        try await BotWorld.run { bot in
            let ada = try await waiting(bot)
            bot.telegram.fault(
                .tooManyRequests(retryAfterSeconds: 80_000), on: "sendRichMessage")
            try await approve(1001, bot)
            try await bot.running {
                try await eventually("the first attempt to be taken back", bot) {
                    try await bot.world.count(
                        of: "outbox",
                        where: "kind = 'approved' AND attempts = 1 AND begun_at IS NULL") == 1
                }
            }
            try await bot.running {
                let told = try await ada.hears("You are in")
                #expect(!told.text.contains("This may have come before"))
            }
        }
    }

    @Test func `a refused token stops the sending, and every row stays`() async throws {
        try await BotWorld.run { bot in
            let ada = try await waiting(bot)
            bot.telegram.fault(.unauthorized, on: "sendRichMessage")
            try await approve(1001, bot)
            try await bot.running {
                try await eventually("the attempt", bot) {
                    bot.telegram.calls(of: "sendRichMessage").contains { $0.status == 401 }
                }
                let before = bot.world.world.uptimeSeconds()
                try await eventually("time for another", bot) {
                    bot.world.world.uptimeSeconds() > before + 60
                }
                #expect(try await unsent(bot) == 1)
            }
            try await bot.running { _ = try await ada.hears("You are in") }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func
        `what is for one who blocked the bot waits until they are back, and is told by one message`(
            _ backend: TestBackend
        ) async throws
    {
        try await BotWorld.run(limits: Limits(maxUsers: 50), on: backend) { bot in
            let ada = try await waiting(bot)
            try await bot.running {
                bot.admin.says("/start")
                _ = try await bot.admin.hears("Welcome")
                _ = try await bot.admin.hears("asks to come in")
                try await settled(bot)
            }
            bot.admin.blocksBot()
            for id in 0..<4 {
                _ = try await bot.services.users.register(
                    telegramUserID: Int64(5000 + id), username: nil)
            }
            try await approve(1001, bot)
            try await bot.running {
                // Others are not held up.
                _ = try await ada.hears("You are in")
                try await eventually("the others to be left", bot) { try await unsent(bot) == 0 }
                #expect(
                    try await bot.world.count(
                        of: "outbox", where: "sent_at IS NULL AND kind = 'approval_request'") == 4)
            }
            try await bot.running {
                bot.admin.unblocksBot()
                let pile = try await bot.admin.hears("You missed 4 messages")
                #expect(pile.text.contains("while I could not write to you"))
                #expect(pile.text.firstMatch(of: /Asked to come in\W+4/) != nil)
                try bot.admin.presses("Show them", on: pile)
                for id in 5000..<5004 {
                    let one = try await bot.admin.hears("user \(id) asks to come in")
                    #expect(one.id == pile.id && one.button("Approve") != nil)
                    if id < 5003 { try bot.admin.presses("Newer ›", on: one) }
                }
                _ = try bot.admin.presses("Approve")
                _ = try await bot.admin.hears("Approved: user 5003")
            }
            let user = try await bot.services.users.user(telegramUserID: 5003)
            #expect(user?.state == .approved)
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

    /// How many requests the admin was told of, one by one or by a count.
    private func told(_ bot: BotWorld) -> Int {
        bot.admin.messages.filter(\.isFromBot).reduce(0) { sum, message in
            let pile = message.text.firstMatch(of: /Asked to come in\W+(\d+)/)
            return sum
                + (pile.flatMap { Int($0.output.1) }
                    ?? (message.text.contains("asks to come in") ? 1 : 0))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `many notices that wait for one chat are told by few messages, none of them lost`(
        _ backend: TestBackend
    ) async throws {
        try await BotWorld.run(limits: Limits(maxUsers: 400), on: backend) { bot in
            try await bot.running {
                bot.admin.says("/start")
                _ = try await bot.admin.hears("Welcome")
            }
            let services = Services(
                database: bot.world.database, world: bot.world.world,
                limits: Limits(maxUsers: 400))
            for id in 0..<300 {
                _ = try await services.users.register(
                    telegramUserID: Int64(5000 + id), username: nil)
            }
            try await bot.running {
                try await eventually("all to be told", bot) { told(bot) == 300 }
                try await eventually("all to be marked", bot) { try await unsent(bot) == 0 }
                #expect(bot.admin.messages.count { $0.isFromBot } < 6)
                // One by one, from the newest to the oldest.
                bot.admin.says("/news")
                var shown = try await bot.admin.hears("asks to come in")
                #expect(shown.text.contains("user 5299"))
                #expect(shown.button("Newer ›") == nil)
                try bot.admin.presses("‹ Older", on: shown)
                shown = try await bot.admin.hears("asks to come in")
                #expect(shown.text.contains("user 5298"))
            }
        }
    }

    @Test func `what waited while Telegram was away is told so`() async throws {
        try await BotWorld.run { bot in
            let ada = try await waiting(bot)
            try await bot.running {
                bot.admin.says("/start")
                _ = try await bot.admin.hears("asks to come in")
                try await settled(bot)
            }
            bot.telegram.setAway(true)
            for id in 0..<2 {
                _ = try await bot.services.users.register(
                    telegramUserID: Int64(5000 + id), username: nil)
            }
            try await approve(1001, bot)
            await bot.world.world.advance(seconds: 700)
            bot.telegram.setAway(false)
            try await bot.running {
                _ = try await bot.admin.hears("You missed 2 messages while Telegram was away")
                // A single one is told as it is.
                _ = try await ada.hears("You are in")
            }
        }
    }

    @Test func `what is to be silent makes no sound, and nothing else is`() async throws {
        try await BotWorld.run { bot in
            try await bot.running {
                bot.admin.says("/start")
                _ = try await bot.admin.hears("Welcome")
                try await settled(bot)
            }
            for id in 0..<2 {
                _ = try await bot.services.users.register(
                    telegramUserID: Int64(5000 + id), username: nil)
            }
            let messages = bot.services.messages
            let requests = try await messages.unsent(limit: 10)
            _ = try await messages.pile(requests, because: .held, isSilent: true)
            try await bot.running {
                _ = try await bot.admin.hears("2 messages were held back")
                bot.admin.says("/help")
                _ = try await bot.admin.hears("/positions")
            }
            let silent = bot.telegram.calls(of: "sendRichMessage").map {
                $0.parameters["disable_notification"]?.boolean
            }
            #expect(silent == [nil, true, nil])
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
            #expect(told(bot) == 30)
        }
    }
}
