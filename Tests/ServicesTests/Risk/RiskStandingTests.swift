import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// How much of each limit is used, and what a policy would have done in the past.
struct RiskStandingTests {
    private func scene(
        _ backend: TestBackend, _ body: (ServiceWorld, Authority) async throws -> Void
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            func trade(_ id: String, _ side: String, _ quantity: String, _ price: String) -> String
            {
                fill(
                    id, side, quantity, at: price, symbol: "COIN", exchange: nil,
                    currency: "USD", time: "2025-12-3\(id)T10:00:00Z", strategy: "momo")
            }
            _ = try await world.post(
                trade("0", "BUY", "11", "100"), trade("1", "SELL", "8", "90"), as: ada)
            _ = try await world.services.quotes.post([
                .success(
                    try QuoteReport(
                        symbol: "COIN", exchange: nil,
                        quote: Quote(bid: nil, ask: nil, last: 80, time: world.world.now())))
            ])
            try await body(world, ada)
        }
    }

    private func add(
        _ name: String, _ config: String, strategy: String? = nil, to world: ServiceWorld,
        _ ada: Authority
    ) async throws {
        _ = try await world.services.risk.add(
            PolicyRequest(
                name: name, strategy: strategy.flatMap { StrategyReference(parsing: $0) },
                configJSON: config), for: ada.caller)
    }

    @Test(arguments: TestBackend.allCases)
    func `use is told as far as it is known, and why it is not`(
        _ backend: TestBackend
    ) async throws {
        try await scene(backend) { world, ada in
            try await add(
                "a", #"{"rule":"max_position_quantity","action":"WARN","max_quantity":12}"#,
                to: world, ada)
            try await add(
                "b", #"{"rule":"max_total_exposure","action":"WARN","max_amount":200}"#,
                strategy: "momo", to: world, ada)
            try await add(
                "c", #"{"rule":"max_order_notional","action":"WARN","max_amount":1}"#, to: world,
                ada)
            let standings = try await world.services.risk.overview(for: ada).standings
            #expect(standings.map(\.policy.name) == ["a", "b", "c"])
            let measures = standings.map { standing -> RiskMeasure? in
                if case .measured(let measure) = standing.use { measure } else { nil }
            }
            #expect(measures[0]?.observed == 3 && measures[0]?.limit == 12)
            #expect(measures[0]?.use == (try Decimal(parsing: "0.25")))
            #expect(standings[0].subject == "COIN")
            #expect(measures[1]?.observed == 240 && measures[1]?.isExceeded == true)
            #expect(standings[2].use == .ordersAlone)
            let main = try #require(
                try await world.services.portfolios.all(for: ada.caller).first)
            let narrowed = try await world.services.risk.overview(
                for: Authority(caller: ada.caller, portfolioID: main.id)
            ).standings
            #expect(
                narrowed.map(\.use)
                    == Array(
                        repeating: .unknown("it is about more than what this token reaches"),
                        count: 3))
            try await world.execute("DELETE FROM quotes")
            let blind = try await world.services.risk.overview(for: ada).standings
            #expect(blind[1].use == .unknown("the price of COIN is not known"))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a replay finds what would have been stopped, and what that would have saved`(
        _ backend: TestBackend
    ) async throws {
        try await scene(backend) { world, ada in
            try await add(
                "small", #"{"rule":"max_order_notional","action":"BLOCK","max_amount":1000}"#,
                to: world, ada)
            let today = world.world.now().day
            let all = try #require(Period(from: nil, to: today))
            let replay = try await world.services.risk.replay("small", over: all, for: ada.caller)
            #expect(replay.result.days == 2 && replay.result.orders == 2)
            #expect(replay.result.breaches.map(\.prevented) == [11])
            // 8 were sold 10 lower, 3 are 20 lower.
            #expect(replay.result.saved == 140)
            #expect(replay.currency == .usd && replay.readFrom == nil)
            let late = try #require(Period(from: today.adding(days: 1), to: today.adding(days: 2)))
            let none = try await world.services.risk.replay("small", over: late, for: ada.caller)
            #expect(none.result.orders == 0)
            let eve = try await world.member(1002)
            let error = await #expect(throws: ServiceError.self) {
                try await world.services.risk.replay("small", over: all, for: eve.caller)
            }
            #expect(error?.code == "UNKNOWN_POLICY")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a size in percent is of the equity where it opens, of the position where it closes`(
        _ backend: TestBackend
    ) async throws {
        try await scene(backend) { world, ada in
            func quantity(_ side: Side, _ percent: Decimal) async throws -> Decimal {
                let order = PlaceOrder(
                    symbol: "COIN", side: side, size: .percent(percent), pricing: .limit(100),
                    timeInForce: .goodTillCanceled,
                    strategy: .named(try #require(StrategyReference(parsing: "momo"))))
                return try await world.services.orders.preview(order, as: ada)
                    .instruction.quantity
            }
            // 100,000 less 80 that were lost, and 60 that are open.
            #expect(try await quantity(.buy, 1) == (try Decimal(parsing: "9.986")))
            #expect(try await quantity(.sell, 50) == (try Decimal(parsing: "1.5")))
            try await world.execute("DELETE FROM cash_entries")
            let error = await #expect(throws: ServiceError.self) {
                try await quantity(.buy, 1)
            }
            #expect(error?.code == "NO_EQUITY" && error?.field == "quantity")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a preview tells the buying power before and after, and what is cut`(
        _ backend: TestBackend
    ) async throws {
        try await scene(backend) { world, ada in
            try await add(
                "cut", #"{"rule":"max_order_notional","action":"REDUCE_SIZE","max_amount":500}"#,
                to: world, ada)
            let order = PlaceOrder(
                symbol: "COIN", side: .buy, size: .quantity(10), pricing: .limit(100),
                timeInForce: .goodTillCanceled,
                strategy: .named(try #require(StrategyReference(parsing: "momo"))))
            let shown = try await world.services.orders.preview(order, as: ada)
            #expect(shown.askedQuantity == 10 && shown.instruction.quantity == 5)
            #expect(shown.notional == 500 && shown.heldAfter == 8)
            let power = try #require(shown.buyingPower)
            #expect(try power.before - power.after == 500)
        }
    }
}
