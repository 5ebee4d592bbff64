import Bot
import Services
import TestSupport
import Testing

/// In a group the bot speaks where it is called by name, to members, and to them alone.
@Suite struct GroupTests {
    private let groupID: Int64 = -1_000_500

    private func botMessages(_ bot: BotWorld) -> [StandInMessage] {
        bot.telegram.messages(in: groupID).filter(\.isFromBot)
    }

    @Test func `a member who calls the bot is answered, in reply to the message`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            let group = bot.telegram.group(groupID)
            try await bot.running {
                for name in ["blotter_stand_in_bot", "BLOTTER_Stand_In_Bot"] {
                    let said = ada.says("/positions@\(name)", in: group)
                    let reply = try await ada.hears(in: group)
                    #expect(reply.replyToMessageID == said.messageID)
                    #expect(reply.text.contains("No open positions."))
                }
                ada.says("/nonsense@blotter_stand_in_bot", in: group)
                _ = try await ada.hears("Unknown command", in: group)
            }
        }
    }

    @Test func `in a forum the answer stays in the topic`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            let group = bot.telegram.group(groupID, isForum: true)
            try await bot.running {
                ada.says("/portfolios@blotter_stand_in_bot", in: group, thread: 77)
                let inTopic = try await ada.hears(in: group)
                #expect(inTopic.threadID == 77)
                ada.says("/portfolios@blotter_stand_in_bot", in: group)
                let outside = try await ada.hears(in: group)
                #expect(outside.threadID == nil)
            }
        }
    }

    @Test func `what is not for the bot, or from no member, is passed over`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            let stranger = bot.telegram.user(1002)
            let group = bot.telegram.group(groupID)
            try await bot.running {
                for text in [
                    "/positions", "/positions@another_bot", "hello @blotter_stand_in_bot", "/",
                    "hi",
                ] {
                    ada.says(text, in: group)
                }
                for text in ["/start", "/help", "/positions"] {
                    stranger.says("\(text)@blotter_stand_in_bot", in: group)
                }
                try await settled(bot)
                #expect(botMessages(bot).isEmpty)
                #expect(try await bot.services.users.user(telegramUserID: 1002) == nil)
            }
        }
    }

    @Test func `a token is not made before others' eyes`() async throws {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            let group = bot.telegram.group(groupID)
            try await bot.running {
                ada.says("/token@blotter_stand_in_bot new t1", in: group)
                let reply = try await ada.hears(in: group)
                #expect(reply.text.contains("/token works in a private chat only"))
                let tokens = try await bot.services.tokens.live(for: authority.caller)
                #expect(tokens.isEmpty)
                ada.says("/token new t1")
                #expect(try await ada.hears().text.contains("blt_"))
                #expect(!botMessages(bot).contains { $0.text.contains("blt_") })
            }
        }
    }

    @Test func `a press by a stranger in a group is answered with an alert`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            let stranger = bot.telegram.user(1002)
            let group = bot.telegram.group(groupID)
            try await bot.running {
                ada.says("/orders@blotter_stand_in_bot", in: group)
                let shown = try await ada.hears(in: group)
                let answer = try await stranger.presses("All", on: shown).answer()
                #expect(answer.isAlert)
                #expect(answer.text?.contains("for members") == true)
                try await settled(bot)
                #expect(botMessages(bot).allSatisfy { !$0.isEdited })
            }
        }
    }

    @Test func `a group that gets a new number is answered there`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            let group = bot.telegram.group(groupID)
            let said = ada.says("/positions@blotter_stand_in_bot", in: group)
            let new = group.migrates(to: -1_000_600)
            try await bot.running {
                let reply = try await ada.hears(in: new)
                #expect(reply.text.contains("No open positions."))
                try await confirmed(said.updateID, bot)
            }
        }
    }
}
