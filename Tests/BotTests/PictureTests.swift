import Bot
import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// Pictures follow their text, and never hold anything up.
@Suite struct PictureTests {
    /// A journey of four fills that ends flat, and a position that stays open.
    private func trade(_ bot: BotWorld, _ authority: Authority) async throws {
        try await bot.world.post(
            fill("1", "BUY", "2", at: "100", time: "2025-12-16T10:00:00Z"),
            fill("2", "BUY", "1", at: "98", time: "2025-12-16T20:00:00Z"),
            fill("3", "SELL", "1", at: "104", time: "2025-12-17T10:00:00Z"),
            fill("4", "SELL", "2", at: "103", fee: "1", time: "2025-12-18T10:00:00Z"),
            fill("5", "BUY", "2", at: "3000", symbol: "ETHUSDT", time: "2025-12-18T11:00:00Z"),
            as: authority)
    }

    private func photos(_ messages: [StandInMessage]) -> [StandInMessage] {
        messages.filter { $0.file?.isPhoto == true }
    }

    /// The next photo in the chat that has not been seen, counted from 1.
    private func photo(
        _ number: Int, to user: StandInUser, _ bot: BotWorld
    ) async throws -> StandInMessage {
        try await eventually("photo \(number)", bot) { photos(user.messages).count >= number }
        return photos(user.messages)[number - 1]
    }

