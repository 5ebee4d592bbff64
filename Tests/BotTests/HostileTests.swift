import Bot
import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// Hostile text wherever a text can stand: each message is answered once, Telegram takes every
/// answer, and what is shown is what was written, but for what can't be seen.
@Suite struct HostileTests {
    private static let limits = Limits(maxUsers: 1000)
    private static let settings = TelegramBot.Settings(commandsPerMinutePerUser: 100_000)

    private static func server(rich: Bool) -> StandInTelegram.Options {
        var options = StandInTelegram.Options()
        options.knowsRichMessages = rich
        return options
    }

    /// What the bot wrote to somebody, without files.
    private static func answers(to user: StandInUser) -> [StandInMessage] {
        user.messages.filter { $0.isFromBot && $0.file == nil }
    }

    private static func expectSound(_ bot: BotWorld) {
        let errors = bot.events.all.filter { $0.level == .error }
        #expect(Set(errors.map { $0.fields["error"]?.prefix(120) ?? "" }) == [])
    }

    private static func expectSound(_ message: StandInMessage, _ what: String) {
        let labels = message.buttons.joined().map(\.text)
        for text in [message.text] + labels {
            let shown = text.replacing("\t", with: " ")
            #expect(HiddenCharacters.problems(in: shown) == [], "\(what): \(shown.prefix(200))")
        }
    }

    @Test(arguments: [(true, TestBackend.sqlite), (false, .sqlite), (true, .postgres)])
    func `every argument of every command may be anything, and is answered once`(
        isRich: Bool, backend: TestBackend
    ) async throws {
        try await BotWorld.run(
            Self.server(rich: isRich), limits: Self.limits, settings: Self.settings, on: backend
        ) { bot in
            var said: [(user: StandInUser, form: CommandForm, lines: [String])] = []
            for (number, form) in CommandForm.all.enumerated() {
                let id = 40_000 + Int64(number)
                _ = try await bot.world.settledMember(id, isAdmin: form.command.access == .admin)
                // Every place on one server and database, the first one on the others.
                let isThorough = isRich && backend == .sqlite
                let lines = HostileText.all.flatMap {
                    form.lines(with: $0.text).prefix(isThorough ? .max : 1)
                }
                said.append((bot.telegram.user(id), form, lines))
            }
            // Answers alone are counted, no notices of what was settled.
            try await bot.world.execute("DELETE FROM outbox")
            let everything = said
            try await bot.running {
                for (user, _, lines) in everything {
                    for line in lines { user.says(line) }
                }
                // Thousands of lines.
                try await eventually("all answers", bot, patience: 5) {
                    everything.allSatisfy { Self.answers(to: $0.user).count >= $0.lines.count }
                }
                try await settled(bot)
            }
            for (user, form, lines) in everything {
                let answers = Self.answers(to: user)
                #expect(answers.count == lines.count, "\(form)")
                for (line, answer) in zip(lines, answers) {
                    Self.expectSound(answer, String(line.prefix(80)))
                }
            }
            Self.expectSound(bot)
        }
    }

    /// Stores what the text is taken for; returns the lists that are to show it.
    private static func store(
        _ name: String, for authority: Authority, in world: ServiceWorld
    ) async throws -> [String] {
        let services = world.services
        let caller = authority.caller
        var lists: [String] = []
        func tried(_ list: String..., by store: () async throws -> Void) async throws {
            do {
                try await store()
                lists += list
            } catch is ServiceError {
                // A name that nothing may have.
            }
        }
        try await tried("/accounts") {
            _ = try await services.accounts.add(
                name: name, brokerCode: "IBKR", currency: .usd, for: caller)
        }
        try await tried("/portfolios") {
            _ = try await services.portfolios.add(
                name: name, brokerCode: "BINANCE", currency: .usd, isDefault: false, for: caller)
        }
        try await tried("/token") {
            _ = try await services.tokens.create(
                name: name, permissions: [.read], portfolio: nil, strategy: nil, for: caller)
        }
        try await tried("/hooks") {
            _ = try await services.hooks.create(
                name: name, kind: .tradingView, portfolio: nil, strategy: nil, for: caller)
        }
        if let strategy = StrategyReference(parsing: name) {
            try await tried("/strategies") {
                _ = try await services.strategyRuns.beat(
                    Heartbeat(runID: ExactText(name), promise: .within(seconds: 60)),
                    of: strategy, as: authority)
            }
        }
        let report = FillReport(
            brokerTradeID: ExactText(name), symbol: ExactText(name), side: .buy, quantity: 1,
            price: 2, execTime: world.world.now(), brokerOrderID: ExactText(name),
            exchange: ExactText(name), assetType: .crypto, currency: .usd, reason: name)
        let posted = try await services.trades.ingest(
            IngestRequest(
                // Read as every fill is, so that what can't be is refused.
                fills: [FillReader.fill(fromJSONLine: Array(report.json.utf8)[...])],
                source: .broker), as: authority)
        if case .accepted = posted.outcomes[0] {
            lists += [
                "/positions", "/trades", "/campaigns", "/pnl all", "/trades \(name)",
                "/why \(name)",
                "/campaign \(name)",
            ]
            try await world.addOrder(
                "u-\(caller.userID.raw)", symbol: ExactText(name), quantity: 1,
                brokerID: ExactText(name), of: authority)
            lists.append("/orders all")
        }
        return lists
    }

