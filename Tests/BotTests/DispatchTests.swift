import Bot
import Ledger
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

    @Test(arguments: TestBackend.allCases)
    func `more than memory holds waits in the database, and is answered in order`(
        _ backend: TestBackend
    ) async throws {
        try await BotWorld.run(settings: .init(commandsPerMinutePerUser: 1000), on: backend) {
            bot in
            let (ada, _) = try await bot.member(1001)
            let (eve, _) = try await bot.member(1002)
            for number in 100..<250 { ada.says("/zz\(number)") }
            let last = eve.says("/accounts")
            try await bot.running {
                _ = try await eve.hears("Accounts")
                // All of them are confirmed long before they are answered.
                try await confirmed(last.updateID, bot)
                #expect(bot.answers(to: ada).count < 150)
                ada.says("/zz250")
                _ = try await ada.hears("“/zz250”")
            }
            #expect(bot.answers(to: ada) == (100...250).map { "zz\($0)" })
        }
    }

    @Test func `what waited at Telegram is answered, however much it is`() async throws {
        try await BotWorld.run(settings: .init(commandsPerMinutePerUser: 5)) { bot in
            let (ada, _) = try await bot.member(1001)
            // One a half minute, in the hour before the bot came up.
            let start = bot.world.unixSeconds() - 3600
            for number in 100..<120 {
                ada.says("/zz\(number)", dateSeconds: start + Int64(number - 100) * 30)
            }
            try await bot.running { _ = try await ada.hears("“/zz119”") }
            #expect(bot.answers(to: ada) == (100..<120).map { "zz\($0)" })
            // A flood remains one, whenever it is read.
            for _ in 0..<10 { ada.says("/zz200", dateSeconds: start + 1800) }
            try await bot.running {
                _ = try await ada.hears("Not so fast")
                try await settled(bot)
                #expect(bot.answers(to: ada).count { $0 == "zz200" } == 5)
            }
        }
    }

    @Test func `a command that takes its time holds up neither the others nor the updates`()
        async throws
    {
        try await BotWorld.run(longestTimeoutSeconds: 20) { bot in
            let (ada, _) = try await bot.member(1001)
            let (eve, _) = try await bot.member(1002)
            try await bot.running {
                bot.telegram.fault(.hang, on: "getFile")
                let sent = ada.sends(Array("a,b".utf8), named: "fills.csv")
                _ = try await bot.telegram.eventually("the file to be asked for") {
                    $0.calls.contains { $0.method == "getFile" } ? true : nil
                }
                for _ in 0..<3 {
                    eve.says("/accounts")
                    _ = try await eve.hears("Accounts")
                }
                try await confirmed(sent.updateID, bot)
                #expect(ada.messages.allSatisfy { !$0.isFromBot })
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

extension BotWorld {
    /// The unknown commands that the bot answered a user, each as often as it did, in order.
    func answers(to user: StandInUser) -> [String] {
        user.messages.filter(\.isFromBot).compactMap { message in
            message.text.firstMatch(of: /“\/(zz\d+)”/).map { String($0.output.1) }
        }
    }
}

extension ServiceWorld {
    /// Unix time in seconds.
    func unixSeconds() -> Int64 { world.now().microseconds / 1_000_000 }
}
