import Ledger
import Services
import TestSupport
import Testing
import Web
import Wire

/// One user's rows do not exist for another, and a narrowed token sees no further than it may.
struct IsolationTests {
    @Test(arguments: TestBackend.allCases)
    func `nothing of one user is visible to another, not even by name`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (alice, aliceToken) = try await web.member(1001)
            let (_, bobToken) = try await web.member(1002)
            try await web.addPortfolio("alpha", for: alice)
            let members = "\"portfolio\":\"alpha\",\"strategy\":\"secret@3\","
            let posted = try await web.client.post(
                token: aliceToken,
                batch(
                    fill("t-1", "BUY", "1", at: "10"), fill("t-2", "BUY", "1", at: "11"),
                    with: members))
            #expect(posted.json["accepted"] == 2)
            try await web.base.addOrder(
                "u-1", portfolio: "alpha", quantity: 1, of: alice)
            try await addPolicy("p-1", "size", for: alice, in: web)

            let lists = [
                "/v1/positions?include_closed=true": "positions", "/v1/trades": "trades",
                "/v1/campaigns": "campaigns",
                "/v1/orders?status=all": "orders", "/v1/risk": "policies",
                "/v1/pnl?period=2026-01-01..2026-12-31": "totals",
            ]
            for (target, list) in lists {
                let own = try await web.client.get(target, token: aliceToken)
                #expect(own.json[list]?.array?.isEmpty == false, "\(target)")
                let other = try await web.client.get(target, token: bobToken)
                #expect(other.status == 200)
                #expect(other.json[list] == [], "\(target)")
                #expect(!other.text.contains("t-1") && !other.text.contains("alpha"))
            }
            #expect(try await web.client.get("/v1/risk", token: bobToken).json["breaches"] == [])

            for route in Routes.all
            where route.method == .get && route.parameters.contains("portfolio") {
                let named = "\(route.samplePath)?portfolio=alpha"
                #expect(try await web.client.get(named, token: aliceToken).status == 200)
                let other = try await web.client.get(named, token: bobToken)
                #expect(other.status == 404, "\(route.path)")
                #expect(other.code == "UNKNOWN_PORTFOLIO")
                let absent = try await web.client.get(
                    "\(route.samplePath)?portfolio=nowhere", token: bobToken)
                // Another user's looks like none at all.
                #expect(
                    absent.text.replacing("nowhere", with: "alpha") == other.text,
                    "\(route.path)")
            }
            for path in ["/v1/positions", "/v1/pnl", "/v1/campaigns", "/v1/positions/BTCUSDT/why"] {
                let named = "\(path)?strategy=secret%403"
                #expect(try await web.client.get(named, token: aliceToken).status == 200)
                let other = try await web.client.get(named, token: bobToken)
                #expect(other.status == 404)
                #expect(other.code == "UNKNOWN_STRATEGY")
            }
            let intruding = try await web.client.post(
                token: bobToken, batch(fill("t-3", "BUY", "1", at: "10"), with: members))
            #expect(intruding.status == 404)

            // The same ids in one's own portfolio are one's own trades.
            let same = try await web.client.post(
                token: bobToken, batch(fill("t-1", "BUY", "7", at: "10")))
            #expect(same.json["accepted"] == 1)
            #expect(try await web.base.count(of: "trades") == 3)
        }
    }

    @Test func `another user's cursor leads to nothing of theirs`() async throws {
        try await WebWorld.run { web in
            let (_, aliceToken) = try await web.member(1001)
            let (_, bobToken) = try await web.member(1002)
            for token in [aliceToken, bobToken] {
                _ = try await web.client.post(
                    token: token,
                    batch(fill("t-1", "BUY", "1", at: "10"), fill("t-2", "BUY", "1", at: "11")))
            }
            let page = try await web.client.get("/v1/trades?limit=1", token: aliceToken)
            let cursor = try #require(page.json["next_cursor"]?.string)
            let alices = try await web.client.get("/v1/trades?cursor=\(cursor)", token: aliceToken)
            let bobs = try await web.client.get("/v1/trades?cursor=\(cursor)", token: bobToken)
            let uid = alices.json["trades"]?[0]?["trade_uid"]?.string
            #expect(uid != nil)
            #expect(!bobs.text.contains(uid ?? "?"))
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
