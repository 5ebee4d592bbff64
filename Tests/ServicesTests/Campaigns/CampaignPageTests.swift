import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// The list of campaigns, page by page, and one of them with its legs.
struct CampaignPageTests {
    /// Two portfolios, two symbols, two strategies: 12 campaigns, several of one instant, the last
    /// of each holding open.
    private func prepare(_ world: ServiceWorld) async throws -> Authority {
        let trader = try await world.member()
        try await world.addPortfolio("second", of: trader)
        for portfolio in ["main", "second"] as [ExactText] {
            for (symbol, strategy) in [("BTC", nil), ("BTC", "momo"), ("ETH", "momo")] {
                let name = "\(symbol)-\(strategy ?? "none")"
                let fills = [("a", "BUY", 1), ("b", "SELL", 1), ("c", "SELL", 2)].map {
                    fill(
                        "\(name)-\($0)", $1, "1", at: "10", symbol: symbol,
                        time: "2026-02-1\($2)T00:00:00Z", strategy: strategy)
                }
                let report = try await world.ingest(fills, portfolio: portfolio, as: trader)
                #expect(report.accepted == 3)
            }
        }
        return trader
    }

    private func pages(
        _ query: CampaignQuery, as trader: Authority, in world: ServiceWorld
    ) async throws -> [[CampaignListing]] {
        var query = query
        var pages: [[CampaignListing]] = []
        repeat {
            let page = try await world.services.campaigns.page(query, for: trader)
            pages.append(page.campaigns)
            query.cursor = page.next
        } while query.cursor != nil && pages.count < 100
        return pages
    }

