import Bot
import Records
import Services
import TestSupport
import Testing

/// From the first message to membership.
@Suite struct ApprovalTests {
    private func ask(_ bot: BotWorld) async throws -> (ada: StandInUser, request: StandInMessage) {
        bot.admin.says("/start")
        _ = try await bot.admin.hears("Welcome, @boss")
        let ada = bot.telegram.user(1001, username: "ada")
        ada.says("/start")
        let answer = try await ada.hears()
        #expect(answer.text.contains("Your request is on its way"))
        return (ada, try await bot.admin.hears("@ada asks to come in"))
    }

    @Test(arguments: TestBackend.allCases)
    func `a stranger asks, an admin approves by one tap, and the stranger hears of it`(
        backend: TestBackend
    )
        async throws
    {
        try await BotWorld.run(on: backend) { bot in
            try await bot.running {
                let (ada, request) = try await ask(bot)
                #expect(request.button("Approve")?.style == "success")
                #expect(request.button("Reject")?.style == "danger")
                #expect(request.text.contains("1001"))

                let press = try bot.admin.presses("Approve")
                #expect(try await press.answer().text == "@ada is approved.")
                let outcome = try await bot.admin.hears("Approved: @ada")
                #expect(outcome.id == request.id)
                #expect(outcome.buttons.isEmpty)
                #expect(outcome.text.contains("@boss"))

                _ = try await ada.hears("You are in")
                let user = try await bot.services.users.user(telegramUserID: 1001)
                #expect(user?.state == .approved)
                let menu = try await bot.telegram.eventually("the menu of the new member") {
                    $0.commands(scope: "chat:1001")
                }
                #expect(menu.map(\.command).contains("positions"))
                #expect(!menu.map(\.command).contains("approve"))
                ada.says("/positions")
                _ = try await ada.hears("No open positions.")
            }
        }
    }

    @Test func `a declined stranger hears of it and is let in by nothing but a command`()
        async throws
    {
        try await BotWorld.run { bot in
            try await bot.running {
                let (ada, request) = try await ask(bot)
                let press = try bot.admin.presses("Reject")
                #expect(try await press.answer().text == "@ada is declined.")
                _ = try await bot.admin.hears("Declined: @ada")
                _ = try await ada.hears("Your request was declined")
                ada.says("/start")
                _ = try await ada.hears("Your request was declined")

                let late = try bot.admin.presses("Approve", on: request)
                #expect(try await late.answer().text == "@ada was already declined.")
                #expect(try await state(of: 1001, bot) == .rejected)
                bot.admin.says("/approve @ada")
                _ = try await bot.admin.hears("Approved: @ada")
                #expect(try await state(of: 1001, bot) == .approved)
            }
        }
    }

    private func state(of id: Int64, _ bot: BotWorld) async throws -> User.State? {
        try await bot.services.users.user(telegramUserID: id)?.state
    }

    @Test func `a second tap, of the same or another admin, finds it decided`() async throws {
        try await BotWorld.run { bot in
            let (second, _) = try await bot.member(9002, username: "vice", isAdmin: true)
            try await bot.running {
                second.says("/start")
                _ = try await second.hears("Welcome, @vice")
                let (ada, request) = try await ask(bot)
                let copy = try await second.hears("@ada asks to come in")
                try bot.admin.presses("Approve")
                _ = try await bot.admin.hears("Approved: @ada")
                _ = try await ada.hears("You are in")

                let again = try bot.admin.presses("Approve", on: request)
                #expect(try await again.answer().text == "@ada was already approved.")
                let other = try second.presses("Reject", on: copy)
                #expect(try await other.answer().text == "@ada was already approved.")
                let outcome = try await second.hears("@ada was already approved")
                #expect(outcome.id == copy.id)
                #expect(outcome.buttons.isEmpty)
                #expect(outcome.text.contains("@boss"))
                #expect(try await state(of: 1001, bot) == .approved)
                #expect(ada.messages.count { $0.text.contains("You are in") } == 1)
            }
        }
    }

