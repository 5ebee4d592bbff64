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
    func `a token is made once, and a repetition is told so`(backend: TestBackend) async throws {
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
                let reply = try await ada.hears()
                #expect(reply.text.contains("it was carried out the first time"))
                ada.says("/token revoke t1")
                _ = try await ada.hears("Revoke the token t1?")
                try ada.presses("Confirm")
                _ = try await ada.hears("Token revoked")
                try await settled(bot)
            }
            // Its name is free again, and still it is not made.
            try await deliverAgain(said.updateID, bot)
            try await bot.running {
                _ = try await ada.hears("it was carried out the first time")
                #expect(try await bot.services.tokens.live(for: authority.caller).isEmpty)
            }
        }
    }

    @Test func `what was committed but not answered is answered after a restart`() async throws {
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
            try await deliverAgain(said.updateID, bot)
            try await bot.running {
                _ = try await ada.hears("it was carried out the first time")
                bot.admin.says("/users")
                let users = try await bot.admin.hears("Members")
                #expect(users.text.contains("@ada") && users.text.contains("pending"))
            }
        }
    }
}
