import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

// What the bot tells of its own accord, and how it is read again.
extension Chapter {
    static let notices = Chapter("notices") { stage in
        try await stage.enroll(.boss, isAdmin: true)
        try await stage.enroll(.ada)
        await stage.title("Nothing was told yet")
        try await stage.says(.ada, "/news")

        await stage.title("Fills, by symbol")
        try await stage.prepareBook()
        await stage.advance(minutes: 2)
        try await FillWatch(stage.services) { _ in }.round()
        try await stage.notices()
        await stage.title("Fills, each of them")
        try await stage.backstage { try await stage.says(.ada, "/settings fills each") }
        try await stage.post([
            fill("n1", "SELL", "0.1", at: "67000", time: "2026-02-20T09:01:00Z"),
            fill("n2", "BUY", "0.1", at: "66950", time: "2026-02-20T09:01:30Z"),
        ])
        try await FillWatch(stage.services) { _ in }.round()
        try await stage.notices()
        await stage.title("More fills than are listed")
        try await stage.post(
            (0..<30).map { index in
                fill(
                    "n3-\(index)", index % 3 == 0 ? "SELL" : "BUY", "0.5", at: "\(100 + index)",
                    symbol: index % 2 == 0 ? "ETHUSDT" : "SOLUSDT", time: "2026-02-20T09:02:00Z")
            })
        try await FillWatch(stage.services) { _ in }.round()
        try await stage.notices()

        await stage.title("An order was rejected")
        try await stage.report([order("o-1"), order("o-2"), order("o-3"), order("o-4")])
        try await stage.report([order("o-1", status: "REJECTED")])
        try await stage.notices()
        await stage.title("Two orders ended")
        try await stage.backstage { try await stage.says(.ada, "/settings orders all") }
        try await stage.report([
            order("o-2", status: "CANCELED"), order("o-3", filled: "2", status: "FILLED"),
        ])
        try await stage.notices()
        await stage.title("More was filled than ordered")
        try await stage.post([
            fill("n4", "BUY", "2.5", at: "64000", time: "2026-02-20T09:02:00Z", order: "o-4")
        ])
        try await stage.notices()

        try await stage.prepareQuotes()
        await stage.title("A day's digest, and a week's")
        try await stage.backstage {
            try await stage.says(.ada, "/settings daily 08:00")
            try await stage.says(.ada, "/settings weekly mon 08:00")
        }
        await stage.advance(minutes: 3 * 24 * 60)
        try await DigestWatch(stage.services) { _ in }.round()
        try await stage.notices()

        await stage.title("A strategy falls silent")
        let momo = try #require(StrategyReference(parsing: "momo@1.0"))
        let authority = try await stage.authority(of: .ada)
        let beat = Heartbeat(runID: "r-1", promise: .within(seconds: 90))
        _ = try await stage.services.strategyRuns.beat(beat, of: momo, as: authority)
        try await stage.waitForSilence(seconds: 90)
        try await stage.notices()
        try await stage.says(.ada, "/strategies")
        await stage.title("It is back")
        await stage.advance(minutes: 125)
        _ = try await stage.services.strategyRuns.beat(beat, of: momo, as: authority)
        try await stage.notices()

        try await stage.hookNotices()

        try await stage.show(
            .breach(
                BreachNews(
                    policy: "Max daily loss", portfolio: "main",
                    observed: "the day's loss is 501 USD, at most 500 USD are allowed",
                    isBlock: true)))
        try await stage.show(
            .breach(
                BreachNews(
                    policy: "Max position", portfolio: nil,
                    observed: "1.5 BTCUSDT would be held, at most 1 is allowed", isBlock: false)))
        try await stage.show(
            .alert(
                AlertNews(
                    name: "BTC breaks out", text: "BTCUSDT is above 70000",
                    time: stage.world.world.now())))

        await stage.title("The newest of what was told, and those before it")
        try await stage.says(.ada, "/news")
        try await stage.presses(.ada, "‹ Older")
        try await stage.presses(.ada, "Newer ›")
        try await stage.says(.ada, "/news today")
    }

    static let piles = Chapter("piles") { stage in
        try await stage.enroll(.boss, isAdmin: true)
        for reason in Pile.Reason.allCases {
            let start = Int64(6000 + 10 * (Pile.Reason.allCases.firstIndex(of: reason) ?? 0))
            try await stage.backstage {
                for id in start..<start + 3 {
                    try await stage.says(Player(id: id, username: nil), "/start")
                }
            }
            let waiting = try await stage.services.messages.unsent(limit: 100)
            let pile = try await stage.services.messages.pile(
                waiting.filter { $0.kind == Notice.Kind.approvalRequest.rawValue },
                because: reason, isSilent: false)
            await stage.title("Why: \(reason)")
            try await stage.show(try #require(pile))
        }
        await stage.title("One by one")
        try await stage.presses(.boss, "Show them")
        try await stage.presses(.boss, "Newer ›")

        await stage.title("One of each kind")
        let user = try #require(try await stage.services.users.user(telegramUserID: 9001))
        let time = stage.world.world.now().description
        for kind in Notice.Kind.allCases {
            _ = try await stage.world.execute(
                """
                INSERT INTO outbox (uid, user_id, chat_id, kind, payload_json, created_at)
                VALUES ($1, $2, '9001', $3, '{}', $4)
                """, [.text("k-\(kind)"), .id(user.id), .text(kind.rawValue), .text(time)])
        }
        let waiting = try await stage.services.messages.unsent(limit: 100)
        let all = try await stage.services.messages.pile(
            waiting.filter { Pile($0) == nil }, because: .atOnce, isSilent: false)
        try await stage.show(try #require(all))
    }
}

extension Stage {
    /// Until the watch has told that a run, which has just beaten, is silent.
    func waitForSilence(seconds: Double) async throws {
        let watch = Task { [services] in await SilenceWatch(services.strategyRuns) { _ in }.run() }
        await world.world.waitForSleepers(1)
        await world.world.advance(seconds: seconds, sleepers: 1)
        let deadline = ContinuousClock.now + .seconds(60)
        while try await world.count(of: "outbox", where: "kind = 'strategy_silent'") == 0 {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(5))
        }
        watch.cancel()
        await watch.value
    }

    /// What hooks bring about.
    func hookNotices() async throws {
        let secret = try await makeHook("swing")
        title("Something is no trade yet")
        try await call(secret, "nonsense")
        try await notices()
        title("An alert was missed")
        for (second, before) in [(1, "flat"), (2, "short")] {
            let more = """
                ,"market_position":"long","market_position_size":"1",\
                "prev_market_position":"\(before)","prev_market_position_size":"1"
                """
            try await call(secret, Stage.alert(time: "2026-02-23T09:00:0\(second)Z", more: more))
        }
        try await notices()
        try show(.quarantineFull(hook: "swing"))
        try show(
            .botAway(
                hook: "swing", bot: "alpha", failures: 3,
                error: "the connection was refused"))
    }
}
