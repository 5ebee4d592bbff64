import Gateways
import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// Entries with exits: when these come into force, what one does to the other, and how they end.
struct BracketTests {
    @Test(arguments: TestBackend.allCases)
    func `exits come into force with the entry's fill and grow with it`(
        _ backend: TestBackend
    ) async throws {
        try await BracketScene.run(on: backend) { scene in
            let entry = try await scene.place(scene.entry())
            #expect(try await scene.brackets() == ["PENDING -"])
            #expect(try await scene.exits() == [])
            try await scene.fills(entry, 4)
            #expect(try await scene.brackets() == ["ACTIVE -"])
            #expect(try await scene.exits() == ["STOP 90 4/0 PENDING", "LIMIT 120 4/0 PENDING"])
            // Another fill before they have left: they leave as they are then.
            try await scene.fills(entry, 1)
            try await scene.carry()
            #expect(try await scene.exits() == ["STOP 90 5/0 NEW", "LIMIT 120 5/0 NEW"])
            try await scene.fills(entry, 5)
            try await scene.carry()
            let stop = try await scene.exit("STOP")
            let profit = try await scene.exit("LIMIT")
            let asked = scene.gateway.calls.suffix(2)
            #expect(Set(asked) == ["replace \(stop.uid)", "replace \(profit.uid)"])
            #expect(scene.gateway.working.map(\.instruction.quantity) == [10, 10, 10])
            // What makes an exit larger holds when the gateway says so.
            #expect(try await scene.working() == ["STOP 90 5/0", "LIMIT 120 5/0"])
        }
    }

