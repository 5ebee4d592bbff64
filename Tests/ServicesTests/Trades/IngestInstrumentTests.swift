import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Which instrument a fill means, and when one is created.
struct IngestInstrumentTests {
    /// A fill that names symbol and exchange alone.
    private func short(
        _ id: String, symbol: String = "BTCUSDT", exchange: String? = "BINANCE",
        extra: String = ""
    ) -> String {
        fill(
            id, "BUY", "1", at: "10", symbol: symbol, exchange: exchange, assetType: nil,
            currency: nil, extra: extra)
    }

    @Test(arguments: TestBackend.allCases)
    func `an unknown instrument needs its asset type and currency`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let refused = try await world.ingest(
                [
                    short("a"), fill("b", "BUY", "1", at: "10", assetType: nil),
                    fill("c", "BUY", "1", at: "10", currency: nil),
                ], as: trader)
            #expect(refused.words == Array(repeating: "UNKNOWN_INSTRUMENT symbol", count: 3))
            #expect(try await world.count(of: "instruments") == 0)
            let taken = try await world.ingest(
                [fill("d", "BUY", "1", at: "10"), short("a")], as: trader)
            #expect(taken.words == ["accepted", "accepted"])
            #expect(try await world.ingest([short("e")], as: trader).words == ["accepted"])
            #expect(try await world.count(of: "instruments") == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an underlying may end in a sign that joins what follows it`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            for (index, underlying) in ["A\u{600}", "\u{110BD}", "|", "a|b|", ""].enumerated() {
                let option =
                    #""option":{"underlying":"\#(underlying)","expiry":"2026-03-20","#
                    + #""strike":"190","right":"C"}"#
                for id in ["first", "second"] {
                    let report = try await world.ingest(
                        [
                            fill(
                                "\(id)-\(index)", "BUY", "1", at: "1", symbol: "S\(index)",
                                assetType: "OPTION", extra: option)
                        ], as: trader)
                    #expect(report.words == (underlying.isEmpty ? refusedName : ["accepted"]))
                }
            }
        }
    }

    private var refusedName: [String] { ["INVALID_FIELD option.underlying"] }

    @Test(arguments: TestBackend.allCases)
    func `a symbol that several instruments have is ambiguous until the fill tells more`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                fill("usdt", "BUY", "1", at: "10"),
                fill("usd", "BUY", "1", at: "10", currency: "USD"),
                fill("cfd", "BUY", "1", at: "10", assetType: "CFD", currency: "USD"),
                as: trader)
            let report = try await world.ingest(
                [
                    short("a"), fill("b", "BUY", "1", at: "10", assetType: nil, currency: "USD"),
                    fill("c", "BUY", "1", at: "10", assetType: nil),
                    fill("d", "BUY", "1", at: "10", assetType: "cfd", currency: nil),
                ], as: trader)
            #expect(
                report.words == [
                    "AMBIGUOUS_INSTRUMENT symbol", "AMBIGUOUS_INSTRUMENT symbol", "accepted",
                    "accepted",
                ])
            #expect(
                try await world.texts(
                    """
                    SELECT i.currency || ' ' || i.asset_type FROM trades t
                    JOIN instruments i ON i.id = t.instrument_id
                    WHERE t.broker_trade_id IN ('c', 'd') ORDER BY t.broker_trade_id
                    """) == ["USDT CRYPTO", "USD CFD"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `no exchange is an exchange of its own`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("a", "BUY", "1", at: "10"), as: trader)
            let report = try await world.ingest(
                [
                    short("b", exchange: nil), fill("c", "BUY", "1", at: "10", exchange: nil),
                    short("d", exchange: nil), short("e", exchange: "KRAKEN"),
                ], as: trader)
            #expect(
                report.words == [
                    "UNKNOWN_INSTRUMENT symbol", "accepted", "accepted",
                    "UNKNOWN_INSTRUMENT symbol",
                ])
            #expect(
                try await world.texts(
                    "SELECT COALESCE(exchange, 'none') FROM instruments ORDER BY id")
                    == ["BINANCE", "none"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `another multiplier or tick size than the known one is a mismatch`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let future = { (id: String, extra: String) in
                fill(
                    id, "BUY", "1", at: "10", symbol: "ESH6", exchange: "CME",
                    assetType: "FUTURE", currency: "USD", extra: extra)
            }
            let report = try await world.ingest(
                [
                    future("a", #""multiplier":"50","tick_size":"0.25""#),
                    future("b", #""multiplier":"5""#), future("c", #""multiplier":"50.0""#),
                    future("d", #""tick_size":"0.5""#), future("e", #""tick_size":"0.250""#),
                    future("f", ""),
                ], as: trader)
            let words = [
                "accepted", "INSTRUMENT_MISMATCH multiplier", "accepted",
                "INSTRUMENT_MISMATCH tick_size", "accepted", "accepted",
            ]
            #expect(report.words == words)
            let again = try await world.ingest(
                [
                    future("g", #""multiplier":"1""#), future("h", #""tick_size":"0.1""#),
                    fill("i", "BUY", "1", at: "1", extra: #""tick_size":"1""#),
                    fill("j", "BUY", "1", at: "1", extra: #""multiplier":"1""#),
                    fill("k", "BUY", "1", at: "1", extra: #""multiplier":"2""#),
                ], as: trader)
            #expect(
                again.words == [
                    "INSTRUMENT_MISMATCH multiplier", "INSTRUMENT_MISMATCH tick_size", "accepted",
                    "accepted", "INSTRUMENT_MISMATCH multiplier",
                ])
            // 4 contracts at 10, 50 each.
            #expect(
                try await world.services.positions.snapshot(for: trader).first {
                    $0.listing.instrument.instrument.symbol == "ESH6"
                }?.listing.position.cost == 2000)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an option is known by its block or its OCC symbol, and counts by the hundred`(
        _ backend: TestBackend
    ) async throws {
        let block =
            #""option":{"underlying":"SPX","expiry":"2026-03-20","strike":"5200","right":"C"}"#
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let option = {
                (id: String, side: String, price: String, symbol: String, extra: String) in
                fill(
                    id, side, "2", at: price, symbol: symbol, exchange: "CBOE",
                    assetType: "OPTION", currency: "USD", extra: extra)
            }
            let occ = "AAPL  260320C00150000"
            let report = try await world.ingest(
                [
                    option("a", "BUY", "5.5", "SPX C5200", block),
                    option("b", "SELL", "6", "SPX C5200", ""),
                    option("c", "BUY", "1.25", occ, ""),
                    option("d", "BUY", "1.25", "NOT AN OCC SYMBOL", ""),
                    // The OCC symbol and the block that says the same are one contract.
                    option(
                        "e", "SELL", "1.5", occ,
                        #""option":{"underlying":"AAPL","expiry":"2026-03-20","strike":"150.000","right":"call"}"#
                    ),
                ], as: trader)
            #expect(
                report.words == [
                    "accepted", "accepted", "accepted", "UNKNOWN_INSTRUMENT option", "accepted",
                ])
            #expect(
                try await world.texts("SELECT contract FROM instruments ORDER BY symbol")
                    == ["AAPL|2026-03-20|150|C", "SPX|2026-03-20|5200|C"])
            let closed = try await world.services.positions.snapshot(
                includeClosed: true, for: trader)
            #expect(closed.map(\.listing.instrument.instrument.multiplier) == [100, 100])
            #expect(closed.map(\.listing.position.realizedPnL) == [50, 100])
            #expect(
                try await world.texts("SELECT CAST(notional AS TEXT) FROM trades WHERE id = 1")
                    .map { try Decimal(parsing: $0) } == [1100])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `contracts that share a symbol are told apart by their block`(
        _ backend: TestBackend
    ) async throws {
        func option(_ id: String, strike: String, multiplier: String? = nil) -> String {
            let more = multiplier.map { #","multiplier":"\#($0)""# } ?? ""
            return fill(
                id, "BUY", "1", at: "3", symbol: "XYZ", exchange: nil, assetType: "OPTION",
                currency: "USD",
                extra: #""option":{"underlying":"XYZ","expiry":"2026-03-20","strike":"\#(strike)","#
                    + #""right":"P"\#(more)}"#)
        }
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let report = try await world.ingest(
                [
                    option("a", strike: "10"), option("b", strike: "20", multiplier: "10"),
                    short("c", symbol: "XYZ", exchange: nil), option("d", strike: "10.0"),
                    option("e", strike: "20", multiplier: "100"),
                    // A share of the same symbol is no option.
                    fill(
                        "f", "BUY", "1", at: "3", symbol: "XYZ", exchange: nil,
                        assetType: "EQUITY", currency: "USD"),
                ], as: trader)
            #expect(
                report.words == [
                    "accepted", "accepted", "AMBIGUOUS_INSTRUMENT symbol", "accepted",
                    "INSTRUMENT_MISMATCH multiplier", "accepted",
                ])
            #expect(try await world.count(of: "instruments") == 3)
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a future may trade below zero, and anything at zero`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let oil = { (id: String, side: String, price: String) in
                fill(
                    id, side, "1", at: price, symbol: "CLK0", exchange: "NYMEX",
                    assetType: "FUTURE", currency: "USD", extra: #""multiplier":"1000""#)
            }
            let report = try await world.ingest(
                [
                    oil("a", "BUY", "-37.63"), oil("b", "SELL", "10.01"),
                    fill("c", "BUY", "3", at: "0"), fill("d", "BUY", "1", at: "-1"),
                    // Nor where it does not say what it is.
                    fill("e", "BUY", "1", at: "-1", assetType: nil, currency: nil),
                ], as: trader)
            #expect(
                report.words == [
                    "accepted", "accepted", "accepted", "INVALID_FIELD price",
                    "INVALID_FIELD price",
                ])
            let views = try await world.services.positions.snapshot(
                includeClosed: true, for: trader)
            #expect(views.map(\.listing.position.realizedPnL) == [0, 47640])
            #expect(views.map(\.listing.position.quantity) == [3, 0])
            #expect(views.map(\.listing.averagePrice) == [0, 0])
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what a refused fill would have made known stays unknown`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let before = try await world.rowCounts()
            let report = try await world.ingest(
                [
                    // Refused for its price, after its instrument and strategy would be new.
                    fill("a", "BUY", "1", at: "-1", symbol: "NEW", strategy: "fresh"),
                    short("b", symbol: "NEW"),
                    fill("c", "BUY", "1e20", at: "1e20", symbol: "BIG", strategy: "fresh"),
                    short("d", symbol: "BIG"),
                ], as: trader)
            #expect(
                report.words == [
                    "INVALID_FIELD price", "UNKNOWN_INSTRUMENT symbol", "OUT_OF_RANGE quantity",
                    "UNKNOWN_INSTRUMENT symbol",
                ])
            #expect(try await world.rowCounts() == before)
            // Nor do its terms bind the next one.
            let terms = try await world.ingest(
                [
                    fill("e", "BUY", "1", at: "-1", symbol: "NEW", extra: #""multiplier":"7""#),
                    fill("f", "BUY", "1", at: "1", symbol: "NEW", extra: #""multiplier":"3""#),
                ], as: trader)
            #expect(terms.words == ["INVALID_FIELD price", "accepted"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `users share instruments`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let one = try await world.member(1)
            let two = try await world.member(2)
            try await world.post(fill("a", "BUY", "1", at: "10"), as: one)
            #expect(try await world.ingest([short("a")], as: two).words == ["accepted"])
            #expect(try await world.count(of: "instruments") == 1)
        }
    }
}
