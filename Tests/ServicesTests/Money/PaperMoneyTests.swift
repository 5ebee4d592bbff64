import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// The money of accounts: where it begins, what goes in and out, what it comes to.
struct PaperMoneyTests {
    private func code(_ body: () async throws -> Void) async throws -> String? {
        do {
            try await body()
            return nil
        } catch let error as ServiceError {
            return error.code
        }
    }

    private func figures(
        of account: ExactText? = nil, _ world: ServiceWorld, _ authority: Authority
    ) async throws -> AccountFigures {
        try #require(try await world.services.money.account(account, for: authority).money.known)
    }

    private func quote(_ last: Decimal, _ symbol: ExactText, _ world: ServiceWorld) async throws {
        let report = try QuoteReport(
            symbol: symbol, exchange: "BINANCE",
            quote: Quote(bid: nil, ask: nil, last: last, time: world.world.now()))
        #expect(try await world.services.quotes.post([.success(report)]).accepted == 1)
    }

    @Test(arguments: TestBackend.allCases)
    func `every way to a paper account gives it its cash once`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend, startingCash: 2500) { world in
            let ada = try await world.member()
            #expect(try await figures(world, ada).cash == 2500)
            _ = try await world.services.accounts.add(
                name: "second", brokerCode: "paper", currency: .usd, for: ada.caller)
            #expect(try await figures(of: "second", world, ada).cash == 2500)
            let eur = try #require(Currency("EUR"))
            _ = try await world.services.portfolios.add(
                name: "e", brokerCode: "PAPER", currency: eur, isDefault: false, for: ada.caller)
            _ = try await world.services.portfolios.add(
                name: "f", brokerCode: "PAPER", currency: eur, isDefault: false, for: ada.caller)
            _ = try await world.services.portfolios.add(
                name: "real", brokerCode: "IBKR", currency: .usd, isDefault: false,
                for: ada.caller)
            let standings = try await world.services.money.accounts(for: ada.caller)
            #expect(standings.map(\.account.name) == ["ibkr USD", "paper", "paper EUR", "second"])
            #expect(standings.map(\.money.hasDeposits) == [false, true, true, true])
            #expect(standings.map(\.money.known?.cash) == [0, 2500, 2500, 2500])
            #expect(standings.map(\.money.currency.code) == ["USD", "USD", "EUR", "USD"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `without starting cash an account begins empty`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend, startingCash: 0) { world in
            let ada = try await world.member()
            #expect(try await world.count(of: "cash_entries") == 0)
            #expect(try await figures(world, ada).buyingPower == 0)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what was there before the migration gets its cash by it`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend, startingCash: 0) { world in
            let ada = try await world.member()
            _ = try await world.services.accounts.add(
                name: "real", brokerCode: "IBKR", currency: .usd, for: ada.caller)
            let index = try #require(Schema.migrations.firstIndex(of: "0020_cash"))
            let migrator = try Migrator.blotter(world.database, world: world.world)
            _ = try await migrator.down(Schema.migrations.count - index)
            _ = try await migrator.up()
            let standings = try await world.services.money.accounts(for: ada.caller)
            #expect(standings.map(\.money.known?.cash) == [100_000, 0])
            #expect(standings.map(\.account.name) == ["paper", "real"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `fills, fees, marks and open orders make the figures`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let bob = try await world.member(1002)
            for authority in [ada, bob] {
                try await world.post(
                    fill("a", "BUY", "2", at: "1000", fee: "5", currency: "USD"),
                    fill(
                        "b", "SELL", "1", at: "1100", fee: "1", currency: "USD",
                        time: "2026-02-19T15:00:00Z"),
                    fill(
                        "c", "SELL", "10", at: "50", symbol: "ETH", currency: "USD",
                        strategy: "momo"), as: authority)
            }
            try await quote(1200, "BTCUSDT", world)
            try await world.addOrder("o1", quantity: 3, status: .new, of: ada)
            try await world.addOrder("o2", quantity: 3, status: .canceled, of: ada)
            let standing = try await world.services.money.account(for: ada)
            let money = try #require(standing.money.known)
            #expect(standing.account.name == "paper")
            #expect(money.deposits == 100_000)
            // −2000 + 1100 + 500 and fees of 6.
            #expect(money.cash == 99_594)
            // One at 1200, and ten short ones that have no mark and count at their cost.
            #expect(money.marketValue == 700)
            #expect(money.equity == 100_294)
            #expect(money.grossExposure == 1700)
            #expect(money.orderExposure == 300)
            #expect(money.buyingPower == 98_294)
            #expect(standing.money.unmarkedHoldings == 1)
            #expect(try await figures(world, bob).orderExposure == 0)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a portfolio is measured by the deposits of its account and what it made itself`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            _ = try await world.services.portfolios.add(
                name: "swing", to: .account("paper"), isDefault: false, for: ada.caller)
            for (name, price) in [("main", "130"), ("swing", "90")] {
                try await world.post(
                    fill("a", "BUY", "1", at: "100", currency: "USD", portfolio: name),
                    fill(
                        "b", "SELL", "1", at: price, currency: "USD",
                        time: "2026-02-19T15:00:00Z", portfolio: name), as: ada)
            }
            let service = world.services.money
            let main = try await service.portfolio("main", for: ada)
            let swing = try await service.portfolio("swing", for: ada)
            #expect(main.share.known?.equity == 100_030)
            #expect(swing.share.known?.equity == 99_990)
            #expect(main.account == swing.account)
            #expect(main.account.known?.equity == 100_020)
            #expect(swing.buyingPower == 100_020)
            #expect(try await service.portfolio(for: ada) == main)
            // As far as a token reaches.
            let narrowed = Authority(caller: ada.caller, portfolioID: swing.portfolioID)
            #expect(try await service.portfolio(for: narrowed) == swing)
            #expect(
                try await code { _ = try await service.portfolio("main", for: narrowed) }
                    == "UNKNOWN_PORTFOLIO")
            #expect(
                try await code { _ = try await service.account("paper", for: narrowed) }
                    == "UNKNOWN_ACCOUNT")
            let bob = try await world.member(1002)
            #expect(
                try await code { _ = try await service.portfolio("swing", for: bob) }
                    == "UNKNOWN_PORTFOLIO")
            // What was archived has made what it made.
            _ = try await world.services.portfolios.archive("swing", for: ada.caller)
            #expect(try await figures(world, ada).equity == 100_020)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a missing rate leaves the account without figures until it is there`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            try await world.post(fill("a", "BUY", "1", at: "100"), as: ada)
            let service = world.services.money
            let unknown = try await service.account(for: ada).money
            let usdt = try #require(Currency("USDT"))
            let today = world.world.now().day
            #expect(
                unknown.figures == .lacking([MissingRate(currency: usdt, day: today)], to: .usd))
            #expect(
                try await code {
                    _ = try await service.pay(CashRequest(.withdraw, 1), for: ada.caller)
                } == "MONEY_UNKNOWN")
            let rate = try RateReport(base: usdt, quote: .usd, rate: 1, day: nil)
            _ = try await world.services.fx.post([.success(rate)], for: ada.caller)
            #expect(try await figures(world, ada).cash == 99_900)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a payment is made once for its token, and once for its update`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let service = world.services.money
            let request = CashRequest(.deposit, 500, note: "more")
            for _ in 0..<3 {
                let receipt = try await service.pay(request, token: "t-1", for: ada.caller)
                #expect(receipt.entry.uid == "t-1" && receipt.entry.amount == 500)
                #expect(receipt.moneyAfter.known?.cash == 100_500)
            }
            let update = IncomingUpdate(id: 7)
            _ = try await service.pay(request, for: ada.caller, update: update)
            await #expect(throws: IncomingUpdate.AlreadySeen.self) {
                try await service.pay(request, for: ada.caller, update: update)
            }
            #expect(try await figures(world, ada).cash == 101_000)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        _ = try? await service.pay(
                            CashRequest(.withdraw, 1000), token: "t-2", for: ada.caller)
                    }
                }
            }
            #expect(try await figures(world, ada).cash == 100_000)
            #expect(
                try await world.texts(
                    "SELECT details_json FROM audit_log WHERE entity_type = 'ACCOUNT'"
                        + " AND action = 'UPDATE' ORDER BY id"
                ).count == 3)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what can't be paid says why, and stores nothing`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let bob = try await world.member(1002)
            let chf = try #require(Currency("CHF"))
            _ = try await world.services.accounts.add(
                name: "real", brokerCode: "IBKR", currency: .usd, for: ada.caller)
            _ = try await world.services.accounts.add(
                name: "bobs", brokerCode: "PAPER", currency: .usd, for: bob.caller)
            let before = try await world.rowCounts()
            let service = world.services.money
            let most = try Decimal(parsing: "169999999999999999999")
            for (request, expected) in [
                (CashRequest(.withdraw, try Decimal(parsing: "100000.01")), "NOT_ENOUGH_CASH"),
                (CashRequest(.deposit, 0), "INVALID_FIELD"),
                (CashRequest(.withdraw, -5), "INVALID_FIELD"),
                (CashRequest(.deposit, most), "OUT_OF_RANGE"),
                (CashRequest(.deposit, 1, account: "real"), "NO_PAPER_ACCOUNT"),
                (CashRequest(.deposit, 1, account: "bobs"), "UNKNOWN_ACCOUNT"),
                (CashRequest(.withdraw, 1, currency: chf), "MONEY_UNKNOWN"),
                (CashRequest(.deposit, 1, note: ""), "INVALID_FIELD"),
                (
                    CashRequest(.deposit, 1, note: String(repeating: "x", count: 257)),
                    "INVALID_FIELD"
                ),
                (CashRequest(.deposit, 1, note: "a\0b"), "INVALID_FIELD"),
            ] {
                #expect(
                    try await code { _ = try await service.pay(request, for: ada.caller) }
                        == expected, "\(request)")
            }
            #expect(try await world.rowCounts() == before)
            _ = try await service.pay(CashRequest(.withdraw, 100_000), for: ada.caller)
            #expect(try await figures(world, ada).cash == 0)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `two withdrawals at once can't take out more than there is`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let service = world.services.money
            let paid = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        (try? await service.pay(
                            CashRequest(.withdraw, 60_000), for: ada.caller)) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(paid == 1)
            #expect(try await figures(world, ada).cash == 40_000)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the statements of an account's money are served by indexes`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            try await world.post(fill("a", "BUY", "1", at: "100", currency: "USD"), as: ada)
            let explain = backend == .sqlite ? "EXPLAIN QUERY PLAN" : "EXPLAIN"
            let plans = try await world.database.write { tx in
                if backend == .postgres {
                    // Few rows are read quickest in any case: only with this it shows what it can.
                    _ = try tx.execute(SQL("SET LOCAL enable_seqscan = off"))
                }
                return try [
                    "SELECT amount FROM cash_entries WHERE account_id = 1 AND user_id = 1",
                    "SELECT quantity FROM positions WHERE portfolio_id = 1 AND user_id = 1",
                    """
                    SELECT quantity FROM orders WHERE portfolio_id = 1 AND user_id = 1
                        AND status IN ('PENDING', 'NEW', 'PARTIALLY_FILLED')
                    """,
                    "SELECT closing FROM equity_days WHERE portfolio_id = 1 AND day >= '2026-01-01'",
                ].map { statement in
                    let column = backend == .sqlite ? 3 : 0
                    return try tx.query(SQL("\(explain) \(statement)")) { try $0.text(column) }
                        .joined(separator: "\n")
                }
            }
            for plan in plans {
                #expect(plan.contains(backend == .sqlite ? "USING INDEX" : "Index"), "\(plan)")
            }
        }
    }
}
