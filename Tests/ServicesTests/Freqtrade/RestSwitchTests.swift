import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// A hook that has a bot from some time on: each fill is taken once, as a message or as an order.
struct RestSwitchTests {
    /// Milliseconds since 1970.
    private func now(_ world: ServiceWorld) -> Int {
        Int(world.world.now().microseconds / 1000)
    }

    private func setBot(_ bot: ExactText?, _ world: ServiceWorld, _ ada: Authority) async throws {
        _ = try await world.services.hooks.setBot(bot, of: "bot", for: ada.caller)
    }

    private func ids(_ world: ServiceWorld) async throws -> [String] {
        try await world.texts("SELECT broker_trade_id FROM trades ORDER BY broker_trade_id")
    }

    private func synced(_ world: ServiceWorld, _ hook: HookService.Made, _ ada: Authority)
        async throws
    {
        try await Pulling.eventually(world, "a pull") {
            try await world.hookNow(hook, ada).restSyncedAt != nil
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `orders that came as messages are not pulled too`(_ backend: TestBackend) async throws {
        let bot = StandInBot()
        try await Pulling.run(on: backend, isSet: false, bot) { world, ada, hook in
            let filled = now(world)
            await world.world.advance(seconds: 2)
            let message = webhook("entry_fill", amount: "1", open: "100")
            #expect(try await world.call(hook, message, type: formType).words == "stored")
            let lacking =
                #"{"order_id":"o-0","ft_order_side":"buy","filled":1,"order_timestamp":1}"#
            let orders = [
                freqtradeOrder("o-1", "buy", "1", at: "100", time: filled), lacking,
                // Filled after the last message came, and before the switch: its message was lost.
                freqtradeOrder("o-2", "sell", "1", at: "110", time: filled + 3000),
            ]
            await bot.set(closed: [(7, freqtradeTrade(orders: orders))])
            await world.world.advance(seconds: 60)
            try await setBot("alpha", world, ada)
            try await synced(world, hook, ada)
            let stored = try await ids(world)
            #expect(stored.count == 2 && stored[0] == "ft-o-2" && stored[1].hasPrefix("ftw-"))
            #expect(try await world.quarantined(ada).isEmpty)
            let positions = try await world.services.positions.snapshot(
                includeClosed: true, for: ada)
            #expect(positions.map(\.listing.position.quantity) == [0])
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what waits in quarantine is pulled, and no fill of its own any more`(
        _ backend: TestBackend
    ) async throws {
        let bot = StandInBot()
        try await Pulling.run(on: backend, isSet: false, bot) { world, ada, hook in
            let message = webhook("entry_fill", amount: "x")
            #expect(
                try await world.call(hook, message, type: formType).words
                    == "quarantined INVALID_FIELD quantity")
            let kept = try #require(try await world.quarantined(ada).first)
            await bot.set(
                open: [
                    (
                        7,
                        freqtradeTrade(orders: [
                            freqtradeOrder("o-1", "buy", "1", at: "100", time: now(world))
                        ])
                    )
                ])
            try await setBot("alpha", world, ada)
            #expect(
                try await world.services.quarantine.retry(kept.id, for: ada.caller) == .pulling)
            #expect(try await world.quarantined(ada).isEmpty)
            try await Pulling.eventually(world, "the order") {
                try await ids(world) == ["ft-o-1"]
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a message from before the last one that was stored is a fill of its own still`(
        _ backend: TestBackend
    ) async throws {
        let bot = StandInBot()
        try await Pulling.run(on: backend, isSet: false, bot) { world, ada, hook in
            let hooks = world.services.hooks
            let first = now(world)
            let template = HookTemplates.builtIn(.freqtrade)
                .replacing("{{amount}}", with: "{{size}}")
            _ = try await hooks.setTemplate(template, of: "bot", for: ada.caller)
            let message = webhook("entry_fill")
            #expect(
                try await world.call(hook, message, type: formType).words
                    == "quarantined INVALID_FIELD quantity")
            let kept = try #require(try await world.quarantined(ada).first)
            _ = try await hooks.setTemplate(nil, of: "bot", for: ada.caller)
            await world.world.advance(seconds: 5)
            #expect(try await world.call(hook, message, type: formType).words == "stored")
            await bot.set(
                closed: [
                    (
                        7,
                        freqtradeTrade(orders: [
                            freqtradeOrder("o-1", "buy", "0.3", at: "65000.1", time: first)
                        ])
                    )
                ])
            try await setBot("alpha", world, ada)
            guard
                case .fill(.accepted) = try await world.services.quarantine.retry(
                    kept.id, for: ada.caller)
            else {
                Issue.record("its order is not pulled")
                return
            }
            try await synced(world, hook, ada)
            let stored = try await ids(world)
            #expect(stored.count == 2 && stored.allSatisfy { $0.hasPrefix("ftw-") })
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what was taken in and not stored before the switch is pulled`(
        _ backend: TestBackend
    ) async throws {
        let bot = StandInBot()
        try await Pulling.run(on: backend, isSet: false, bot) { world, ada, hook in
            let (time, body) = (world.world.now(), webhook("entry_fill"))
            try await world.database.write { tx in
                try HookDeliveries.insert(
                    uid: "d1", hook: hook.hook.id, status: .received, identity: nil,
                    contentType: formType, body: Array(body.utf8), reason: nil, now: time,
                    for: ada.caller, in: tx)
            }
            try await setBot("alpha", world, ada)
            await world.world.advance(seconds: 61)
            try await world.services.hookIntake.resume()
            #expect(try await world.count(of: "trades") == 0)
            #expect(try await world.count(of: "hook_deliveries") == 0)
            try await Pulling.eventually(world, "the question") {
                await bot.asked.contains("trade 7")
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what was pulled waits no more when messages are taken again`(
        _ backend: TestBackend
    ) async throws {
        let bot = StandInBot()
        try await Pulling.run(on: backend, isSet: false, bot) { world, ada, hook in
            _ = try await world.call(hook, webhook("entry_fill", amount: "x"), type: formType)
            try await setBot("alpha", world, ada)
            #expect(try await world.quarantined(ada).count == 1)
            try await synced(world, hook, ada)
            try await setBot(nil, world, ada)
            #expect(try await world.quarantined(ada).isEmpty)
            _ = try await world.call(hook, webhook("entry_fill", amount: "y"), type: formType)
            #expect(try await world.quarantined(ada).count == 1)
        }
    }
}
