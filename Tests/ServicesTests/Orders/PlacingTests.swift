import Gateways
import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// Orders of ours on their way to a gateway, and what comes of them.
struct PlacingTests {
    /// A member with a known instrument and a quote, a scripted gateway and a desk.
    struct Scene {
        let world: ServiceWorld
        let ada: Authority
        let gateway = ScriptedGateway()
        let desk: OrderDesk

        init(_ world: ServiceWorld) async throws {
            self.world = world
            ada = try await world.member()
            desk = OrderDesk(world.services, gateways: [gateway])
            _ = try await world.post(
                fill("t-1", "BUY", "2", at: "100", time: "2025-12-31T10:00:00Z"), as: ada)
        }

        var orders: OrderService { world.services.orders }

        func order(
            _ side: Side = .buy, _ size: OrderSize = .quantity(10),
            _ pricing: OrderPricing = .limit(90), clientOrderID: ExactText? = nil,
            isReduceOnly: Bool = false, closeReason: CloseReason? = nil
        ) -> PlaceOrder {
            PlaceOrder(
                symbol: "BTCUSDT", side: side, size: size, pricing: pricing,
                timeInForce: .goodTillCanceled, isReduceOnly: isReduceOnly, exchange: "BINANCE",
                clientOrderID: clientOrderID, closeReason: closeReason)
        }

        func place(_ order: PlaceOrder) async throws -> String {
            try await orders.place(order, as: ada).order.uid
        }

        func stored(_ uid: String) async throws -> OrderListing {
            try await orders.detail(uid: uid, for: ada).order
        }

        func event(_ uid: String, _ kind: GatewayEvent.Kind) -> GatewayEvent {
            GatewayEvent(
                uid: uid, brokerOrderID: ExactText("b-\(uid)"), kind: kind,
                time: world.world.now())
        }

        func advance(to instant: Timestamp) async {
            let wait = instant.microseconds - world.world.now().microseconds
            await world.world.advance(seconds: Double(max(0, wait)) / 1e6)
        }

        func record(
            _ uid: String, _ kind: GatewayEvent.Kind
        ) async throws -> OrderService.Recorded {
            try await orders.record(event(uid, kind), from: gateway.brokerCode)
        }

        func gatewayFill(
            _ id: String, _ quantity: Decimal, at price: Decimal = 90
        ) throws -> GatewayFill {
            GatewayFill(
                id: ExactText(id), quantity: quantity, price: price, fee: .zero,
                feeCurrency: try #require(Currency("USDT")), time: world.world.now())
        }
    }

    private func run(
        _ backend: TestBackend, _ body: (Scene) async throws -> Void
    ) async throws {
        try await ServiceWorld.run(on: backend) { try await body(Scene($0)) }
    }

