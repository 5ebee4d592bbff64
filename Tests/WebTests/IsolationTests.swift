import Ledger
import Services
import TestSupport
import Testing
import Web
import Wire

/// A narrowed token sees no further than it may. That one user's rows do not exist for another is
/// shown for every route by `RouteIsolationTests`.
struct IsolationTests {
    @Test(arguments: TestBackend.allCases)
    func `the same ids in one's own portfolio are one's own trades`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, aliceToken) = try await web.member(1001)
            let (_, bobToken) = try await web.member(1002)
            for (token, quantity) in [(aliceToken, "1"), (bobToken, "7")] {
                let posted = try await web.client.post(
                    token: token, batch(fill("t-1", "BUY", quantity, at: "10")))
                #expect(posted.json["accepted"] == 1)
            }
            #expect(try await web.base.count(of: "trades") == 2)
        }
    }

    @Test func `a token for one portfolio sees that one alone`() async throws {
        try await WebWorld.run { web in
            let (authority, token) = try await web.member()
            try await web.addPortfolio("second", for: authority)
            let narrow = try await web.token(
                named: "narrow", for: authority, portfolio: "second")
            _ = try await web.client.post(
                token: token,
                batch(
                    fill("m", "BUY", "1", at: "10"),
                    fill("s", "BUY", "1", at: "10", portfolio: "second")))
            try await web.base.addOrder("u-1", quantity: 1, of: authority)
            try await web.base.addOrder("u-2", portfolio: "second", quantity: 1, of: authority)
            for (target, list) in [
                ("/v1/positions", "positions"), ("/v1/trades", "trades"), ("/v1/orders", "orders"),
                ("/v1/campaigns", "campaigns"),
            ] {
                let reply = try await web.client.get(target, token: narrow)
                let portfolios = (reply.json[list]?.array ?? []).map { $0["portfolio"] }
                #expect(portfolios == ["second"], "\(target)")
                let whole = try await web.client.get(target, token: token)
                #expect(whole.json[list]?.array?.count == 2, "\(target)")
            }
            let performance = try await web.client.get(
                "/v1/pnl?period=2026-01-01..2026-12-31", token: narrow)
            #expect(performance.json["totals"]?[0]?["trades"] == 1)
            for route in Routes.all
            where route.method == .get && route.parameters.contains("portfolio") {
                let beyond = try await web.client.get(
                    "\(route.samplePath)?portfolio=main", token: narrow)
                #expect(beyond.status == 404, "\(route.path)")
                let own = try await web.client.get(
                    "\(route.samplePath)?portfolio=second", token: narrow)
                #expect(own.status == 200, "\(route.path)")
            }
        }
    }

    @Test func `a token for one strategy sees that one alone`() async throws {
        try await WebWorld.run { web in
            let (authority, token) = try await web.member()
            let momo = try #require(StrategyReference(parsing: "momo"))
            let grid = try #require(StrategyReference(parsing: "grid"))
            let narrow = try await web.token(named: "narrow", for: authority, strategy: momo)
            _ = try await web.client.post(
                token: token,
                batch(
                    fill("n", "BUY", "1", at: "10"),
                    fill("g", "BUY", "1", at: "10", strategy: "grid"),
                    fill("m", "BUY", "1", at: "10", strategy: "momo")))
            try await web.base.addOrder("u-1", strategy: grid, quantity: 1, of: authority)
            try await web.base.addOrder("u-2", strategy: momo, quantity: 1, of: authority)
            for (target, list) in [
                ("/v1/positions", "positions"), ("/v1/trades", "trades"), ("/v1/orders", "orders"),
                ("/v1/campaigns", "campaigns"),
            ] {
                let reply = try await web.client.get(target, token: narrow)
                let strategies = (reply.json[list]?.array ?? []).map { $0["strategy"] }
                #expect(strategies == ["momo@1.0"], "\(target)")
            }
            let performance = try await web.client.get(
                "/v1/pnl?period=2026-01-01..2026-12-31", token: narrow)
            #expect(performance.json["totals"]?[0]?["trades"] == 1)
            for path in ["/v1/positions", "/v1/pnl", "/v1/campaigns", "/v1/positions/BTCUSDT/why"] {
                let beyond = try await web.client.get("\(path)?strategy=grid", token: narrow)
                #expect(beyond.status == 404, "\(path)")
            }
        }
    }
}
