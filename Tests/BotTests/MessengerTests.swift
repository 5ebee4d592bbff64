import Bot
import Ledger
import Records
import Services
import TestSupport
import Testing

/// Screens in both forms, as a server that checks every call takes them.
@Suite struct MessengerTests {
    private static let names = [
        "<b>&amp;\"'</b>", "</pre><table>", "a\u{202E}evil\u{2069}", "اسم", "x\u{0301}\u{0301}",
        "\u{1F468}\u{200D}\u{1F469}", "&#x3C;script&#x3E;", "{{7*7}} %s \\u0000", "tg://user?id=1",
    ]

    private func options(
        knowsRichMessages: Bool, knowsTimeTags: Bool = true
    ) -> StandInTelegram.Options {
        var options = StandInTelegram.Options()
        options.knowsRichMessages = knowsRichMessages
        options.knowsTimeTags = knowsTimeTags
        return options
    }

    @Test(arguments: [true, false])
    func `every command's screen is taken, whatever the names in it are`(
        knowsRichMessages: Bool
    ) async throws {
        let options = options(knowsRichMessages: knowsRichMessages)
        try await BotWorld.run(
            options, limits: Limits(maxUsers: 50), settings: .init(commandsPerMinutePerUser: 1000)
        ) { bot in
            let authority = try await bot.world.member(
                BotWorld.adminID, username: "<i>boss</i>", isAdmin: true)
            for (index, name) in Self.names.enumerated() {
                _ = try await bot.services.portfolios.add(
                    name: name, brokerCode: "IBKR", currency: .usd, isDefault: false,
                    for: authority.caller)
                _ = try await bot.services.tokens.create(
                    name: name, permissions: [.read], portfolio: ExactText(name), strategy: nil,
                    for: authority.caller)
                _ = try await bot.services.users.register(
                    telegramUserID: Int64(5000 + index), username: name)
                let json = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                try await bot.world.post(
                    fill(
                        "t\(index)", "BUY", "1", at: "0.5", fee: "0.01", symbol: json,
                        portfolio: json, strategy: "s\(index)"), as: authority)
            }
            try await bot.running {
                bot.admin.says("/start")
                _ = try await bot.admin.hears("Welcome")
                let lines =
                    Commands.all.flatMap { ["/\($0.name)", $0.example] }
                    + Self.names.flatMap { name in
                        [
                            "/positions \(name)", "/trades \(name)", "/\(name)", "/help \(name)",
                            name,
                        ]
                    } + ["/pnl all", "/pnl <b>", "/orders <b>", "/approve <b>", "/token <b>"]
                for line in lines {
                    let said = bot.admin.says(line)
                    try await confirmed(said.updateID, bot)
                }
                bot.admin.says("/pnl 2026-02-01..2026-02-28")
                _ = try await bot.admin.hears("P&L: Feb 2026")
                _ = try bot.admin.presses("By day")
                _ = try await bot.admin.hears("2026-02-19")
            }
        }
    }

