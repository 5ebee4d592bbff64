import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Totals in the reader's own currency, where rates are known.
struct ConvertedTests {
    private func currency(_ code: String) throws -> Currency { try #require(Currency(code)) }

    private func store(
        _ base: String, _ quote: String, _ rate: String, on day: String, in world: ServiceWorld
    ) async throws {
        let (base, quote) = (try currency(base), try currency(quote))
        let day: Day = try #require(Day(canonical: day))
        let report = try RateReport(
            base: base, quote: quote, rate: Decimal(parsing: rate), day: day)
        let member = try await world.services.users.user(telegramUserID: 1001)
        _ = try await world.services.fx.post(
            [.success(report)], for: try #require(member?.caller))
    }

    private func pnl(
        _ text: String = "all", portfolio: ExactText? = nil, of trader: Authority,
        in world: ServiceWorld
    ) async throws -> String {
        let period = try #require(Period(text, today: world.services.performance.today))
        let report = try await world.services.performance.report(
            portfolio: portfolio, period: period, for: trader)
        return switch report.converted {
        case .total(let total, let currency, let rates):
            "\(total.realizedPnL) - \(total.fees) = \(total.netPnL) \(currency) at "
                + "[\(rates.map { "\($0.base)\($0.quote) \($0.day)" }.joined(separator: ", "))]"
        case .lacking(let missing, let currency):
            "\(currency) lacks \(missing.map { "\($0.currency) \($0.day)" })"
        case .tooLarge(let currency): "too large for \(currency)"
        case .noCurrency: "no currency"
        }
    }

    private func words(_ converted: Converted<Decimal>) -> String {
        switch converted {
        case .total(let total, let currency, let rates): "\(total) \(currency) \(rates.count)"
        case .lacking(let missing, let currency):
            "\(currency) lacks \(missing.map(\.currency.code))"
        case .tooLarge(let currency): "too large for \(currency)"
        case .noCurrency: "no currency"
        }
    }

    /// 3 USDT made on the 29th, 5 on the 31st, 1 USD on the 31st, a fee of 0.5 BNB on the 30th.
    private func trade(_ world: ServiceWorld) async throws -> Authority {
        let trader = try await world.member()
        try await world.post(
            fill("a", "BUY", "3", at: "10", time: "2025-12-28T10:00:00Z"),
            fill("b", "SELL", "1", at: "13", time: "2025-12-29T10:00:00Z"),
            fill(
                "c", "BUY", "1", at: "10", fee: "0.5", feeCurrency: "BNB",
                time: "2025-12-30T10:00:00Z"),
            fill("d", "SELL", "1", at: "15", time: "2025-12-31T10:00:00Z"),
            fill(
                "e", "BUY", "1", at: "1", symbol: "S", currency: "USD",
                time: "2025-12-31T10:00:00Z"),
            fill(
                "f", "SELL", "1", at: "2", symbol: "S", currency: "USD",
                time: "2025-12-31T11:00:00Z"), as: trader)
        return trader
    }

    @Test(arguments: TestBackend.allCases)
    func `each day's amounts are converted at that day's rate or the last before, or not at all`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await trade(world)
            #expect(
                try await pnl(of: trader, in: world)
                    == #"USD lacks ["BNB 2025-12-30", "USDT 2025-12-29"]"#)
            // Later than the first amounts: what lacks still lacks.
            try await store("USDT", "USD", "0.5", on: "2025-12-30", in: world)
            try await store("BNB", "USD", "600", on: "2025-12-31", in: world)
            #expect(
                try await pnl(of: trader, in: world)
                    == #"USD lacks ["BNB 2025-12-30", "USDT 2025-12-29"]"#)
            // The earlier ones are there now, one of them told the other way round.
            try await store("USDT", "USD", "2", on: "2025-12-01", in: world)
            try await store("USD", "BNB", "0.002", on: "2025-11-01", in: world)
            try await store("USD", "BNB", "0.1", on: "2025-10-01", in: world)
            #expect(
                try await pnl(of: trader, in: world)
                    == "9.5 - 250 = -240.5 USD at "
                    + "[USDBNB 2025-11-01, USDTUSD 2025-12-01, USDTUSD 2025-12-30]")
            // A period takes only the rates of its own days.
            #expect(
                try await pnl("2025-12-31..2025-12-31", of: trader, in: world)
                    == "3.5 - 0 = 3.5 USD at [USDTUSD 2025-12-30]")
            #expect(
                try await pnl("2025-12-28..2025-12-28", of: trader, in: world)
                    == "0 - 0 = 0 USD at []")
            #expect(
                try await pnl("2020-01-01..2020-01-01", of: trader, in: world)
                    == "0 - 0 = 0 USD at []")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the currency is the named portfolio's, the token's, else the default's`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let book = try await world.services.portfolios.add(
                name: "euro", brokerCode: "IBKR", currency: currency("EUR"), isDefault: false,
                for: trader.caller)
            let buys = [
                fill("a", "BUY", "1", at: "1", fee: "1", currency: "USD", portfolio: "euro"),
                fill("b", "BUY", "1", at: "1", fee: "2", currency: "USD"),
            ]
            _ = try await world.ingest(buys, as: trader)
            try await store("USD", "EUR", "0.5", on: "2026-01-01", in: world)
            #expect(try await pnl(of: trader, in: world) == "0 - 0 = 0 USD at []")
            await world.world.advance(seconds: 60 * 86_400)
            #expect(try await pnl(of: trader, in: world) == "0 - 3 = -3 USD at []")
            #expect(
                try await pnl(portfolio: "euro", of: trader, in: world)
                    == "0 - 0.5 = -0.5 EUR at [USDEUR 2026-01-01]")
            let narrowed = Authority(caller: trader.caller, portfolioID: book.id)
            #expect(
                try await pnl(of: narrowed, in: world)
                    == "0 - 0.5 = -0.5 EUR at [USDEUR 2026-01-01]")
            // USDT is not USD, whatever it is called.
            try await world.post(fill("c", "BUY", "1", at: "1", fee: "1"), as: trader)
            #expect(try await pnl(of: trader, in: world) == #"USD lacks ["USDT 2026-02-19"]"#)
            try await world.execute("UPDATE portfolios SET is_default = (id < 0)")
            #expect(try await pnl(of: trader, in: world) == "no currency")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a wild rate spoils the converted total and nothing else`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await trade(world)
            try await store("USDT", "USD", "1e20", on: "2025-01-01", in: world)
            try await store("BNB", "USD", "1", on: "2025-01-01", in: world)
            #expect(try await pnl(of: trader, in: world) == "too large for USD")
            let period = try #require(Period("all", today: world.services.performance.today))
            let report = try await world.services.performance.report(period: period, for: trader)
            #expect(report.totals.map(\.currency.code) == ["BNB", "USD", "USDT"])
            let overview = try await world.services.positions.overview(for: trader)
            #expect(words(overview.realized) == "too large for USD")
            #expect(overview.positions.count == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `each product is rounded once and the sum is exact`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let days = ["2025-12-01", "2025-12-02", "2025-12-03"]
            for (number, day) in days.enumerated() {
                try await world.post(
                    fill(
                        "\(number)", "BUY", "1", at: "1", fee: "0.000000000000000001",
                        time: "\(day)T00:00:00Z"), as: trader)
            }
            // Half a unit a day is rounded to the even nothing, three units in all to none.
            try await store("USDT", "USD", "0.5", on: "2025-12-01", in: world)
            #expect(
                try await pnl(of: trader, in: world) == "0 - 0 = 0 USD at [USDTUSD 2025-12-01]")
            try await store("USDT", "USD", "0.6", on: "2025-12-01", in: world)
            #expect(
                try await pnl(of: trader, in: world)
                    == "0 - 0.000000000000000003 = -0.000000000000000003 USD at "
                    + "[USDTUSD 2025-12-01]")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `positions are converted at the rate of today`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            func totals() async throws -> [String] {
                let overview = try await world.services.positions.overview(for: trader)
                return [overview.unrealized, overview.realized, overview.fees].map(words)
            }
            #expect(try await totals() == ["0 USD 0", "0 USD 0", "0 USD 0"])
            try await world.post(
                fill("a", "BUY", "3", at: "10", fee: "2", feeCurrency: "EUR"),
                fill("b", "SELL", "1", at: "14", time: "2026-02-19T15:00:00Z"),
                fill("c", "BUY", "1", at: "5", symbol: "S", currency: "USD"), as: trader)
            #expect(
                try await totals() == ["0 USD 0", #"USD lacks ["USDT"]"#, #"USD lacks ["EUR"]"#])
            let now = world.world.now()
            _ = try await world.services.quotes.post([
                .success(
                    try QuoteReport(
                        symbol: "BTCUSDT", exchange: "BINANCE",
                        quote: Quote(bid: nil, ask: nil, last: 11, time: now))),
                .success(
                    try QuoteReport(
                        symbol: "S", exchange: "BINANCE",
                        quote: Quote(bid: nil, ask: nil, last: 4, time: now))),
            ])
            // Yesterday's rate holds, tomorrow's does not.
            try await store("USDT", "USD", "9", on: "2026-01-02", in: world)
            try await store("USDT", "USD", "0.5", on: "2025-12-31", in: world)
            try await store("USDT", "USD", "7", on: "2025-12-30", in: world)
            #expect(
                try await totals() == ["0 USD 1", "2 USD 1", #"USD lacks ["EUR"]"#])
            try await store("USD", "EUR", "0.8", on: "2026-01-01", in: world)
            #expect(try await totals() == ["0 USD 1", "2 USD 1", "2.5 USD 1"])
            await world.world.advance(seconds: 86_400)
            #expect(try await totals() == ["17 USD 1", "36 USD 1", "2.5 USD 1"])
        }
    }
}
