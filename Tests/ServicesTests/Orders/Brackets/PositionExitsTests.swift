import Gateways
import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// Exits of an open position: set, moved and taken off, never a moment without.
struct PositionExitsTests {
    private func run(
        _ backend: TestBackend, _ body: (BracketScene) async throws -> Void
    ) async throws {
        try await BracketScene.run(on: backend) { scene in
            _ = try await scene.world.post(
                BracketScene.fill("x-1", "BUY", "10", at: "100"), as: scene.ada)
            try await body(scene)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a stop loss is set, moved as one step, joined by a take profit, and taken off`(
        _ backend: TestBackend
    ) async throws {
        try await run(backend) { scene in
            var exits = try await scene.set(ExitsChange(stop: .set(.price(90))), request: "1")
            #expect(exits.riskToStop == 100)
            try await scene.carry()
            let stop = try await scene.exit("STOP").uid
            // The same request again, and the same price again.
            for request in ["1", "2"] {
                _ = try await scene.set(ExitsChange(stop: .set(.price(90))), request: request)
            }
            try await scene.carry()
            #expect(scene.gateway.calls == ["place \(stop)"])
            _ = try await scene.set(ExitsChange(stop: .set(.price(95))), request: "3")
            try await scene.carry()
            #expect(scene.gateway.calls.last == "replace \(stop)")
            #expect(scene.gateway.working.map(\.instruction.pricing) == [.stop(95)])
            exits = try await scene.set(
                ExitsChange(stop: .set(.trail(.percent(2))), profit: .set(110)), request: "4")
            #expect(exits.parts.map(\.terms) == [ExitTerms(stop: .trail(.percent(2)), profit: 110)])
            try await scene.carry()
            let terms = scene.gateway.working.map(\.instruction)
            #expect(
                Set(terms.map(\.pricing)) == [.trailing(.percent(2), stop: nil), .limit(110)])
            try await scene.tell(
                stop,
                .replaced(
                    try #require(
                        scene.gateway.working.first {
                            $0.uid == stop
                        }?.instruction)))
            #expect(try await scene.exit("TRAILING").trail == .percent(2))
            _ = try await scene.set(ExitsChange(stop: .off), request: "5")
            #expect(try await scene.working() == ["LIMIT 110 10/0"])
            _ = try await scene.set(ExitsChange(profit: .off), request: "6")
            #expect(try await scene.working() == [])
            #expect(try await scene.brackets() == ["CANCELED -"])
            try await scene.carry()
            #expect(scene.gateway.working.isEmpty)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `exits of a position follow it, and each strategy has its own`(
        _ backend: TestBackend
    ) async throws {
        try await run(backend) { scene in
            _ = try await scene.set(ExitsChange(stop: .set(.price(90))))
            _ = try await scene.world.post(
                BracketScene.fill("x-2", "BUY", "5", at: "100"),
                BracketScene.fill("x-3", "BUY", "3", at: "100", strategy: "momo"), as: scene.ada)
            #expect(try await scene.working() == ["STOP 90 15/0"])
            let momo = try #require(
                try await scene.world.services.positions.snapshot(for: scene.ada)
                    .first { $0.listing.strategy != nil })
            _ = try await scene.orders.setExits(
                ExitsChange(stop: .set(.price(80))), of: PositionPlace(momo.listing),
                request: "m", as: scene.ada)
            #expect(try await scene.working() == ["STOP 90 15/0", "STOP 80 3/0"])
            _ = try await scene.world.post(
                BracketScene.fill("x-4", "SELL", "15", at: "100"), as: scene.ada)
            #expect(try await scene.working() == ["STOP 80 3/0"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `entries keep their own exits, and the rest of the position gets one`(
        _ backend: TestBackend
    ) async throws {
        try await run(backend) { scene in
            let entry = try await scene.place(scene.entry(5))
            try await scene.fills(entry, 5)
            #expect(try await scene.held() == 15)
            let exits = try await scene.set(ExitsChange(stop: .set(.price(85))))
            #expect(
                exits.parts.map(\.quantity) == [10, 5] || exits.parts.map(\.quantity) == [5, 10])
            #expect(
                try await scene.working().sorted() == [
                    "LIMIT 120 5/0", "STOP 85 10/0", "STOP 85 5/0",
                ])
            // What others sell is what the rest has, then what the entry bought.
            _ = try await scene.world.post(
                BracketScene.fill("x-2", "SELL", "12", at: "100"), as: scene.ada)
            #expect(try await scene.working().sorted() == ["LIMIT 120 3/0", "STOP 85 3/0"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an exit that its owner cancels is not placed again, one that is replaced stays so`(
        _ backend: TestBackend
    ) async throws {
        try await run(backend) { scene in
            _ = try await scene.set(ExitsChange(stop: .set(.price(90)), profit: .set(120)))
            try await scene.carry()
            let stop = try await scene.exit("STOP")
            let profit = try await scene.exit("LIMIT")
            let refused = await #expect(throws: ServiceError.self) {
                try await scene.orders.replace(
                    uid: stop.uid, with: ReplaceOrder(quantity: 20), as: scene.ada)
            }
            #expect(refused?.field == "quantity")
            _ = try await scene.orders.replace(
                uid: stop.uid, with: ReplaceOrder(stopPrice: 88), as: scene.ada)
            _ = try await scene.orders.cancel(uid: profit.uid, as: scene.ada)
            try await scene.carry()
            try await scene.tell(profit.uid, .canceled(nil))
            let exits = try await scene.orders.exits(of: try await scene.place(), for: scene.ada)
            #expect(exits.parts.map(\.terms) == [ExitTerms(stop: .price(88))])
            #expect(scene.gateway.working.map(\.instruction.pricing) == [.stop(88)])
            _ = try await scene.world.post(
                BracketScene.fill("x-2", "BUY", "5", at: "100"), as: scene.ada)
            try await scene.carry()
            #expect(scene.gateway.working.map(\.instruction.quantity) == [15])
            try await scene.tell(stop.uid, .rejected("late"))
            #expect(try await scene.brackets() == ["CANCELED -"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what can't be set is refused by field`(_ backend: TestBackend) async throws {
        try await run(backend) { scene in
            func refusal(_ change: ExitsChange) async -> String? {
                let error = await #expect(throws: ServiceError.self) {
                    _ = try await scene.set(change)
                }
                return error?.field
            }
            #expect(await refusal(ExitsChange(stop: .set(.price(100)))) == "stop_loss")
            #expect(await refusal(ExitsChange(profit: .set(100))) == "take_profit")
            #expect(await refusal(ExitsChange(stop: .off)) == "stop_loss")
            #expect(await refusal(ExitsChange(profit: .off)) == "take_profit")
            let place = try await scene.place()
            _ = try await scene.world.post(
                BracketScene.fill("x-2", "SELL", "10", at: "100"), as: scene.ada)
            let gone = await #expect(throws: ServiceError.self) {
                try await scene.orders.setExits(
                    ExitsChange(stop: .set(.price(90))), of: place, request: "r", as: scene.ada)
            }
            #expect(gone?.code == "NO_POSITION")
            #expect(try await scene.brackets() == [])
        }
    }
}
