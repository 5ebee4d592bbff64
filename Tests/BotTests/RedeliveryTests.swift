import Bot
import Services
import TestSupport
import Testing

/// Telegram delivers at least once; the bot acts and answers once.
@Suite struct RedeliveryTests {
    @Test func `a reading command that was seen is not answered twice`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            let said = try await bot.running {
                let said = ada.says("/positions")
                _ = try await ada.hears()
                try await settled(bot)
                return said
            }
            try await deliverAgain(said.updateID, bot)
            try await bot.running { try await settled(bot) }
            #expect(ada.messages.count { $0.isFromBot } == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a token is made once, and not again when its name is free`(
        backend: TestBackend
    ) async throws {
        try await BotWorld.run(on: backend) { bot in
            let (ada, authority) = try await bot.member(1001)
            let said = try await bot.running {
                let said = ada.says("/token new t1")
                _ = try await ada.hears("blt_")
                try await settled(bot)
                return said
            }
            try await deliverAgain(said.updateID, bot)
            try await bot.running {
                try await settled(bot)
                ada.says("/token revoke t1")
                _ = try await ada.hears("Revoke the token t1?")
                try ada.presses("Confirm")
                _ = try await ada.hears("Token revoked")
                try await settled(bot)
            }
            // Its name is free again, and still it is not made.
            try await deliverAgain(said.updateID, bot)
            try await bot.running {
                try await settled(bot)
                #expect(try await bot.services.tokens.live(for: authority.caller).isEmpty)
                #expect(ada.messages.count { $0.isFromBot } == 2)
            }
        }
    }

    @Test(arguments: [true, false])
    func `what was committed but not answered is answered after a restart`(
        isDeliveredAgain: Bool
    ) async throws {
        try await BotWorld.run { bot in
            let ada = bot.telegram.user(1001, username: "ada")
            let said = try await bot.running {
                // Telegram takes neither the answer nor the request to the admin; the
                // registration is stored all the same.
                bot.telegram.fault(.hang, on: "sendRichMessage", times: 2)
                let said = ada.says("/start")
                try await eventually("both messages", bot) {
                    bot.telegram.calls(of: "sendRichMessage").count == 2
                }
                return said
            }
            #expect(!ada.messages.contains { $0.isFromBot })
            if isDeliveredAgain { try await deliverAgain(said.updateID, bot) }
            try await bot.running {
                _ = try await ada.hears("it was carried out the first time")
                try await settled(bot)
                #expect(ada.messages.count { $0.isFromBot } == 1)
                bot.admin.says("/users")
                let users = try await bot.admin.hears("Members")
                #expect(users.text.contains("@ada") && users.text.contains("pending"))
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an answer that was lost is given again after a restart, with the word that it may be`(
        _ backend: TestBackend
    ) async throws {
        try await BotWorld.run(on: backend) { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                bot.telegram.fault(.hangAfter, on: "sendRichMessage")
                let said = ada.says("/accounts")
                ada.says("/zz1")
                _ = try await ada.hears("Accounts")
                // The offset moves although nothing is answered.
                try await confirmed(said.updateID + 1, bot)
            }
            #expect(ada.messages.count { $0.isFromBot } == 1)
            try await bot.running {
                let again = try await ada.hears("Accounts")
                #expect(again.text.contains("This may have come before"))
                _ = try await ada.hears("“/zz1”")
                try await settled(bot)
            }
            try await bot.running { try await settled(bot) }
            #expect(ada.messages.count { $0.isFromBot } == 3)
            #expect(try await bot.world.count(of: "inbox", where: "content_json IS NOT NULL") == 0)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a press that comes again under a new number acts once`(
        _ backend: TestBackend
    ) async throws {
        try await BotWorld.run(on: backend) { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                ada.says("/trade buy 10 AAPL 182.5 type EQUITY currency USD")
                let proposal = try await ada.hears("BUY 10 AAPL at 182.5?")
                let press = try ada.presses("Confirm", on: proposal)
                press.comesAgain()
                let last = press.comesAgain()
                try await confirmed(last, bot)
                _ = try await ada.hears("Done: BUY 10 AAPL")
                try await eventually("all answers", bot) { press.answers.count == 3 }
                #expect(press.answers.allSatisfy { $0.text == "Done." })
                #expect(try await bot.world.count(of: "trades") == 1)
            }
            let again = bot.telegram.messages(in: 1001).count { $0.isFromBot }
            #expect(again == 1)
        }
    }

    @Test func `an update whose effect is stored and which is not may come again`() async throws {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            let said = ada.says("/token new t1")
            // As where the process was killed between the effect and the storing of the update.
            _ = try await bot.services.tokens.create(
                name: "t1", permissions: [.read], portfolio: nil, strategy: nil,
                for: authority.caller, update: IncomingUpdate(id: said.updateID))
            try await bot.running {
                _ = try await ada.hears("it was carried out the first time")
                try await settled(bot)
            }
            #expect(try await bot.services.tokens.live(for: authority.caller).count == 1)
            #expect(ada.messages.count { $0.isFromBot } == 1)
        }
    }
}
