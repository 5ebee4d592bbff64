import Bot
import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// A button's payload is text like any other: whoever sends another's gets nothing by it.
@Suite struct ButtonIsolationTests {
    /// So many different buttons of each command are tried.
    private static let mostOfACommand = 12

    /// What stands on the buttons that a member gets to see, each once.
    private static func payloads(of ada: MarkedMember, _ bot: BotWorld) async throws -> [String] {
        let user = bot.telegram.user(MarkedMember.telegramUserID, username: "zqxowner")
        var found: [String] = []
        var counts: [Substring: Int] = [:]
        var seen: [Int64: Int] = [:]
        /// The buttons of what came since, with the message below which they stand.
        func collect() -> [(message: StandInMessage, data: String)] {
            var new: [(StandInMessage, String)] = []
            for message in user.messages
            where message.isFromBot && seen[message.id] != message.versions.count {
                seen[message.id] = message.versions.count
                for data in message.buttons.joined().compactMap(\.callbackData) {
                    let name = data.prefix { $0 != ":" }
                    guard !found.contains(data), counts[name, default: 0] < mostOfACommand
                    else { continue }
                    counts[name, default: 0] += 1
                    found.append(data)
                    new.append((message, data))
                }
            }
            return new
        }
        for command in Commands.all where command.access < .admin {
            for subject in ["", " zqxbook", " zqxcoin", " all"] {
                user.says("/\(command.name)\(subject)")
                try await settled(bot)
                for (message, data) in collect() where data.split(separator: ":").count > 2 {
                    _ = try await user.presses(data: data, on: message).answer()
                    try await settled(bot)
                    _ = collect()
                }
            }
        }
        let file = """
            broker_trade_id,symbol,asset_type,currency,side,quantity,price,exec_time
            zqxfile-1,zqxcoin,CRYPTO,USDT,BUY,31.0771,7123.4567,2026-02-19T10:00:00Z
            """
        user.sends(Array(file.utf8), named: "zqxfile.csv", caption: "portfolio zqxbook")
        _ = try await user.hears("Import zqxfile.csv")
        _ = collect()
        return found
    }

    /// The payload as it would be for what nobody has.
    private static func madeUp(_ payload: String) -> String {
        payload.replacing(/~[0-9a-z]{4,7}/, with: "~0123456")
            .replacing(
                /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/,
                with: "01a1ff92-5d1e-7c40-9d3b-c2d3e4f5a6b7")
    }

    /// The payload in the name of another; one without an owner stays as it is.
    private static func owned(_ payload: String, by id: Int64) -> String {
        var parts = payload.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 2 { parts[1] = String(id, radix: 36) }
        return parts.joined(separator: ":")
    }

    private static func press(
        _ data: String, by user: StandInUser, _ bot: BotWorld
    ) async throws -> (note: String, shown: String, isAlert: Bool) {
        let message = try #require(user.messages.first { $0.isFromBot })
        let answer = try await user.presses(data: data, on: message).answer()
        try await settled(bot)
        let now = try #require(user.messages.first { $0.isFromBot })
        let labels = now.buttons.joined().map(\.text).joined(separator: " ")
        return (answer.text ?? "", "\(now.text) \(labels)", answer.isAlert)
    }