    @Test(arguments: TestBackend.allCases, [true, false])
    func `as one exit is filled the other ends with it, whatever the gateway does`(
        _ backend: TestBackend, honoursGroups: Bool
    ) async throws {
        try await BracketScene.run(on: backend, honoursGroups: honoursGroups) { scene in
            let entry = try await scene.place(scene.entry())
            try await scene.fills(entry, 10)
            try await scene.carry()
            let profit = try await scene.exit("LIMIT").uid
            let stop = try await scene.exit("STOP").uid
            try await scene.fills(profit, 4, at: 120)
            // Nothing has been asked of the gateway yet.
            #expect(try await scene.working() == ["STOP 90 6/0", "LIMIT 120 10/4"])
            try await scene.carry()
            #expect(scene.gateway.calls.contains("replace \(stop)") == !honoursGroups)
            try await scene.fills(profit, 6, at: 120)
            #expect(try await scene.held() == 0)
            #expect(
                try await scene.exits() == [
                    "STOP 90 6/0 CANCELED", "LIMIT 120 10/10 FILLED TP_HIT",
                ])
            #expect(try await scene.brackets() == ["CLOSED TP_HIT"])
            try await scene.carry()
            #expect(scene.gateway.calls.contains("cancel \(stop)") == !honoursGroups)
            // What the gateway tells of it is no news.
            let late = GatewayEvent(
                uid: stop, brokerOrderID: nil, kind: .canceled(nil),
                time: scene.world.world.now())
            #expect(
                try await scene.orders.record(late, from: scene.gateway.brokerCode) == .known)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a stop that is hit closes the bracket as that, and cancels the rest of the entry`(
        _ backend: TestBackend
    ) async throws {
        try await BracketScene.run(on: backend) { scene in
            let entry = try await scene.place(scene.entry())
            try await scene.fills(entry, 4)
            try await scene.carry()
            try await scene.fills(try await scene.exit("STOP").uid, 4, at: 89)
            #expect(try await scene.working() == [])
            #expect(try await scene.brackets() == ["ACTIVE -"])
            try await scene.carry()
            #expect(scene.gateway.calls.contains("cancel \(entry)"))
            // It was filled on before that arrived: what comes late is protected, too.
            try await scene.fills(entry, 2)
            #expect(try await scene.working() == ["STOP 90 2/0", "LIMIT 120 2/0"])
            try await scene.carry()
            try await scene.fills(try await scene.exit("STOP").uid, 2, at: 89)
            try await scene.tell(entry, .canceled(nil))
            #expect(try await scene.brackets() == ["CLOSED SL_HIT"])
            #expect(try await scene.held() == 0)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an entry that ends with nothing filled ends its bracket`(
        _ backend: TestBackend
    ) async throws {
        try await BracketScene.run(on: backend) { scene in
            for kind in [GatewayEvent.Kind.canceled(nil), .rejected("no"), .expired] {
                try await scene.tell(try await scene.place(scene.entry()), kind)
            }
            let partly = try await scene.place(scene.entry())
            try await scene.fills(partly, 3)
            try await scene.carry()
            try await scene.tell(partly, .expired)
            #expect(
                try await scene.brackets() == [
                    "CANCELED -", "CANCELED -", "CANCELED EXPIRED", "ACTIVE -",
                ])
            #expect(try await scene.working() == ["STOP 90 3/0", "LIMIT 120 3/0"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `closing by hand ends the bracket, in its group`(
        _ backend: TestBackend
    ) async throws {
        try await BracketScene.run(on: backend) { scene in
            let entry = try await scene.place(scene.entry())
            try await scene.fills(entry, 8)
            try await scene.carry()
            let exits = try await scene.listed().filter(\.isReduceOnly).map(\.uid)
            let closing = try await scene.orders.closing(
                portfolio: nil, symbol: "COIN", for: scene.ada)
            let close = try await scene.orders.place(try #require(closing.first), as: scene.ada)
            #expect(try await scene.brackets() == ["CLOSED MANUAL_CLOSE"])
            #expect(try await scene.working() == ["MARKET 8/0"])
            try await scene.carry()
            for uid in exits + [entry] { #expect(scene.gateway.calls.contains("cancel \(uid)")) }
            try await scene.fills(close.order.uid, 8, at: 101)
            #expect(try await scene.held() == 0)
            #expect(try await scene.working() == [])
            let groups = try await scene.world.texts(
                "SELECT role FROM bracket_orders ORDER BY order_id")
            #expect(groups == ["STOP", "PROFIT", "CLOSE"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `whatever takes the position away takes its exits away, too`(
        _ backend: TestBackend
    ) async throws {
        try await BracketScene.run(on: backend) { scene in
            let entry = try await scene.place(scene.entry())
            try await scene.fills(entry, 10)
            try await scene.carry()
            // A fill that was made elsewhere.
            _ = try await scene.world.post(
                BracketScene.fill("x-1", "SELL", "7", at: "100"), as: scene.ada)
            #expect(try await scene.working() == ["STOP 90 3/0", "LIMIT 120 3/0"])
            try await scene.carry()
            #expect(scene.gateway.working.map(\.instruction.quantity).sorted() == [3, 3, 10])
            // It had never been: the exits grow back as the gateway takes that.
            try await scene.world.correct(.bust("x-1"), id: "c", as: scene.ada)
            try await scene.carry()
            #expect(scene.gateway.working.map(\.instruction.quantity) == [10, 10, 10])
            // Beyond flat.
            _ = try await scene.world.post(
                BracketScene.fill("x-2", "SELL", "12", at: "100"), as: scene.ada)
            #expect(try await scene.held() == -2)
            #expect(try await scene.working() == [])
            #expect(try await scene.brackets() == ["CLOSED -"])
            try await scene.carry()
            #expect(scene.gateway.working.map(\.instruction.isReduceOnly) == [false])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the look at the start ends exits whose position is gone`(
        _ backend: TestBackend
    ) async throws {
        try await BracketScene.run(on: backend) { scene in
            let entry = try await scene.place(scene.entry())
            try await scene.fills(entry, 10)
            try await scene.carry()
            #expect(try await scene.orders.keepExits() == 1)
            #expect(try await scene.working().count == 2)
            // As an earlier version may have left it.
            let ended = "UPDATE brackets SET status = 'CLOSED', ended_at = created_at"
            try await scene.world.execute(ended)
            #expect(try await scene.orders.keepExits() == 1)
            #expect(try await scene.working() == [])
            #expect(try await scene.orders.keepExits() == 0)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the same request is the same bracket, other exits are another request`(
        _ backend: TestBackend
    ) async throws {
        try await BracketScene.run(on: backend) { scene in
            let order = scene.entry(id: "c-1")
            let first = try await scene.orders.place(order, as: scene.ada)
            let second = try await scene.orders.place(order, as: scene.ada)
            #expect(second.isRepeated && first.order.uid == second.order.uid)
            #expect(try await scene.brackets().count == 1)
            for exits in [nil, ExitTerms(stop: .price(91), profit: 120)] {
                let error = await #expect(throws: ServiceError.self) {
                    try await scene.orders.place(scene.entry(10, exits, id: "c-1"), as: scene.ada)
                }
                #expect(error?.code == "CONFLICT")
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `exits that can't protect are refused by field, and nothing is stored`(
        _ backend: TestBackend
    ) async throws {
        try await BracketScene.run(on: backend) { scene in
            func field(_ order: PlaceOrder) async -> String? {
                let error = await #expect(throws: ServiceError.self) {
                    try await scene.orders.place(order, as: scene.ada)
                }
                return error?.field
            }
            let above = ExitTerms(stop: .price(101))
            #expect(await field(scene.entry(1, above)) == "stop_loss")
            // The market's own price, where the order has none.
            #expect(await field(scene.entry(1, above, .market)) == "stop_loss")
            #expect(await field(scene.entry(1, ExitTerms(profit: 99))) == "take_profit")
            #expect(
                await field(scene.entry(1, ExitTerms(profit: 110), .limit(105), .sell))
                    == "take_profit")
            var reducing = scene.entry(1, ExitTerms(stop: .price(99)))
            reducing.isReduceOnly = true
            reducing.side = .sell
            _ = try await scene.world.post(
                BracketScene.fill("x-1", "BUY", "2", at: "100"), as: scene.ada)
            #expect(await field(reducing) == "stop_loss")
            #expect(try await scene.listed() == [])
            #expect(try await scene.brackets() == [])
        }
    }
}
