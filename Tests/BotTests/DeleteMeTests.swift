import Bot
import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// `/deleteme`: the files first, then an admin's word, then nothing is left.
@Suite struct DeleteMeTests {
    private static let writer = ExportWriter(
        frame: { _, _ in ExportWriter.Frame(head: Array("head\n".utf8), separator: [], tail: []) },
        rows: { subject, _, take in try await take([Array("\(subject.rawValue)\n".utf8)]) })

    private func users(_ bot: BotWorld) async throws -> Int {
        try await bot.world.count(of: "users")
    }

    /// Opens the admin's chat, so that they can be told.
    private func greet(_ bot: BotWorld) async throws {
        bot.admin.says("/start")
        _ = try await bot.admin.hears("Welcome")
    }

    @Test(arguments: TestBackend.allCases)
    func `files, then an admin's Confirm, then the member is a stranger`(
        _ backend: TestBackend
    ) async throws {
        try await BotWorld.run(exports: Self.writer, on: backend) { bot in
            let (ada, authority) = try await bot.member(1001, username: "ada")
            try await bot.world.post(fill("1", "BUY", "1", at: "100"), as: authority)
            try await bot.running {
                try await greet(bot)
                ada.says("/deleteme")
                let question = try await ada.hears("Do you want to leave?")
                #expect(question.text.contains("everything of yours is erased"))
                let first = try await ada.presses("Confirm", on: question).answer()
                #expect(first.text == "Done.")
                let asked = try await ada.hears("The admins are asked")
                let files = ada.messages.filter { $0.file != nil }
                #expect(files.count == 4)
                #expect(files.allSatisfy { $0.id < asked.id })
                let request = try await bot.admin.hears("@ada wants to leave")
                #expect(request.text.contains("1001"))
                #expect(try await users(bot) == 2)

                // The buttons are the admin's own.
                let data = try #require(request.button("Confirm")?.callbackData)
                let foreign = try await ada.presses(data: data, on: asked).answer()
                #expect(foreign.isAlert)
                #expect(try await users(bot) == 2)

                let press = try await bot.admin.presses("Confirm", on: request).answer()
                #expect(press.text == "Done.")
                _ = try await bot.admin.hears("Done: erase @ada")
                #expect(try await users(bot) == 1)
                ada.says("/positions")
                _ = try await ada.hears("You are not a member yet")
                let again = try await bot.admin.presses(data: data, on: request).answer()
                #expect(again.text == "Done.")
                try await settled(bot)
            }
        }
    }

    @Test func `where the files do not arrive no admin is asked`() async throws {
        try await BotWorld.run(exports: Self.writer) { bot in
            let (ada, _) = try await bot.member(1001, username: "ada")
            try await bot.running {
                try await greet(bot)
                bot.telegram.fault(.badRequest("Bad Request: too sad"), on: "sendDocument")
                ada.says("/deleteme")
                let question = try await ada.hears("Do you want to leave?")
                _ = try await ada.presses("Confirm", on: question).answer()
                _ = try await ada.hears("A file could not be sent")
                try await settled(bot)
                #expect(try await bot.world.count(of: "outbox", where: "kind = 'erase'") == 0)
                // Asked again, it works.
                ada.says("/deleteme anonymise")
                let second = try await ada.hears("without your name")
                _ = try await ada.presses("Confirm", on: second).answer()
                _ = try await ada.hears("The admins are asked")
                let request = try await bot.admin.hears("@ada wants to leave")
                _ = try await bot.admin.presses("Confirm", on: request).answer()
                _ = try await bot.admin.hears("Done: anonymise @ada")
                #expect(try await users(bot) == 2)
                ada.says("/positions")
                _ = try await ada.hears("You are not a member yet")
            }
        }
    }

    @Test func `discarding it changes nothing, for the member as for the admin`() async throws {
        try await BotWorld.run(exports: Self.writer) { bot in
            let (ada, _) = try await bot.member(1001, username: "ada")
            try await bot.running {
                try await greet(bot)
                ada.says("/deleteme")
                var question = try await ada.hears("Do you want to leave?")
                _ = try await ada.presses("Discard", on: question).answer()
                _ = try await ada.hears("Discarded")
                #expect(bot.telegram.calls(of: "sendDocument").isEmpty)
                ada.says("/deleteme")
                question = try await ada.hears("Do you want to leave?")
                _ = try await ada.presses("Confirm", on: question).answer()
                let request = try await bot.admin.hears("@ada wants to leave")
                _ = try await bot.admin.presses("Discard", on: request).answer()
                _ = try await bot.admin.hears("Discarded")
                #expect(try await users(bot) == 2)
                ada.says("/positions")
                _ = try await ada.hears("No open positions.")
            }
        }
    }

    @Test func `the last admin can't leave`() async throws {
        try await Desk.run { desk in
            let (boss, _) = try await desk.member(9001, isAdmin: true)
            let shown = try await boss.says("/deleteme")
            #expect(shown.contains("There is no other admin who could confirm it"), "\(shown)")
            let (ada, _) = try await desk.member(1001)
            #expect(try await ada.says("/deleteme now").contains("neither erase nor anonymise"))
            #expect(try await ada.says("/deleteme").contains("[1] Confirm  [2] Discard"))
            #expect(try await ada.says("1").contains("The admins are asked"))
            #expect(try await desk.world.count(of: "outbox", where: "kind = 'erase'") == 1)
        }
    }
}
