import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Quotes on their way to the marks.
struct QuoteTests {
    /// The JSON of a quote, some seconds away from 2026-01-01, where the world begins.
    private func quote(
        _ symbol: String, _ members: String, exchange: String? = "BINANCE", second: Int64 = 0,
        in world: ServiceWorld
    ) -> String {
        let exchange = exchange.map { #""exchange":"\#($0)","# } ?? ""
        let time = world.world.now().adding(seconds: second)
        return #"{"symbol":"\#(symbol)",\#(exchange)"time":"\#(time)",\#(members)}"#
    }

    private func post(_ quotes: String..., to world: ServiceWorld) async throws -> [String] {
        let batch = try QuoteReader.batch(
            from: Array("{\"quotes\":[\(quotes.joined(separator: ","))]}".utf8))
        let report = try await world.services.quotes.post(batch)
        #expect(report.outcomes.count == quotes.count)
        #expect(report.accepted + report.stale + report.rejected == quotes.count)
        return report.outcomes.map { outcome in
            switch outcome {
            case .accepted: "accepted"
            case .stale: "stale"
            case .rejected(let refusal):
                [refusal.code.rawValue, refusal.field].compactMap(\.self).joined(separator: " ")
            }
        }
    }

    private func marks(_ world: ServiceWorld, _ trader: Authority) async throws -> [String] {
        try await world.services.positions.snapshot(for: trader).map { view in
            let instrument = view.listing.instrument.instrument
            return "\(instrument.symbol) \(instrument.exchange ?? "-") \(instrument.assetType)"
                + " \(instrument.currency) \(view.markPrice?.description ?? "-")"
        }.sorted()
    }

    private func hold(_ world: ServiceWorld) async throws -> Authority {
        let trader = try await world.member()
        try await world.post(
            fill("a", "BUY", "1", at: "1", symbol: "A"),
            fill("b", "BUY", "1", at: "1", symbol: "A", exchange: nil),
            fill("c", "BUY", "1", at: "1", symbol: "A", currency: "USDC"),
            fill("d", "BUY", "1", at: "1", symbol: "A", assetType: "FUTURE"),
            fill("e", "BUY", "1", at: "1", symbol: "F", assetType: "FUTURE"), as: trader)
        return trader
    }

    @Test(arguments: TestBackend.allCases)
    func `a quote marks every instrument of its symbol and exchange, or what it narrows them to`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await hold(world)
            #expect(try await post(quote("A", #""last":3"#, in: world), to: world) == ["accepted"])
            #expect(
                try await marks(world, trader) == [
                    "A - crypto USDT -", "A BINANCE crypto USDC 3", "A BINANCE crypto USDT 3",
                    "A BINANCE future USDT 3", "F BINANCE future USDT -",
                ])
            let narrowed = try await post(
                quote("A", #""last":4,"asset_type":"FUTURE""#, in: world),
                quote("A", #""last":5,"currency":"USDC""#, in: world),
                quote("A", #""last":6"#, exchange: nil, in: world),
                quote("A", #""last":7,"asset_type":"FUTURE","currency":"USDC""#, in: world),
                quote("a", #""last":8"#, in: world),
                quote("A", #""last":8"#, exchange: "X", in: world),
                to: world)
            #expect(
                narrowed == [
                    "accepted", "accepted", "accepted", "UNKNOWN_INSTRUMENT symbol",
                    "UNKNOWN_INSTRUMENT symbol", "UNKNOWN_INSTRUMENT symbol",
                ])
            #expect(
                try await marks(world, trader) == [
                    "A - crypto USDT 6", "A BINANCE crypto USDC 5", "A BINANCE crypto USDT 3",
                    "A BINANCE future USDT 4", "F BINANCE future USDT -",
                ])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an older quote is stale and changes nothing, one of the same instant replaces`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await hold(world)
            #expect(
                try await post(
                    quote("F", #""last":1"#, second: -10, in: world),
                    quote("F", #""last":2"#, second: -5, in: world),
                    quote("F", #""last":3"#, second: -7, in: world),
                    quote("F", #""last":"x""#, second: -1, in: world), to: world)
                    == ["accepted", "accepted", "stale", "INVALID_FIELD last"])
            #expect(try await marks(world, trader).last == "F BINANCE future USDT 2")
            #expect(
                try await post(
                    quote("F", #""last":4"#, second: -6, in: world),
                    quote("F", #""bid":5,"ask":6"#, second: -5, in: world), to: world)
                    == ["stale", "accepted"])
            #expect(try await marks(world, trader).last == "F BINANCE future USDT 5.5")
            let again = quote("F", #""bid":5,"ask":6"#, second: -5, in: world)
            #expect(try await post(again, to: world) == ["accepted"])
            #expect(try await world.count(of: "quotes") == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a quote that is stale for one instrument may be new for another`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await hold(world)
            let ahead = quote("A", #""last":9,"currency":"USDC""#, second: -1, in: world)
            let both = quote("A", #""last":2,"asset_type":"CRYPTO""#, second: -2, in: world)
            #expect(
                try await post(ahead, both, both, to: world)
                    == Array(repeating: "accepted", count: 3))
            let old = quote("A", #""last":1,"asset_type":"CRYPTO""#, second: -3, in: world)
            #expect(try await post(old, to: world) == ["stale"])
            #expect(
                try await marks(world, trader).filter { $0.contains("BINANCE crypto") } == [
                    "A BINANCE crypto USDC 9", "A BINANCE crypto USDT 2",
                ])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `only a future's price may be below zero`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await hold(world)
            #expect(
                try await post(
                    quote("F", #""bid":"-37.7","ask":"-37.5","last":"-37.63""#, in: world),
                    quote("A", #""last":-1"#, in: world),
                    quote("A", #""bid":-1,"ask":1,"asset_type":"CRYPTO""#, in: world),
                    quote("A", #""ask":-1,"asset_type":"FUTURE""#, in: world),
                    quote("NEW", #""last":-1"#, in: world),
                    quote("A", #""last":0"#, exchange: nil, in: world), to: world) == [
                        "accepted", "INVALID_FIELD last", "INVALID_FIELD bid", "accepted",
                        "UNKNOWN_INSTRUMENT symbol", "accepted",
                    ])
            #expect(
                try await marks(world, trader) == [
                    "A - crypto USDT 0", "A BINANCE crypto USDC -", "A BINANCE crypto USDT -",
                    "A BINANCE future USDT -", "F BINANCE future USDT -37.63",
                ])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a clock that runs ahead can't freeze a mark`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await hold(world)
            #expect(
                try await post(
                    quote("F", #""last":1"#, second: 301, in: world),
                    quote("F", #""last":2"#, second: 300, in: world), to: world)
                    == ["INVALID_FIELD time", "accepted"])
            #expect(try await marks(world, trader).last == "F BINANCE future USDT 2")
        }
    }

    /// In whatever batches quotes come, they end as in a plain book that takes one after the other.
    @Test(arguments: TestBackend.allCases, [1, 2, 3] as [UInt64])
    func `quotes in any batches end as if they came one by one`(
        _ backend: TestBackend, _ seed: UInt64
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await hold(world)
            var random = SeededGenerator(seed: seed)
            var book: [String: (second: Int64, price: Int)] = [:]
            for round in 0..<25 {
                var quotes: [Result<QuoteReport, FillRefusal>] = []
                var expected: [MarketOutcome] = []
                for _ in 0..<Int.random(in: 1...12, using: &random) {
                    let symbol = ["A", "F"][Int.random(in: 0...1, using: &random)]
                    let types: [AssetType?] = [nil, .crypto, .future]
                    let type = types[Int.random(in: 0...2, using: &random)]
                    let second = Int64.random(in: -30...0, using: &random)
                    let price = Int.random(in: 0...999, using: &random)
                    let last = Quote(
                        bid: nil, ask: nil, last: Decimal(price),
                        time: world.world.now().adding(seconds: second))
                    quotes.append(
                        .success(
                            try QuoteReport(
                                symbol: ExactText(symbol), exchange: "BINANCE", assetType: type,
                                quote: last)))
                    let names = [
                        "A crypto USDC", "A crypto USDT", "A future USDT", "F future USDT",
                    ]
                    .filter { $0.hasPrefix(symbol) }
                    .filter { name in type.map { name.contains("\($0)") } ?? true }
                    let newer = names.filter { book[$0].map { $0.second <= second } ?? true }
                    for name in newer { book[name] = (second, price) }
                    if !names.isEmpty { expected.append(newer.isEmpty ? .stale : .accepted) }
                    if names.isEmpty { quotes.removeLast() }
                }
                let report = try await world.services.quotes.post(quotes)
                #expect(report.outcomes == expected, "seed \(seed), round \(round)")
                let shown = try await marks(world, trader).filter { $0.contains("BINANCE") }
                let model = ["A crypto USDC", "A crypto USDT", "A future USDT", "F future USDT"]
                    .map { name in
                        let price = book[name].map { "\($0.price)" } ?? "-"
                        return "\(name.prefix(1)) BINANCE \(name.dropFirst(2)) \(price)"
                    }
                #expect(shown == model, "seed \(seed), round \(round)")
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a full batch is taken at once`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let fills = (0..<2000).map { fill("t\($0)", "BUY", "1", at: "1", symbol: "S\($0)") }
            _ = try await world.ingest(fills, as: trader)
            let now = world.world.now()
            let quotes = try (0..<10_000).map { number in
                Result<QuoteReport, FillRefusal>.success(
                    try QuoteReport(
                        symbol: ExactText("S\(number % 2000)"), exchange: "BINANCE",
                        quote: Quote(
                            bid: nil, ask: nil, last: Decimal(number),
                            time: now.adding(seconds: Int64(-number / 2000)))))
            }
            let report = try await world.services.quotes.post(quotes)
            #expect((report.accepted, report.stale, report.rejected) == (2000, 8000, 0))
            let marks = try await world.services.positions.snapshot(for: trader)
            #expect(marks.count == 2000)
            for view in marks {
                let symbol = view.listing.instrument.instrument.symbol
                #expect(view.markPrice.map { "S\($0)" } == symbol.text)
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a mark is stale as soon as it is older than the setting`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(
            on: backend, limits: Limits(quotesStaleAfterSeconds: 60)
        ) { world in
            let trader = try await hold(world)
            func shown() async throws -> [String] {
                try await world.services.positions.snapshot(for: trader).filter {
                    $0.listing.instrument.instrument.symbol == "F"
                }.map { "\($0.markTime?.description ?? "-") \($0.isMarkStale)" }
            }
            #expect(try await shown() == ["- false"])
            // A bid alone is no mark, so there is none to be stale.
            _ = try await post(quote("F", #""bid":1"#, second: -90, in: world), to: world)
            #expect(try await shown() == ["- false"])
            _ = try await post(quote("F", #""last":1"#, in: world), to: world)
            #expect(try await shown() == ["2026-01-01T00:00:00.000000Z false"])
            await world.world.advance(seconds: 60)
            #expect(try await shown() == ["2026-01-01T00:00:00.000000Z false"])
            await world.world.advance(seconds: 0.000001)
            #expect(try await shown() == ["2026-01-01T00:00:00.000000Z true"])
            _ = try await post(quote("F", #""last":1"#, in: world), to: world)
            #expect(try await shown() == ["2026-01-01T00:01:00.000001Z false"])
        }
    }
}
