import Bot
import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// What becomes of notices by their reader's settings, on the way to Telegram.
@Suite struct NoticeDeliveryTests {
    /// A member who has opened the chat and has these settings.
    private static func reader(
        _ bot: BotWorld, _ change: @escaping @Sendable (inout UserSettings) -> Void
    ) async throws -> (user: StandInUser, authority: Authority) {
        let (user, authority) = try await bot.member(1001)
        user.says("/start")
        _ = try await user.hears("Welcome")
        try await settled(bot)
        _ = try await bot.services.settings.change(for: authority.caller, change)
        return (user, authority)
    }

    private static func tell(
        _ fills: [String], of authority: Authority, _ bot: BotWorld
    ) async throws {
        for fill in fills { try await bot.world.post(fill, as: authority) }
        try await FillWatch(bot.services) { Issue.record("\($0)") }.round()
    }

    private static func outbox(_ condition: String, _ bot: BotWorld) async throws -> Int {
        try await bot.world.count(of: "outbox", where: condition)
    }

    /// Expects that so many messages went to this person, and those without a sound that are to.
    private static func expect(
        silent: [Bool], to user: StandInUser, _ bot: BotWorld
    ) async throws {
        func silence() -> [Bool] {
            bot.telegram.calls(of: "sendRichMessage")
                .filter { $0.parameters["chat_id"]?.integer == user.id }
                .map { $0.parameters["disable_notification"]?.boolean == true }
        }
        try await eventually("the calls to be over", bot) { silence().count >= silent.count }
        #expect(silence() == silent)
    }

    // The world begins at midnight in UTC.
    private static let night = UserSettings.QuietHours(fromMinute: 22 * 60, toMinute: 7 * 60)

    @Test(arguments: TestBackend.allCases)
    func `what comes in quiet hours is held, and told with a sound when they are over`(
        _ backend: TestBackend
    ) async throws {
        try await BotWorld.run(on: backend) { bot in
            try await bot.running {
                let (ada, authority) = try await Self.reader(bot) {
                    $0.quietHours = Self.night
                    $0.fills = .each
                }
                try await Self.tell(
                    [fill("t-1", "BUY", "2.5", at: "10", time: "2025-12-31T00:00:00Z")],
                    of: authority, bot)
                try await eventually("the notice to be held", bot) {
                    try await Self.outbox("held_until IS NOT NULL AND sent_at IS NULL", bot) == 1
                }
                // A command is answered all the same.
                ada.says("/trades")
                _ = try await ada.hears("BTCUSDT")
                #expect(!ada.messages.contains { $0.text.contains("1 fill in 1 symbol") })
                await bot.world.world.advance(seconds: 7 * 3600)
                let told = try await ada.hears("1 fill in 1 symbol")
                #expect(told.text.contains("2.5"))
                try await eventually("it to be marked", bot) {
                    try await Self.outbox("sent_at IS NULL", bot) == 0
                }
                #expect(ada.messages.count { $0.text.contains("1 fill in 1 symbol") } == 1)
                try await Self.expect(silent: [false, false, false], to: ada, bot)
            }
        }
    }

    @Test func `what its reader turned off meanwhile is dropped, and nothing else is`()
        async throws
    {
        try await BotWorld.run { bot in
            try await bot.running {
                let (ada, authority) = try await Self.reader(bot) {
                    $0.quietHours = Self.night
                    $0.fills = .each
                }
                try await Self.tell(
                    [fill("t-1", "BUY", "1", at: "10", time: "2025-12-31T00:00:00Z")],
                    of: authority, bot)
                try await eventually("the notice to be held", bot) {
                    try await Self.outbox("held_until IS NOT NULL", bot) == 1
                }
                _ = try await bot.services.settings.change(for: authority.caller) {
                    $0.fills = .off
                }
                await bot.world.world.advance(seconds: 7 * 3600)
                try await eventually("the notice to be dropped", bot) {
                    try await Self.outbox("failure = 'its reader does not want it'", bot) == 1
                }
                _ = try await bot.services.users.change(.promote, 1001, by: .owner)
                _ = try await ada.hears("You are an admin now")
                #expect(!ada.messages.contains { $0.text.contains("1 fill in 1 symbol") })
            }
        }
    }

    @Test func `who wants no sound is told without one, and answered with one`() async throws {
        try await BotWorld.run { bot in
            try await bot.running {
                let (ada, authority) = try await Self.reader(bot) {
                    $0.isSilent = true
                    $0.fills = .each
                }
                try await Self.tell(
                    [fill("t-1", "BUY", "1", at: "10", time: "2025-12-31T00:00:00Z")],
                    of: authority, bot)
                _ = try await ada.hears("1 fill in 1 symbol")
                ada.says("/trades")
                _ = try await ada.hears("BTCUSDT")
                try await Self.expect(silent: [false, true, false], to: ada, bot)
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `fills that pile up are told by their number and symbols, with a button for each of them`(
        _ backend: TestBackend
    ) async throws {
        try await BotWorld.run(on: backend) { bot in
            try await bot.running {
                let (ada, authority) = try await Self.reader(bot) {
                    $0.quietHours = Self.night
                    $0.fills = .each
                }
                // Seventeen fills in four symbols, told by six notices.
                for round in 0..<6 {
                    let numbers = (round * 3)..<min(round * 3 + 3, 17)
                    try await Self.tell(
                        numbers.map {
                            fill(
                                "t-\($0)", "BUY", "1", at: "10", symbol: "SYM\($0 % 4)",
                                time: "2025-12-31T00:00:\($0 + 10)Z")
                        }, of: authority, bot)
                }
                try await eventually("all to be held", bot) {
                    try await Self.outbox("held_until IS NOT NULL AND sent_at IS NULL", bot) == 6
                }
                await bot.world.world.advance(seconds: 7 * 3600)
                let pile = try await ada.hears("17 fills in 4 symbols were held back")
                #expect(pile.text.firstMatch(of: /News of fills\W+6/) != nil)
                try ada.presses("Show them", on: pile)
                let first = try await ada.hears("3 fills in 3 symbols")
                #expect(first.id == pile.id && first.text.contains("SYM0"))
                try ada.presses("Newer ›", on: first)
                let second = try await ada.hears("3 fills in 3 symbols")
                #expect(second.text.contains("SYM3"))
                try await Self.expect(silent: [false, false], to: ada, bot)
            }
        }
    }

    @Test func `a pile of more than fills tells both, and a pile in a pile is counted`()
        async throws
    {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            try await bot.running {
                ada.says("/start")
                _ = try await ada.hears("Welcome")
                try await settled(bot)
            }
            _ = try await bot.services.settings.change(for: authority.caller) { $0.fills = .each }
            let messages = bot.services.messages
            for number in 0..<2 {
                try await Self.tell(
                    [fill("t-\(number)", "BUY", "1", at: "10", symbol: "SYM\(number)")],
                    of: authority, bot)
            }
            let fills = try await messages.unsent(limit: 10)
            _ = try await messages.pile(fills, because: .atOnce, isSilent: false)
            _ = try await bot.services.users.change(.promote, 1001, by: .owner)
            let all = try await messages.unsent(limit: 10)
            #expect(all.count == 2)
            _ = try await messages.pile(all, because: .atOnce, isSilent: false)
            try await bot.running {
                let pile = try await ada.hears("3 messages at once")
                #expect(pile.text.firstMatch(of: /News of fills\W+2/) != nil)
                #expect(pile.text.firstMatch(of: /Fills in all\W+2 fills in 2 symbols/) != nil)
                #expect(pile.text.firstMatch(of: /Your membership\W+1/) != nil)
            }
        }
    }
}
