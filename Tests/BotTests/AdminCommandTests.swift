import Bot
import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// What admins may do about others, and see of all.
@Suite struct AdminCommandTests {
    private func state(_ id: Int64, _ desk: Desk) async throws -> User.State? {
        try await desk.world.services.users.user(telegramUserID: id)?.state
    }

    private func isAdmin(_ id: Int64, _ desk: Desk) async throws -> Bool? {
        try await desk.world.services.users.user(telegramUserID: id)?.isAdmin
    }

    @Test(arguments: TestBackend.allCases)
    func `a standing changes when Confirm is pressed, and once`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (boss, _) = try await desk.member(9001, username: "boss", isAdmin: true)
            let (ada, _) = try await desk.member(1001, username: "ada")
            _ = try await ada.tells("/token new t1")

            let asked = try await boss.tells("/deactivate ADA")
            #expect(asked.contains("Deactivate @ada?") && asked.contains("tokens are revoked"))
            #expect(try await state(1001, desk) == .approved)
            let done = try await boss.tells("1")
            #expect(done.contains("Done: deactivate @ada") && done.contains("Tokens revoked: 1"))
            #expect(try await state(1001, desk) == .deactivated)
            #expect(try await ada.tells("/positions").contains("Your membership has ended"))
            #expect(try await boss.tells("/deactivate 1001").contains("deactivated already"))
            #expect(try await boss.tells("/promote @ada").contains("no member, but deactivated"))

            #expect(try await boss.tells("/activate @ada").contains("tokens stay revoked"))
            #expect(try await boss.tells("2").contains("nothing was stored"))
            #expect(try await state(1001, desk) == .deactivated)
            _ = try await boss.tells("/activate @ada")
            _ = try await boss.tells("1")
            #expect(try await state(1001, desk) == .approved)