    @Test func `nobody but an admin decides, however they come by the button`() async throws {
        try await BotWorld.run { bot in
            let (member, _) = try await bot.member(2002, username: "mallory")
            try await bot.running {
                let (ada, request) = try await ask(bot)
                for presser in [member, ada] {
                    let press = presser.presses(data: "approve:1001", on: request)
                    let answer = try await press.answer()
                    #expect(answer.isAlert)
                    #expect(answer.text != "@ada is approved.")
                }
                #expect(try await state(of: 1001, bot) == .pending)
                #expect(!bot.telegram.messages(in: BotWorld.adminID).contains { $0.isEdited })
            }
        }
    }

    @Test(arguments: [
        "", "approve", "approve:", "approve:x", "approve:424242", "reject:424242", "show:1:2:3",
        "positions:zz:1:", "positions::1:", "trades:1:zzzzzzzzzzzzz.9999999999999:",
        ":::", "approve:9223372036854775808", "\u{0}:\u{0}", "positions:6y1:-99999999999999999999:",
    ])
    func `a forged press is answered and changes nothing`(data: String) async throws {
        try await BotWorld.run { bot in
            try await bot.running {
                let (_, request) = try await ask(bot)
                guard !data.isEmpty else { return }
                let press = bot.admin.presses(data: data, on: request)
                _ = try await press.answer()
                #expect(try await state(of: 1001, bot) == .pending)
            }
        }
    }

    @Test func `the same press and the same start delivered to the next process act once`()
        async throws
    {
        try await BotWorld.run { bot in
            let ada = bot.telegram.user(1001, username: "ada")
            let (start, press) = try await bot.running {
                bot.admin.says("/start")
                _ = try await bot.admin.hears("Welcome")
                let start = ada.says("/start")
                _ = try await ada.hears("on its way")
                _ = try await bot.admin.hears("asks to come in")
                let press = try bot.admin.presses("Approve")
                _ = try await bot.admin.hears("Approved")
                _ = try await ada.hears("You are in")
                try await settled(bot)
                return (start, press)
            }
            // Under its own number it was answered, under another it is told what it led to.
            try await deliverAgain(press.updateID, bot)
            press.comesAgain()
            try await bot.running {
                try await eventually("the second answer", bot) { press.answers.count == 2 }
                try await settled(bot)
            }
            #expect(press.answers.count == 2)
            #expect(press.answers.last?.text == "@ada was already approved.")
            let told = ada.messages.count
            try await deliverAgain(start.updateID, bot)
            try await bot.running { try await settled(bot) }
            #expect(ada.messages.count == told)
            #expect(ada.messages.count { $0.text.contains("You are in") } == 1)
            #expect(bot.admin.messages.count { $0.text.contains("asks to come in") } == 0)
            #expect(try await state(of: 1001, bot) == .approved)
        }
    }

    @Test func `as many wait as the group may have members, and no more`() async throws {
        try await BotWorld.run(limits: Limits(maxUsers: 2)) { bot in
            try await bot.running(services: bot.services) {
                for id in [1001, 1002] as [Int64] {
                    let user = bot.telegram.user(id)
                    user.says("/start")
                    _ = try await user.hears("on its way")
                }
                let third = bot.telegram.user(1003)
                third.says("/start")
                _ = try await third.hears("takes no more requests")
                third.says("/positions")
                _ = try await third.hears("Send /start to ask")

                bot.admin.says("/approve 1001")
                _ = try await bot.admin.hears("Approved: user 1001")
                bot.admin.says("/approve 1002")
                let full = try await bot.admin.hears("A limit is reached")
                #expect(full.text.contains("limits.max_users"))
            }
        }
    }

    @Test func `a stranger gets nothing but the way in`() async throws {
        try await BotWorld.run { bot in
            try await bot.running {
                let stranger = bot.telegram.user(1001)
                for command in Commands.all where command.name != "start" {
                    stranger.says("/\(command.name)")
                    _ = try await stranger.hears("Send /start to ask")
                }
                for text in ["hello", "/nonsense", "/", "/@x", "/help help"] {
                    stranger.says(text)
                    _ = try await stranger.hears("Send /start to ask")
                }
                #expect(try await bot.services.users.user(telegramUserID: 1001) == nil)
                stranger.says("/start")
                _ = try await stranger.hears("on its way")
                stranger.says("/positions")
                _ = try await stranger.hears("has not decided yet")
            }
        }
    }
}
