import Ledger
import Records
import Services
import TestSupport
import Testing

/// Files as their sources write them, against figures worked out by other means from the same
/// files.
struct RealFileTests {
    @Test(arguments: TestBackend.allCases)
    func `Binance's trade history`(_ backend: TestBackend) async throws {
        try await ImportBench.run(on: backend) { bench in
            let file = try fixture("binance-trade-history.csv")
            let before = try await bench.world.rowCounts()
            #expect(
                try await bench.read(file, "binance-csv", isDryRun: true).counts
                    == [60, 0, 0, 0, 0])
            #expect(try await bench.world.rowCounts() == before)
            #expect(try await bench.read(file, "binance-csv").counts == [60, 0, 0, 0, 0])
            #expect(
                try await bench.read(file, "binance-csv", piece: 1).counts == [0, 60, 0, 0, 0])
            let trades = try await bench.trades()
            #expect(trades.count { $0.hasPrefix("BUY") } == 28)
            let line = "SELL 23 XRPETH @ 0.00141342 fee 0.00001 BNB at 2019-10-11T00:00:11"
            #expect(trades.prefix(2).contains(line))
            let positions = try await bench.positions()
            let listing = try #require(positions.first?.listing)
            #expect(positions.count == 1)
            #expect(listing.position.quantity == 2644)
            #expect(listing.instrument.instrument.currency.code == "ETH")
            #expect(listing.instrument.instrument.exchange == "BINANCE")
            #expect(listing.instrument.instrument.assetType == .crypto)
            let bnb = try #require(Currency("BNB"))
            #expect(listing.position.fees[bnb]?.description == "0.0183")
            // What was paid is cost and what was lost.
            let paid = try listing.position.cost - listing.position.realizedPnL
            #expect(paid.description == "3.74029876")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `freqtrade's backtest result`(_ backend: TestBackend) async throws {
        try await ImportBench.run(on: backend) { bench in
            let file = try fixture("freqtrade-backtest.json")
            let report = try await bench.read(file, "freqtrade-json", piece: 1000)
            #expect(report.counts == [358, 0, 0, 0, 0])
            #expect(report.notes.count == 1)
            #expect(report.notes[0].contains("179 trades"))
            #expect(report.notes[0].contains("15 significant digits"))
            #expect(try await bench.read(file, "freqtrade-json").counts == [0, 358, 0, 0, 0])
            let positions = try await bench.positions()
            #expect(positions.count == 10)
            #expect(positions.allSatisfy { $0.listing.position.quantity == 0 })
            #expect(
                positions.allSatisfy { $0.listing.strategy == "StrategyTestV2@1.0" })
            let btc = try #require(Currency("BTC"))
            var realized = Decimal.zero
            var fees = Decimal.zero
            for position in positions.map(\.listing.position) {
                realized = try realized + position.realizedPnL
                fees = try fees + (position.fees[btc] ?? .zero)
            }
            #expect(realized.description == "0.001041902985696872")
            #expect(fees.description == "0.000897604757464255")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `Flex statements of options and futures`(_ backend: TestBackend) async throws {
        try await ImportBench.run(on: backend) { bench in
            for name in ["options", "futures"] {
                let file = try fixture("ib-flex-\(name).xml")
                let report = try await bench.read(file, "ibkr-flex", piece: 100)
                #expect(report.counts == [4, 0, 0, 0, 0])
                #expect(report.notes.first == "account U1234567")
                #expect(
                    try await bench.read(file, "ibkr-flex", piece: 1).counts == [0, 4, 0, 0, 0])
            }
            #expect(
                try await bench.trades().sorted() == [
                    "BUY 1 AAPL  250221C00180000 @ 5.5 fee 0.65 USD at 2025-01-15T05:00:00",
                    "BUY 1 GCG5 @ 2050 fee 2.1 USD at 2025-01-15T05:00:00",
                    "BUY 2 ESH5 @ 5800 fee 4.2 USD at 2025-01-15T05:00:00",
                    "BUY 5 SPY   250118P00580000 @ 1.25 fee 3.25 USD at 2025-01-15T05:00:00",
                    "SELL 1 MSFT  250115C00400000 @ 0 fee 0 USD at 2025-01-15T05:00:00",
                    "SELL 1 NQH5 @ 20500 fee 2.1 USD at 2025-01-15T05:00:00",
                    "SELL 2 TSLA  250221P00200000 @ 3.25 fee 1.3 USD at 2025-01-15T05:00:00",
                    "SELL 3 CLG5 @ 72.5 fee 6.3 USD at 2025-01-15T05:00:00",
                ])
            let instruments = try await bench.positions().map(\.listing.instrument.instrument)
            let multipliers = instruments.map { "\($0.symbol) \($0.multiplier)" }.sorted()
            #expect(
                multipliers == [
                    "AAPL  250221C00180000 100", "CLG5 1000", "ESH5 50", "GCG5 100",
                    "MSFT  250115C00400000 100", "NQH5 20", "SPY   250118P00580000 100",
                    "TSLA  250221P00200000 100",
                ])
            #expect(
                instruments.first { $0.symbol.text.hasPrefix("TSLA") }?.option?.strike == 200)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a Flex statement of cancelled trades leaves nothing`(
        _ backend: TestBackend
    ) async throws {
        try await ImportBench.run(on: backend) { bench in
            let file = try fixture("ib-flex-cancelled_trades.xml")
            let before = try await bench.world.rowCounts()
            #expect(
                try await bench.read(file, "ibkr-flex", isDryRun: true).counts
                    == [2, 0, 0, 2, 0])
            #expect(try await bench.world.rowCounts() == before)
            #expect(try await bench.read(file, "ibkr-flex").counts == [2, 0, 0, 2, 0])
            #expect(try await bench.read(file, "ibkr-flex").counts == [0, 4, 0, 0, 0])
            #expect(
                try await bench.trades().sorted() == [
                    "(BUY 100 MSFT @ 420.5 fee 1 USD at 2025-01-15T05:00:00)",
                    "(SELL 50 GOOGL @ 175.25 fee 1 USD at 2025-01-15T05:00:00)",
                ])
            #expect(
                try await bench.positions().allSatisfy { $0.listing.position.quantity == 0 })
        }
    }
}
