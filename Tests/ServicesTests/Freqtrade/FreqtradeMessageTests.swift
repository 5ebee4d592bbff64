import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import Wire
import World

/// Freqtrade's messages where they are all there is: taken, and marked as weak.
struct FreqtradeMessageTests {
    @Test(arguments: TestBackend.allCases)
    func `each message is a fill, also where two are byte for byte the same`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let hook = try await world.hook("bot", .freqtrade, strategy: "roi", of: ada)
            #expect(
                try await world.call(hook, webhook("entry_fill"), type: formType).words == "stored")
            await world.world.advance(seconds: 60)
            // Two equal partial exits in a row are both real.
            let exit = webhook("exit_fill", amount: "0.15", close: "66000.5")
            for _ in 0..<2 {
                #expect(try await world.call(hook, exit, type: formType).words == "stored")
            }
            let page = try await world.services.trades.page(TradeQuery(), for: ada)
            #expect(page.trades.map(\.side) == [.sell, .sell, .buy])
            #expect(
                page.trades.map(\.quantity.description) == ["0.15", "0.15", "0.3"])
            #expect(page.trades.map(\.price.description) == ["66000.5", "66000.5", "65000.1"])
            #expect(Set(page.trades.map(\.brokerTradeID)).count == 3)
            #expect(page.trades.allSatisfy { $0.brokerTradeID.text.hasPrefix("ftw-") })
            #expect(page.trades.allSatisfy { $0.strategy == "roi@1.0" })
            #expect(page.trades[0].reason == "roi")
            let trade = page.trades[0].instrument
            #expect(trade.symbol == "BTCUSDT" && trade.exchange == "BINANCE")
            let metas = try await world.texts("SELECT meta_json FROM trades")
            #expect(metas.allSatisfy { $0.contains("weak") && $0.contains("BTC/USDT") })
            // Nothing is left of what was taken in on the way.
            #expect(try await world.count(of: "hook_deliveries") == 0)
            let positions = try await world.services.positions.snapshot(
                includeClosed: true, for: ada)
            #expect(positions.map(\.listing.position.quantity) == [0])
            try await world.expectVerified()
        }
    }

    @Test(arguments: [
        ("entry_fill", "Long", Side.buy), ("entry_fill", "Short", .sell),
        ("exit_fill", "Long", .sell), ("exit_fill", "Short", .buy),
    ])
    func `direction and event make the side`(
        event: String, direction: String, side: Side
    ) async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let ada = try await world.member()
            let hook = try await world.hook("bot", .freqtrade, of: ada)
            let body = webhook(
                event, direction, amount: "1e-07", close: event == "exit_fill" ? "2" : nil)
            #expect(try await world.call(hook, body, type: formType).words == "stored")
            let page = try await world.services.trades.page(TradeQuery(), for: ada)
            #expect(page.trades.map(\.side) == [side])
            #expect(page.trades.map(\.quantity.description) == ["0.0000001"])
        }
    }

    @Test func `other events tell of no fill`() async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let ada = try await world.member()
            let hook = try await world.hook("bot", .freqtrade, of: ada)
            for event in ["entry", "exit", "entry_cancel", "status", "None", ""] {
                let body = webhook(event)
                #expect(try await world.call(hook, body, type: formType).words == "ignored")
            }
            #expect(try await world.call(hook, "{}").words == "ignored")
            #expect(try await world.hookNow(hook, ada).calls == 7)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what was taken in when the process ended is stored by the next one, once`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let hook = try await world.hook("bot", .freqtrade, of: ada)
            let now = world.world.now()
            try await world.database.write { tx in
                for (uid, body) in [("d1", webhook("entry_fill")), ("d2", "event=exit_fill")] {
                    try HookDeliveries.insert(
                        uid: uid, hook: hook.hook.id, status: .received, identity: nil,
                        contentType: formType, body: Array(body.utf8), reason: nil, now: now,
                        for: ada.caller, in: tx)
                }
            }
            // What is under way at this moment is left alone.
            try await world.services.hookIntake.resume()
            #expect(try await world.count(of: "trades") == 0)
            await world.world.advance(seconds: 61)
            for _ in 0..<2 { try await world.services.hookIntake.resume() }
            #expect(try await world.texts("SELECT broker_trade_id FROM trades") == ["ftw-d1"])
            let kept = try await world.quarantined(ada)
            #expect(kept.map(\.uid) == ["d2"])
        }
    }
}
