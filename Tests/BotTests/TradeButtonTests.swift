import Bot
import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// The Confirm and Discard buttons: they act once, for the one who asked.
@Suite struct TradeButtonTests {
    private static let line = "/trade buy 10 AAPL 182.5 type EQUITY currency USD"

    private func tradeCount(_ bot: BotWorld) async throws -> Int {
        try await bot.world.count(of: "trades")
    }

    @Test(arguments: TestBackend.allCases)
    func `pressed twice, or delivered anew, it stores one trade and shows the same`(
        _ backend: TestBackend
    ) async throws {
        try await BotWorld.run(on: backend) { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                ada.says(Self.line)
                let proposal = try await ada.hears("BUY 10 AAPL at 182.5?")
                #expect(try await tradeCount(bot) == 0)
                let data = try #require(proposal.button("Confirm")?.callbackData)
                let first = try await ada.presses("Confirm", on: proposal).answer()
                #expect(first.text == "Done." && !first.isAlert)
                let done = try await ada.hears("Done: BUY 10 AAPL at 182.5")
                let uid = try await bot.world.texts("SELECT uid FROM trades")
                #expect(uid.count == 1 && done.text.contains(uid[0]))
                #expect(done.button("Confirm") == nil)
                // A second press, which was under way when the buttons went.
                for _ in 0..<2 {
                    let again = try await ada.presses(data: data, on: proposal).answer()
                    #expect(again.text == "Done.")
                }
                let discarded = try await ada.presses(
                    data: data.replacing("confirm:", with: "discard:"), on: proposal
                ).answer()
                #expect(discarded.text == "Done.")
                try await settled(bot)
                #expect(try await tradeCount(bot) == 1)
                #expect(try await bot.world.texts("SELECT quantity FROM positions").count == 1)
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `another's press is refused, and the owner's still counts`(
        _ backend: TestBackend
    ) async throws {
        try await BotWorld.run(on: backend) { bot in
            let (ada, adas) = try await bot.member(1001)
            let (bob, bobs) = try await bot.member(1002)
            let stranger = bot.telegram.user(1003)
            let group = bot.telegram.group(-1_000_500)
            try await bot.running {
                ada.says(
                    Self.line.replacing("/trade", with: "/trade@blotter_stand_in_bot"), in: group)
                let proposal = try await ada.hears("BUY 10 AAPL at 182.5?", in: group)
                for button in ["Confirm", "Discard"] {
                    let refused = try await bob.presses(button, on: proposal).answer()
                    #expect(refused.isAlert)
                    #expect(refused.text?.contains("for whoever asked") == true)
                    let unknown = try await stranger.presses(button, on: proposal).answer()
                    #expect(unknown.text?.contains("for members") == true)
                }
                try await settled(bot)
                #expect(try await tradeCount(bot) == 0)
                _ = try await ada.presses("Confirm", on: proposal).answer()
                _ = try await ada.hears("Done: BUY 10 AAPL", in: group)
                let mine = try await bot.services.trades.page(TradeQuery(), for: adas)
                #expect(mine.trades.count == 1)
                let others = try await bot.services.trades.page(TradeQuery(), for: bobs)
                #expect(others.trades.isEmpty)
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `after a restart the same button acts, and acts once`(
        _ backend: TestBackend
    ) async throws {
        try await BotWorld.run(on: backend) { bot in
            let (ada, _) = try await bot.member(1001)
            let proposal = try await bot.running {
                ada.says(Self.line)
                let proposal = try await ada.hears("BUY 10 AAPL at 182.5?")
                try await settled(bot)
                return proposal
            }
            let press = try await bot.running {
                let press = try ada.presses("Confirm", on: proposal)
                _ = try await ada.hears("Done: BUY 10 AAPL")
                try await settled(bot)
                return press
            }
            // The very same press, as if the process had been killed before it was confirmed.
            try await deliverAgain(press.updateID, bot)
            try await bot.running { try await settled(bot) }
            #expect(try await tradeCount(bot) == 1)
        }
    }

    @Test(arguments: [false, true])
    func `what was begun when the process ended is finished by the next press`(
        _ wasStored: Bool
    ) async throws {
        try await Desk.run { desk in
            let authority = try await desk.world.member(1001)
            let faulty = FaultyDatabase(desk.world.database)
            let console = ConsoleBot(
                services: .init(database: faulty, world: desk.world.world, limits: .init()),
                telegramUserID: 1001, observe: { desk.events.append($0) })
            _ = try await console.says(Self.line)
            let token = try #require(
                try await desk.world.texts("SELECT uid FROM pending_actions").first)
            // The process ends behind the decision, before or after the trade is stored.
            let first = try await desk.world.services.actions.take(
                token, as: .confirm, for: authority.caller)
            guard case .due(let action) = first else {
                Issue.record("\(first)")
                return
            }
            if wasStored {
                let content = Array(action.contentJSON.utf8)[...]
                var report = try FillReader.fill(fromJSONLine: content).get()
                report.brokerTradeID = ExactText("manual-\(token)")
                let stored = try await desk.world.services.trades.ingest(
                    IngestRequest(fills: [.success(report)], source: .manual), as: authority)
                #expect(stored.words == ["accepted"])
            }
            faulty.fail(with: .unavailable(detail: "gone"))
            #expect(try await console.says("1").contains("The ledger's database is away."))
            faulty.fail(with: nil)
            await desk.world.world.advance(seconds: 3600)
            #expect(try await console.says("2").contains("It was confirmed before."))
            #expect(try await console.says("1").contains("Done: BUY 10 AAPL at 182.5"))
            #expect(try await desk.world.count(of: "trades") == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `too late is told, and the buttons go`(_ backend: TestBackend) async throws {
        try await BotWorld.run(on: backend) { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                ada.says(Self.line)
                let proposal = try await ada.hears("BUY 10 AAPL at 182.5?")
                await bot.world.world.advance(seconds: 16 * 60)
                let late = try await ada.presses("Confirm", on: proposal).answer()
                #expect(late.isAlert && late.text?.hasPrefix("Too late") == true)
                let shown = try await ada.hears("Expired: BUY 10 AAPL at 182.5")
                #expect(shown.button("Confirm") == nil)
                #expect(try await tradeCount(bot) == 0)
            }
        }
    }

    @Test func `a command that is delivered again proposes the same, not another`()
        async throws
    {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            let said = try await bot.running {
                // Telegram does not take the answer, so the update is not confirmed.
                bot.telegram.fault(.hang, on: "sendRichMessage", times: 1)
                let said = ada.says(Self.line)
                try await eventually("the answer", bot) {
                    bot.telegram.calls(of: "sendRichMessage").count == 1
                }
                return said
            }
            #expect(try await bot.world.count(of: "pending_actions") == 1)
            try await deliverAgain(said.updateID, bot)
            try await bot.running {
                let proposal = try await ada.hears("BUY 10 AAPL at 182.5?")
                #expect(try await bot.world.count(of: "pending_actions") == 1)
                _ = try await ada.presses("Confirm", on: proposal).answer()
                _ = try await ada.hears("Done: BUY 10 AAPL")
                #expect(try await tradeCount(bot) == 1)
            }
        }
    }

    @Test func `forged presses do nothing`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                ada.says(Self.line)
                let proposal = try await ada.hears("BUY 10 AAPL at 182.5?")
                for data in [
                    "confirm:", "confirm:x", "discard:' OR 1=1 --", "confirm", "settle:1",
                    "confirm:00000000-0000-7000-8000-000000000000", "CONFIRM:x",
                ] {
                    let answer = try await ada.presses(data: data, on: proposal).answer()
                    #expect(answer.isAlert, "\(data)")
                }
                #expect(try await tradeCount(bot) == 0)
                #expect(
                    try await bot.world.count(of: "pending_actions", where: "decision IS NULL")
                        == 1)
                #expect(bot.events.named("a command failed").isEmpty)
            }
        }
    }
}
