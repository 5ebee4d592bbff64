import Bot
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// The bot in a terminal.
@Suite struct ConsoleTests {
    @Test func `lines in, replies out, to the end of the input`() async throws {
        try await Desk.run { desk in
            let (console, _) = try await desk.member(username: "ada")
            let printed = Lock<[String]>([])
            let lines = AsyncStream { continuation in
                for line in ["/start", "", "   ", "/positions", "hello"] {
                    continuation.yield(line)
                }
                continuation.finish()
            }
            try await console.run(lines) { text in printed.withLock { $0.append(text) } }
            let replies = printed.withLock { $0 }
            #expect(replies.count == 3)
            #expect(replies.first?.hasPrefix("Welcome, @ada\n=====") == true)
            #expect(replies.last?.contains("Send /help") == true)
        }
    }

    @Test func `a stranger asks and an admin in another terminal lets them in`() async throws {
        try await Desk.run { desk in
            let (admin, _) = try await desk.member(9001, isAdmin: true)
            let ada = desk.console(1001, username: "ada")
            #expect(try await ada.says("/positions").contains("Send /start to ask"))
            #expect(try await ada.says("/start").contains("on its way"))
            #expect(try await admin.says("/approve @ada").contains("Approved: @ada"))
            #expect(try await ada.says("/positions").contains("No open positions."))
        }
    }

    @Test func `a number presses the button of the last reply`() async throws {
        try await Desk.run { desk in
            let (console, _) = try await desk.member()
            #expect(try await console.says("1") == "There is no button to press.")
            let shown = try await console.says("/orders")
            #expect(shown.contains("[1] Refresh\n[2] Filled  [3] All"))
            #expect(try await console.says("3").contains("Orders: all"))
            #expect(try await console.says("7") == "There is no button 7: the last reply has 3.")
            #expect(try await console.says("99999999999999999999").contains("There is no button"))
            #expect(try await console.says("0").contains("There is no button 0"))
        }
    }

    @Test func `an error that nobody expected is logged under the reference that is shown`()
        async throws
    {
        try await Desk.run { desk in
            let faulty = FaultyDatabase(desk.world.database)
            let (_, _) = try await desk.member()
            let console = ConsoleBot(
                services: .init(database: faulty, world: desk.world.world, limits: .init()),
                telegramUserID: 1001, observe: { desk.events.append($0) })
            faulty.fail(with: .statement(detail: "SELECT nonsense"))
            let shown = try await console.says("/positions")
            #expect(shown.contains("Something went wrong"))
            #expect(!shown.contains("nonsense"))
            let reference = try #require(desk.events.all.first?.fields["reference"])
            #expect(reference.count == 8)
            #expect(shown.contains(reference))

            faulty.fail(with: .unavailable(detail: "postgres://secret"))
            let away = try await console.says("/positions")
            #expect(away.contains("The ledger's database is away."))
            #expect(!away.contains("secret"))
            faulty.fail(with: nil)
            #expect(try await console.says("/positions").contains("No open positions."))
            #expect(desk.events.all.count == 1)
        }
    }
}
