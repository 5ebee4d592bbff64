import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import Wire
import World

/// TradingView's alerts: into the ledger once, and noticed where one is missing.
struct AlertTests {
    @Test(arguments: TestBackend.allCases)
    func `an alert is a trade of the hook's portfolio and strategy, once`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            try await world.addPortfolio("tv", of: ada)
            let hook = try await world.hook(portfolio: "tv", strategy: "swing@2", of: ada)
            let first = try await world.call(hook, alert())
            guard case .stored(let uid) = first else {
                Issue.record("\(first.words)")
                return
            }
            // TradingView sends the same body again after a 5xx; blanks and order do not matter.
            #expect(try await world.call(hook, alert()) == .duplicate(tradeUID: uid))
            #expect(try await world.call(hook, alert() + "\n") == .duplicate(tradeUID: uid))
            let page = try await world.services.trades.page(TradeQuery(), for: ada)
            let trade = try #require(page.trades.first)
            #expect(page.trades.count == 1)
            #expect(trade.quantity == (try Decimal(parsing: "0.5")))
            #expect(trade.price == (try Decimal(parsing: "65000.1")))
            #expect(trade.execTime.description == "2026-02-19T14:32:07.000000Z")
            #expect(trade.portfolio == "tv" && trade.strategy == "swing@2")
            #expect(trade.brokerTradeID.text.hasPrefix("tv-"))
            let now = try await world.hookNow(hook, ada)
            #expect(now.calls == 3 && now.fills == 1 && now.lastCalledAt == world.world.now())
            #expect(try await world.count(of: "hook_deliveries") == 0)
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the same alert to two hooks of a portfolio is two trades`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let hooks = [
                try await world.hook("one", strategy: "a", of: ada),
                try await world.hook("two", strategy: "b", of: ada),
            ]
            for hook in hooks { #expect(try await world.call(hook, alert()).words == "stored") }
            for hook in hooks { #expect(try await world.call(hook, alert()).words == "duplicate") }
            let page = try await world.services.trades.page(TradeQuery(), for: ada)
            #expect(Set(page.trades.map(\.strategy)) == ["a@1.0", "b@1.0"])
            #expect(page.trades.count == 2)
        }
    }

    @Test func `alerts that differ in anything are different trades`() async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let ada = try await world.member()
            let hook = try await world.hook(of: ada)
            let bodies = [
                alert(), alert(time: "2026-02-19T14:32:08Z"), alert(order: "Long 2"),
                alert("sell"), alert(at: "65000.2"), alert("buy", "0.6"),
            ]
            for body in bodies { #expect(try await world.call(hook, body).words == "stored") }
            for body in bodies.reversed() {
                #expect(try await world.call(hook, body).words == "duplicate")
            }
            #expect(try await world.count(of: "trades") == 6)
        }
    }

    @Test func `a text alert is read line by line, or part by part`() async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let ada = try await world.member()
            let hook = try await world.hook(of: ada)
            let text = """
                ticker=ETHUSDT, exchange=BINANCE; asset_type=CRYPTO
                currency = USDT,action=sell
                contracts=2,price=1e3,timenow=2026-02-19T14:32:07Z,order_id=a=b

                """
            let answer = try await world.call(hook, text, type: "text/plain; charset=utf-8")
            #expect(answer.words == "stored")
            // TradingView says text/plain of what it does not take for JSON.
            #expect(try await world.call(hook, alert(), type: "text/plain").words == "stored")
            #expect(try await world.call(hook, alert("sell"), type: nil).words == "stored")
            let ids = try await world.texts("SELECT broker_order_id FROM trades ORDER BY id")
            #expect(ids.first == "a=b")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an alert that does not follow the last one is told, once`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let hook = try await world.hook(of: ada)
            func send(
                _ action: String, _ second: Int, _ before: (String, String),
                _ after: (String, String)
            ) async throws -> String {
                try await world.call(
                    hook,
                    alert(
                        action, "1", time: "2026-02-19T14:32:1\(second)Z", before: before,
                        after: after)
                ).words
            }
            #expect(try await send("buy", 0, ("flat", "0"), ("long", "1")) == "stored")
            #expect(try await send("buy", 1, ("long", "1.0"), ("long", "2")) == "stored")
            #expect(try await world.notices(ada).isEmpty)
            // The alert that sold one did not come.
            #expect(try await send("buy", 5, ("long", "1"), ("long", "2")) == "stored")
            #expect(try await send("buy", 5, ("long", "1"), ("long", "2")) == "duplicate")
            let missed = Notice.alertMissed(
                hook: "swing", symbol: "BTCUSDT", expected: "long 2", told: "long 1")
            #expect(try await world.notices(ada) == [missed])
            // One from before that was sent again does not turn the clock back.
            #expect(try await send("buy", 1, ("long", "1.0"), ("long", "2")) == "duplicate")
            #expect(try await send("sell", 6, ("long", "2"), ("flat", "0")) == "stored")
            #expect(try await send("sell", 7, ("short", "1"), ("short", "2")) == "stored")
            #expect(
                try await world.notices(ada).last
                    == .alertMissed(
                        hook: "swing", symbol: "BTCUSDT", expected: "flat", told: "short 1"))
            #expect(try await world.notices(ada).count == 2)
        }
    }

    @Test func `an alert in quarantine counts as come`() async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let ada = try await world.member()
            let hook = try await world.hook(of: ada)
            _ = try await world.call(hook, alert(before: ("flat", "0"), after: ("long", "1")))
            let broken = alert(
                "hold", time: "2026-02-19T14:33:00Z", before: ("long", "1"), after: ("long", "2"))
            #expect(
                try await world.call(hook, broken).words == "quarantined INVALID_FIELD side")
            let next = alert(
                time: "2026-02-19T14:34:00Z", before: ("long", "2"), after: ("long", "3"))
            #expect(try await world.call(hook, next).words == "stored")
            let missed = try await world.notices(ada).filter {
                if case .alertMissed = $0 { true } else { false }
            }
            #expect(missed == [])
        }
    }

    @Test func `each symbol's positions are followed for themselves`() async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let ada = try await world.member()
            let hook = try await world.hook(of: ada)
            for symbol in ["BTCUSDT", "ETHUSDT"] {
                let body = alert(symbol: symbol, before: ("flat", "0"), after: ("long", "1"))
                #expect(try await world.call(hook, body).words == "stored")
            }
            #expect(try await world.notices(ada).isEmpty)
            #expect(try await world.count(of: "hook_positions") == 2)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the address or the message proves who calls, and nothing else does`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let hook = try await world.hook(of: ada)
            let other = try await world.hook("other", of: ada)
            #expect(try await world.call(hook, alert(), openly: true).words == "nobody")
            for wrong in ["", "hk_", other.secret, hook.secret + "x", "None"] {
                let body = alert(secret: wrong)
                #expect(try await world.call(hook, body, openly: true).words == "nobody")
            }
            #expect(
                try await world.call(hook, alert(secret: hook.secret), openly: true).words
                    == "stored")
            let intake = world.services.hookIntake
            for address in ["", "x", hook.secret.dropLast() + "0", hook.hook.name.text] {
                #expect(try await intake.hook(at: String(address), kind: .tradingView) == nil)
            }
            #expect(try await intake.hook(at: hook.secret, kind: .freqtrade) == nil)
            #expect(try await intake.hook(at: hook.hook.uid, kind: .freqtrade) == nil)
            // A new secret ends the old one.
            let renewed = try await world.services.hooks.renewSecret(
                of: "swing", for: ada.caller)
            #expect(try await intake.hook(at: hook.secret, kind: .tradingView) == nil)
            #expect(try await intake.hook(at: renewed.secret, kind: .tradingView) != nil)
            #expect(try await world.call(hook, alert("sell")).words == "nobody")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `no secret is ever in the database`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let hook = try await world.hook(of: ada)
            let broken = alert("hold", secret: hook.secret)
            #expect(
                try await world.call(hook, broken, openly: true).words
                    == "quarantined INVALID_FIELD side")
            let kept = try #require(try await world.quarantined(ada).first)
            let body = String(decoding: kept.body, as: UTF8.self)
            #expect(body == alert("hold", secret: "hk_…"))
            // It is known again, with the secret in it and in the address.
            #expect(
                try await world.call(hook, broken).words == "quarantined INVALID_FIELD side")
            #expect(try await world.quarantined(ada).map(\.times) == [2])
            let hashes = try await world.texts("SELECT secret_hash FROM hooks")
            #expect(hashes.count == 1 && hashes[0].count == 64 && hashes[0] != hook.secret)
        }
    }

    @Test func `a hook that is off takes nothing, one of a former member is not there`()
        async throws
    {
        try await ServiceWorld.run(on: .sqlite) { world in
            let ada = try await world.member()
            let hook = try await world.hook(of: ada)
            _ = try await world.services.hooks.setActive(false, "swing", for: ada.caller)
            #expect(try await world.call(hook, alert()).words == "turned off")
            #expect(try await world.count(of: "trades") == 0)
            _ = try await world.services.hooks.setActive(true, "swing", for: ada.caller)
            #expect(try await world.call(hook, alert()).words == "stored")
            try await world.execute("UPDATE users SET is_active = false")
            #expect(try await world.call(hook, alert("sell")).words == "nobody")
        }
    }
}
