import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Portfolios under other names, put away and taken out; accounts and strategies.
struct PortfolioChangeTests {
    private func code(_ body: () async throws -> Void) async throws -> String? {
        do {
            try await body()
            return nil
        } catch let error as ServiceError {
            return error.code
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a new name is taken once, and all that is in the portfolio stays`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member(5)
            let bob = try await world.member(6)
            let portfolios = world.services.portfolios
            try await world.addPortfolio("swing", of: ada)
            try await world.post(fill("a", "BUY", "1", at: "1", portfolio: "swing"), as: ada)
            let update = IncomingUpdate(id: 5)
            let renamed = try await portfolios.rename(
                "swing", to: "momentum", for: ada.caller, update: update)
            #expect(renamed.name == "momentum")
            await #expect(throws: IncomingUpdate.AlreadySeen.self) {
                try await portfolios.rename(
                    "swing", to: "momentum", for: ada.caller, update: update)
            }
            let positions = try await world.services.positions.snapshot(
                portfolio: "momentum", for: ada)
            #expect(positions.count == 1)
            // The same fill is known under the portfolio's new name.
            let again = try await world.ingest(
                [fill("a", "BUY", "1", at: "1", portfolio: "momentum")], as: ada)
            #expect(again.words == ["duplicate"])
            #expect(
                try await code {
                    _ = try await portfolios.rename("momentum", to: "main", for: ada.caller)
                } == "NAME_TAKEN")
            #expect(
                try await code {
                    _ = try await portfolios.rename("momentum", to: " x", for: ada.caller)
                } == "INVALID_FIELD")
            for owner in [ada, bob] {
                #expect(
                    try await code {
                        _ = try await portfolios.rename("swing", to: "x", for: owner.caller)
                    } == "UNKNOWN_PORTFOLIO")
            }
            // Another's names stand in nobody's way.
            #expect(
                try await portfolios.rename("main", to: "momentum", for: bob.caller).name
                    == "momentum")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `there is one default, and an archived portfolio is none`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member(5)
            let portfolios = world.services.portfolios
            try await world.addPortfolio("swing", of: ada)
            #expect(try await portfolios.makeDefault("swing", for: ada.caller).isDefault)
            _ = try await portfolios.makeDefault("swing", for: ada.caller)
            let names = try await portfolios.all(for: ada.caller).filter(\.isDefault).map(\.name)
            #expect(names == ["swing"])
            #expect(
                try await world.count(
                    of: "audit_log", where: "entity_type = 'PORTFOLIO' AND action = 'UPDATE'")
                    == 1)
            #expect(
                try await code { _ = try await portfolios.archive("swing", for: ada.caller) }
                    == "DEFAULT_PORTFOLIO")
            _ = try await portfolios.archive("main", for: ada.caller)
            #expect(
                try await code { _ = try await portfolios.makeDefault("main", for: ada.caller) }
                    == "ARCHIVED_PORTFOLIO")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `archived, it leaves the lists, keeps its history and name, and takes no fills`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member(5)
            let services = world.services
            let portfolios = services.portfolios
            try await world.addPortfolio("swing", of: ada)
            let token = try await services.tokens.create(
                name: "t", permissions: [.ingest], portfolio: "swing", strategy: nil,
                for: ada.caller)
            let narrowed = try #require(try await services.tokens.authenticate(token))
            let buy = fill("a", "BUY", "1", at: "1", portfolio: "swing")
            try await world.post(buy, as: ada)
            #expect(
                try await code { _ = try await portfolios.archive("swing", for: ada.caller) }
                    == "OPEN_POSITIONS")
            try await world.post(
                fill(
                    "b", "SELL", "1", at: "3", time: "2026-02-19T15:00:00Z", portfolio: "swing"),
                as: ada)
            let rehearsed = try await portfolios.rehearseArchiving("swing", for: ada.caller)
            #expect(!rehearsed.isArchived)
            for _ in 0..<2 {
                #expect(try await portfolios.archive("swing", for: ada.caller).isArchived)
            }
            #expect(try await portfolios.all(for: ada.caller).map(\.name) == ["main"])
            let all = try await portfolios.all(for: ada.caller, includingArchived: true)
            #expect(all.map(\.name) == ["main", "swing"])
            #expect(
                try await code { try await world.addPortfolio("swing", of: ada) } == "NAME_TAKEN")

            for (authority, fills) in [
                (ada, [fill("c", "BUY", "1", at: "1", portfolio: "swing")]),
                (narrowed, [fill("d", "BUY", "1", at: "1")]), (ada, [buy]),
            ] {
                let report = try await world.ingest(fills, as: authority)
                #expect(report.words == ["UNKNOWN_PORTFOLIO portfolio"])
            }
            #expect(
                try await code {
                    _ = try await world.ingest([buy], portfolio: "swing", as: ada)
                } == "UNKNOWN_PORTFOLIO")
            // What happened in it counts as ever.
            let period = try #require(
                Period("2026-01-01..2026-12-31", today: services.performance.today))
            let report = try await services.performance.report(period: period, for: ada)
            #expect(report.totals.map(\.amounts.realizedPnL) == [2])
            let trades = try await services.trades.page(
                TradeQuery(portfolio: "swing"), for: ada)
            #expect(trades.trades.count == 2)

            for _ in 0..<2 {
                #expect(try await !portfolios.restore("swing", for: ada.caller).isArchived)
            }
            let back = try await world.ingest(
                [fill("c", "BUY", "1", at: "1", time: "2026-02-20T15:00:00Z", portfolio: "swing")],
                as: narrowed)
            #expect(back.words == ["accepted"])
            #expect(
                try await world.texts(
                    """
                    SELECT action FROM audit_log WHERE action IN ('ARCHIVE', 'RESTORE')
                    ORDER BY id
                    """) == ["ARCHIVE", "RESTORE"])
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a fill and an archiving at once leave no open position in an archived portfolio`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member(5)
            for number in 0..<12 {
                let name = "p\(number)"
                try await world.addPortfolio(name, of: ada)
                async let archived = code {
                    _ = try await world.services.portfolios.archive(
                        ExactText(name), for: ada.caller)
                }
                async let report = world.ingest(
                    [fill("t", "BUY", "1", at: "1", portfolio: name)], as: ada)
                let outcome = (try await archived, try await report.words)
                let isArchived = outcome == (nil, ["UNKNOWN_PORTFOLIO portfolio"])
                let isFilled = outcome == ("OPEN_POSITIONS", ["accepted"])
                #expect(isArchived || isFilled, "\(outcome)")
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `accounts are added by name, and a portfolio may be bound to any of them`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member(5)
            let bob = try await world.member(6)
            let (accounts, portfolios) = (world.services.accounts, world.services.portfolios)
            func add(_ name: String, _ broker: String) async throws -> Account {
                try await accounts.add(
                    name: name, brokerCode: broker, currency: .usd, for: ada.caller)
            }
            #expect(try await add("ibkr EUR", "binance").brokerCode == "BINANCE")
            _ = try await add("second", "IBKR")
            #expect(try await code { _ = try await add("second", "IBKR") } == "NAME_TAKEN")
            #expect(try await code { _ = try await add("x", "NONE") } == "INVALID_FIELD")
            #expect(try await code { _ = try await add("", "IBKR") } == "INVALID_FIELD")
            let bound = try await portfolios.add(
                name: "a", to: .account("second"), isDefault: false, for: ada.caller)
            #expect((bound.accountName, bound.brokerCode) == ("second", "IBKR"))
            #expect(
                try await code {
                    _ = try await portfolios.add(
                        name: "b", to: .account("second"), isDefault: false, for: bob.caller)
                } == "UNKNOWN_ACCOUNT")
            // The name that an account would be given may be taken.
            let eur = try #require(Currency("EUR"))
            let opened = try await portfolios.add(
                name: "c", to: .broker(code: "IBKR", eur), isDefault: false, for: ada.caller)
            #expect(opened.accountName == "ibkr EUR 2")
            #expect(
                try await accounts.all(for: ada.caller).map(\.name)
                    == ["ibkr EUR", "ibkr EUR 2", "paper", "second"])
            let everybodys = try await accounts.all(for: .owner)
            #expect(everybodys.map { $0.owner.telegramUserID } == [5, 5, 5, 5, 6])
            let counts = try await accounts.brokers().filter { $0.accounts > 0 }
            #expect(
                counts.map { "\($0.code) \($0.accounts)" } == ["BINANCE 1", "IBKR 2", "PAPER 2"])
            for number in 0..<(Limits.accountsPerUser - 4) {
                _ = try await add("n\(number)", "PAPER")
            }
            #expect(try await code { _ = try await add("more", "IBKR") } == "TOO_MANY_ACCOUNTS")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `strategies are added, put out of use, and given params that stay on record`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member(5)
            let bob = try await world.member(6)
            let strategies = world.services.strategies
            let momo = try #require(StrategyReference(parsing: "momo@2"))
            let added = try await strategies.add(
                momo, paramsJSON: #"{"stop": "0.05"}"#, for: ada.caller)
            #expect(added.isActive && added.paramsJSON.contains("0.05"))
            #expect(
                try await code { _ = try await strategies.add(momo, for: ada.caller) }
                    == "NAME_TAKEN")
            for wrong in ["", "[1]", "{", "7", #"{"a":1}x"#, #"{"a":"\u0000"}"#] {
                #expect(
                    try await code {
                        _ = try await strategies.setParams(wrong, of: momo, for: ada.caller)
                    } == "INVALID_FIELD", "\(wrong)")
            }
            let set = try await strategies.setParams(
                #"{"stop":"0.1"}"#, of: momo, for: ada.caller)
            #expect(set.paramsJSON.contains("0.1"))
            let details = try await world.texts(
                "SELECT details_json FROM audit_log WHERE entity_type = 'STRATEGY' AND action = 'UPDATE'"
            )
            #expect(details.count == 1 && details[0].contains("0.05") && details[0].contains("0.1"))
            for _ in 0..<2 {
                #expect(try await !strategies.setActive(false, momo, for: ada.caller).isActive)
            }
            #expect(
                try await world.count(
                    of: "audit_log", where: "entity_type = 'STRATEGY' AND action = 'DEACTIVATE'")
                    == 1)
            // Out of use, its fills are facts all the same.
            let report = try await world.ingest(
                [fill("a", "BUY", "1", at: "1", strategy: "momo@2")], as: ada)
            #expect(report.words == ["accepted"])
            #expect(
                try await code { _ = try await strategies.setActive(true, momo, for: bob.caller) }
                    == "UNKNOWN_STRATEGY")
            #expect(
                try await code {
                    _ = try await strategies.setParams("{}", of: momo, for: bob.caller)
                } == "UNKNOWN_STRATEGY")
        }
    }
}
