import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Books and their accounts.
struct PortfolioTests {
    @Test(arguments: TestBackend.allCases)
    func `a portfolio opens an account where its broker and currency have none yet`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let portfolios = world.services.portfolios
            let eur = try #require(Currency("EUR"))
            func add(_ name: String, _ broker: String, _ currency: Currency) async throws
                -> Portfolio
            {
                try await portfolios.add(
                    name: name, brokerCode: broker, currency: currency, isDefault: false,
                    for: trader.caller)
            }
            let paper = try await add("paper two", "PAPER", .usd)
            #expect(paper.accountName == "paper")
            let ibkr = try await add("swing", "ibkr", .usd)
            #expect((ibkr.accountName, ibkr.brokerCode) == ("ibkr USD", "IBKR"))
            #expect(try await add("swing two", "IBKR", .usd).accountName == "ibkr USD")
            #expect(try await add("euro", "IBKR", eur).accountName == "ibkr EUR")
            #expect(
                try await world.services.accounts.all(for: trader.caller).map(\.name)
                    == ["ibkr EUR", "ibkr USD", "paper"])
            #expect(
                try await portfolios.all(for: trader.caller).map(\.name)
                    == ["euro", "main", "paper two", "swing", "swing two"])
            #expect(
                try await world.count(
                    of: "audit_log", where: "entity_type = 'ACCOUNT' AND action = 'CREATE'") == 3)
            #expect(
                try await world.count(
                    of: "audit_log", where: "entity_type = 'PORTFOLIO' AND action = 'CREATE'") == 5)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `there is one default portfolio, and the newest that asks takes its place`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let other = try await world.member(1002)
            let added = try await world.services.portfolios.add(
                name: "second", brokerCode: "PAPER", currency: .usd, isDefault: true,
                for: trader.caller)
            #expect(added.isDefault)
            let names = { (caller: Caller) in
                try await world.services.portfolios.all(for: caller).filter(\.isDefault)
                    .map(\.name)
            }
            #expect(try await names(trader.caller) == ["second"])
            #expect(try await names(other.caller) == ["main"])
            try await world.post(fill("a", "BUY", "1", at: "1"), as: trader)
            let page = try await world.services.trades.page(TradeQuery(), for: trader)
            #expect(page.trades.map(\.portfolio) == ["second"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a taken name, an unknown broker and a broken name are refused`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let other = try await world.member(1002)
            let before = try await world.rowCounts()
            func refusal(_ name: String, _ broker: String) async -> ServiceError? {
                await #expect(throws: ServiceError.self) {
                    try await world.services.portfolios.add(
                        name: name, brokerCode: broker, currency: .usd, isDefault: false,
                        for: trader.caller)
                }
            }
            let taken = await refusal("main", "PAPER")
            #expect((taken?.kind, taken?.code) == (.conflict, "NAME_TAKEN"))
            let broker = await refusal("x", "NASDAQ")
            #expect((broker?.kind, broker?.field) == (.invalid, "broker"))
            #expect(
                broker?.detail.contains("BINANCE, IBKR, PAPER, SNAPTRADE, TASTYTRADE, TRADIER")
                    == true)
            let name = await refusal("", "PAPER")
            #expect((name?.kind, name?.field) == (.invalid, "name"))
            #expect(try await world.rowCounts() == before)
            // The same name is free for somebody else.
            try await world.addPortfolio("swing", of: trader)
            try await world.addPortfolio("swing", of: other)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a user has no more portfolios than the limit`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            for number in 1..<Limits.portfoliosPerUser {
                try await world.addPortfolio("p\(number)", of: trader)
            }
            let full = await #expect(throws: ServiceError.self) {
                try await world.addPortfolio("one more", of: trader)
            }
            #expect(full?.kind == .limit)
        }
    }
}