    @Test func `a server without rich messages is asked for them once`() async throws {
        try await BotWorld.run(options(knowsRichMessages: false)) { bot in
            let (ada, authority) = try await bot.member(1001)
            try await bot.world.post(fill("t1", "BUY", "2", at: "10"), as: authority)
            try await bot.running {
                ada.says("/positions")
                let shown = try await ada.hears()
                #expect(!shown.isRich)
                #expect(shown.html?.contains("<pre>") == true)
                #expect(shown.text.contains("BTCUSDT"))
                ada.says("/orders")
                _ = try await ada.hears("Orders: open")
                try ada.presses("All")
                let edited = try await ada.hears("Orders: all")
                #expect(edited.isEdited && !edited.isRich)
            }
            #expect(bot.telegram.calls(of: "sendRichMessage").count == 1)
            #expect(
                bot.telegram.calls(of: "editMessageText").allSatisfy {
                    $0.parameters["rich_message"] == nil
                })
        }
    }

    @Test func `after a restart an old server takes an edit in the classic form`() async throws {
        try await BotWorld.run(options(knowsRichMessages: false)) { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                ada.says("/orders")
                _ = try await ada.hears()
                try await settled(bot)
            }
            try await bot.running {
                try ada.presses("All")
                _ = try await ada.hears("Orders: all")
                try ada.presses("Open")
                _ = try await ada.hears("Orders: open")
                try await settled(bot)
            }
            let tried = bot.telegram.calls(of: "editMessageText").count {
                $0.parameters["rich_message"] != nil
            }
            #expect(tried == 1)
        }
    }

    @Test func `a rich message that is refused is sent in the classic form`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                bot.telegram.fault(.badRequest("Bad Request: can't parse"), on: "sendRichMessage")
                ada.says("/positions")
                let refused = try await ada.hears()
                #expect(!refused.isRich)
                ada.says("/positions")
                let next = try await ada.hears()
                #expect(next.isRich)
            }
        }
    }

    private static let trade = "/trade buy 10 AAPL 182.5 type EQUITY currency USD"

    /// How many calls there were whose text has a time in a tag.
    private func tagged(_ method: String, _ bot: BotWorld) -> Int {
        bot.telegram.calls(of: method).count {
            $0.parameters["text"]?.string?.contains("<tg-time unix=") == true
        }
    }

    @Test func `times are in every reader's zone where the server knows rich messages`()
        async throws
    {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                ada.says(Self.trade)
                let rich = try await ada.hears("BUY 10 AAPL at 182.5?")
                #expect(rich.isRich && rich.html?.contains("<tg-time unix=") == true)
                // In the classic form too, where the rich one is refused.
                bot.telegram.fault(.badRequest("Bad Request: can't parse"), on: "sendRichMessage")
                ada.says(Self.trade)
                let classic = try await ada.hears("BUY 10 AAPL at 182.5?")
                #expect(!classic.isRich && classic.html?.contains("<tg-time unix=") == true)
            }
        }
    }

    @Test func `a server without rich messages that knows times is sent them in tags`()
        async throws
    {
        try await BotWorld.run(options(knowsRichMessages: false)) { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                ada.says(Self.trade)
                let proposal = try await ada.hears("BUY 10 AAPL at 182.5?")
                #expect(proposal.html?.contains("<tg-time unix=") == true)
                #expect(proposal.text.contains("2026-01-01 00:0"))
                try ada.presses("Confirm", on: proposal)
                let done = try await ada.hears("Done: BUY 10 AAPL")
                #expect(done.isEdited && done.html?.contains("<tg-time unix=") == true)
            }
            #expect(bot.telegram.calls(of: "sendMessage").count == 1)
            #expect(tagged("sendMessage", bot) == 1)
        }
    }

    @Test func `a server that knows neither is asked for times once`() async throws {
        let options = options(knowsRichMessages: false, knowsTimeTags: false)
        try await BotWorld.run(options) { bot in
            let (ada, _) = try await bot.member(1001)
            let proposal = try await bot.running {
                // Without a time there is nothing to try.
                ada.says("/start")
                _ = try await ada.hears("Welcome")
                #expect(bot.telegram.calls(of: "sendMessage").count == 1)
                for _ in 0..<2 {
                    ada.says(Self.trade)
                    let proposal = try await ada.hears("BUY 10 AAPL at 182.5?")
                    #expect(proposal.html?.contains("tg-time") == false)
                    #expect(proposal.text.contains("2026-01-01 00:0"))
                }
                ada.says(Self.trade)
                let proposal = try await ada.hears("BUY 10 AAPL at 182.5?")
                try await settled(bot)
                return proposal
            }
            #expect(tagged("sendMessage", bot) == 1)
            #expect(bot.telegram.calls(of: "sendMessage").count == 5)
            // After a restart it is an edit that finds it out.
            try await bot.running {
                try ada.presses("Confirm", on: proposal)
                let done = try await ada.hears("Done: BUY 10 AAPL")
                #expect(done.isEdited && done.html?.contains("tg-time") == false)
                ada.says(Self.trade)
                _ = try await ada.hears("BUY 10 AAPL at 182.5?")
                try await settled(bot)
            }
            #expect(tagged("editMessageText", bot) == 1)
            #expect(tagged("sendMessage", bot) == 1)
        }
    }

    @Test func `rich tables hold the figures cell by cell`() async throws {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            try await bot.world.post(fill("t1", "SELL", "0.125", at: "64000.5"), as: authority)
            try await bot.running {
                ada.says("/positions")
                let shown = try await ada.hears()
                let rows = shown.tables.flatMap(\.self)
                #expect(rows.contains(["Symbol", "Quantity", "Average", "Mark", "Unrealized"]))
                #expect(rows.contains(["BTCUSDT", "-0.125", "64000.5", "–", "–"]))
            }
        }
    }

    @Test func `pressing the page one is on changes nothing and is no error`() async throws {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            for number in 0..<80 {
                let symbol = "\(number)\(String(repeating: "X", count: 60))"
                try await bot.world.post(
                    fill("a\(number)", "BUY", "1", at: "2", symbol: symbol), as: authority)
            }
            try await bot.running {
                ada.says("/positions")
                let shown = try await ada.hears()
                let here = try #require(shown.buttons.joined().first { $0.text.hasPrefix("1/") })
                let press = try ada.presses(here.text)
                #expect(try await press.answer().text == nil)
                try await settled(bot)
                #expect(ada.messages.allSatisfy { !$0.isEdited })
                #expect(bot.events.named("could not be delivered").isEmpty)
            }
        }
    }
}
