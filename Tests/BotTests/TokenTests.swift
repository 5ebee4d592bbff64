import Bot
import Ledger
import Records
import Services
import TestSupport
import Testing

@Suite struct TokenTests {
    private func token(in shown: String) throws -> String {
        let match = try #require(shown.firstMatch(of: /blt_[0-9A-Za-z]+/))
        return String(match.output)
    }

    @Test func `a new token is shown once and lets a program in`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            let shown = try await console.says("/token new bot1")
            let made = try await desk.world.services.tokens.authenticate(try token(in: shown))
            #expect(made?.caller == authority.caller)
            #expect(made?.permissions == [.ingest, .read])
            #expect(made?.portfolioID == nil)
            let list = try await console.says("/token")
            #expect(list.contains("bot1"))
            #expect(list.contains("ingest,read"))
            #expect(!list.contains("blt_"))
        }
    }

    private static let choices: [(String, Set<Authority.Permission>, Bool)] = [
        ("ingest", [.ingest], false), ("READ,trade", [.read, .trade], false),
        ("main", [.ingest, .read], true),
        ("ingest,trade,read main", [.ingest, .trade, .read], true),
    ]

    @Test(arguments: choices)
    func `scopes and portfolio may be named`(
        words: String, permissions: Set<Authority.Permission>, isNarrowed: Bool
    ) async throws {
        try await Desk.run { desk in
            let (console, _) = try await desk.member()
            let shown = try await console.says("/token new bot1 \(words)")
            let made = try await desk.world.services.tokens.authenticate(try token(in: shown))
            #expect(made?.permissions == permissions)
            #expect((made?.portfolioID != nil) == isNarrowed)
        }
    }

    @Test func `a name is given once, and free again after it is revoked`() async throws {
        try await Desk.run { desk in
            let (console, _) = try await desk.member()
            let first = try token(in: try await console.says("/token new bot1"))
            #expect(try await console.says("/token new bot1").contains("token named bot1 already"))
            #expect(try await console.says("/token revoke BOT1").contains("Revoke the token bot1?"))
            #expect(try await desk.world.services.tokens.authenticate(first) != nil)
            #expect(try await console.says("1").contains("Token revoked"))
            #expect(try await desk.world.services.tokens.authenticate(first) == nil)
            #expect(try await console.says("/token new bot1").contains("blt_"))
            let unknown = try await console.says("/token revoke bot2")
            #expect(unknown.contains("You have no token named “bot2”."))
            #expect(unknown.contains("bot1"))
            #expect(unknown.contains("/token revoke NAME"))
        }
    }

    @Test func `a wrong scope or portfolio makes no token`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            #expect(try await console.says("/token new a nowhere").contains("Unknown portfolio"))
            #expect(try await console.says("/token new a ingest,red").contains("Unknown portfolio"))
            let tokens = try await desk.world.services.tokens.live(for: authority.caller)
            #expect(tokens.isEmpty)
        }
    }
}

extension TokenTests {
    @Test func `a token may be for one strategy, and end by itself`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            let shown = try await console.says("/token new bot1 strategy momo for 30d main ingest")
            #expect(shown.contains("momo@1.0"))
            #expect(shown.contains("in 30 days"))
            let token = try #require(
                try await desk.world.services.tokens.live(for: authority.caller).first)
            #expect(token.strategy == "momo@1.0")
            #expect(token.portfolioName == "main")
            #expect(token.scopes == "ingest")
            #expect(token.expiresAt == token.createdAt.adding(seconds: 30 * 86_400))
            let list = try await console.says("/token")
            #expect(list.contains("momo@1.0"))
            for words in ["for 0d", "for ever", "strategy a@b@c"] {
                let refused = try await console.says("/token new bot2 \(words)")
                #expect(!refused.contains("blt_"), "\(words)")
            }
        }
    }

    @Test func `the button below a new token takes it off the screen, and does nothing else`()
        async throws
    {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                ada.says("/token new bot1")
                let shown = try await ada.hears("Your new token")
                #expect(shown.text.contains("blt_"))
                _ = try await ada.presses("I have it: take it off the screen", on: shown).answer()
                let list = try await ada.hears("API tokens")
                #expect(!list.text.contains("blt_"))
                #expect(list.id == shown.id)
                // A press says what to show, never what to do.
                let label = "I have it: take it off the screen"
                let data = try #require(shown.button(label)?.callbackData)
                _ = try await ada.presses(data: data + "new bot2", on: list).answer()
                let tokens = try await bot.world.texts("SELECT name FROM api_tokens")
                #expect(tokens == ["bot1"])
            }
        }
    }
}
