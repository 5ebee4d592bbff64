import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Shorts, crossings of zero, fees: what fills make of money.
struct MoneyTests {
    private let closedJourney = [
        fill("1", "SELL", "3", at: "100.1", fee: "0.1", time: "2026-02-19T10:00:00Z"),
        fill("2", "SELL", "0.000000000000000007", at: "99.7", time: "2026-02-19T11:00:00Z"),
        fill("3", "BUY", "1", at: "97.3", fee: "0.2", time: "2026-02-19T12:00:00Z"),
        fill("4", "BUY", "1.000000000000000003", at: "101.9", time: "2026-02-19T13:00:00Z"),
        fill("5", "BUY", "1.000000000000000004", at: "95.01", time: "2026-02-20T14:00:00Z"),
    ]

    @Test(arguments: TestBackend.allCases)
    func `a closed journey's realized P&L is its cash flow to the last digit`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.ingestAll(closedJourney, as: trader)
            let cashFlow = try await world.database.read { tx in
                try tx.query(SQL("SELECT side, notional FROM trades")) { row in
                    let notional = try row.amount(1)
                    return try row.text(0) == "BUY" ? -notional : notional
                }
            }.reduce(Decimal.zero) { try $0 + $1 }
            #expect(try await world.services.positions.snapshot(for: trader).isEmpty)
            let view = try #require(
                try await world.services.positions.snapshot(includeClosed: true, for: trader).first)
            let position = view.listing.position
            #expect(position.quantity == 0)
            #expect(position.cost == 0)
            #expect(view.listing.averagePrice == 0)
            #expect(position.openedAt == nil)
            #expect(position.realizedPnL == cashFlow)
            #expect(position.realizedPnL.description.count > 10)
            let period = try #require(Period("2026-01-01..2026-12-31", today: Day(number: 0)))
            let report = try await world.services.performance.report(
                period: period, for: trader)
            #expect(report.totals.map(\.amounts.realizedPnL) == [cashFlow])
            #expect(report.daily.count == 2)
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a short earns when it is bought back for less`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("1", "SELL", "2", at: "50"), as: trader)
            var position = try #require(
                try await world.services.positions.snapshot(for: trader).first
            ).listing
            #expect(position.position.quantity == -2)
            #expect(position.position.cost == -100)
            #expect(position.averagePrice == 50)
            try await world.post(fill("2", "BUY", "1", at: "45"), as: trader)
            position = try #require(
                try await world.services.positions.snapshot(for: trader).first
            ).listing
            #expect(position.position.quantity == -1)
            #expect(position.position.realizedPnL == 5)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a fill through zero closes what was open and opens the rest at its own price`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                fill("1", "BUY", "2", at: "10", time: "2026-02-19T10:00:00Z"),
                fill("2", "SELL", "5", at: "13", time: "2026-02-19T11:00:00Z"), as: trader)
            let view = try #require(
                try await world.services.positions.snapshot(for: trader).first)
            #expect(view.listing.position.quantity == -3)
            #expect(view.listing.position.cost == -39)
            #expect(view.listing.averagePrice == 13)
            #expect(view.listing.position.realizedPnL == 6)
            #expect(view.listing.position.openedAt?.description == "2026-02-19T11:00:00.000000Z")
            let image = try await LedgerImage(of: "main", as: trader, in: world)
            #expect(image.lines.contains("trade BTCUSDT/- 2: 6"))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `fees stay in their own currency and rebates take off from them`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                fill("1", "BUY", "1", at: "10", fee: "0.5"),
                fill("2", "BUY", "1", at: "10", fee: "-0.2", feeCurrency: "USDT"),
                fill("3", "BUY", "1", at: "10", fee: "0.01", feeCurrency: "BNB"),
                fill("4", "BUY", "1", at: "10", fee: "-0.01", feeCurrency: "BNB"),
                fill("5", "BUY", "1", at: "10", fee: "0", feeCurrency: "ETH"), as: trader)
            let image = try await LedgerImage(of: "main", as: trader, in: world)
            #expect(
                image.summary.prefix(2) == [
                    "day BTCUSDT/- 2026-02-19 USDT: 0 0.3 5",
                    "position BTCUSDT/-: 5 cost 50 at 10 realized 0 fees 0.3 USDT"
                        + " since 2026-02-19T14:32:00.000000Z until 2026-02-19T14:32:00.000000Z 5",
                ])
            try await world.expectVerified()
        }
    }
}

extension ServiceWorld {
    /// Posts fills one by one; each has to be accepted.
    func ingestAll(_ fills: [String], as authority: Authority) async throws {
        for text in fills {
            #expect(try await ingest([text], as: authority).words == ["accepted"], "\(text)")
        }
    }
}
