import Bot
import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// Files that are sent to the bot: it shows what they would come to, and Confirm imports them.
@Suite struct ImportDocumentTests {
    private static let csv = """
        broker_trade_id,symbol,asset_type,currency,side,quantity,price,exec_time
        c-1,BTC,CRYPTO,USDT,BUY,2,100.5,2026-02-19T10:00:00Z
        c-2,BTC,CRYPTO,USDT,HOLD,1,101,2026-02-19T11:00:00Z
        c-3,BTC,CRYPTO,USDT,SELL,1,101,2026-02-19T12:00:00Z
        """

    private func trades(_ bot: BotWorld) async throws -> Int {
        try await bot.world.count(of: "trades")
    }

    @Test(arguments: TestBackend.allCases)
    func `a document is looked at, and imported once when Confirm is pressed`(
        _ backend: TestBackend
    ) async throws {
        try await BotWorld.run(on: backend) { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                ada.sends(Array(Self.csv.utf8), named: "fills.csv")
                let proposal = try await ada.hears("Import fills.csv into main?")
                for words in ["csv", "line 3: INVALID_FIELD side: must be one of BUY, SELL"] {
                    #expect(proposal.text.contains(words), "\(proposal.text)")
                }
                #expect(try await trades(bot) == 0)
                let data = try #require(proposal.button("Confirm")?.callbackData)
                let first = try await ada.presses("Confirm", on: proposal).answer()
                #expect(first.text == "Done.")
                let done = try await ada.hears("Done: import fills.csv into main")
                #expect(done.text.contains("Stored") && done.text.contains("line 3"))
                #expect(try await trades(bot) == 2)
                let again = try await ada.presses(data: data, on: proposal).answer()
                #expect(again.text == "Done.")
                // The same file once more: nothing of it is new.
                ada.sends(Array(Self.csv.utf8), named: "again.csv")
                let known = try await ada.hears("Nothing to import")
                #expect(known.button("Confirm") == nil)
                #expect(try await trades(bot) == 2)
                #expect(
                    try await bot.world.texts("SELECT DISTINCT source FROM trades") == ["import"])
            }
        }
    }

    @Test func `real files of each kind are found out`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                for (name, format, count) in [
                    ("binance-trade-history.csv", "binance-csv", 60),
                    ("ib-flex-options.xml", "ibkr-flex", 64),
                    ("freqtrade-backtest.json", "freqtrade-json", 422),
                ] {
                    ada.sends(try fixture(name), named: name)
                    let proposal = try await ada.hears("into main?")
                    #expect(proposal.text.contains(format))
                    _ = try await ada.presses("Confirm", on: proposal).answer()
                    _ = try await ada.hears("Done: import")
                    #expect(try await trades(bot) == count)
                }
            }
        }
    }

    @Test func `another portfolio is chosen by its button, or by the caption`() async throws {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            _ = try await bot.services.portfolios.add(
                name: "far east", brokerCode: "IBKR", currency: .usd, isDefault: false,
                for: authority.caller)
            try await bot.running {
                ada.sends(Array(Self.csv.utf8), named: "fills.csv")
                let proposal = try await ada.hears("Import fills.csv into main?")
                _ = try await ada.presses("into far east", on: proposal).answer()
                let other = try await ada.hears("Import fills.csv into far east?")
                #expect(other.button("into main") != nil)
                _ = try await ada.presses("Confirm", on: other).answer()
                _ = try await ada.hears("Done: import fills.csv into far east")
                ada.sends(
                    Array(Self.csv.utf8), named: "fills.csv", caption: "portfolio Far East")
                _ = try await ada.hears("Nothing to import")
                let names = try await bot.services.trades.page(TradeQuery(), for: authority)
                    .trades.map(\.portfolio)
                #expect(names == ["far east", "far east"])
                for (caption, word) in [
                    ("portfolio nowhere", "Unknown portfolio"), ("colour red", "not known"),
                    ("zone", "Something is missing"), ("zone Mars/Base", "No time zone"),
                    ("format pdf", "Unknown format"),
                ] {
                    ada.sends(Array(Self.csv.utf8), named: "fills.csv", caption: caption)
                    _ = try await ada.hears(word)
                }
            }
        }
    }

    @Test func `after a restart the same button imports, and imports once`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            let proposal = try await bot.running {
                ada.sends(Array(Self.csv.utf8), named: "fills.csv")
                let proposal = try await ada.hears("Import fills.csv into main?")
                try await settled(bot)
                return proposal
            }
            let press = try await bot.running {
                // Telegram is away for a moment: the action stays open.
                bot.telegram.fault(.serverErrorPage(status: 502), on: "download")
                let failed = try await ada.presses("Confirm", on: proposal).answer()
                #expect(failed.isAlert && failed.text?.contains("did not give me the file") == true)
                #expect(try await trades(bot) == 0)
                let press = try ada.presses("Confirm", on: proposal)
                _ = try await ada.hears("Done: import fills.csv")
                try await settled(bot)
                return press
            }
            bot.telegram.redeliver(press.updateID)
            try await bot.running {
                ada.says("/portfolios")
                _ = try await ada.hears("Portfolios")
            }
            #expect(try await trades(bot) == 2)
        }
    }

    @Test func `strangers, groups and files that are none are answered as they should be`()
        async throws
    {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            let stranger = bot.telegram.user(1003)
            let group = bot.telegram.group(-1_000_500)
            try await bot.running {
                stranger.sends(Array(Self.csv.utf8), named: "fills.csv")
                _ = try await stranger.hears()
                #expect(bot.telegram.downloads == 0)
                ada.sends(Array(Self.csv.utf8), named: "fills.csv", in: group)
                ada.sends(Array("hello".utf8), named: "hello.txt")
                _ = try await ada.hears("Unknown format")
                ada.sends(Array("PK\u{3}\u{4}".utf8), named: "fills.zip")
                _ = try await ada.hears("zip archive")
                ada.sends([], named: "huge.csv", claimedBytes: 21 << 20)
                _ = try await ada.hears("20 MB at most")
                #expect(bot.telegram.downloads == 2)
                ada.sends(Array("<FlexQueryResponse>".utf8), named: "cut.xml")
                _ = try await ada.hears("well-formed XML")
                ada.says("/import")
                _ = try await ada.hears("Send me the file")
                ada.sends(
                    Array(Self.csv.utf8), named: "fills.csv",
                    caption: "/import@blotter_stand_in_bot", in: group)
                _ = try await ada.hears("Not here", in: group)
                #expect(group.messages.count { $0.isFromBot } == 1)
                #expect(try await trades(bot) == 0)
            }
            #expect(bot.events.named("a command failed").isEmpty)
        }
    }

    @Test func `in a terminal there are no files`() async throws {
        try await Desk.run { desk in
            let (console, _) = try await desk.member()
            #expect(try await console.says("/import").contains("Send me the file"))
        }
    }
}
