import Bot
import Services
import TestSupport
import Testing

/// The one list of commands, and what is made from it.
@Suite struct MenuTests {
    @Test func `every command has a name, summary and example that Telegram takes`() {
        #expect(Set(Commands.all.map(\.name)).count == Commands.all.count)
        for command in Commands.all {
            #expect(command.name.wholeMatch(of: /[a-z0-9_]{1,32}/) != nil)
            #expect((1...256).contains(command.summary.utf16.count))
            #expect(!command.summary.hasSuffix("."))
            #expect(command.example.hasPrefix("/\(command.name)"))
            #expect(command.usage.hasPrefix("/\(command.name)"))
        }
    }

    @Test func `the README's table has a row for every command`() {
        let lines = Commands.markdownTable.split(separator: "\n")
        #expect(lines.count == Commands.all.count + 2)
        for (line, command) in zip(lines.dropFirst(2), Commands.all) {
            #expect(line.hasPrefix("| `/\(command.name)"))
            #expect(line.hasSuffix("\(command.summary) |"))
        }
    }

    @Test func `at the start everybody's menu is set, also where Telegram fails at first`()
        async throws
    {
        try await BotWorld.run { bot in
            _ = try await bot.member(1001)
            _ = try await bot.services.users.register(telegramUserID: 1002, username: nil)
            bot.telegram.fault(.internalError, on: "setMyCommands")
            try await bot.running {
                try await eventually("the admin's menu", bot) {
                    bot.telegram.commands(scope: "chat:\(BotWorld.adminID)") != nil
                        && bot.telegram.commands(scope: "chat:1001") != nil
                }
            }
            func names(_ scope: String) -> [String]? {
                bot.telegram.commands(scope: scope)?.map(\.command)
            }
            #expect(names("default") == ["start", "help"])
            #expect(
                names("chat:1001") == Commands.available(to: .approved).map(\.name))
            #expect(names("chat:\(BotWorld.adminID)") == Commands.all.map(\.name))
            #expect(names("chat:1002") == nil)
        }
    }

    @Test func `a member's start sets the menu anew`() async throws {
        try await BotWorld.run { bot in
            try await bot.running {
                try await eventually("the first menus", bot) {
                    bot.telegram.commands(scope: "chat:\(BotWorld.adminID)") != nil
                }
                let (ada, _) = try await bot.member(1001)
                ada.says("/start")
                try await eventually("the menu", bot) {
                    bot.telegram.commands(scope: "chat:1001") != nil
                }
            }
        }
    }
}
