import Ledger
import Testing

/// What exits may be, and how much of a position each bracket closes.
@Suite struct BracketTests {
    private func coin() throws -> Instrument {
        Instrument(
            symbol: "X", exchange: nil, assetType: .crypto,
            currency: try #require(Sample.usd), tickSize: 1)
    }

    private static let half = Decimal(units: 500_000_000_000_000_000)

    /// Of something bought at 100: the terms, and the field that is at fault.
    private static let bought: [(ExitTerms, OrderFault.Field?)] = [
        (ExitTerms(stop: .price(99), profit: 101), nil),
        (ExitTerms(stop: .price(100)), .stopLoss), (ExitTerms(stop: .price(101)), .stopLoss),
        (ExitTerms(profit: 100), .takeProfit), (ExitTerms(profit: 99), .takeProfit),
        (ExitTerms(stop: .trail(.percent(99))), nil),
        (ExitTerms(stop: .trail(.percent(100))), .stopLoss),
        (ExitTerms(stop: .trail(.amount(0))), .stopLoss),
        (ExitTerms(stop: .price(half)), .stopLoss), (ExitTerms(profit: half), .takeProfit),
        (ExitTerms(), nil),
    ]

    @Test(arguments: bought)
    func `exits lie on their sides of the price, in whole ticks`(
        terms: ExitTerms, fault: OrderFault.Field?
    ) throws {
        let coin = try coin()
        func field(_ terms: ExitTerms, _ side: Side, _ price: Decimal?) -> OrderFault.Field? {
            do throws(OrderFault) {
                try terms.check(protecting: side, at: price, of: coin)
                return nil
            } catch {
                return error.field
            }
        }
        #expect(field(terms, .buy, 100) == fault)
        // Of something sold, mirrored at 100.
        var mirrored = terms
        if case .price(let stop)? = terms.stop, stop != Self.half {
            mirrored.stop = (try? 200 - stop).map(StopLoss.price)
        }
        if let profit = terms.profit, profit != Self.half { mirrored.profit = try? 200 - profit }
        #expect(field(mirrored, .sell, 100) == fault)
    }

    @Test func `without a price a stop still lies before its profit`() throws {
        let coin = try coin()
        #expect(throws: OrderFault.self) {
            try ExitTerms(stop: .price(10), profit: 10)
                .check(protecting: .buy, at: nil, of: coin)
        }
        try ExitTerms(stop: .price(10), profit: 11).check(
            protecting: .buy, at: nil, of: coin)
        #expect(throws: OrderFault.self) {
            try ExitTerms(stop: .price(10), profit: 11)
                .check(protecting: .sell, at: nil, of: coin)
        }
    }

    @Test func `all brackets together never close more than is held`() throws {
        for seed in UInt64(1)...300 {
            var random = SplitMix64(seed: seed)
            let held = Decimal(Int.random(in: -20...20, using: &random))
            let claims = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                BracketClaim(
                    side: Bool.random(using: &random) ? .buy : .sell,
                    quantity: Int.random(in: 0...4, using: &random) == 0
                        ? nil : Decimal(Int.random(in: 0...12, using: &random)))
            }
            let shares = BracketClaim.shares(of: held, among: claims)
            let sum = try shares.reduce(Decimal.zero) { try $0 + $1 }
            #expect(shares.count == claims.count && sum <= held.magnitude, "seed \(seed)")
            for (claim, share) in zip(claims, shares) {
                #expect(share >= .zero && share <= claim.quantity ?? share, "seed \(seed)")
                #expect(share.isZero || claim.side == held.closingSide, "seed \(seed)")
            }
            let fitting = claims.filter { $0.side == held.closingSide }
            let wanted = try fitting.compactMap(\.quantity).reduce(Decimal.zero) { try $0 + $1 }
            let isWhole = fitting.contains { $0.quantity == nil }
            #expect(
                sum == (isWhole ? held.magnitude : min(wanted, held.magnitude)), "seed \(seed)")
        }
    }
}
