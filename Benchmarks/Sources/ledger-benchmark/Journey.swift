import Ledger

/// The ways in which one holding's fills go.
enum Journey: String, CaseIterable {
    /// 49 trades of both sides, and one that ends them flat.
    case campaigns = "campaigns of 50"
    /// Three purchases, then a sale of a part: lots and quantity only ever grow.
    case neverFlat = "never flat"

    func fills(_ count: Int) throws -> [Fill] {
        guard let currency = Currency("USDT") else { return [] }
        var random = Generator(state: 1)
        var held = 0
        var time = Timestamp(microseconds: 1_700_000_000_000_000)
        return try (0..<count).map { place in
            let bought = self.bought(place, held: held, &random)
            held += bought
            time = time.adding(seconds: Int64(random.next(below: 400)))
            return try Fill(
                id: ExactText("t-\(place)"), side: bought < 0 ? .sell : .buy,
                quantity: Self.thousandths(abs(bought)),
                price: Self.thousandths(65_000_000 + random.next(below: 1_000_000)),
                fee: Self.thousandths(random.next(below: 1_000)), feeCurrency: currency, time: time,
                orderID: ExactText("o-\(place / 2)"))
        }
    }

    /// In thousandths of a unit; below zero for a sale.
    private func bought(_ place: Int, held: Int, _ random: inout Generator) -> Int {
        let quantity = 1 + random.next(below: 5_000)
        switch self {
        case .campaigns:
            // Held is above zero until the campaign's last trade.
            if place % 50 == 49 { return -held }
            return held > quantity && random.next(below: 5) < 2 ? -quantity : quantity
        case .neverFlat:
            return place % 4 == 3 && held > quantity ? -quantity : quantity
        }
    }

    private static func thousandths(_ count: Int) -> Decimal {
        Decimal(units: Int128(count) * 1_000_000_000_000_000)
    }
}

/// Numbers that are the same in every run.
struct Generator {
    var state: UInt64

    mutating func next(below bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }
}
