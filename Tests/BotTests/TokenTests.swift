import Bot
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
            #expect(try await console.says("/token revoke BOT1").contains("Token revoked"))
            #expect(try await desk.world.services.tokens.authenticate(first) == nil)
            #expect(try await console.says("/token new bot1").contains("blt_"))
            let unknown = try await console.says("/token revoke bot2")
            #expect(unknown.contains("You have no token named “bot2”."))
            #expect(unknown.contains("bot1"))
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
