import Gateways
import Ledger

extension GatewayContract {
    private static func fills(_ events: [GatewayEvent]) -> [GatewayFill] {
        events.compactMap { event in
            if case .filled(let fill) = event.kind { fill } else { nil }
        }
    }

    static let trading = [
        GatewayContract("C14", "a market order is filled at once") { trial in
            try await trial.take("a", try trial.instruction(.buy, 10, .market))
            try await trial.expect("a", [.accepted, .filled])
            try await trial.expect("a", .filled, filled: 10)
        },
        GatewayContract("C15", "a limit order waits until its price is there") { trial in
            try await trial.take("a", try trial.instruction(.sell, 10, .limit(110)))
            try await trial.expect("a", [.accepted])
            try await trial.harness.market(bid: 109, ask: 111, size: nil)
            try await trial.expect("a", .new, filled: 0)
            try await trial.harness.market(bid: 110, ask: 111, size: nil)
            try await trial.expect("a", [.accepted, .filled])
        },
        GatewayContract("C16", "no fill is beyond the limit") { trial in
            try await trial.take("a", try trial.instruction(.buy, 10, .limit(101)))
            try await trial.take("b", try trial.instruction(.sell, 10, .limit(99)))
            let bought = fills(try await trial.events(of: "a", 2))
            let sold = fills(try await trial.events(of: "b", 2))
            try require(bought.allSatisfy { $0.price <= 101 }, "bought: \(bought)")
            try require(sold.allSatisfy { $0.price >= 99 }, "sold: \(sold)")
        },
        GatewayContract("C17", "what is not filled works on, and never too much is") { trial in
            try await trial.harness.market(bid: 99, ask: 101, size: 4)
            try await trial.take("a", try trial.instruction(.buy, 10, .limit(101)))
            try await trial.expect("a", [.accepted, .filled])
            try await trial.expect("a", .partiallyFilled, filled: 4)
            try await trial.harness.market(bid: 98, ask: 100, size: 4)
            try await trial.expect("a", [.accepted, .filled, .filled])
            try await trial.expect("a", .partiallyFilled, filled: 8)
            try await trial.harness.market(bid: 98, ask: 100, size: 4)
            try await trial.expect("a", [.accepted, .filled, .filled, .filled])
            try await trial.harness.market(bid: 98, ask: 100, size: 4)
            try await trial.expect("a", .filled, filled: 10)
        },
        GatewayContract("C18", "IOC takes what there is and ends") { trial in
            try await trial.harness.market(bid: 99, ask: 101, size: 4)
            try await trial.take(
                "a", try trial.instruction(.buy, 10, .limit(101), .immediateOrCancel))
            try await trial.expect("a", [.accepted, .filled, .canceled])
            try await trial.harness.market(bid: 99, ask: 101, size: nil)
            try await trial.expect("a", .canceled, filled: 4)
        },
        GatewayContract("C19", "FOK takes all or nothing") { trial in
            try await trial.harness.market(bid: 99, ask: 101, size: 4)
            try await trial.take(
                "a", try trial.instruction(.buy, 10, .limit(101), .fillOrKill))
            try await trial.expect("a", [.accepted, .canceled])
            try await trial.expect("a", .canceled, filled: 0)
            try await trial.take("b", try trial.instruction(.buy, 4, .limit(101), .fillOrKill))
            try await trial.expect("b", [.accepted, .filled])
            try await trial.expect("b", .filled, filled: 4)
        },
        GatewayContract("C20", "IOC and FOK never wait for their price") { trial in
            for (uid, term) in [("a", TimeInForce.immediateOrCancel), ("b", .fillOrKill)] {
                try await trial.take(uid, try trial.instruction(.buy, 10, .limit(90), term))
                try await trial.expect(uid, [.accepted, .canceled])
            }
            let open = try await trial.openUIDs()
            try require(open.isEmpty, "open are \(open)")
        },
    ]