    @Test(arguments: TestBackend.allCases)
    func `another's buttons show and do nothing, not even in one's own name`(
        _ backend: TestBackend
    ) async throws {
        try await BotWorld.run(
            limits: Limits(maxUsers: 50), settings: .init(commandsPerMinutePerUser: 100_000),
            on: backend
        ) { bot in
            let ada = try await MarkedMember.settle(in: bot.world)
            _ = try await bot.world.settledMember(3001)
            _ = try await bot.world.settledMember(3002)
            let prying = bot.telegram.user(3001)
            let guessing = bot.telegram.user(3002)
            try await bot.running {
                let payloads = try await Self.payloads(of: ada, bot)
                #expect(payloads.count > 60, "\(payloads)")
                for user in [prying, guessing] {
                    user.says("/start")
                    _ = try await user.hears("Welcome")
                }
                // Everybody has a portfolio of this name: whose it is, is the presser.
                prying.says("/positions main")
                _ = try await prying.hears("Positions in main")
                let shared = Set(
                    prying.messages.flatMap { $0.buttons.joined() }.compactMap(\.callbackData)
                        .flatMap { $0.matches(of: /%~[0-9a-z]{4,7}/).map { String($0.output) } })
                #expect(!shared.isEmpty)
                let welcome = prying.messages.first { $0.isFromBot }?.text
                for payload in payloads {
                    let refused = try await Self.press(payload, by: prying, bot)
                    #expect(refused.isAlert, "\(payload)")
                    let now = prying.messages.first { $0.isFromBot }?.text
                    #expect(now == welcome, "\(payload)")
                }
                let isShared = { (payload: String) in shared.contains { payload.contains($0) } }
                for payload in payloads where !isShared(payload) {
                    let own = Self.owned(payload, by: 3001)
                    let made = Self.madeUp(Self.owned(payload, by: 3002))
                    let pried = try await Self.press(own, by: prying, bot)
                    let guessed = try await Self.press(made, by: guessing, bot)
                    #expect(
                        Likeness.of(pried.note)
                            == Likeness.of(guessed.note), "\(payload)")
                    #expect(
                        Likeness.of(pried.shown)
                            == Likeness.of(guessed.shown), "\(payload)")
                    #expect(ada.traces(in: pried.note + pried.shown) == [], "\(payload)")
                }
                for payload in payloads where isShared(payload) {
                    let pried = try await Self.press(
                        Self.owned(payload, by: 3001), by: prying, bot)
                    #expect(ada.traces(in: pried.note + pried.shown) == [], "\(payload)")
                }
            }
            for user in [prying, guessing] {
                for message in user.messages {
                    #expect(ada.traces(in: message.text + (message.html ?? "")) == [])
                    #expect(message.file.map { ada.traces(in: "\($0)") } ?? [] == [])
                }
            }
            #expect(try await bot.world.count(of: "trades", where: "source <> 'broker'") == 0)
        }
    }

    @Test func `buttons in a group are for whoever asked, and show nothing of theirs to others`()
        async throws
    {
        try await BotWorld.run { bot in
            let (ada, adas) = try await bot.member(1001)
            let (bob, bobs) = try await bot.member(1002)
            let group = bot.telegram.group(-1_000_500)
            for number in 0..<80 {
                let symbol = "ADA\(number)\(String(repeating: "X", count: 55))"
                try await bot.world.post(
                    fill("a\(number)", "BUY", "1", at: "2", symbol: symbol), as: adas)
            }
            try await bot.world.post(fill("b", "BUY", "1", at: "2", symbol: "BOBS"), as: bobs)
            try await bot.running {
                ada.says("/positions@\(bot.telegram.options.botUsername)", in: group)
                let shown = try await ada.hears(in: group)
                let foreign = try bob.presses("2 ›", on: shown)
                let answer = try await foreign.answer()
                #expect(answer.isAlert)
                #expect(answer.text?.contains("for whoever asked") == true)
                let own = try ada.presses("2 ›", on: shown)
                #expect(try await own.answer().text == nil)
                let next = try await ada.hears(in: group)
                #expect(next.id == shown.id)
                #expect(next.text != shown.text)
                #expect(next.button("‹ 1") != nil)

                // Forged in bob's own name, the button shows bob's positions.
                let data = try #require(shown.button("2 ›")?.callbackData)
                let parts = data.split(separator: ":", omittingEmptySubsequences: false)
                let forged = "\(parts[0]):\(String(1002, radix: 36)):\(parts[2]):\(parts[3])"
                bob.presses(data: forged, on: shown)
                let bobsView = try await bob.hears(in: group)
                #expect(bobsView.text.contains("BOBS"))
                #expect(!bobsView.text.contains("ADA1"))
                try await settled(bot)
            }
        }
    }
}
