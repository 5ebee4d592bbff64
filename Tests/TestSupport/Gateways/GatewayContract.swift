import Gateways
import Ledger
public import Testing

/// What every gateway has to do, in numbered cases. Each begins with a new harness.
public struct GatewayContract: Sendable, CustomTestStringConvertible {
    let number: String
    let promise: String
    private let body: @Sendable (inout GatewayTrial) async throws -> Void

    init(
        _ number: String, _ promise: String,
        _ body: @escaping @Sendable (inout GatewayTrial) async throws -> Void
    ) {
        self.number = number
        self.promise = promise
        self.body = body
    }

    public var testDescription: String { "\(number) \(promise)" }

    /// Throws a `ContractBreach` where the promise is not kept. The harness's events are read here
    /// alone.
    public func check(_ harness: any GatewayHarness) async throws {
        try await harness.market(bid: 99, ask: 101, size: nil)
        var trial = GatewayTrial(harness)
        try await body(&trial)
    }

    public static let all: [GatewayContract] = calls + trading + protection
}

extension GatewayContract {
    fileprivate static let calls = [
        GatewayContract("C01", "an order is taken and accepted") { trial in
            try await trial.take("a", try trial.instruction(.buy, 10, .limit(90)))
            try await trial.expect("a", [.accepted])
            try await trial.expect("a", .new, filled: 0)
        },
        GatewayContract("C02", "an order that is placed twice under one uid is one") { trial in
            let instruction = try trial.instruction(.buy, 10, .limit(90))
            let first = try await trial.place("a", instruction)
            let second = try await trial.place("a", instruction)
            try require(first == second, "the answers differ: \(first), \(second)")
            let open = try await trial.openUIDs()
            try require(open == ["a"], "open are \(open)")
            try await trial.harness.market(bid: 88, ask: 89, size: nil)
            try await trial.expect("a", [.accepted, .filled])
            try await trial.expect("a", .filled, filled: 10)
            // Nor where it has ended.
            try trial.expectTaken(try await trial.place("a", instruction))
            try await trial.expect("a", .filled, filled: 10)
        },
        GatewayContract("C03", "a canceled order has ended") { trial in
            try await trial.take("a", try trial.instruction(.buy, 10, .limit(90)))
            try trial.expectTaken(try await trial.gateway.cancel("a"))
            try await trial.expect("a", [.accepted, .canceled])
            try await trial.harness.market(bid: 80, ask: 81, size: nil)
            try await trial.expect("a", .canceled, filled: 0)
        },
        GatewayContract("C04", "an unknown order can't be canceled") { trial in
            try trial.expectRefused(try await trial.gateway.cancel("a"))
        },
        GatewayContract("C05", "an order that has ended can't be canceled") { trial in
            try await trial.take("a", try trial.instruction(.buy, 10, .market))
            try await trial.expect("a", [.accepted, .filled])
            try trial.expectRefused(try await trial.gateway.cancel("a"))
            try await trial.expect("a", .filled, filled: 10)
        },
        GatewayContract("C06", "other terms are taken over under the same uid") { trial in
            try await trial.take("a", try trial.instruction(.buy, 10, .limit(90)))
            let terms = try trial.instruction(.buy, 7, .limit(95))
            try trial.expectTaken(try await trial.gateway.replace("a", with: terms))
            try await trial.expect("a", [.accepted, .replaced])
            let state = try await trial.state("a")
            try require(state.instruction == terms, "its terms are \(state.instruction)")
            try await trial.harness.market(bid: 93, ask: 94, size: nil)
            try await trial.expect("a", [.accepted, .replaced, .filled])
            try await trial.expect("a", .filled, filled: 7)
        },
        GatewayContract("C07", "an order can't be made smaller than what is filled") { trial in
            try await trial.harness.market(bid: 99, ask: 101, size: 4)
            try await trial.take("a", try trial.instruction(.buy, 10, .limit(101)))
            try await trial.expect("a", [.accepted, .filled])
            let less = try trial.instruction(.buy, 3, .limit(101))
            try trial.expectRefused(try await trial.gateway.replace("a", with: less))
            try await trial.expect("a", .partiallyFilled, filled: 4)
        },
        GatewayContract("C08", "an unknown order has no terms to replace") { trial in
            let terms = try trial.instruction(.buy, 10, .limit(90))
            try trial.expectRefused(try await trial.gateway.replace("a", with: terms))
        },
        GatewayContract("C09", "an order that has ended keeps its terms") { trial in
            try await trial.take("a", try trial.instruction(.buy, 10, .limit(90)))
            try trial.expectTaken(try await trial.gateway.cancel("a"))
            let terms = try trial.instruction(.buy, 10, .limit(101))
            try trial.expectRefused(try await trial.gateway.replace("a", with: terms))
            try await trial.expect("a", .canceled, filled: 0)
        },
        GatewayContract("C10", "of an order that was never placed nothing is known") { trial in
            let state = try await trial.gateway.order("a")
            try require(state == nil, "it is \(String(describing: state))")
        },
        GatewayContract("C11", "what is known of an order are the fills that were told") { trial in
            try await trial.harness.market(bid: 99, ask: 101, size: 4)
            try await trial.take("a", try trial.instruction(.buy, 10, .limit(101)))
            try await trial.expect("a", [.accepted, .filled])
            try await trial.harness.market(bid: 99, ask: 100, size: nil)
            let events = try await trial.events(of: "a", 3)
            let told = events.compactMap { event in
                if case .filled(let fill) = event.kind { fill } else { nil }
            }
            let state = try await trial.state("a")
            try require(state.fills == told, "known are \(state.fills), told were \(told)")
            try require(Set(told.map(\.id)).count == 2, "two fills have one id")
            try await trial.expect("a", .filled, filled: 10)
        },
        GatewayContract("C12", "open are the orders that work, of the account alone") { trial in
            for uid in ["a", "b", "c"] {
                try await trial.take(uid, try trial.instruction(.buy, 1, .limit(90)))
            }
            try trial.expectTaken(try await trial.gateway.cancel("b"))
            let open = try await trial.openUIDs()
            try require(open == ["a", "c"], "open are \(open)")
            let others = try await trial.gateway.openOrders(ofAccount: "nobody")
            try require(others.isEmpty, "nobody has \(others)")
        },
        GatewayContract("C13", "an account tells its currency and its figures") { trial in
            let account = try await trial.gateway.account(trial.harness.accountUID)
            try require(
                account.currency == trial.harness.instrument.currency
                    && account.buyingPower > 0 && account.equity > 0, "it is \(account)")
        },
    ]
}
