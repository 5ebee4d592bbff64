import Gateways
import Ledger
import PaperGateway
import TestSupport
import Testing
import World

/// Orders of one group whose sender has not heard of every fill when it sets a quantity.
@Suite struct PaperGroupTests {
    private struct Scene {
        var exchange = PaperExchange()
        let coin: Instrument
        var now = Timestamp(microseconds: 1_700_000_000_000_000)

        init() throws {
            coin = Instrument(
                symbol: "COIN", exchange: nil, assetType: .crypto,
                currency: try #require(Currency("USD")))
        }

        mutating func quote(_ price: Decimal, size: Decimal? = nil) -> [GatewayEvent] {
            now = now.adding(seconds: 1)
            return exchange.take(
                PaperQuote(bid: price, ask: price, bidSize: size, askSize: size, time: now),
                of: coin, at: now)
        }

        func order(
            _ uid: String, _ quantity: Decimal, _ pricing: OrderPricing, knowing filled: Decimal?
        ) throws -> GatewayOrder {
            GatewayOrder(
                uid: uid, accountUID: "a", instrument: coin,
                instruction: try OrderInstruction(
                    side: .sell, quantity: quantity, pricing: pricing,
                    timeInForce: .goodTillCanceled, isReduceOnly: true), placedAt: now, group: "g",
                groupFilled: filled)
        }

        mutating func place(_ order: GatewayOrder) -> [GatewayEvent] {
            exchange.place(order, for: nil, at: now).events
        }

        func left(_ uid: String) throws -> Decimal {
            let state = try #require(exchange.order(uid))
            guard state.status.isOpen else { return .zero }
            return try state.instruction.quantity
                - state.fills.map(\.quantity).reduce(.zero) {
                    try $0 + $1
                }
        }
    }

    @Test func `what was filled beyond what its sender knew is taken off a new order`() throws {
        var scene = try Scene()
        _ = scene.quote(100)
        _ = scene.place(try scene.order("profit", 10, .limit(110), knowing: 0))
        _ = scene.quote(110, size: 4)
        #expect(try scene.left("profit") == 6)
        // Known of 1: three more are taken off.
        _ = scene.place(try scene.order("stop", 9, .stop(90), knowing: 1))
        #expect(try scene.left("stop") == 6)
        // All is known: nothing is.
        _ = scene.place(try scene.order("late", 6, .stop(80), knowing: 4))
        #expect(try scene.left("late") == 6)
        // Nothing would be left.
        let events = scene.place(try scene.order("none", 4, .stop(80), knowing: 0))
        #expect(events.map(\.kind).last == .canceled("another order of its group was filled"))
        #expect(try scene.left("none") == 0)
    }

    @Test func `nor do other terms give back what the group has filled`() throws {
        var scene = try Scene()
        _ = scene.quote(100)
        _ = scene.place(try scene.order("stop", 4, .stop(90), knowing: 0))
        _ = scene.place(try scene.order("profit", 4, .limit(110), knowing: 0))
        _ = scene.quote(110, size: 3)
        #expect(try scene.left("stop") == 1)
        let more = try scene.order("stop", 10, .stop(90), knowing: 0).instruction
        let outcome = scene.exchange.replace(
            "stop", with: more, groupFilled: 0, for: nil, at: scene.now)
        #expect(outcome.events.map(\.kind) == [.replaced(more.reduced(to: 7))])
        _ = scene.exchange.replace("stop", with: more, groupFilled: 3, for: nil, at: scene.now)
        #expect(try scene.left("stop") == 10)
        let less = more.reduced(to: 3)
        let ended = scene.exchange.replace(
            "stop", with: less, groupFilled: 0, for: nil, at: scene.now)
        #expect(
            ended.events.map(\.kind) == [.canceled("another order of its group was filled")])
    }

    @Test func `a restart goes on from what was known then`() throws {
        var scene = try Scene()
        let stop = try scene.order("stop", 6, .stop(90), knowing: 4)
        _ = scene.exchange.restore([PaperRestingOrder(order: stop)], at: scene.now)
        _ = scene.quote(100)
        _ = scene.place(try scene.order("profit", 6, .limit(110), knowing: 4))
        #expect(try scene.left("profit") == 6)
        _ = scene.quote(110, size: 2)
        #expect(try scene.left("stop") == 4)
        // It knew of the four, not of these two.
        _ = scene.place(try scene.order("close", 6, .market, knowing: 4))
        #expect(try scene.left("stop") <= 4)
        let closed = try #require(scene.exchange.order("close"))
        #expect(closed.instruction.quantity == 4)
    }
}