    static let protection = [
        GatewayContract("C21", "a stop waits, wakes, and is filled at the market") { trial in
            try await trial.take("a", try trial.instruction(.sell, 10, .stop(95)))
            try await trial.expect("a", [.accepted])
            try await trial.harness.market(bid: 96, ask: 97, size: nil)
            try await trial.expect("a", .new, filled: 0)
            try await trial.harness.market(bid: 94, ask: 96, size: nil)
            try await trial.expect("a", [.accepted, .triggered, .filled])
            try await trial.expect("a", .filled, filled: 10)
        },
        GatewayContract("C22", "a stop limit wakes and keeps its limit") { trial in
            try await trial.take(
                "a", try trial.instruction(.sell, 10, .stopLimit(stop: 95, limit: 94)))
            try await trial.harness.market(bid: 92, ask: 93, size: nil)
            try await trial.expect("a", [.accepted, .triggered])
            try await trial.expect("a", .new, filled: 0)
            try await trial.harness.market(bid: 96, ask: 97, size: nil)
            try await trial.expect("a", [.accepted, .triggered, .filled])
        },
        GatewayContract("C23", "a trailing stop follows the market and never goes back") { trial in
            try await trial.take(
                "a", try trial.instruction(.sell, 10, .trailing(.amount(5), stop: nil)))
            try await trial.harness.market(bid: 110, ask: 111, size: nil)
            try await trial.harness.market(bid: 106, ask: 107, size: nil)
            try await trial.expect("a", .new, filled: 0)
            try await trial.harness.market(bid: 105, ask: 106, size: nil)
            var count = 3
            var kinds: [EventKind] = []
            repeat {
                kinds = try await trial.events(of: "a", count).map { EventKind($0.kind) }
                count += 1
            } while kinds.last != .filled
            try require(
                kinds.first == .accepted && kinds.suffix(2) == [.triggered, .filled]
                    && kinds.dropFirst().dropLast(2).allSatisfy { $0 == .stopMoved },
                "it told \(kinds)")
        },
        GatewayContract("C24", "a reduce-only order opens nothing") { trial in
            let sale = try trial.instruction(.sell, 10, .market, reduceOnly: true)
            try trial.expectRefused(try await trial.place("a", sale))
            try await trial.harness.hold(4)
            try trial.expectRefused(try await trial.place("b", sale))
            let purchase = try trial.instruction(.buy, 4, .market, reduceOnly: true)
            try trial.expectRefused(try await trial.place("c", purchase))
            try await trial.take("d", try trial.instruction(.sell, 4, .market, reduceOnly: true))
            try await trial.expect("d", [.accepted, .filled])
        },
        GatewayContract("C25", "what the account can't pay for is refused") { trial in
            let instruction = try trial.instruction(.buy, 10_000, .limit(90))
            try trial.expectRefused(try await trial.place("a", instruction))
            let open = try await trial.openUIDs()
            try require(open.isEmpty, "open are \(open)")
        },
        GatewayContract("C26", "of a group one is filled, and the others end") { trial in
            guard trial.gateway.honoursGroups else { return }
            try await trial.harness.hold(10)
            try await trial.take(
                "stop", try trial.instruction(.sell, 10, .stop(95), reduceOnly: true), group: "g")
            try await trial.take(
                "target", try trial.instruction(.sell, 10, .limit(110), reduceOnly: true),
                group: "g")
            try await trial.harness.market(bid: 111, ask: 112, size: nil)
            try await trial.expect("target", [.accepted, .filled])
            try await trial.expect("stop", [.accepted, .canceled])
            try await trial.harness.market(bid: 90, ask: 91, size: nil)
            try await trial.expect("stop", .canceled, filled: 0)
        },
        GatewayContract("C27", "what is filled of one is taken off its group") { trial in
            guard trial.gateway.honoursGroups else { return }
            try await trial.harness.hold(10)
            try await trial.take(
                "stop", try trial.instruction(.sell, 10, .stop(95), reduceOnly: true), group: "g")
            try await trial.take(
                "target", try trial.instruction(.sell, 10, .limit(110), reduceOnly: true),
                group: "g")
            try await trial.harness.market(bid: 111, ask: 112, size: 4)
            try await trial.expect("target", [.accepted, .filled])
            try await trial.expect("stop", [.accepted, .replaced])
            try await trial.harness.market(bid: 90, ask: 91, size: nil)
            try await trial.expect("stop", [.accepted, .replaced, .triggered, .filled])
            try await trial.expect("stop", .filled, filled: 6)
            try await trial.expect("target", .canceled, filled: 4)
        },
        GatewayContract("C28", "other terms don't give back what the group has filled") { trial in
            guard trial.gateway.honoursGroups else { return }
            try await trial.harness.hold(10)
            let stop = try trial.instruction(.sell, 10, .stop(95), reduceOnly: true)
            try await trial.take("stop", stop, group: "g", knowing: 0)
            try await trial.take(
                "target", try trial.instruction(.sell, 10, .limit(110), reduceOnly: true),
                group: "g", knowing: 0)
            try await trial.harness.market(bid: 111, ask: 112, size: 4)
            try await trial.expect("target", [.accepted, .filled])
            try await trial.harness.hold(6)
            // Asked for before anybody knew of that fill.
            try trial.expectTaken(
                try await trial.gateway.replace("stop", with: stop, groupFilled: 0))
            let state = try await trial.state("stop")
            try require(state.instruction.quantity == 6, "it is \(state.instruction)")
        },
    ]
}
