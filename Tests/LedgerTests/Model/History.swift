import Ledger
import Testing

/// Fills of one instrument by chance, each kind of them meant to reach another corner.
struct History {
    enum Kind: CaseIterable {
        /// Cross zero and end flat often.
        case whole
        /// Have to be rounded at every turn.
        case odd
        /// Of any size and price, and often too great together.
        case extreme
        /// So small that notionals and their shares round to nothing.
        case tiny
    }

    let kind: Kind
    /// In the order of truth.
    private(set) var fills: [Fill] = []

    init(_ random: inout SplitMix64, kind: Kind? = nil, count: Int = 24) throws {
        self.kind = kind ?? Kind.allCases[Int(random.next() % 4)]
        let multiplier = try self.multiplier(&random)
        var time = Sample.start.adding(seconds: -Int64(random.next() % 100_000))
        var lastFee = Decimal.zero
        for _ in 0..<count {
            time = time.later(&random)
            let quantity = self.quantity(&random)
            let price = try self.price(&random, quantity)
            // Now and then what was charged is given back, so that nothing is left of it.
            lastFee = random.next() % 4 == 0 ? -lastFee : fee(&random)
            let currency = try #require(random.next() % 3 == 0 ? Sample.bnb : Sample.usd)
            let fill = try? Fill(
                id: id(&random), side: random.next() % 2 == 0 ? .buy : .sell, quantity: quantity,
                price: price, multiplier: multiplier, fee: lastFee,
                feeCurrency: currency, time: time,
                orderID: [nil, nil, "a", "b", "e\u{301}"][Int(random.next() % 5)])
            if let fill { fills.append(fill) }
        }
        // The second ledger's way to sort is another.
        fills.sort { $0.order < $1.order }
    }

    /// `fills` and one more that ends them flat, where they do not.
    static func closed(_ fills: [Fill]) throws -> [Fill] {
        let held = try fills.reduce(Decimal.zero) {
            try $1.side == .buy ? $0 + $1.quantity : $0 - $1.quantity
        }
        guard let last = fills.last, !held.isZero else { return fills }
        // At a price of nothing it always fits.
        let prices = [Decimal(units: 77), .zero]
        let closing = prices.lazy.compactMap { price in
            try? Fill(
                id: "end", side: held.isNegative ? .buy : .sell, quantity: held.magnitude,
                price: price, multiplier: last.multiplier, fee: .zero,
                feeCurrency: last.feeCurrency, time: last.time.adding(seconds: 1))
        }
        return fills + closing.prefix(1)
    }

    private func multiplier(_ random: inout SplitMix64) throws -> Decimal {
        if kind == .extreme, random.next() % 2 == 0 {
            return Decimal(units: random.units()).orOne.magnitude
        }
        return try ["1", "1", "100", "0.1"].map(Decimal.init(parsing:))[Int(random.next() % 4)]
    }

    private func quantity(_ random: inout SplitMix64) -> Decimal {
        switch kind {
        case .whole: Decimal(Int(1 + random.next() % 4))
        case .odd:
            Decimal(
                units: 1 + Int128(random.next() % 1_000_000_000) * Int128(random.next() % 1_000_000)
            )
        case .extreme: Decimal(units: random.units()).orOne.magnitude
        case .tiny: Decimal(units: Int128(1 + random.next() % 5))
        }
    }

    private func price(_ random: inout SplitMix64, _ quantity: Decimal) throws -> Decimal {
        let sign: Int128 = random.next() % 10 == 0 ? -1 : 1
        if random.next() % 12 == 0 { return .zero }
        return switch kind {
        case .whole, .odd:
            Decimal(units: sign * Int128(random.next() % 1_000_000_000_000) * 98_765_433)
        case .extreme where random.next() % 2 == 0: Decimal(units: random.units())
        // So that the notional is near the limit.
        case .extreme:
            (try? Decimal(units: sign * Int128(random.next()) * 9_000_000_000_000_000_000)
                .divided(by: quantity)) ?? .one
        case .tiny: Decimal(units: sign * Int128(random.next() % 5_000_000_000_000_000_000))
        }
    }

    private func fee(_ random: inout SplitMix64) -> Decimal {
        switch random.next() % 3 {
        case 0: .zero
        case 1: Decimal(units: Int128(Int64(truncatingIfNeeded: random.next())))
        default: kind == .extreme ? Decimal(units: random.units()) : 1
        }
    }

    private func id(_ random: inout SplitMix64) -> ExactText {
        let stem = ["", "Z", "a", "\u{E9}", "e\u{301}"][Int(random.next() % 5)]
        return ExactText("\(stem)\(random.next())")
    }
}

extension Decimal {
    fileprivate var orOne: Decimal { isZero ? .one : self }
}

extension Timestamp {
    /// At the same instant, at the edges of the window in which fills are one leg's, or much later.
    fileprivate func later(_ random: inout SplitMix64) -> Timestamp {
        let gaps: [Int64] = [
            0, 0, 1, 1_000_000, 299_999_999, 300_000_000, 300_000_001, 600_000_000, 90_000_000_000,
        ]
        return Timestamp(microseconds: microseconds + gaps[Int(random.next() % UInt64(gaps.count))])
    }
}