    @Test(arguments: [
        ("/pnl all", "P&L: all"), ("/pnl", "P&L: day"), ("/equity", "Equity: all"),
        ("/campaign BTCUSDT", "BTCUSDT long, closed"), ("/campaign ETHUSDT", "ETHUSDT long, open"),
    ])
    func `the picture comes behind its text`(line: String, title: String) async throws {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            try await trade(bot, authority)
            try await bot.world.quote("ETHUSDT", 3100, as: authority)
            try await bot.running {
                ada.says(line)
                let text = try await ada.hears(title)
                #expect(text.file == nil)
                let photo = try await photo(1, to: ada, bot)
                #expect(photo.id > text.id)
                #expect(photo.text == title)
                let content = photo.file?.content ?? []
                #expect(content.starts(with: [0x89, 0x50, 0x4E, 0x47]))
                #expect(content.count < 100_000)
                #expect(photo.file?.mediaType == "image/png")
            }
        }
    }

    @Test func `where nothing was traded there is no picture`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                for line in ["/pnl all", "/equity", "/positions"] {
                    ada.says(line)
                    _ = try await ada.hears()
                }
                try await settled(bot)
                #expect(bot.telegram.calls(of: "sendPhoto").isEmpty)
            }
        }
    }

    @Test func `buttons that change the text send no picture, the one for it does`() async throws {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            try await trade(bot, authority)
            try await bot.running {
                ada.says("/pnl all")
                let text = try await ada.hears("P&L: all")
                _ = try await photo(1, to: ada, bot)
                try ada.presses("By day", on: text)
                _ = try await ada.hears("2025-12-18")
                try ada.presses("quarter", on: text)
                _ = try await ada.hears("P&L: quarter")
                try await settled(bot)
                #expect(photos(ada.messages).count == 1)
                let shown = try #require(ada.messages.first { $0.id == text.id })
                let press = try ada.presses("Chart", on: shown)
                #expect(try await press.answer().text == nil)
                let second = try await photo(2, to: ada, bot)
                #expect(second.text == "P&L: quarter")
            }
        }
    }

    @Test func `a picture that fails leaves a line in the log and nothing in the chat`()
        async throws
    {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            try await trade(bot, authority)
            try await bot.running {
                bot.telegram.fault(
                    .badRequest("Bad Request: IMAGE_PROCESS_FAILED"), on: "sendPhoto")
                ada.says("/pnl all")
                _ = try await ada.hears("P&L: all")
                try await eventually("the log to tell of it", bot) {
                    !bot.events.named("a picture was not sent").isEmpty
                }
                ada.says("/positions")
                _ = try await ada.hears("Positions")
                try await settled(bot)
                #expect(ada.messages.count { $0.isFromBot } == 2)
            }
        }
    }

    @Test func `a picture is sent again where Telegram failed`() async throws {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            try await trade(bot, authority)
            try await bot.running {
                bot.telegram.fault(.serverErrorPage(status: 502), on: "sendPhoto")
                bot.telegram.fault(.tooManyRequests(retryAfterSeconds: 3), on: "sendPhoto")
                ada.says("/equity")
                _ = try await photo(1, to: ada, bot)
                try await eventually("three calls", bot) {
                    bot.telegram.calls(of: "sendPhoto").count == 3
                }
                #expect(bot.events.named("a picture was not sent").isEmpty)
            }
        }
    }

    @Test func `texts do not wait for pictures that hang`() async throws {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            let (bob, bobs) = try await bot.member(1002)
            try await trade(bot, authority)
            try await trade(bot, bobs)
            try await bot.running {
                bot.telegram.fault(.hang, on: "sendPhoto", times: 100)
                for _ in 0..<8 {
                    ada.says("/pnl all")
                    _ = try await ada.hears("P&L: all")
                }
                for user in [ada, bob] {
                    user.says("/equity")
                    _ = try await user.hears("Equity: all")
                    user.says("/positions")
                    _ = try await user.hears("Positions")
                }
                try await settled(bot)
            }
        }
    }

    @Test func `in a topic of a group the picture stands in the topic`() async throws {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            try await trade(bot, authority)
            let group = bot.telegram.group(-1_000_700, isForum: true)
            try await bot.running {
                let said = ada.says(
                    "/pnl@\(bot.telegram.options.botUsername) all", in: group, thread: 17)
                _ = try await ada.hears("P&L: all", in: group)
                try await eventually("the photo", bot) { !photos(group.messages).isEmpty }
                let photo = photos(group.messages)[0]
                #expect(photo.threadID == 17)
                #expect(photo.replyToMessageID == said.messageID)
            }
        }
    }

    @Test(arguments: [
        #"<b>&"</b>"#, "\u{5E2}\u{5D1}\u{5E8}\u{5D9}\u{5EA}", "a\u{202E}b\u{200B}c", "🚀🚀🚀",
        "a\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}", String(repeating: "W", count: 64),
    ])
    func `any name can stand below and on a picture`(name: String) async throws {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            _ = try await bot.services.portfolios.add(
                name: name, brokerCode: "IBKR", currency: .usd, isDefault: true,
                for: authority.caller)
            try await trade(bot, authority)
            try await bot.running {
                for (index, line) in ["/pnl all", "/equity"].enumerated() {
                    ada.says("\(line) \(name)")
                    let photo = try await photo(index + 1, to: ada, bot)
                    #expect(photo.text.contains(" in "))
                    #expect(!photo.text.contains("\u{202E}"))
                }
            }
        }
    }

    @Test func `a terminal shows a line of blocks instead`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            try await desk.world.post(
                fill("1", "BUY", "1", at: "100", time: "2025-12-16T10:00:00Z"),
                fill("2", "SELL", "1", at: "104", time: "2025-12-17T10:00:00Z"), as: authority)
            let pnl = try await console.says("/pnl 2025-12-16..2025-12-18")
            #expect(pnl.contains("▁▁██\nCumulative, USDT: 0 to 4"), "\(pnl)")
            let journey = try await console.says("/campaign BTCUSDT")
            #expect(journey.contains("▁█\nPrice, USDT: 100 to 104"), "\(journey)")
        }
    }

    @Test func `equity adds what is open to what was realized`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            try await desk.world.post(
                fill("1", "BUY", "2", at: "100", time: "2025-12-16T10:00:00Z"),
                fill("2", "SELL", "1", at: "104", fee: "1", time: "2025-12-17T10:00:00Z"),
                fill(
                    "3", "BUY", "1", at: "10", symbol: "SAP", currency: "EUR",
                    time: "2025-12-17T11:00:00Z"), as: authority)
            try await desk.world.quote("BTCUSDT", 110, as: authority)
            let shown = try await console.says("/equity main all")
            for words in [
                "Equity in main: all", "▲ +3.00 USDT", "▲ +10.00 USDT", "▲ +13.00 USDT",
                "2025-12-17", "EUR",
            ] {
                #expect(shown.contains(words), "\(words): \(shown)")
            }
            #expect(try await console.says("/equity all main") == shown)
            let euros = try await console.says("/equity EUR")
            #expect(euros.contains("In EUR"), "\(euros)")
            #expect(euros.contains("1 open position has no quote."), "\(euros)")
            #expect(
                try await console.says("/equity nowhere")
                    .contains("You have no portfolio named “nowhere”, and it is no period."))
        }
    }

    @Test func `another's equity is not mine`() async throws {
        try await Desk.run { desk in
            let (_, adas) = try await desk.member(1001)
            let (bob, _) = try await desk.member(1002)
            _ = try await desk.world.services.portfolios.add(
                name: "secret", brokerCode: "IBKR", currency: .usd, isDefault: false,
                for: adas.caller)
            try await desk.world.post(
                fill("1", "BUY", "1", at: "100", portfolio: "secret"),
                fill("2", "SELL", "1", at: "777", portfolio: "secret"), as: adas)
            for line in ["/equity", "/equity secret", "/export trades csv secret"] {
                let shown = try await bob.says(line)
                #expect(!shown.contains("677"), "\(shown)")
            }
            #expect(try await bob.says("/equity secret").contains("You have no portfolio named"))
        }
    }
}