            _ = try await boss.tells("/promote 1001")
            #expect(try await boss.tells("1").contains("Now: an admin"))
            #expect(try await isAdmin(1001, desk) == true)
            #expect(try await ada.tells("/demote @boss").contains("They stay a member"))
            _ = try await ada.tells("1")
            #expect(try await isAdmin(9001, desk) == false)
            #expect(try await ada.tells("/demote @ada").contains("last admin"))
            #expect(try await ada.tells("/deactivate @ada").contains("last admin"))
            #expect(try await boss.tells("/users").contains("is for admins"))
        }
    }

    @Test func `an admin whom the configuration appoints is demoted until the next start`()
        async throws
    {
        try await Desk.run { desk in
            let (boss, _) = try await desk.member(9001, username: "boss", isAdmin: true)
            _ = try await desk.member(9002, username: "vice", isAdmin: true)
            _ = try await desk.member(9003, username: "third", isAdmin: true)
            let services = Services(
                database: desk.world.database, world: desk.world.world, limits: Limits(),
                appointedAdmins: [9001, 9002])
            let ruling = ConsoleBot(services: services, telegramUserID: 9001)
            let asked = try await ruling.says("/demote @vice")
            #expect(asked.contains("telegram.admin_user_ids names them"))
            #expect(asked.contains("Take them out there as well"))
            let done = try await ruling.says("1")
            #expect(done.contains("Until") && done.contains("the next start"))
            #expect(try await isAdmin(9002, desk) == false)
            // Of others nothing is said of the configuration.
            let other = try await ruling.says("/demote @third")
            #expect(!other.contains("telegram.admin_user_ids"))
            #expect(try await !ruling.says("1").contains("Until"))
            try await services.users.ensureAdmins([9001, 9002])
            #expect(try await isAdmin(9002, desk) == true)
            #expect(try await isAdmin(9003, desk) == false)
            #expect(try await boss.tells("/users").contains("@vice"))
        }
    }

    @Test func `what was proposed by an admin who is none any more is not done`() async throws {
        try await Desk.run { desk in
            let (boss, _) = try await desk.member(9001, username: "boss", isAdmin: true)
            let (vice, _) = try await desk.member(9002, username: "vice", isAdmin: true)
            _ = try await desk.member(1001, username: "ada")
            #expect(try await vice.tells("/deactivate @ada").contains("Deactivate @ada?"))
            let other = desk.console(9002)
            _ = try await other.tells("/broadcast hello")
            _ = try await boss.tells("/demote @vice")
            _ = try await boss.tells("1")
            #expect(try await vice.tells("1").contains("Only an admin may do this."))
            #expect(try await other.tells("1").contains("Only an admin may do this."))
            #expect(try await state(1001, desk) == .approved)
            #expect(try await desk.world.count(of: "outbox", where: "kind = 'broadcast'") == 0)
        }
    }

    @Test(arguments: [
        "/deactivate", "/activate", "/promote", "/demote", "/deactivate @nobody",
        "/promote 12", "/activate @a b", "/broadcast", "/audit nonsense", "/audit user user user",
        "/approve", "/reject @nobody",
    ])
    func `a wrong argument is answered with usage and example, and changes nothing`(
        line: String
    ) async throws {
        try await Desk.run { desk in
            let (boss, _) = try await desk.member(9001, isAdmin: true)
            let rows = try await desk.world.rowCounts()
            let shown = try await boss.tells(line)
            #expect(shown.contains("Usage:") && shown.contains("Example:"), "\(shown)")
            #expect(try await desk.world.rowCounts() == rows)
        }
    }

    @Test func `members get nothing of it`() async throws {
        try await Desk.run { desk in
            let (ada, _) = try await desk.member(1001, username: "ada")
            _ = try await desk.member(9001, username: "boss", isAdmin: true)
            for command in Commands.all where command.access == .admin {
                let shown = try await ada.tells("\(command.example)")
                #expect(shown.contains("is for admins."), "\(command.name)")
                #expect(!shown.contains("boss"), "\(command.name)")
            }
            #expect(try await ada.tells("/accounts all").contains("for admins"))
            #expect(try await desk.world.count(of: "pending_actions") == 0)
        }
    }

    @Test func `users are listed with when they were seen and what they have`() async throws {
        try await Desk.run { desk in
            let (boss, _) = try await desk.member(9001, username: "boss", isAdmin: true)
            let (ada, authority) = try await desk.member(1001, username: "ada")
            try await desk.world.post(fill("a", "BUY", "1", at: "1"), as: authority)
            #expect(try await boss.tells("/users").contains("never"))
            _ = try await ada.tells("/positions")
            let shown = try await boss.tells("/users")
            #expect(!shown.contains("never"))
            let row = try #require(shown.split(separator: "\n").first { $0.contains("@ada") })
            #expect(row.contains("approved") && row.hasSuffix(" 1 1"), "\(row)")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the audit log is turned to its beginning, and filtered`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (boss, _) = try await desk.member(9001, username: "boss", isAdmin: true)
            let (_, adas) = try await desk.member(1001, username: "ada")
            for number in 0..<50 {
                try await desk.world.addPortfolio("book\(number)", of: adas)
            }
            let newest = try await boss.tells("/audit @ada portfolio")
            #expect(newest.contains("Audit log: of @ada, portfolio"))
            #expect(newest.contains("create portfolio") && newest.contains("name: book49"))
            var shown = newest
            var pages = 1
            while shown.contains("Older ›") {
                shown = try await boss.tells(pages == 1 ? "1" : "2")
                pages += 1
            }
            #expect(pages == 3 && shown.contains("name: main"))
            #expect(try await boss.tells("1") == newest)
            #expect(try await !boss.tells("/audit").contains("create trade"))
            try await desk.world.post(fill("a", "BUY", "1", at: "1"), as: adas)
            #expect(try await boss.tells("/audit trade 1001").contains("broker_trade_id: a"))
            let kinds = try await boss.tells("/audit nonsense")
            #expect(kinds.contains("neither a user nor a kind") && kinds.contains("token"))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `accounts of all, brokers and the service's state are shown`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (boss, _) = try await desk.member(9001, username: "boss", isAdmin: true)
            _ = try await desk.member(1001, username: "ada")
            let accounts = try await boss.tells("/accounts all")
            #expect(accounts.contains("@ada") && accounts.contains("@boss"))
            #expect(try await !boss.tells("/accounts").contains("@ada"))
            let brokers = try await boss.tells("/brokers")
            #expect(brokers.contains("IBKR") && brokers.contains("Interactive Brokers"))
            _ = try await desk.console(1002).tells("/start")
            await desk.world.world.advance(seconds: 3700)
            let status = try await boss.tells("/status")
            #expect(status.contains(backend == .sqlite ? "SQLite" : "PostgreSQL"))
            #expect(status.contains(" MB") && status.contains("Up for: 1 h 1 min"))
            #expect(status.contains("Notices unsent: 1, the oldest for 1 h 1 min"))
            #expect(status.contains("Schema: \(Schema.migrations.count)"))
            #expect(status.contains("Last backup: none yet"))
            #expect(status.contains("Waiting to come in: 1"))
            #expect(try await boss.tells("1").contains("Status"))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a message to all reaches each member once, as it was written`(
        _ backend: TestBackend
    ) async throws {
        try await BotWorld.run(on: backend) { bot in
            let (ada, _) = try await bot.member(1001, username: "ada")
            let stranger = bot.telegram.user(1002)
            try await bot.running {
                for user in [bot.admin, ada, stranger] {
                    user.says("/start")
                    _ = try await user.hears()
                }
                bot.admin.says("/broadcast down <b>at 8</b> &amp;\nback at \u{202E}9")
                let proposal = try await bot.admin.hears("Tell every member?")
                #expect(proposal.text.contains("down <b>at 8</b>"))
                let data = try #require(proposal.button("Confirm")?.callbackData)
                #expect(try await bot.world.count(of: "outbox", where: "kind = 'broadcast'") == 0)
                for _ in 0..<3 {
                    let answer = try await bot.admin.presses(data: data, on: proposal).answer()
                    #expect(answer.text == "Done.")
                }
                let told = try await ada.hears("A message from @boss")
                #expect(told.text.contains("down <b>at 8</b> &amp;"))
                #expect(told.text.contains("back at"))
                _ = try await bot.admin.hears("A message from @boss")
                try await settled(bot)
                #expect(try await bot.world.count(of: "outbox", where: "kind = 'broadcast'") == 2)
                bot.admin.says("/broadcast " + String(repeating: "x\n", count: 700))
                _ = try await bot.admin.hears("too long for one message")
            }
            #expect(ada.messages.count { $0.text.contains("A message from") } == 1)
            #expect(!stranger.messages.contains { $0.text.contains("A message from") })
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a decision holds its maker's name after a restart, and menus follow the standing`(
        _ backend: TestBackend
    ) async throws {
        try await BotWorld.run(on: backend) { bot in
            let (vice, _) = try await bot.member(9002, username: "vice", isAdmin: true)
            let ada = bot.telegram.user(1001, username: "ada")
            let copy = try await bot.running {
                for user in [bot.admin, vice] {
                    user.says("/start")
                    _ = try await user.hears("Welcome")
                }
                ada.says("/start")
                _ = try await ada.hears("on its way")
                let copy = try await vice.hears("@ada asks to come in")
                _ = try await bot.admin.hears("@ada asks to come in")
                try bot.admin.presses("Approve")
                _ = try await ada.hears("You are in")
                try await settled(bot)
                return copy
            }
            try await bot.running {
                let late = try vice.presses("Reject", on: copy)
                #expect(try await late.answer().text == "@ada was already approved.")
                #expect(try await vice.hears("was already approved").text.contains("@boss"))
                func menu(_ what: String, holds name: String, _ isIn: Bool) async throws {
                    try await eventually(what, bot) {
                        let names = bot.telegram.commands(scope: "chat:1001")?.map(\.command)
                        return names?.contains(name) == isIn
                    }
                }
                vice.says("/promote @ada")
                _ = try await vice.hears("Promote @ada?")
                try vice.presses("Confirm")
                _ = try await ada.hears("You are an admin now")
                try await menu("the admin's menu", holds: "approve", true)
                vice.says("/deactivate @ada")
                _ = try await vice.hears("Deactivate @ada?")
                try vice.presses("Confirm")
                _ = try await ada.hears("Your membership has ended")
                try await menu("the stranger's menu", holds: "positions", false)
                // A forged button of an admin's command shows nothing to who is none.
                let data = "users:\(String(1001, radix: 36)):1:"
                let forged = try await ada.presses(data: data, on: copy).answer()
                #expect(forged.isAlert && forged.text?.contains("for members") == true)
            }
        }
    }

    @Test func `queues and lag are told by the running bot`() async throws {
        try await BotWorld.run { bot in
            try await bot.running {
                bot.admin.says("/status")
                let shown = try await bot.admin.hears("Status")
                #expect(shown.text.contains("Updates that wait"))
                #expect(shown.text.contains("Messages that wait"))
                bot.admin.says("/start")
                _ = try await bot.admin.hears("Welcome")
                let seen = "SELECT CAST(COUNT(last_seen_at) AS TEXT) FROM users"
                try await eventually("the admin to be noted as seen", bot) {
                    try await bot.world.texts(seen) == ["1"]
                }
            }
        }
    }
}

extension ConsoleBot {
    /// What it says, with one blank where columns are apart.
    func tells(_ line: String) async throws -> String {
        try await says(line).replacing(#/ +/#, with: " ")
    }
}