    @Test(arguments: [true, false])
    func `names, symbols and notes are shown as they are, whatever they are`(
        isRich: Bool
    ) async throws {
        try await BotWorld.run(
            Self.server(rich: isRich), limits: Self.limits, settings: Self.settings
        ) { bot in
            var members: [(user: StandInUser, what: String, lists: [String])] = []
            for (number, hostile) in HostileText.all.enumerated() {
                let id = 50_000 + Int64(number)
                let name = HostileText.name(hostile.text)
                let authority = try await bot.world.member(id)
                let lists = try await Self.store(name, for: authority, in: bot.world)
                let user = bot.telegram.user(id, firstName: hostile.text, username: name)
                members.append((user, hostile.name, lists))
            }
            #expect(members.count { $0.lists.count > 10 } > 10)
            let everyone = members
            try await bot.running {
                for (user, _, lists) in everyone {
                    for list in lists { user.says(list) }
                }
                try await eventually("all answers", bot) {
                    everyone.allSatisfy { Self.answers(to: $0.user).count >= $0.lists.count }
                }
                try await settled(bot)
            }
            for (user, what, lists) in everyone {
                let answers = Self.answers(to: user)
                #expect(answers.count == lists.count, "\(what)")
                for (list, answer) in zip(lists, answers) {
                    Self.expectSound(answer, "\(what) in \(list)")
                    let isShown =
                        answer.text.contains("zq")
                        && (answer.text.contains("qz") || answer.text.contains("…"))
                    #expect(isShown, "\(what) in \(list): \(answer.text)")
                    // What is nothing but characters that are seen stands there as it was sent.
                    if what == "markup" {
                        #expect(answer.text.contains("zq<b>&\"'qz"), "\(list): \(answer.text)")
                    }
                }
            }
            Self.expectSound(bot)
        }
    }

    @Test(arguments: [true, false])
    func `notices with hostile text reach those they are for`(isRich: Bool) async throws {
        try await BotWorld.run(
            Self.server(rich: isRich), limits: Self.limits, settings: Self.settings
        ) { bot in
            let all = HostileText.all
            try await bot.running {
                bot.admin.says("/start")
                _ = try await bot.admin.hears("Welcome")
                for (number, hostile) in all.enumerated() {
                    let name = HostileText.name(hostile.text)
                    let (user, authority) = try await bot.member(60_000 + Int64(number))
                    user.says("/start")
                    _ = try await user.hears("Welcome")
                    _ = try await bot.services.settings.change(for: authority.caller) {
                        $0.fills = .each
                    }
                    let stored = try await Self.store(name, for: authority, in: bot.world)
                    let asking = bot.telegram.user(61_000 + Int64(number), username: name)
                    asking.says("/start")
                    _ = try await asking.hears("on its way")
                    guard stored.contains("/trades") else { continue }
                    try await FillWatch(bot.services) { Issue.record("\($0)") }.round()
                    let news = try await user.hears("1 fill in 1 symbol")
                    #expect(news.text.contains("zq"), "\(hostile.name): \(news.text)")
                    Self.expectSound(news, hostile.name)
                }
                bot.admin.says("/broadcast zq\(all[0].text)\(all[2].text)\(all[10].text)qz")
                let proposal = try await bot.admin.hears("every member?")
                try bot.admin.presses("Confirm", on: proposal)
                let told = try await bot.telegram.user(60_000).hears("A message from")
                #expect(told.text.contains("zq<b>&\"'&#0;"), "\(told.text)")
                try await settled(bot)
            }
            for message in Self.answers(to: bot.admin) { Self.expectSound(message, "to the admin") }
            Self.expectSound(bot)
        }
    }

    @Test func `hostile payloads of buttons are answered with an alert`() async throws {
        try await BotWorld.run(settings: Self.settings) { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                ada.says("/positions")
                let shown = try await ada.hears("No open positions.")
                let owner = String(1001, radix: 36)
                for (_, text) in HostileText.all {
                    for data in [
                        text, "positions:\(owner):1:\(text)", "\(text):\(owner):1:",
                        "positions:\(owner):\(text):", "confirm:\(text)", "discard:\(text)",
                        "approve:\(text)", "news:\(owner):\(text):",
                    ] {
                        let press = ada.presses(data: data, on: shown)
                        _ = try await press.answer()
                        #expect(press.answers.count == 1)
                    }
                }
                try await settled(bot)
            }
            for message in Self.answers(to: ada) { Self.expectSound(message, "a press") }
            Self.expectSound(bot)
        }
    }
}
