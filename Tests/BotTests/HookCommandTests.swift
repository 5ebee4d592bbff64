import Bot
import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// `/hooks` and `/quarantine`.
@Suite struct HookCommandTests {
    /// The secret that a reply shows.
    private func secret(in reply: String) throws -> String {
        String(try #require(reply.firstMatch(of: /hk_[0-9A-Za-z]{49}/)).output)
    }

    private func call(
        _ desk: Desk, _ secret: String, _ body: String, kind: HookRecord.Kind = .tradingView
    ) async throws -> HookAnswer? {
        let intake = desk.world.services.hookIntake
        guard let called = try await intake.hook(at: secret, kind: kind) else { return nil }
        return try await intake.take(Array(body.utf8), contentType: nil, of: called)
    }

    private static let alert = """
        {"ticker":"BTCUSDT","exchange":"BINANCE","asset_type":"CRYPTO","currency":"USDT",\
        "action":"buy","contracts":"1","price":"2","timenow":"2026-02-19T14:32:07Z"}
        """

    @Test(arguments: TestBackend.allCases)
    func `a hook is made, shown once, listed with its state, and turned off`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (ada, _) = try await desk.member()
            #expect(try await ada.says("/hooks").contains("No hooks."))
            let made = try await ada.says("/hooks new swing tradingview MAIN momo@2")
            let secret = try secret(in: made)
            #expect(made.contains("/v1/hooks/tradingview/\(secret)"))
            #expect(made.contains("{{strategy.prev_market_position_size}}"))
            #expect(made.contains("momo@2") && made.contains("shown this once"))
            let bot = try await ada.says("/hooks new bot freqtrade")
            #expect(bot.contains("\"webhook\":{") && bot.contains("has no ids") == false)
            #expect(bot.contains("no ids of fills"))
            _ = try await call(desk, secret, Self.alert)
            let list = try await ada.says("/hooks")
            #expect(!list.contains("hk_"))
            #expect(list.contains("swing") && list.contains("tradingview"))
            #expect(list.contains("weak ids") && list.contains("never"))
            #expect(try await ada.says("/hooks off swing").contains("off"))
            #expect(try await call(desk, secret, Self.alert) == .turnedOff)
            #expect(try await ada.says("/hooks on SWING").contains("on"))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a secret is renewed when Confirm is pressed, and shown once`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (ada, _) = try await desk.member()
            let secret = try secret(in: try await ada.says("/hooks new swing tradingview"))
            let asked = try await ada.says("/hooks renew SWING")
            #expect(asked.contains("Renew the secret of swing?") && !asked.contains("hk_"))
            #expect(asked.contains("opens nothing any more"))
            #expect(try await call(desk, secret, Self.alert) != nil)
            _ = try await ada.says("2")
            #expect(try await call(desk, secret, Self.alert) != nil)

            _ = try await ada.says("/hooks renew swing")
            let token = try #require(
                try await desk.world.texts(
                    "SELECT uid FROM pending_actions ORDER BY id DESC LIMIT 1"
                ).first)
            let renewed = try await ada.says("1")
            #expect(try await call(desk, secret, Self.alert) == nil)
            let other = try self.secret(in: renewed)
            #expect(try await call(desk, other, Self.alert) != nil)
            // It stands nowhere: neither with what was done nor where that is shown again.
            let kept = try await desk.world.texts(
                "SELECT CAST(result_json AS TEXT) FROM pending_actions WHERE uid = $1",
                [.text(token)])
            #expect(kept.count == 1 && !kept[0].contains("hk_"))
        }
    }

    @Test func `who presses Confirm again gets no other secret`() async throws {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            let made = try await bot.services.hooks.create(
                name: "swing", kind: .tradingView, portfolio: nil, strategy: nil,
                for: authority.caller)
            try await bot.running {
                ada.says("/hooks renew swing")
                let asked = try await ada.hears("Renew the secret of swing?")
                _ = try await ada.presses("Confirm", on: asked).answer()
                let shown = try await ada.hears("A new secret for swing")
                #expect(shown.id == asked.id)
                let again = try ada.presses("Confirm", on: asked)
                #expect(try await again.answer().text == "Done.")
                let told = try await ada.hears("was shown the first time")
                #expect(told.text.firstMatch(of: /hk_[0-9A-Za-z]{49}/) == nil)
                let address = String(
                    try #require(shown.text.firstMatch(of: /hk_[0-9A-Za-z]{49}/)).output)
                let intake = bot.services.hookIntake
                #expect(try await intake.hook(at: address, kind: .tradingView) != nil)
                #expect(try await intake.hook(at: made.secret, kind: .tradingView) == nil)
            }
        }
    }

    @Test(arguments: [
        ("/hooks nonsense", "none of new, template"), ("/hooks new", "needs a name"),
        ("/hooks new x", "neither freqtrade nor tradingview"),
        ("/hooks new x webull", "neither freqtrade nor tradingview"),
        ("/hooks new x freqtrade nowhere at all", "Unknown portfolio"),
        ("/hooks off", "Which hook?"), ("/hooks off other", "no hook named “other”"),
        ("/hooks template", "Which hook?"), ("/hooks rest swing alpha", "pulled from freqtrade"),
        ("/hooks rest swing", "Which bot?"),
        ("/hooks new swing tradingview", "there is a hook named swing already"),
        ("/quarantine show", "Which one?"), ("/quarantine retry x", "is no number"),
        ("/quarantine show 7", "nothing with the number 7 waits"),
        ("/quarantine discard all", "Nothing of it waits"),
        ("/quarantine frobnicate", "none of show, retry, discard"),
    ])
    func `what can't be done is told with what could be`(
        line: String, expected: String
    ) async throws {
        try await Desk.run { desk in
            let (ada, _) = try await desk.member()
            _ = try await ada.says("/hooks new swing tradingview")
            let reply = try await ada.says(line)
            #expect(reply.lowercased().contains(expected.lowercased()), "\(reply)")
            #expect(try await desk.world.count(of: "hooks") == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what waits is shown, mended and stored`(_ backend: TestBackend) async throws {
        try await Desk.run(on: backend) { desk in
            let (ada, _) = try await desk.member()
            let (bob, _) = try await desk.member(1002)
            let secret = try secret(in: try await ada.says("/hooks new swing tradingview"))
            #expect(try await ada.says("/quarantine").contains("Nothing waits"))
            let body = Self.alert.replacing("\"ticker\"", with: "\"sym\"")
            _ = try await call(desk, secret, body)
            let list = try await ada.says("/quarantine")
            #expect(list.contains("Symbol is missing."))
            #expect(try await bob.says("/quarantine").contains("Nothing waits"))
            let id = try #require(
                try await desk.world.texts("SELECT CAST(id AS TEXT) FROM hook_deliveries").first)
            let shown = try await ada.says("/quarantine show \(id)")
            #expect(shown.contains("\"sym\":\"BTCUSDT\"") && shown.contains("quarantined"))
            #expect(try await bob.says("/quarantine show \(id)").contains("Not found"))
            #expect(try await bob.says("/quarantine retry \(id)").contains("Not found"))
            _ = try await ada.says("/quarantine show \(id)")
            #expect(try await ada.says("1").contains("Still no trade"))
            let refused = try await ada.says("/hooks template swing {\"fill\":{\"symbl\":\"x\"}}")
            #expect(refused.contains("fill.symbl") && refused.contains("That is no template"))
            let template = HookTemplates.builtIn(.tradingView)
                .replacing("{{ticker}}", with: "{{sym}}").filter { $0 != "\n" }
            let taken = try await ada.says("/hooks template swing \(template)")
            #expect(taken.contains("yours") && taken.contains("{{sym}}"))
            let retried = try await ada.says("/quarantine retry all")
            #expect(retried.contains("Tried again"))
            #expect(try await desk.world.count(of: "trades") == 1)
            #expect(try await ada.says("/quarantine").contains("Nothing waits"))
            #expect(try await ada.says("/hooks template swing default").contains("built in"))
            #expect(try await ada.says("/hooks template swing").contains("{{ticker}}"))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `discarding waits for Confirm, and is done once`(_ backend: TestBackend) async throws {
        try await Desk.run(on: backend) { desk in
            let (ada, _) = try await desk.member()
            let secret = try secret(in: try await ada.says("/hooks new swing tradingview"))
            for index in 0..<3 { _ = try await call(desk, secret, "nonsense \(index)") }
            let first = try #require(
                try await desk.world.texts("SELECT CAST(MIN(id) AS TEXT) FROM hook_deliveries")
                    .first)
            #expect(try await ada.says("/quarantine discard \(first)").contains("No. \(first)"))
            #expect(
                try await desk.world.count(of: "hook_deliveries", where: "status = 'DISCARDED'")
                    == 0)
            #expect(try await ada.says("1").contains("Discarded"))
            #expect(
                try await desk.world.count(of: "hook_deliveries", where: "status = 'DISCARDED'")
                    == 1)
            #expect(try await ada.says("/quarantine discard all").contains("Discard 2 of"))
            #expect(try await ada.says("2").contains("nothing was stored"))
            #expect(
                try await desk.world.count(of: "hook_deliveries", where: "status = 'QUARANTINED'")
                    == 2)
        }
    }

    @Test func `a bot is chosen by the name that its operator gave it`() async throws {
        let hooks = HookSettings(
            publicURL: "https://ledger.example/",
            bots: ["alpha": .init(), "hers": .init(telegramUserID: 1002)])
        try await ServiceWorld.run(on: .sqlite, hooks: hooks) { world in
            let desk = Desk(world: world, events: Events())
            let (ada, _) = try await desk.member()
            let made = try await ada.says("/hooks new bot freqtrade")
            #expect(made.contains("https://ledger.example/v1/hooks/freqtrade/hk_"))
            let asked = try await ada.says("/hooks rest bot")
            #expect(asked.contains("alpha") && !asked.contains("hers"))
            #expect(try await ada.says("/hooks rest bot hers").contains("Not found"))
            let fill = "event=entry_fill,exchange=B,base_currency=BTC,quote_currency=USDT,"
            _ = try await call(
                desk, try secret(in: made),
                fill + "direction=Long,amount=1,open_rate=2,pair=BTC/USDT", kind: .freqtrade)
            let switched = try await ada.says("/hooks rest bot Alpha")
            #expect(switched.contains("pulls from alpha") && switched.contains("came as messages"))
            #expect(try await ada.says("/hooks rest bot none").contains("weak ids"))
        }
    }

    @Test func `in a group nothing of hooks is said`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            let group = bot.telegram.group(-1_000_500)
            try await bot.running {
                let name = "@blotter_stand_in_bot"
                for line in [
                    "/hooks\(name)", "/hooks\(name) new x freqtrade", "/quarantine\(name)",
                ] {
                    ada.says(line, in: group)
                    _ = try await ada.hears("works in a private chat only", in: group)
                }
            }
            #expect(try await bot.world.count(of: "hooks") == 0)
        }
    }

    @Test func `notices tell what came, what was missed, and who is away`() async throws {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            let made = try await bot.services.hooks.create(
                name: "<b>swing</b>", kind: .tradingView, portfolio: nil, strategy: nil,
                for: authority.caller)
            try await bot.running {
                ada.says("/start")
                _ = try await ada.hears("member")
                let intake = bot.services.hookIntake
                let called = try #require(
                    try await intake.hook(at: made.secret, kind: .tradingView))
                _ = try await intake.take(
                    Array("nonsense <i>".utf8), contentType: nil, of: called)
                _ = try await ada.hears("something is no trade yet")
                for (second, before) in [(1, "flat"), (2, "short")] {
                    let body =
                        Self.alert.dropLast().replacing("07Z", with: "0\(second)Z") + """
                            ,"market_position":"long","market_position_size":"1",\
                            "prev_market_position":"\(before)","prev_market_position_size":"1"}
                            """
                    _ = try await intake.take(Array(body.utf8), contentType: nil, of: called)
                }
                let missed = try await ada.hears("an alert was missed")
                #expect(missed.text.contains("long 1") && missed.text.contains("short 1"))
            }
        }
    }
}
