import Bot
import Ledger
import Services
import Storage
import Telegram
import TestSupport
import Testing
import World

/// Telegram or the database away, and back.
@Suite struct AwayTests {
    @Test func `Telegram away is said once, and so is its return`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            bot.telegram.setAway(true)
            try await bot.running {
                try await eventually("the report", bot) {
                    !bot.events.named("Telegram is away").isEmpty
                }
                let before = bot.world.world.uptimeSeconds()
                try await eventually("many more attempts", bot) {
                    bot.world.world.uptimeSeconds() > before + 120
                }
                bot.telegram.setAway(false)
                ada.says("/positions")
                _ = try await ada.hears("No open positions.")
            }
            #expect(bot.events.named("Telegram is away").count == 1)
            #expect(bot.events.named("Telegram is back").count == 1)
        }
    }

    @Test func `a refused token ends the bot with an error that says so`() async throws {
        try await BotWorld.run { bot in
            let refused = try bot.makeBot(
                bot.services, token: "1234567890:AAnotTheTokenOfTheStandInServer000000")
            await #expect(throws: TelegramError.unauthorized) { try await refused.run() }
            let event = try #require(bot.events.all.first { $0.level == .error })
            #expect(event.message.contains("refuses the token"))
            #expect(!"\(bot.events.all)".contains("AAnotTheToken"))
        }
    }

    @Test func `another poller is reported and does no harm`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            bot.telegram.setWebhook("https://example.org/hook")
            try await bot.running {
                try await eventually("the report", bot) {
                    !bot.events.named("a webhook is set").isEmpty
                }
                bot.telegram.setWebhook(nil)
                ada.says("/positions")
                _ = try await ada.hears("No open positions.")
            }
        }
    }

    @Test func `a database away is said, and updates stay with Telegram until it is back`()
        async throws
    {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            let faulty = FaultyDatabase(bot.world.database)
            try await bot.running(over: faulty) {
                ada.says("/start")
                _ = try await ada.hears("Welcome")
                try await settled(bot)
                faulty.fail(with: .unavailable(detail: "refused"))
                let said = ada.says("/token new t1")
                let reply = try await ada.hears()
                #expect(reply.text.contains("The ledger's database is away."))
                try await eventually("the report", bot) {
                    !bot.events.named("the database is away").isEmpty
                }
                // It is delivered again and again, and neither answered nor done again.
                let polls = bot.telegram.calls(of: "getUpdates").count
                try await eventually("more polls", bot) {
                    bot.telegram.calls(of: "getUpdates").count > polls + 2
                }
                #expect(bot.telegram.confirmedBelow <= said.updateID)
                // What comes meanwhile is answered too.
                ada.says("/positions")
                _ = try await ada.hears("database is away")

                faulty.fail(with: nil)
                try await settled(bot)
                ada.says("/positions")
                _ = try await ada.hears("No open positions.")
                #expect(ada.messages.count { $0.isFromBot } == 4)
                #expect(try await bot.services.tokens.live(for: authority.caller).isEmpty)
            }
            #expect(bot.events.named("the database is away").count == 1)
            #expect(bot.events.named("the database is back").count == 1)
        }
    }

    @Test func `an answer is tried again while Telegram fails`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            bot.telegram.fault(.internalError, on: "sendRichMessage", times: 3)
            bot.telegram.fault(.tooManyRequests(retryAfterSeconds: 2), on: "sendRichMessage")
            try await bot.running {
                let said = ada.says("/positions")
                _ = try await ada.hears("No open positions.")
                try await confirmed(said.updateID, bot)
            }
            #expect(ada.messages.count { $0.isFromBot } == 1)
        }
    }

    @Test func `a press is answered although the first answer fails`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                ada.says("/orders")
                _ = try await ada.hears()
                bot.telegram.fault(.internalError, on: "answerCallbackQuery", times: 2)
                let press = try ada.presses("All")
                _ = try await press.answer()
                _ = try await ada.hears("Orders: all")
                let late = try ada.presses("Open")
                late.expires()
                _ = try await ada.hears("Orders: open")
            }
        }
    }
}
