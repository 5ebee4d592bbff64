import Bot
import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// Several people talk to the bot while everything goes wrong that can: Telegram's answers, the
/// order and number of its updates, and the bot itself, which is started again and again.
@Suite struct ConversationTests {
    private static let people = 3
    private static let lines = 12

    /// What one person says, and what has to come of it.
    private struct Script {
        enum Line {
            /// A command that is answered and does nothing.
            case unknown(String)
            /// One that does something.
            case token(String)
            /// One that proposes something, which is then confirmed.
            case trade(symbol: String)
        }

        let lines: [Line]

        init(_ person: Int, using random: inout SeededGenerator) {
            lines = (0..<ConversationTests.lines).map { number in
                let name = "\(person)\(number < 10 ? "0" : "")\(number)"
                switch Int.random(in: 0..<6, using: &random) {
                case 0, 1: return .token("k\(name)")
                case 2: return .trade(symbol: "SYM\(name)")
                default: return .unknown("zz\(name)")
                }
            }
        }
    }

    private func plan(_ seed: UInt64) -> StandInFaultPlan {
        var plan = StandInFaultPlan(
            seed: seed,
            failures: [
                "sendRichMessage": 0.3, "sendMessage": 0.3, "editMessageText": 0.3,
                "answerCallbackQuery": 0.2, "getUpdates": 0.15,
            ])
        plan.shuffles = 0.5
        plan.splits = 0.3
        plan.repeats = 0.3
        plan.doublePresses = 0.5
        return plan
    }

    @Test(arguments: Seeds.range(count: 3), TestBackend.allCases)
    func `every command is answered and acts once, whatever goes wrong`(
        seed: UInt64, backend: TestBackend
    ) async throws {
        var random = SeededGenerator(seed: seed)
        let scripts = (0..<Self.people).map { Script($0, using: &random) }
        let stays = (0..<4).map { _ in Int.random(in: 20...400, using: &random) }
        try await BotWorld.run(
            settings: .init(pollTimeoutSeconds: 1, commandsPerMinutePerUser: 10_000), on: backend,
            longestTimeoutSeconds: 1.5
        ) { bot in
            var people: [(user: StandInUser, authority: Authority)] = []
            for person in 0..<Self.people {
                people.append(try await bot.member(Int64(1000 + person)))
            }
            let members = people
            bot.telegram.plan(plan(seed))
            try await withThrowingTaskGroup { group in
                for (script, member) in zip(scripts, members) {
                    let user = member.user
                    group.addTask { try await say(script, as: user) }
                }
                // Short lives, in the midst of whatever is under way.
                for milliseconds in stays {
                    try await bot.running {
                        try await Task.sleep(for: .milliseconds(milliseconds))
                    }
                }
                try await bot.running {
                    try await Task.sleep(for: .milliseconds(300))
                    bot.telegram.plan(nil)
                    try await everybodySpoke(scripts, members.map(\.user), bot)
                    for (script, member) in zip(scripts, members) {
                        try await everythingAnswered(script, member.user, bot)
                    }
                    try await settled(bot)
                }
                try await group.waitForAll()
            }
            for (script, member) in zip(scripts, members) {
                try await expectOnce(script, member.user, member.authority, bot, "seed \(seed)")
            }
        }
    }

    private func say(_ script: Script, as user: StandInUser) async throws {
        for line in script.lines {
            switch line {
            case .unknown(let name): user.says("/\(name)")
            case .token(let name): user.says("/token new \(name)")
            case .trade(let symbol):
                user.says("/trade buy 1 \(symbol) 10 type EQUITY currency USD")
                let proposal = try await user.hears("BUY 1 \(symbol) at 10?")
                try user.presses("Confirm", on: proposal)
                try user.presses("Confirm", on: proposal)
            }
        }
    }

    private func everybodySpoke(
        _ scripts: [Script], _ users: [StandInUser], _ bot: BotWorld
    ) async throws {
        for (script, user) in zip(scripts, users) {
            try await eventually("\(user.id) to say everything", bot) {
                user.messages.count { !$0.isFromBot } == script.lines.count
            }
        }
    }

    private func everythingAnswered(
        _ script: Script, _ user: StandInUser, _ bot: BotWorld
    ) async throws {
        for line in script.lines {
            let answer: String
            switch line {
            case .unknown(let name): answer = "“/\(name)”"
            case .token: continue
            case .trade(let symbol): answer = "Done: BUY 1 \(symbol) at 10"
            }
            try await eventually("\(answer) to \(user.id)", bot) {
                user.messages.contains { $0.isFromBot && $0.text.contains(answer) }
            }
        }
    }

    private func expectOnce(
        _ script: Script, _ user: StandInUser, _ authority: Authority, _ bot: BotWorld,
        _ comment: Comment
    ) async throws {
        let said = user.messages.filter(\.isFromBot).map(\.text)
        let isMarked = { (text: String) in text.contains("This may have come before") }
        var names: [String] = []
        for line in script.lines {
            guard case .unknown(let name) = line else { continue }
            names.append(name)
            let answers = said.filter { $0.contains("“/\(name)”") }
            // Again only with the word that it may be.
            #expect(!answers.isEmpty && answers.count { !isMarked($0) } <= 1, comment)
        }
        // In the order in which they were sent.
        let order = bot.answers(to: user).reduce(into: [String]()) { names, name in
            if !names.contains(name) { names.append(name) }
        }
        #expect(order == names, comment)

        let tokens = script.lines.compactMap { line in
            if case .token(let name) = line { name } else { nil }
        }
        let live = try await bot.services.tokens.live(for: authority.caller)
        #expect(live.map(\.name.text).sorted() == tokens.sorted(), comment)
        let answers = said.count { $0.contains("blt_") || $0.contains("second time") }
        #expect(answers >= tokens.count, comment)

        let symbols = script.lines.compactMap { line in
            if case .trade(let symbol) = line { symbol } else { nil }
        }
        let positions = try await bot.services.positions.snapshot(for: authority)
        let held = positions.map { "\($0.listing.instrument.instrument.symbol)" }
        #expect(held.sorted() == symbols.sorted(), comment)
        #expect(positions.allSatisfy { $0.listing.position.quantity == 1 }, comment)
    }
}
