import Ledger
import Records
import Services
import TestSupport
import Testing

/// `whatIf`: a trade is reckoned as the ledger would post it, and nothing is stored.
@Suite struct WhatIfTests {
    private static func instrument(_ world: ServiceWorld) async throws -> Instrument {
        try #require(try await world.services.instruments.all(symbols: ["BTCUSDT"]).first)
    }

    private static func buys(_ world: ServiceWorld, as authority: Authority) async throws {
        try await world.post(
            fill("1", "BUY", "10", at: "100", time: "2025-12-01T00:00:00Z"),
            fill("2", "BUY", "10", at: "110", time: "2025-12-02T00:00:00Z"),
            fill("3", "SELL", "5", at: "120", time: "2025-12-03T00:00:00Z"), as: authority)
    }

    /// Sold at 130: the quantity, what is held then, and what average, FIFO and LIFO realize.
    struct Sale: Sendable {
        let quantity: Decimal
        let after: Decimal
        let effect: Posting.Effect
        let amounts: [Decimal]

        init(
            _ quantity: Decimal, _ after: Decimal, _ effect: Posting.Effect, _ amounts: [Decimal]
        ) {
            self.quantity = quantity
            self.after = after
            self.effect = effect
            self.amounts = amounts
        }
    }

    private static let sales = [
        // FIFO has 5 at 100 and 10 at 110 left, LIFO 10 at 100 and 5 at 110, average all at 105.
        Sale(5, 10, .reduce, [125, 150, 100]), Sale(10, 5, .reduce, [250, 250, 250]),
        Sale(15, 0, .close, [375, 350, 400]), Sale(20, -5, .flip, [375, 350, 400]),
    ]

    @Test(arguments: TestBackend.allCases, sales)
    func `each method realizes its own`(
        backend: TestBackend, sale: Sale
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let authority = try await world.member()
            try await Self.buys(world, as: authority)
            let before = try await world.rowCounts()
            let total = try 75 + sale.amounts[0]
            let answer = try await world.services.positions.whatIf(
                WhatIfQuestion(
                    .sell, .quantity(sale.quantity), of: try await Self.instrument(world), at: 130),
                for: authority)
            #expect(answer.realized.map(\.method) == [.average, .fifo, .lifo])
            #expect(answer.realized.map(\.amount) == sale.amounts)
            #expect(answer.realized.map(\.isOwn) == [false, true, false])
            #expect(answer.heldBefore == 15 && answer.heldAfter == sale.after)
            #expect(answer.effect == sale.effect)
            #expect(answer.averageBefore == 105)
            #expect(answer.averageAfter == (sale.after > 0 ? 105 : sale.after < 0 ? 130 : 0))
            // 75 were realized by average before.
            #expect(answer.campaign?.realizedBefore == 75)
            #expect(answer.campaign?.realizedAfter == total)
            #expect(try await world.rowCounts() == before)
            // The ledger itself comes to the same.
            try await world.post(
                fill(
                    "4", "SELL", sale.quantity.description, at: "130", time: "2025-12-04T00:00:00Z"),
                as: authority)
            let position = try #require(
                try await world.services.positions.snapshot(
                    includeClosed: true, for: authority
                ).first?.listing.position)
            #expect(position.quantity == sale.after)
            #expect(position.realizedPnL == total)
        }
    }

    @Test func `what is bought adds, and realizes nothing`() async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let authority = try await world.member()
            try await Self.buys(world, as: authority)
            let instrument = try await Self.instrument(world)
            let more = try await world.services.positions.whatIf(
                WhatIfQuestion(.buy, .quantity(15), of: instrument, at: 125), for: authority)
            #expect((more.effect, more.heldAfter, more.averageAfter) == (.add, 30, 115))
            #expect(more.realized.isEmpty && more.notional == 1875)
            // Another strategy's holding is another one.
            let other = try await world.services.positions.whatIf(
                WhatIfQuestion(
                    .buy, .quantity(1), of: instrument, at: 125,
                    strategy: StrategyReference(parsing: "momo")), for: authority)
            #expect((other.effect, other.heldBefore) == (.open, 0))
            #expect(other.campaign == nil)
        }
    }

    @Test func `sizes and prices follow the position and the quote, or are asked for`() async throws
    {
        try await ServiceWorld.run(on: .sqlite) { world in
            let authority = try await world.member()
            try await Self.buys(world, as: authority)
            let instrument = try await Self.instrument(world)
            let positions = world.services.positions
            func ask(
                _ size: OrderSize, at price: Decimal?, portfolio: ExactText? = nil
            ) async throws -> WhatIf {
                try await positions.whatIf(
                    WhatIfQuestion(.sell, size, of: instrument, at: price, portfolio: portfolio),
                    for: authority)
            }
            func code(_ ask: () async throws -> WhatIf) async -> String? {
                do {
                    _ = try await ask()
                    return nil
                } catch {
                    return (error as? ServiceError)?.code
                }
            }
            #expect(try await ask(.percent(20), at: 1).quantity == 3)
            #expect(try await ask(.notional(260), at: 130).quantity == 2)
            #expect(await code { try await ask(.quantity(1), at: nil) } == "NO_QUOTE")
            #expect(
                await code { try await ask(.quantity(1), at: 1, portfolio: "no") }
                    == "UNKNOWN_PORTFOLIO")
            let huge = try Decimal(parsing: "100000000000000000000")
            #expect(await code { try await ask(.quantity(huge), at: huge) } == "OUT_OF_RANGE")
            let batch = try QuoteReader.batch(
                from: Array(
                    #"{"quotes":[{"symbol":"BTCUSDT","exchange":"BINANCE","bid":"128","ask":"129","#
                        .utf8) + Array(#""time":"2025-12-31T00:00:00Z"}]}"#.utf8))
            _ = try await world.services.quotes.post(batch)
            #expect(try await ask(.quantity(1), at: nil).price == 128)
        }
    }
}
