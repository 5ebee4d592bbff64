import Bot
import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// `/settings`, and what follows from it in chat.
@Suite struct SettingsCommandTests {
    private func button(_ label: String, in shown: String) throws -> String {
        let start = try #require(shown.firstRange(of: "] \(label)")?.lowerBound)
        return String(shown[..<start].reversed().prefix { $0 != "[" }.reversed())
    }

    @Test func `every setting is shown, and changed by its buttons`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            let all = try await console.says("/settings")
            for label in [
                "Currency", "Time zone", "Cost method", "Fills", "Orders", "Breaches", "Alerts",
                "Daily digest", "Weekly digest", "Quiet hours", "Sound",
            ] {
                #expect(all.contains("\(label):"), "\(label)")
                let shown = try await console.says("/settings")
                let one = try await console.says(try button(label, in: shown))
                #expect(one.hasPrefix(label))
                // The last choice before the way back.
                let back = try #require(Int(try button("‹ All settings", in: one)))
                #expect(back > 2)
                let changed = try await console.says("\(back - 1)")
                #expect(changed.contains("\(label): now "), "\(label)")
            }
            let settings = try await desk.world.services.settings.all(for: authority.caller)
            #expect(settings.baseCurrency == nil && settings.timeZone == "Asia/Tokyo")
            #expect(settings.costMethod == .lifo && settings.fills == .off)
            #expect(settings.orders == .off && !settings.tellsBreaches && !settings.tellsAlerts)
            #expect(settings.dailyDigestMinute == 22 * 60)
            #expect(settings.weeklyDigest == .init(weekday: 7, minuteOfDay: 18 * 60))
            #expect(settings.quietHours == .init(fromMinute: 18 * 60, toMinute: 8 * 60))
            #expect(settings.isSilent)
        }
    }

    @Test(arguments: [
        ("currency eur", "EUR"), ("currency NONE", "that of the portfolio's account"),
        ("zone berlin", "Europe/Berlin"), ("zone new york", "America/New_York"),
        ("zone america/new_york", "America/New_York"), ("zone +05:45", "+05:45"),
        ("zone utc", "UTC"), ("METHOD FIFO", "fifo"), ("fills Each", "each"),
        ("orders all", "all"), ("daily 7:30", "07:30"), ("daily 8", "08:00"),
        ("daily off", "off"), ("weekly friday", "Friday 08:00"),
        ("weekly su 18:15", "Sunday 18:15"), ("quiet 22:00-07:00", "22:00 to 07:00"),
        ("quiet 22 to 7", "22:00 to 07:00"), ("quiet off", "off"), ("sound silent", "silent"),
    ])
    func `what people type is understood`(typed: String, shown: String) async throws {
        try await Desk.run { desk in
            let (console, _) = try await desk.member()
            #expect(try await console.says("/settings \(typed)").contains(": now \(shown)."))
        }
    }

    @Test(arguments: [
        ("zone atlantis", "Europe/Berlin"), ("zone ../../etc/passwd", "Europe/Berlin"),
        ("daily 25:00", "08:00"), ("daily 8:5", "08:00"), ("weekly someday", "mon 08:00"),
        ("quiet 22:00", "22:00-07:00"), ("quiet 7-7", "22:00-07:00"), ("fills often", "batched"),
        ("currency €", "EUR"), ("sound maybe", "silent"), ("fils each", "Did you mean"),
        ("daily -1", "08:00"), ("daily ٠٨:٠٠", "08:00"),
    ])
    func `what can't be is refused with what was expected`(
        typed: String, hint: String
    ) async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            let answer = try await console.says("/settings \(typed)")
            #expect(answer.contains(hint), "\(answer)")
            let settings = try await desk.world.services.settings.all(for: authority.caller)
            #expect(settings == UserSettings())
        }
    }

    @Test func `times are shown in the reader's zone, and P&L by the chosen method`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            let (other, _) = try await desk.member(1002)
            try await desk.world.post(
                fill("a", "BUY", "1", at: "10", time: "2026-01-01T20:30:00Z"), as: authority)
            #expect(try await console.says("/trades").contains("2026-01-01 20:30 UTC"))
            _ = try await console.says("/settings zone Kathmandu")
            #expect(try await console.says("/trades").contains("2026-01-02 02:15 +05:45"))
            _ = try await console.says("/settings zone Tokyo")
            #expect(try await console.says("/trades").contains("2026-01-02 05:30 +09"))
            #expect(try await other.says("/settings").contains("Time zone:     UTC"))
            #expect(try await console.says("/pnl").contains("average cost"))
            _ = try await console.says("/settings method lifo")
            let told = try await console.says("/pnl all")
            #expect(told.contains("newest lots"))
            let byAverage = try await console.says(try button("Average", in: told))
            #expect(byAverage.contains("average cost"))
            #expect(
                try await console.says(try button("week", in: byAverage)).contains("average cost"))
        }
    }

    @Test func `settings are nobody else's, and stay out of groups`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            let (bob, bobs) = try await bot.member(1002)
            let group = bot.telegram.group(-1_000_500)
            try await bot.running {
                ada.says("/settings@\(bot.telegram.options.botUsername)", in: group)
                #expect(try await ada.hears(in: group).text.contains("Not here"))
                ada.says("/settings fills")
                let shown = try await ada.hears("Fills")
                let foreign = try bob.presses("Off", on: shown)
                #expect(try await foreign.answer().isAlert)
                let own = try ada.presses("Off", on: shown)
                #expect(try await own.answer().text == nil)
                try await eventually("the change", bot) {
                    let user = try await bot.services.users.user(telegramUserID: 1001)
                    guard let caller = user?.caller else { return false }
                    return try await bot.services.settings.all(for: caller).fills == .off
                }
                let settings = try await bot.services.settings.all(for: bobs.caller)
                #expect(settings == UserSettings())
            }
        }
    }

    /// What nothing tells of yet, as it will stand in the outbox.
    private static let payloads = [
        ("breach", #"{"policy":"<b>","portfolio":"main","observed":"6 of 5","is_block":false}"#),
        ("breach", #"{"policy":"size","portfolio":null,"observed":"9 of 5","is_block":true}"#),
        ("alert", #"{"name":"btc","text":"above 1","time":"2026-01-01T00:00:00.000000Z"}"#),
    ]

    @Test func `notices of every new kind are shown`() async throws {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            _ = try await bot.services.settings.change(for: authority.caller) {
                $0.fills = .each
                $0.dailyDigestMinute = 0
            }
            try await bot.running {
                // Only who has opened the chat can be written to.
                ada.says("/start")
                _ = try await ada.hears()
                try await bot.world.post(fill("t-1", "BUY", "2.5", at: "10"), as: authority)
                try await FillWatch(bot.services) { Issue.record("\($0)") }.round()
                let fills = try await ada.hears("1 fill in 1 symbol")
                #expect(fills.text.contains("2.5") && fills.text.contains("BTCUSDT"))
                for (kind, payload) in Self.payloads {
                    try await bot.world.execute(
                        """
                        INSERT INTO outbox (uid, user_id, chat_id, kind, payload_json, created_at)
                        SELECT $1, id, telegram_user_id, $2, $1, created_at
                        FROM users WHERE telegram_user_id = '1001'
                        """, [.text(payload), .text(kind)])
                }
                #expect(try await ada.hears("A risk limit was exceeded").text.contains("<b>"))
                #expect(try await ada.hears("An order was blocked").text.contains("9 of 5"))
                #expect(try await ada.hears("Alert: btc").text.contains("above 1"))
                await bot.world.world.advance(seconds: 86_400)
                try await DigestWatch(bot.services) { Issue.record("\($0)") }.round()
                #expect(try await ada.hears("Your day").text.contains("Open positions"))
            }
        }
    }
}
