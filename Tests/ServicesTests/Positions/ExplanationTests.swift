import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// What stands behind a position's figures adds up to them.
struct ExplanationTests {
    @Test func `the account of any position adds up, page by page, on SQLite`() async throws {
        try await check(seeds: 1...60, on: .sqlite)
    }

    @Test func `the account of any position adds up, page by page, on PostgreSQL`() async throws {
        try await check(seeds: 1001...1010, on: .postgres)
    }

    private func check(seeds: ClosedRange<UInt64>, on backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend, limits: Limits(maxUsers: seeds.count)) { world in
            for seed in seeds {
                let trader = try await world.member(Int64(seed))
                var stream = FillStream(seed: seed)
                let report = try await world.ingest(try stream.fills().map(\.json), as: trader)
                #expect(report.rejected == 0, "seed \(seed)")
                if seed.isMultiple(of: 2) {
                    try await close("LAST-\(seed)", as: trader, in: world)
                }
                let listings = try await world.services.positions.snapshot(
                    includeClosed: true, for: trader
                ).map(\.listing)
                for listing in listings {
                    for limit in [1, 3, 1000] {
                        try await expectSound(
                            listing, limit, as: trader, in: world, "seed \(seed), limit \(limit)")
                    }
                }
            }
        }
    }

    /// Takes the first open position to flat.
    private func close(
        _ id: String, as trader: Authority, in world: ServiceWorld
    ) async throws {
        guard
            let listing = try await world.services.positions.snapshot(for: trader).first?.listing
        else { return }
        let instrument = listing.instrument.instrument
        let report = try await world.ingest(
            [
                fill(
                    id, listing.position.quantity.isNegative ? "BUY" : "SELL",
                    "\(listing.position.quantity.magnitude)", at: "7",
                    symbol: instrument.symbol.text, exchange: instrument.exchange?.text,
                    assetType: instrument.assetType.rawValue, currency: instrument.currency.code,
                    time: "2027-01-01T00:00:00Z", portfolio: listing.portfolio.text,
                    strategy: listing.strategy?.text)
            ], as: trader)
        #expect(report.accepted == 1)
    }

    private func expectSound(
        _ listing: PositionListing, _ limit: Int, as trader: Authority, in world: ServiceWorld,
        _ note: String
    ) async throws {
        var query = ExplanationQuery(listing, limit: limit)
        var pages: [PositionExplanation] = []
        repeat {
            let page = try await world.services.positions.explain(query, for: trader)
            pages.append(page)
            page.next.map { query.start = .after($0) }
        } while pages.last?.next != nil && pages.count < 200
        let first = try #require(pages.first)
        let campaign = try #require(first.campaign)
        let position = listing.position
        let trades = pages.flatMap(\.trades)
        #expect(pages.dropLast().allSatisfy { $0.trades.count == limit }, "\(note)")
        #expect(trades.count == campaign.fillCount, "\(note)")
        #expect(
            trades.map(\.trade.fill.order) == trades.map(\.trade.fill.order).sorted(), "\(note)")
        #expect(trades.first?.trade.id == campaign.id, "\(note)")
        #expect(trades.last?.quantityAfter == position.quantity, "\(note)")
        #expect(trades.last?.costAfter == position.cost, "\(note)")

        let inCampaign = try trades.reduce(Decimal.zero) { try $0 + $1.realizedPnL }
        #expect(inCampaign == campaign.realizedPnL, "\(note)")
        #expect(
            try first.carried.realizedPnL + inCampaign == position.realizedPnL, "\(note)")
        #expect(pages.allSatisfy { $0.carried == first.carried }, "\(note)")

        let lots = pages.flatMap(\.lots)
        let closures = pages.flatMap(\.closures)
        let open = try lots.reduce(Decimal.zero) { try $0 + $1.lot.openQuantity }
        #expect(open == position.quantity.magnitude, "\(note)")
        for lot in lots {
            let taken = closures.filter { $0.lotTradeUID == lot.tradeUID }
            let quantity = try taken.reduce(lot.lot.openQuantity) { try $0 + $1.closure.quantity }
            #expect(quantity == lot.lot.quantity, "\(note)")
            let cost = try taken.reduce(lot.lot.openCost) { try $0 + $1.closure.cost }
            #expect(cost == lot.lot.cost, "\(note)")
        }
        for closure in closures {
            #expect(
                try closure.closure.proceeds - closure.closure.cost
                    == closure.closure.realizedPnL, "\(note)")
        }
        if position.isFlat {
            let byLots = try closures.reduce(Decimal.zero) { try $0 + $1.closure.realizedPnL }
            #expect(byLots == campaign.realizedPnL, "\(note)")
        }
        let earlier = try await world.services.campaigns.page(
            CampaignQuery(
                portfolio: listing.portfolio, symbol: listing.instrument.instrument.symbol,
                limit: 1000), for: trader
        ).campaigns.filter { $0.holding == listing.holding }.dropFirst()
        #expect(first.carried.campaigns == earlier.count, "\(note)")
        #expect(
            try earlier.reduce(Decimal.zero) { try $0 + $1.realizedPnL }
                == first.carried.realizedPnL, "\(note)")
    }

    @Test(arguments: TestBackend.allCases)
    func `a trade through zero counts with its part, and superseded ones do not count`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                fill("a", "BUY", "1", at: "10"),
                fill("b", "SELL", "3", at: "12", time: "2026-02-19T15:00:00Z"),
                fill("c", "BUY", "0.5", at: "11", time: "2026-02-19T16:00:00Z"), as: trader)
            let query = ExplanationQuery(symbol: "BTCUSDT")
            let told = try await world.services.positions.explain(query, for: trader)
            #expect(told.carried.campaigns == 1)
            #expect(told.carried.realizedPnL == 2)
            #expect(told.trades.map(\.trade.fill.id) == ["b", "c"])
            #expect(told.trades.map(\.allocatedQuantity.description) == ["2", "0.5"])
            #expect(told.trades.map(\.realizedPnL.description) == ["0", "0.5"])
            #expect(told.trades.map(\.quantityAfter.description) == ["-2", "-1.5"])
            #expect(told.trades.map(\.costAfter.description) == ["-24", "-18"])
            #expect(told.lots.map(\.lot.openQuantity.description) == ["1.5"])
            #expect(told.closures.map(\.lotTradeUID) == [told.trades[0].trade.uid])

            let columns = """
                user_id, portfolio_id, instrument_id, side, quantity, price, notional, fee,
                fee_currency, exec_time, broker_trade_id, source, created_at
                """
            try await world.execute(
                """
                INSERT INTO trades (uid, revision, is_superseded, \(columns))
                SELECT 'old', 1, \(backend == .sqlite ? "1" : "true"), \(columns)
                FROM trades WHERE broker_trade_id = 'c'
                """)
            #expect(try await world.services.positions.explain(query, for: trader) == told)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `of several positions in a symbol the one is asked for that is meant`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let other = try await world.member(1002)
            try await world.addPortfolio("second", of: trader)
            try await world.post(
                fill("1", "BUY", "1", at: "1"), fill("2", "BUY", "2", at: "1", strategy: "momo"),
                fill("3", "BUY", "3", at: "1", exchange: "KRAKEN"),
                fill("4", "BUY", "4", at: "1", exchange: nil),
                fill("5", "BUY", "5", at: "1", portfolio: "second"), as: trader)
            func quantity(_ query: ExplanationQuery) async throws -> String {
                try await world.services.positions.explain(query, for: trader).position.listing
                    .position.quantity.description
            }
            func refusal(
                _ query: ExplanationQuery, as authority: Authority? = nil
            ) async -> ServiceError? {
                await #expect(throws: ServiceError.self) {
                    try await world.services.positions.explain(query, for: authority ?? trader)
                }
            }
            let momo = try #require(StrategyReference(parsing: "momo"))
            #expect(
                try await quantity(ExplanationQuery(symbol: "BTCUSDT", portfolio: "second"))
                    == "5")
            #expect(
                try await quantity(ExplanationQuery(symbol: "BTCUSDT", strategy: .named(momo)))
                    == "2")
            for (exchange, expected) in [
                (ExplanationQuery.ExchangeChoice.named("KRAKEN"), "3"), (.none, "4"),
            ] {
                #expect(
                    try await quantity(ExplanationQuery(symbol: "BTCUSDT", exchange: exchange))
                        == expected)
            }
            #expect(
                try await quantity(
                    ExplanationQuery(
                        symbol: "BTCUSDT", portfolio: "main", strategy: .none,
                        exchange: .named("BINANCE"))) == "1")

            let all = await refusal(ExplanationQuery(symbol: "BTCUSDT"))
            #expect(all?.code == "AMBIGUOUS")
            #expect(all?.field == "portfolio")
            #expect(all?.kind == .invalid)
            #expect(all?.detail.contains("portfolio=second strategy=null exchange=BINANCE") == true)
            #expect(all?.detail.contains("strategy=momo@1.0") == true)
            let main = await refusal(ExplanationQuery(symbol: "BTCUSDT", portfolio: "main"))
            #expect(main?.field == "strategy")
            let plain = await refusal(
                ExplanationQuery(symbol: "BTCUSDT", portfolio: "main", strategy: .none))
            #expect(plain?.field == "exchange")
            #expect(plain?.detail.contains("exchange=null") == true)

            for query in [
                ExplanationQuery(symbol: "btcusdt"),
                ExplanationQuery(symbol: "BTCUSDT", exchange: .named("NOWHERE")),
                ExplanationQuery(symbol: "BTCUSDT", assetType: .equity),
            ] {
                let absent = await refusal(query)
                #expect(absent?.kind == .notFound)
                #expect(absent?.code == "UNKNOWN_POSITION")
            }
            #expect(
                await refusal(ExplanationQuery(symbol: "BTCUSDT"), as: other)?.kind == .notFound)
            let narrowed = Authority(
                caller: trader.caller, strategyID: StrategyID(-1))
            #expect(
                await refusal(ExplanationQuery(symbol: "BTCUSDT"), as: narrowed)?.kind
                    == .notFound)
            #expect(await refusal(ExplanationQuery(symbol: "BTCUSDT", limit: 0))?.field == "limit")
        }
    }
}
