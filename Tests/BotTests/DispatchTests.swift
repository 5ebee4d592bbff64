import Bot
import Services
import TestSupport
import Testing
import World

/// In which order, how many at once, and how many at all.
@Suite struct DispatchTests {
    @Test func `a chat's commands are answered in their order`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            let commands = [
                "/positions", "/orders", "/risk", "/trades", "/portfolios", "/accounts",
            ]
            let titles = ["Positions", "Orders: open", "Risk", "Trades", "Portfolios", "Accounts"]
            for command in commands + commands { ada.says(command) }
            try await bot.running {
                try await eventually("all answers", bot) {
                    ada.messages.count(where: \.isFromBot) == 12
                }
            }
            let answers = ada.messages.filter(\.isFromBot).map(\.text)
            for (answer, title) in zip(answers, titles + titles) {
                #expect(answer.hasPrefix(title), "\(answer)")
            }
        }
    }

    @Test func `one chat's trouble holds up neither the others nor the updates`() async throws {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            let (eve, _) = try await bot.member(1002)
            try await bot.running {
                bot.telegram.fault(.hang, on: "sendRichMessage")
                ada.says("/positions")
                let second = ada.says("/token new t1")
                try await eventually("ada's second command, behind an answer that hangs", bot) {
                    try await bot.services.tokens.live(for: authority.caller).count == 1
                }
                try await confirmed(second.updateID, bot)
                eve.says("/positions")
                _ = try await eve.hears("No open positions.")
            }
        }
    }

    @Test func `more than a chat may have waiting is left undone, and said`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            let (eve, _) = try await bot.member(1002)
            for _ in 0..<60 { ada.says("/accounts") }
            eve.says("/accounts")
            try await bot.running {
                let note = try await ada.hears("Too much at once")
                let undone = try #require(note.text.firstMatch(of: /(\d+) of your messages/))
                _ = try await eve.hears("Accounts")
                try await settled(bot)
                let answered = ada.messages.count { $0.text.hasPrefix("Accounts") }
                #expect(answered >= 32)
                #expect(Int(undone.output.1) == 60 - answered)
                ada.says("/accounts")
                _ = try await ada.hears("Accounts")
            }
        }
    }

    @Test func `too many commands in a minute are refused once, then not answered`() async throws {
        try await BotWorld.run(settings: .init(commandsPerMinutePerUser: 3)) { bot in
            let (ada, _) = try await bot.member(1001)
            for _ in 0..<6 { ada.says("/accounts") }
            try await bot.running {
                let refusal = try await ada.hears("Not so fast")
                #expect(refusal.text.contains(" s."))
                try await settled(bot)
                #expect(ada.messages.count { $0.isFromBot } == 4)
                let before = bot.world.world.uptimeSeconds()
                try await eventually("a minute", bot) {
                    bot.world.world.uptimeSeconds() > before + 60
                }
                ada.says("/accounts")
                _ = try await ada.hears("Accounts")
            }
        }
    }

    @Test func `updates of other kinds and in other shapes are passed over`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                bot.telegram.deliver(["message": ["message_id": 1]])
                bot.telegram.deliver(["callback_query": ["id": "x"]])
                ada.blocksBot()
                ada.unblocksBot()
                ada.says("/positions")
                _ = try await ada.hears("No open positions.")
                try await settled(bot)
            }
        }
    }
}