    @Test(arguments: TestBackend.allCases)
    func `pages of any size hold every campaign once, the last opened first`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await prepare(world)
            for limit in [1, 5, 11, 12, 13] {
                let pages = try await pages(CampaignQuery(limit: limit), as: trader, in: world)
                #expect(pages.count == (12 + limit - 1) / limit)
                let campaigns = pages.flatMap(\.self)
                #expect(Set(campaigns.map(\.uid)).count == 12)
                #expect(campaigns.map(\.cursor) == campaigns.map(\.cursor).sorted { $1 < $0 })
                #expect(campaigns.prefix(6).allSatisfy { $0.status == .open })
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `filters narrow the list, and paging keeps to them`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await prepare(world)
            func found(_ query: CampaignQuery) async throws -> [String] {
                try await pages(query, as: trader, in: world).flatMap(\.self).map {
                    "\($0.portfolio) \($0.instrument.symbol) \($0.strategy ?? "-") \($0.status)"
                }.sorted()
            }
            let momo = try #require(StrategyReference(parsing: "momo"))
            for limit in [1, 2, 100] {
                let open = try await found(
                    CampaignQuery(portfolio: "main", status: .open, limit: limit))
                #expect(
                    open == ["main BTC - open", "main BTC momo@1.0 open", "main ETH momo@1.0 open"])
                let bitcoin = try await found(
                    CampaignQuery(status: .closed, symbol: "BTC", limit: limit))
                #expect(
                    bitcoin == [
                        "main BTC - closed", "main BTC momo@1.0 closed", "second BTC - closed",
                        "second BTC momo@1.0 closed",
                    ])
                let both = try await found(
                    CampaignQuery(
                        portfolio: "second", symbol: "BTC", strategy: momo, limit: limit))
                #expect(both == ["second BTC momo@1.0 closed", "second BTC momo@1.0 open"])
                let strategy = try await found(
                    CampaignQuery(portfolio: "main", strategy: momo, limit: limit))
                #expect(strategy.count == 4)
            }
            #expect(try await found(CampaignQuery(symbol: "btc")) == [])
            let second = try #require(Timestamp(canonical: "2026-02-12T00:00:00.000000Z"))
            #expect(try await found(CampaignQuery(from: second)).count == 6)
            #expect(
                try await found(CampaignQuery(until: second)).allSatisfy { $0.hasSuffix("closed") })
            #expect(try await found(CampaignQuery(from: second, until: second)) == [])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `campaigns of one holding that began in one instant are listed in the order of truth`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            // The later in the order of truth comes first, so its number is the lower one.
            try await world.post(fill("c", "BUY", "1", at: "3"), as: trader)
            try await world.post(fill("a", "BUY", "1", at: "1"), as: trader)
            try await world.post(fill("b", "SELL", "1", at: "2"), as: trader)
            for symbol in [nil, "BTCUSDT"] as [ExactText?] {
                let pages = try await pages(
                    CampaignQuery(symbol: symbol, limit: 1), as: trader, in: world)
                #expect(pages.map { $0.map(\.opening.id) } == [["c"], ["a"]])
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a campaign is told with its legs, and each leg with its trades`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            func at(
                _ time: String, _ id: String, _ side: String, _ quantity: String, _ price: String
            )
                -> String
            { fill(id, side, quantity, at: price, time: "2026-02-19T\(time)Z") }
            try await world.post(
                at("10:00:00", "1", "BUY", "60", "10"), at("10:04:59", "2", "BUY", "40", "11"),
                at("11:00:00", "3", "BUY", "50", "12"), at("12:00:00", "4", "SELL", "200", "13"),
                as: trader)
            let campaigns = try await pages(CampaignQuery(), as: trader, in: world)[0]
            #expect(campaigns.map(\.direction) == [.short, .long])
            let long = try #require(campaigns.last)
            let detail = try await world.services.campaigns.detail(.uid(long.uid), for: trader)
            #expect(detail.campaign == long)
            #expect(
                try await world.services.campaigns.detail(.opening(long.id), for: trader)
                    == detail)
            #expect(detail.legs.map(\.leg.kind) == [.open, .add, .flipClose])
            #expect(detail.legs.map(\.leg.quantity) == [100, 50, 150])
            #expect(detail.legs.map(\.averagePrice.description) == ["10.4", "12", "13"])
            #expect(detail.legs.map(\.leg.fillCount) == [2, 1, 1])
            #expect(Set(detail.legs.map(\.uid)).count == 3)
            #expect(long.realizedPnL == 310)
            #expect(long.holdingPeriodSeconds == 7200)
            #expect(long.riskMultiple == nil)

            func trades(_ leg: Int, _ skipped: Int = 0) async throws -> [String] {
                try await world.services.campaigns.trades(
                    ofLeg: leg, of: .uid(long.uid), skipping: skipped, limit: 10, for: trader
                ).trades.map { "\($0.trade.fill.id) \($0.quantity)" }
            }
            #expect(try await trades(1) == ["1 60", "2 40"])
            #expect(try await trades(1, 1) == ["2 40"])
            #expect(try await trades(1, 2) == [])
            #expect(try await trades(3) == ["4 150"])
            let error = await #expect(throws: ServiceError.self) { try await trades(4) }
            #expect(error?.kind == .notFound)
            #expect(error?.detail.contains("1 to 3") == true)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what is another's, or beyond a narrowed authority, is absent`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await prepare(world)
            let other = try await world.member(1002)
            #expect(try await pages(CampaignQuery(), as: other, in: world) == [[]])
            let all = try await pages(CampaignQuery(), as: trader, in: world)[0]
            for campaign in all {
                for narrowed in [
                    other, Authority(caller: trader.caller, portfolioID: PortfolioID(-1)),
                    Authority(caller: trader.caller, strategyID: StrategyID(-1)),
                ] {
                    for reference in [
                        CampaignReference.uid(campaign.uid), .opening(campaign.id),
                    ] {
                        let error = await #expect(throws: ServiceError.self) {
                            try await world.services.campaigns.detail(reference, for: narrowed)
                        }
                        #expect(error?.kind == .notFound)
                        #expect(error?.code == "UNKNOWN_CAMPAIGN")
                    }
                }
                #expect(
                    try await world.services.trades.cursor(behind: campaign.id, for: other)
                        == nil)
                let own = Authority(
                    caller: trader.caller, portfolioID: campaign.holding.portfolioID,
                    strategyID: campaign.holding.strategyID)
                let detail = try await world.services.campaigns.detail(
                    .uid(campaign.uid), for: own)
                #expect(detail.campaign == campaign)
                let within = try await pages(CampaignQuery(), as: own, in: world)[0]
                #expect(within.allSatisfy { $0.portfolio == campaign.portfolio })
                #expect(within.contains(campaign))
            }
            let error = await #expect(throws: ServiceError.self) {
                try await world.services.campaigns.detail(.uid("nothing"), for: trader)
            }
            #expect(error?.kind == .notFound)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a campaign's number lasts when its opening trade is corrected`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("a", "BUY", "1", at: "10"), as: trader)
            let before = try #require(
                try await pages(CampaignQuery(), as: trader, in: world)[0].first)
            let columns = """
                user_id, portfolio_id, instrument_id, side, quantity, price, notional, fee,
                fee_currency, exec_time, broker_trade_id, source, created_at
                """
            try await world.execute(
                """
                INSERT INTO trades (uid, revision, \(columns))
                SELECT 'replacement', 1, \(columns) FROM trades WHERE id = $1
                """, [.integer(before.id.raw)])
            try await world.database.write { tx in
                let ids = try tx.query(SQL("SELECT id FROM trades WHERE revision = 1")) {
                    TradeID(try $0.integer(0))
                }
                try Trades.supersede(before.id, for: trader.caller, in: tx)
                try Campaigns.rename(
                    before.id, to: ids[0], in: [before.id], for: trader.caller, in: tx)
            }
            let after = try await world.services.campaigns.detail(
                .opening(before.id), for: trader
            ).campaign
            #expect(after.uid == before.uid)
            #expect(after.id != before.id)
        }
    }

    @Test(arguments: TestBackend.allCases, [0, -1, 1001])
    func `a limit out of range is refused`(_ backend: TestBackend, _ limit: Int) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let error = await #expect(throws: ServiceError.self) {
                try await world.services.campaigns.page(CampaignQuery(limit: limit), for: trader)
            }
            #expect(error?.kind == .invalid)
            #expect(error?.field == "limit")
        }
    }
}