    @Test(arguments: TestBackend.allCases)
    func `an order leaves after its commit, and its fills reach the ledger once`(
        _ backend: TestBackend
    ) async throws {
        try await run(backend) { scene in
            let uid = try await scene.place(scene.order())
            #expect(try await scene.stored(uid).status == .pending)
            #expect(scene.gateway.calls.isEmpty)
            #expect(try await scene.desk.carryDue() == nil)
            #expect(scene.gateway.calls == ["place \(uid)"])
            #expect(try await scene.stored(uid).status == .new)
            let fill = try scene.gatewayFill("f-1", 4)
            #expect(try await scene.record(uid, .filled(fill)) == .stored)
            #expect(try await scene.record(uid, .filled(fill)) == .known)
            #expect(try await scene.record(uid, .accepted) == .known)
            var order = try await scene.stored(uid)
            #expect(order.status == .partiallyFilled && order.filledQuantity == 4)
            #expect(
                try await scene.record(uid, .filled(scene.gatewayFill("f-2", 6))) == .stored)
            order = try await scene.stored(uid)
            #expect(order.status == .filled && order.filledQuantity == 10)
            let positions = try await scene.world.services.positions.snapshot(for: scene.ada)
            #expect(positions.map(\.listing.position.quantity) == [12])
            #expect(try await scene.record(uid, .canceled(nil)) == .illegal)
            #expect(try await scene.stored(uid).status == .filled)
            try await scene.world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a fill may come before the answer to the order`(_ backend: TestBackend) async throws {
        try await run(backend) { scene in
            let uid = try await scene.place(scene.order())
            #expect(
                try await scene.record(uid, .filled(scene.gatewayFill("f-1", 10))) == .stored)
            #expect(try await scene.stored(uid).status == .filled)
            #expect(try await scene.record(uid, .accepted) == .known)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the same request under one id is one order, another one a conflict`(
        _ backend: TestBackend
    ) async throws {
        try await run(backend) { scene in
            let order = scene.order(.buy, .notional(1000), .limit(90), clientOrderID: "c-1")
            let first = try await scene.orders.place(order, as: scene.ada)
            let second = try await scene.orders.place(order, as: scene.ada)
            #expect(!first.isRepeated && second.isRepeated)
            #expect(first.order.uid == second.order.uid)
            #expect(first.order.quantity == Decimal(units: 11_111_111_110_000_000_000))
            var other = order
            other.pricing = .limit(91)
            await #expect(throws: ServiceError.self) {
                try await scene.orders.place(other, as: scene.ada)
            }
            #expect(try await scene.world.count(of: "orders") == 1)
            #expect(try await scene.world.count(of: "order_submissions") == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a broker's refusal rejects the order and says why`(_ backend: TestBackend) async throws {
        try await run(backend) { scene in
            scene.gateway.script(.refused("no such instrument"))
            let uid = try await scene.place(scene.order())
            _ = try await scene.desk.carryDue()
            let order = try await scene.stored(uid)
            #expect(order.status == .rejected && order.reason == "no such instrument")
            let told = try await scene.world.services.messages.unsent(limit: 10)
            #expect(told.contains { if case .orders? = Notice($0) { true } else { false } })
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what never left is sent again, what may have arrived is asked for`(
        _ backend: TestBackend
    ) async throws {
        try await run(backend) { scene in
            scene.gateway.script(.unsent, .answerLost)
            let uid = try await scene.place(scene.order())
            var next = try await scene.desk.carryDue()
            #expect(scene.gateway.arrived.isEmpty)
            #expect(try await scene.stored(uid).status == .pending)
            while let due = next {
                await scene.advance(to: due)
                next = try await scene.desk.carryDue()
            }
            #expect(scene.gateway.calls == ["place \(uid)", "place \(uid)", "ask \(uid)"])
            #expect(try await scene.stored(uid).status == .new)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an order that the broker never had is rejected, and never sent again`(
        _ backend: TestBackend
    ) async throws {
        try await run(backend) { scene in
            scene.gateway.script(.callLost)
            let uid = try await scene.place(scene.order())
            var next = try await scene.desk.carryDue()
            while let due = next {
                await scene.advance(to: due)
                next = try await scene.desk.carryDue()
            }
            #expect(scene.gateway.calls.filter { $0.hasPrefix("place") }.count == 1)
            #expect(try await scene.stored(uid).status == .rejected)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a process that died while it sent asks what became of it`(
        _ backend: TestBackend
    ) async throws {
        try await run(backend) { scene in
            let uid = try await scene.place(scene.order())
            try await scene.world.execute("UPDATE order_submissions SET state = 'SENDING'")
            try await scene.desk.begin()
            _ = try scene.gateway.place(
                GatewayOrder(
                    uid: uid, accountUID: "a",
                    instrument: try await scene.stored(uid).instrument,
                    instruction: OrderInstruction(
                        side: .buy, quantity: 10, pricing: .limit(90),
                        timeInForce: .goodTillCanceled), placedAt: scene.world.world.now()))
            scene.gateway.change(uid, fills: [try scene.gatewayFill("f-1", 3)])
            _ = try await scene.desk.carryDue()
            #expect(scene.gateway.calls.filter { $0.hasPrefix("place") }.count == 1)
            let order = try await scene.stored(uid)
            #expect(order.status == .partiallyFilled && order.filledQuantity == 3)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `of two devices that change one order the second is told what changed`(
        _ backend: TestBackend
    ) async throws {
        try await run(backend) { scene in
            let uid = try await scene.place(scene.order())
            _ = try await scene.desk.carryDue()
            let seen = try await scene.stored(uid).version
            for round in 0..<(backend == .sqlite ? 1000 : 100) {
                let version = try await scene.stored(uid).version
                let outcomes = await withTaskGroup(of: Bool?.self) { group in
                    for device in 0..<2 {
                        group.addTask {
                            let change = ReplaceOrder(
                                price: Decimal(1 + (round * 2 + device) % 80))
                            do {
                                _ = try await scene.orders.replace(
                                    uid: uid, with: change, version: version, as: scene.ada)
                                return true
                            } catch let error as ServiceError {
                                return error.code == "VERSION_CONFLICT"
                                    && error.detail.contains("on the way") ? false : nil
                            } catch {
                                return nil
                            }
                        }
                    }
                    return await group.reduce(into: [Bool?]()) { $0.append($1) }
                }
                #expect(outcomes.count { $0 == true } == 1, "round \(round)")
                #expect(outcomes.count { $0 == false } == 1, "round \(round)")
                try await scene.world.execute("UPDATE order_submissions SET state = 'DONE'")
            }
            #expect(try await scene.stored(uid).version > seen)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `new terms hold when the gateway says so, and an end ends`(
        _ backend: TestBackend
    ) async throws {
        try await run(backend) { scene in
            let uid = try await scene.place(scene.order())
            _ = try await scene.desk.carryDue()
            _ = try await scene.orders.replace(
                uid: uid, with: ReplaceOrder(quantity: 8, price: 95), as: scene.ada)
            #expect(try await scene.stored(uid).price == 90)
            _ = try await scene.desk.carryDue()
            let terms = try OrderInstruction(
                side: .buy, quantity: 8, pricing: .limit(95), timeInForce: .goodTillCanceled)
            #expect(try await scene.record(uid, .replaced(terms)) == .stored)
            let replaced = try await scene.stored(uid)
            #expect(replaced.price == 95 && replaced.quantity == 8)
            _ = try await scene.orders.cancel(uid: uid, as: scene.ada)
            _ = try await scene.orders.cancel(uid: uid, as: scene.ada)
            _ = try await scene.desk.carryDue()
            #expect(scene.gateway.calls.filter { $0.hasPrefix("cancel") }.count == 1)
            #expect(try await scene.record(uid, .canceled("as asked")) == .stored)
            #expect(try await scene.record(uid, .canceled("as asked")) == .known)
            #expect(try await scene.stored(uid).status == .canceled)
            let ended = await #expect(throws: ServiceError.self) {
                try await scene.orders.cancel(uid: uid, as: scene.ada)
            }
            #expect(ended?.code == "ORDER_ENDED")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what does not make an order is refused by field, and nothing is stored`(
        _ backend: TestBackend
    ) async throws {
        try await run(backend) { scene in
            func refusal(_ order: PlaceOrder) async -> String? {
                do {
                    _ = try await scene.orders.preview(order, as: scene.ada)
                    return nil
                } catch let error as ServiceError {
                    let placed = await #expect(throws: ServiceError.self) {
                        try await scene.orders.place(order, as: scene.ada)
                    }
                    #expect(placed == error)
                    return "\(error.code) \(error.field ?? "-")"
                } catch {
                    return "\(error)"
                }
            }
            #expect(await refusal(scene.order(.buy, .quantity(0))) == "INVALID_FIELD quantity")
            #expect(
                await refusal(scene.order(.buy, .notional(10), .market)) == "NO_QUOTE notional")
            #expect(
                await refusal(scene.order(.buy, .percent(0)))
                    == "INVALID_FIELD quantity")
            #expect(
                await refusal(scene.order(.buy, .quantity(1), .market, isReduceOnly: true))
                    == "NOTHING_TO_REDUCE side")
            #expect(
                await refusal(scene.order(.sell, .quantity(3), .market, isReduceOnly: true))
                    == "NOTHING_TO_REDUCE quantity")
            var elsewhere = scene.order()
            elsewhere.portfolio = "nowhere"
            #expect(await refusal(elsewhere) == "UNKNOWN_PORTFOLIO portfolio")
            var unknown = scene.order()
            unknown.symbol = "NEW"
            #expect(await refusal(unknown) == "UNKNOWN_INSTRUMENT symbol")
            let stored = try await scene.world.count(of: "orders")
            #expect(stored == 0)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `closing by hand ends the other exits, and others' orders are not found`(
        _ backend: TestBackend
    ) async throws {
        try await run(backend) { scene in
            let exit = try await scene.place(
                scene.order(.sell, .quantity(2), .limit(150), isReduceOnly: true))
            _ = try await scene.desk.carryDue()
            let closing = try await scene.orders.closing(
                portfolio: nil, symbol: "BTCUSDT", for: scene.ada)
            #expect(closing.map(\.size) == [.quantity(2)] && closing.map(\.side) == [.sell])
            let close = try await scene.place(try #require(closing.first))
            #expect(try await scene.stored(close).closeReason == .manualClose)
            _ = try await scene.desk.carryDue()
            #expect(scene.gateway.calls.contains("cancel \(exit)"))
            let eve = try await scene.world.member(1002)
            for attempt in [exit, close] {
                let error = await #expect(throws: ServiceError.self) {
                    try await scene.orders.cancel(uid: attempt, as: eve)
                }
                #expect(error?.code == "UNKNOWN_ORDER")
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a preview tells what the order would do to the position`(
        _ backend: TestBackend
    ) async throws {
        try await run(backend) { scene in
            let flip = try await scene.orders.preview(
                scene.order(.sell, .quantity(5), .limit(110)), as: scene.ada)
            #expect(flip.effect == .flips && flip.heldAfter == -3)
            #expect(flip.realizedPnL == 20 && flip.notional == 550)
            let part = try await scene.orders.preview(
                scene.order(.sell, .percent(50), .limit(110)), as: scene.ada)
            #expect(part.effect == .reduces && part.instruction.quantity == 1)
            #expect(try await scene.world.count(of: "orders") == 0)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a deactivated member's orders are canceled, and what was filled still counts`(
        _ backend: TestBackend
    ) async throws {
        try await run(backend) { scene in
            let uid = try await scene.place(scene.order())
            _ = try await scene.desk.carryDue()
            let admin = try await scene.world.member(1003, isAdmin: true)
            _ = try await scene.world.services.users.change(
                .deactivate, 1001,
                by: try #require(admin.caller.administrator))
            _ = try await scene.desk.carryDue()
            #expect(scene.gateway.calls.last == "cancel \(uid)")
            #expect(
                try await scene.record(uid, .filled(scene.gatewayFill("f-1", 4))) == .stored)
            #expect(try await scene.record(uid, .canceled(nil)) == .stored)
            let order = try await scene.stored(uid)
            #expect(order.status == .canceled && order.filledQuantity == 4)
        }
    }
}
