import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// What fills and marks make of risk policies.
struct RiskReviewTests {
    @Test(arguments: TestBackend.allCases)
    func `a fill that was made elsewhere breaches too, and says that it could only be noted`(
        _ backend: TestBackend
    ) async throws {
        try await RiskScene.run(backend) { scene in
            try await scene.policy(
                #"{"rule":"max_order_notional","action":"BLOCK","max_amount":1000}"#)
            _ = try await scene.fill("a", "BUY", "10", at: "100", order: "o-1")
            #expect(try await scene.breaches().isEmpty)
            // Two parts of one order are one.
            let report = try await scene.world.post(
                fill(
                    "b", "BUY", "6", at: "100", symbol: "COIN", exchange: nil, currency: "USD",
                    order: "o-2"),
                fill(
                    "c", "BUY", "5", at: "100", symbol: "COIN", exchange: nil, currency: "USD",
                    order: "o-2"), as: scene.ada)
            #expect(report.accepted == 2)
            let breaches = try await scene.breaches()
            #expect(breaches.map(\.action) == [.noted])
            let breach = try #require(breaches.first)
            #expect(breach.observedJSON.contains("1100"))
            #expect(breach.observedJSON.contains("o-2") && breach.symbol == "COIN")
            #expect(breach.subject == nil && breach.status == .open)
            let told = try await scene.told()
            #expect(told.map(\.done) == ["it was made elsewhere and could only be noted"])
            // The same fill again is no second breach.
            _ = try await scene.fill("a", "BUY", "10", at: "100", order: "o-1")
            #expect(try await scene.breaches().count == 1)
            let seen = try await scene.risk.acknowledge(breach: breach.uid, for: scene.caller)
            #expect(seen.status == .cleared && seen.acknowledgedAt != nil)
            let again = try await scene.risk.acknowledge(breach: breach.uid, for: scene.caller)
            #expect(again == seen)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what is held exceeds a limit once, and is cleared when it does not any more`(
        _ backend: TestBackend
    ) async throws {
        try await RiskScene.run(backend) { scene in
            try await scene.policy(
                #"{"rule":"max_position_quantity","action":"WARN","max_quantity":10}"#)
            _ = try await scene.fill("a", "BUY", "10", at: "100")
            #expect(try await scene.breaches().isEmpty)
            _ = try await scene.fill("b", "BUY", "1", at: "100")
            var breaches = try await scene.breaches()
            #expect(breaches.map(\.status) == [.open] && breaches.map(\.action) == [.warned])
            _ = try await scene.fill("c", "BUY", "1", at: "100")
            try await scene.watch()
            #expect(try await scene.breaches() == breaches)
            #expect(try await scene.told().count == 1)
            let seen = try await scene.risk.acknowledge(
                breach: breaches[0].uid, for: scene.caller)
            #expect(seen.status == .acknowledged && seen.clearedAt == nil)
            _ = try await scene.fill("d", "SELL", "2", at: "100")
            breaches = try await scene.breaches()
            #expect(breaches.map(\.status) == [.cleared] && breaches[0].clearedAt != nil)
            _ = try await scene.fill("e", "BUY", "5", at: "100")
            #expect(try await scene.breaches().map(\.status) == [.open, .cleared])
            // Who takes the policy off is not told of it any more.
            _ = try await scene.risk.setActive(false, "p", for: scene.caller)
            try await scene.watch()
            #expect(try await scene.breaches().map(\.status) == [.cleared, .cleared])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `each thing that exceeds a limit is a breach of its own`(
        _ backend: TestBackend
    ) async throws {
        try await RiskScene.run(backend) { scene in
            try await scene.policy(
                #"{"rule":"max_position_quantity","action":"WARN","max_quantity":10}"#)
            try await scene.policy(
                #"{"rule":"max_exposure_per_instrument","action":"WARN","max_amount":5000}"#, "e")
            _ = try await scene.fill("a", "BUY", "50", at: "100")
            // The larger one does not hide the smaller.
            _ = try await scene.fill("b", "BUY", "20", at: "100", symbol: "OTHER")
            try await scene.mark(400, "OTHER")
            try await scene.mark(200)
            try await scene.watch()
            let open = try await scene.breaches().map { "\($0.policyName) \($0.symbol ?? "-")" }
            #expect(open.sorted() == ["e COIN", "e OTHER", "p COIN", "p OTHER"])
            _ = try await scene.fill("c", "SELL", "20", at: "100", symbol: "OTHER")
            let still = try await scene.breaches().filter { $0.status == .open }
            #expect(still.map(\.symbol) == ["COIN", "COIN"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a day's loss stops what opens until the day ends, or an admin resumes`(
        _ backend: TestBackend
    ) async throws {
        try await RiskScene.run(backend) { scene in
            _ = try await scene.fill("a", "BUY", "100", at: "100")
            try await scene.watch()
            try await scene.policy(
                """
                {"rule":"daily_loss_limit","action":"BLOCK","max_amount":500,"then":"REDUCING"}
                """, portfolio: "main")
            try await scene.mark(95)
            try await scene.watch()
            #expect(try await scene.breaches().isEmpty)
            try await scene.mark(94)
            try await scene.watch()
            #expect(try await scene.breaches().map(\.action) == [.noted])
            let tomorrow = scene.world.world.now().day.adding(days: 1).start
            let stop = try #require(try await scene.risk.stops(for: scene.caller).first)
            #expect(stop.setBy == .policy && stop.state == .reducing && stop.until == tomorrow)
            let refused = try await scene.risk.check(scene.order(1), as: scene.ada)
            #expect(refused.decision == .block && refused.refusedBy == .reducing)
            let denied = try await scene.world.services.orders.place(
                scene.order(1), as: scene.ada)
            #expect(denied.order.status == .denied)
            let closing = scene.order(100, .sell, at: 94, reduces: true)
            #expect(try await scene.decision(closing) == .allow)
            // It is not the user's to lift.
            let kept = try await scene.risk.resume(.portfolio("main"), for: scene.caller)
            #expect(kept.stops == [stop])
            await scene.advance(to: tomorrow)
            #expect(try await scene.risk.stops(for: scene.caller).isEmpty)
            try await scene.watch()
            let standing = try await scene.breaches().filter { $0.subject != nil }
            #expect(standing.map(\.status) == [.cleared])
            #expect(try await scene.decision(scene.order(1)) == .allow)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a drawdown halts until an admin resumes, and does not halt again by itself`(
        _ backend: TestBackend
    ) async throws {
        try await RiskScene.run(backend) { scene in
            let admin = try await scene.world.member(9, username: "eve", isAdmin: true)
            _ = try await scene.fill("a", "BUY", "100", at: "100")
            try await scene.mark(200)
            try await scene.watch()
            try await scene.policy(
                #"{"rule":"max_drawdown","action":"WARN","max_percent":10,"then":"HALTED"}"#)
            // From 110,000 to 98,900.
            try await scene.mark(89)
            try await scene.watch()
            let stop = try #require(try await scene.risk.stops(for: scene.caller).first)
            #expect(stop.state == .halted && stop.until == nil && stop.portfolioID == nil)
            let closing = scene.order(100, .sell, at: 89, reduces: true)
            #expect(try await scene.decision(closing) == .block)
            let outcome = try await scene.risk.resume(
                .all, of: 1001, by: try #require(admin.caller.administrator))
            #expect(outcome.stops.isEmpty)
            try await scene.watch()
            #expect(try await scene.risk.stops(for: scene.caller).isEmpty)
            #expect(try await scene.breaches().map(\.status) == [.open])
            #expect(try await scene.decision(closing) == .allow)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what exceeds a limit that closes is closed once, through the gateway`(
        _ backend: TestBackend
    ) async throws {
        try await RiskScene.run(backend) { scene in
            _ = try await scene.fill("a", "BUY", "10", at: "100")
            _ = try await scene.fill("b", "SELL", "3", at: "100", strategy: "momo@1.0")
            try await scene.policy(
                """
                {"rule":"max_exposure_per_instrument","action":"CLOSE_POSITION","max_amount":1000}
                """)
            let exit = try await scene.world.services.orders.place(
                scene.order(10, .sell, at: 300, reduces: true), as: scene.ada)
            try await scene.mark(200)
            for _ in 0..<3 { try await scene.watch() }
            let breaches = try await scene.breaches()
            #expect(breaches.map(\.action) == [.closedPosition])
            let orders = try await scene.world.texts(
                """
                SELECT side || ' ' || quantity || ' ' || close_reason FROM orders
                WHERE close_reason IS NOT NULL ORDER BY id
                """)
            // Both strategies' holdings, each for itself.
            #expect(orders.count == 2)
            #expect(orders.contains { $0.hasPrefix("SELL 10") && $0.hasSuffix("RISK_LIMIT") })
            #expect(orders.contains { $0.hasPrefix("BUY 3") && $0.hasSuffix("RISK_LIMIT") })
            // What else would have closed it is called off.
            let cancels = try await scene.world.texts(
                "SELECT kind FROM order_submissions WHERE kind = 'CANCEL'")
            #expect(cancels.count == 1, "\(exit.order.uid)")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `each of user, portfolio and strategy has its own figures`(
        _ backend: TestBackend
    ) async throws {
        try await RiskScene.run(backend) { scene in
            _ = try await scene.fill("a", "BUY", "10", at: "100", strategy: "momo@1.0")
            _ = try await scene.fill("b", "BUY", "20", at: "100")
            try await scene.watch()
            let momo = try #require(StrategyReference(parsing: "momo@1.0"))
            let limit = #"{"rule":"daily_loss_limit","action":"BLOCK","max_amount":"#
            try await scene.policy(limit + "300}", "of the user")
            try await scene.policy(limit + "300}", "of main", portfolio: "main")
            try await scene.policy(limit + "100}", "of momo", strategy: momo)
            // 30 coins lose 10 each: the user and main 300, momo 100 of them.
            try await scene.mark(90)
            let own = scene.order(1, at: 90)
            let momos = scene.order(1, at: 90, strategy: .named(momo))
            #expect(try await scene.decision(own) == .allow)
            #expect(try await scene.decision(momos) == .allow)
            try await scene.mark(try Decimal(parsing: "89.9"))
            let verdict = try await scene.risk.check(momos, as: scene.ada)
            let names = verdict.breaches.map(\.policyName).sorted()
            #expect(names == ["of main", "of momo", "of the user"])
            #expect(
                verdict.breaches.map(\.measure.observed).sorted() == [101, 303, 303])
            let others = try await scene.risk.check(own, as: scene.ada)
            #expect(others.breaches.map(\.policyName).sorted() == ["of main", "of the user"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `trades of the day and losses in a row are counted from what is stored`(
        _ backend: TestBackend
    ) async throws {
        try await RiskScene.run(backend) { scene in
            // The scene itself made two trades.
            try await scene.policy(
                #"{"rule":"max_trades_per_day","action":"BLOCK","max_count":4}"#, "trades")
            #expect(try await scene.decision(scene.order(1)) == .allow)
            _ = try await scene.fill("a", "BUY", "1", at: "100", order: "o-1")
            _ = try await scene.fill("b", "BUY", "1", at: "100", order: "o-1")
            #expect(try await scene.decision(scene.order(1)) == .allow)
            _ = try await scene.fill("c", "SELL", "2", at: "99", order: "o-2")
            #expect(try await scene.decision(scene.order(1)) == .block)
            _ = try await scene.risk.setActive(false, "trades", for: scene.caller)
            try await scene.policy(
                #"{"rule":"loss_cooldown","action":"BLOCK","losses":2,"minutes":30}"#, "pause")
            #expect(try await scene.decision(scene.order(1)) == .allow)
            _ = try await scene.fill("d", "BUY", "1", at: "100")
            _ = try await scene.fill("e", "SELL", "1", at: "99")
            #expect(try await scene.decision(scene.order(1)) == .block)
            await scene.world.world.advance(seconds: 31 * 60)
            #expect(try await scene.decision(scene.order(1)) == .allow)
        }
    }
}
