import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Any order, duplication and batching of the same fills ends in the ledger that a straight fold in
/// the order of truth gives.
struct IngestPropertyTests {
    @Test
    func `streams in any order end as the straight one, on SQLite`() async throws {
        try await check(on: .sqlite, count: 800)
    }

    @Test
    func `streams in any order end as the straight one, on PostgreSQL`() async throws {
        try await check(on: .postgres, count: 200)
    }

    /// `BLOTTER_TEST_SEEDS` and `BLOTTER_TEST_FIRST_SEED` ask for others, or for many more.
    private func check(on backend: TestBackend, count: Int) async throws {
        let seeds = Seeds.range(count: count)
        try await ServiceWorld.run(on: backend, limits: Limits(maxUsers: seeds.count)) { world in
            for seed in seeds {
                let trader = try await world.member(Int64(seed))
                try await check(seed, as: trader, in: world)
            }
            try await world.expectVerified()
        }
    }

    private func check(
        _ seed: UInt64, as trader: Authority, in world: ServiceWorld
    ) async throws {
        var stream = FillStream(seed: seed)
        let fills = try stream.fills()
        var posts = fills + fills.filter { _ in stream.isTrue(oneIn: 4) }
        posts.shuffle(using: &stream.random)
        var batches: [[PlacedFill]] = []
        while !posts.isEmpty {
            let batch = posts.prefix(Int.random(in: 1...6, using: &stream.random))
            posts.removeFirst(batch.count)
            batches.append(Array(batch))
        }
        if seed.isMultiple(of: 3) {
            try await postAtOnce(batches, as: trader, in: world, seed: seed)
        } else {
            try await postInTurn(batches, as: trader, in: world, seed: seed)
        }
        let image = try await LedgerImage(of: "main", as: trader, in: world)
        #expect(image == (try LedgerImage(folding: fills)), "seed \(seed)")
        try await checkCashFlow(of: fills, as: trader, in: world, seed: seed)
    }

    private func postInTurn(
        _ batches: [[PlacedFill]], as trader: Authority, in world: ServiceWorld, seed: UInt64
    ) async throws {
        var seen: Set<ExactText> = []
        for batch in batches {
            let report = try await world.ingest(batch.map(\.json), as: trader)
            let expected = batch.map { seen.insert($0.fill.id).inserted ? "accepted" : "duplicate" }
            #expect(report.words == expected, "seed \(seed)")
        }
    }

    /// Each batch by a connection of its own, all at the same time.
    private func postAtOnce(
        _ batches: [[PlacedFill]], as trader: Authority, in world: ServiceWorld, seed: UInt64
    ) async throws {
        let words = try await withThrowingTaskGroup(of: [String].self) { group in
            for batch in batches {
                group.addTask { try await world.ingest(batch.map(\.json), as: trader).words }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let ids = Set(batches.joined().map(\.fill.id))
        #expect(words.count { $0 == "accepted" } == ids.count, "seed \(seed)")
        #expect(words.allSatisfy { $0 == "accepted" || $0 == "duplicate" }, "seed \(seed)")
    }

    /// What was realized less what is tied up in the open quantity is the cash that flowed:
    /// exactly, and for a closed journey all of it is realized.
    private func checkCashFlow(
        of fills: [PlacedFill], as trader: Authority, in world: ServiceWorld, seed: UInt64
    ) async throws {
        let views = try await world.services.positions.snapshot(includeClosed: true, for: trader)
        let holdings = Dictionary(grouping: fills, by: \.holding)
        #expect(views.count == holdings.count, "seed \(seed)")
        for view in views {
            let listing = view.listing
            let name = PlacedFill.Holding(
                symbol: listing.instrument.instrument.symbol.text,
                strategy: listing.strategy.map { String($0.text.prefix { $0 != "@" }) } ?? "-",
                currency: listing.instrument.instrument.currency)
            let flow = try #require(holdings[name], "seed \(seed)").reduce(Decimal.zero) {
                try $1.fill.side == .buy ? $0 - $1.fill.notional : $0 + $1.fill.notional
            }
            let position = listing.position
            #expect(try position.realizedPnL - position.cost == flow, "seed \(seed)")
            if position.isFlat { #expect(position.realizedPnL == flow, "seed \(seed)") }
        }
    }
}

/// A small stream of fills: a few holdings, equal instants, crossings of zero, thirds, fees and
/// rebates in several currencies, several days.
struct FillStream {
    var random: SeededGenerator
    private let currencies: [Currency]
    private let third = "0.333333333333333333"

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        currencies = ["USDT", "BNB", "USD"].compactMap { Currency($0) }
    }

    mutating func isTrue(oneIn chances: Int) -> Bool {
        Int.random(in: 0..<chances, using: &random) == 0
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }

    mutating func fills(idsFrom first: Int = 0) throws -> [PlacedFill] {
        let holdings = [("BTC", "-"), ("BTC", "momo"), ("ETH", "-"), ("ETH", "mean")]
            .prefix(Int.random(in: 1...4, using: &random))
            .map {
                PlacedFill.Holding(symbol: $0.0, strategy: $0.1, currency: currencies[0])
            }
        return try (0..<Int.random(in: 4...16, using: &random)).map { number in
            // Letters whose order by bytes is not that of a dictionary.
            let id = "\(pick(["t", "T", "\u{E9}", "e\u{301}", "-", "9"]))\(first + number)"
            let day = Int64(Int.random(in: 0..<3, using: &random))
            // In microseconds: around the end of a leg's window, and hours apart.
            let moment: Int64 = pick([
                0, 250_000_000, 300_000_000, 300_000_001, 601_000_000, 29_000_000_001,
            ])
            return PlacedFill(
                holding: pick(holdings),
                fill: try Fill(
                    id: ExactText(id), side: isTrue(oneIn: 2) ? .buy : .sell,
                    quantity: try Decimal(parsing: pick(["1", "2", "3", "0.5", third])),
                    price: try price(), fee: try Decimal(parsing: pick(["0", "0.1", "-0.05"])),
                    feeCurrency: pick(currencies),
                    time: Timestamp(
                        microseconds: 1_771_459_200_000_000
                            + day * 86_400_000_000 + moment),
                    orderID: pick([nil, nil, "o-1", "o-2"])))
        }
    }

    private mutating func price() throws -> Decimal {
        try Decimal(Int.random(in: 0...300, using: &random)).divided(by: pick([1, 3, 7]))
    }
}
