import Ledger
import Testing

/// What must hold for any fills at all. A failing case names its seed.
@Suite struct HoldingPropertyTests {
    private static let seeds: [UInt64] = Array(1...150)

    /// Fills of one instrument, in the order of truth, some at the same instant.
    private func fills(seed: UInt64, count: Int = 40, mirrored: Bool = false) throws -> [Fill] {
        var random = SplitMix64(seed: seed)
        // Whole lots cross zero and end flat often; odd amounts have to be rounded.
        let isWhole = random.next() % 2 == 0
        let multiplier: Decimal = random.next() % 4 == 0 ? 100 : 1
        var second: Int64 = 0
        return try (0..<count).map { place in
            second += Int64(random.next() % 3)
            let units = Int128(random.next() % 1_000_000_000) * Int128(random.next() % 1_000_000)
            let quantity =
                isWhole ? Decimal(Int(1 + random.next() % 4)) : Decimal(units: 1 + units)
            let price = Decimal(units: Int128(random.next() % 1_000_000_000_000) * 98_765_433)
            let isNegative = random.next() % 10 == 0
            let isSale = (random.next() % 2 == 0) != mirrored
            return try Sample.fill(
                isSale ? -quantity : quantity, at: isNegative ? -price : price,
                multiplier: multiplier, fee: Decimal(units: Int128(random.next())),
                in: random.next() % 3 == 0 ? Sample.bnb : Sample.usd,
                id: ExactText("\(100 + place)"), second: second)
        }
    }

    private func cashFlow(of fill: Fill) -> BigInteger {
        let notional = BigInteger(fill.notional.units)
        return fill.side == .sell ? notional : -notional
    }

    @Test(arguments: seeds)
    func `profit is cash flow plus what is still held at cost`(seed: UInt64) throws {
        var holding = Holding()
        var cash = BigInteger(0)
        var profit = BigInteger(0)
        var quantity = BigInteger(0)
        var fees: [Currency: BigInteger] = [:]
        var all = try fills(seed: seed)
        for place in 0...all.count {
            if place == all.count {
                // End flat, so that profit must be the cash flow alone.
                let rest = holding.position.quantity
                guard !rest.isZero else { break }
                all.append(try Sample.fill(-rest, at: 77, id: "end", second: 1_000))
            }
            let fill = all[place]
            let posting = try holding.apply(fill)
            let position = holding.position

            cash = cash + cashFlow(of: fill)
            profit = profit + BigInteger(posting.realizedPnL.units)
            let bought = BigInteger(fill.quantity.units)
            quantity = fill.side == .buy ? quantity + bought : quantity - bought
            fees[fill.feeCurrency, default: BigInteger(0)] =
                fees[fill.feeCurrency, default: BigInteger(0)] + BigInteger(fill.fee.units)

            #expect(BigInteger(position.quantity.units) == quantity)
            #expect(BigInteger(position.realizedPnL.units) == profit)
            #expect(profit == cash + BigInteger(position.cost.units))
            #expect(!position.isFlat || position.cost.isZero)
            #expect(position.isFlat == (position.openedAt == nil))
            #expect(
                try posting.closedQuantity + posting.openedQuantity == fill.quantity)
            #expect(posting.day == fill.time.day)
            #expect(!posting.closedQuantity.isZero || posting.realizedPnL.isZero)
        }
        #expect(holding.position.isFlat)
        #expect(profit == cash)
        #expect(
            holding.position.fees.mapValues { BigInteger($0.units) }
                == fees.filter { !$0.value.isZero })
    }

    @Test(arguments: seeds)
    func `short is the mirror image of long`(seed: UInt64) throws {
        var long = Holding()
        var short = Holding()
        for (fill, mirrored) in zip(
            try fills(seed: seed), try fills(seed: seed, mirrored: true))
        {
            let posting = try long.apply(fill)
            let image = try short.apply(mirrored)
            #expect(posting.effect == image.effect)
            #expect(posting.closedQuantity == image.closedQuantity)
            #expect(posting.realizedPnL == -image.realizedPnL)
            #expect(long.position.quantity == -short.position.quantity)
            #expect(long.position.cost == -short.position.cost)
            #expect(long.position.openedAt == short.position.openedAt)
        }
    }

    @Test(arguments: seeds)
    func `the same fills end in the same holding`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let all = try fills(seed: seed)
        let shuffled = all.shuffled(using: &random).sorted { $0.order < $1.order }
        #expect(shuffled == all)
        let once = try Holding.replay(all)
        let again = try Holding.replay(shuffled)
        #expect(once.holding == again.holding)
        #expect(once.postings == again.postings)

        // In two pieces, with the position stored and loaded between them.
        let cut = Int(random.next() % UInt64(all.count))
        let first = try Holding.replay(all.prefix(cut))
        let stored = first.holding.position
        var resumed = Holding(
            HoldingRules(), position: stored, lots: first.holding.lots,
            campaign: first.holding.campaign)
        let rest = try all.dropFirst(cut).enumerated().map {
            try resumed.apply($1, number: TradeNumber(Int64(cut + $0)))
        }
        #expect(resumed == once.holding)
        #expect(first.postings + rest == once.postings)
    }

    @Test(arguments: seeds)
    func `a refused fill changes nothing, however great the numbers`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var holding = Holding()
        for place in 0..<60 {
            let quantity = Decimal(units: random.units())
            let price = Decimal(units: random.units())
            guard !quantity.isZero,
                let fill = try? Sample.fill(
                    quantity, at: price, fee: Decimal(units: random.units()),
                    id: ExactText("\(place)"), second: Int64(place))
            else { continue }
            let before = holding
            do throws(LedgerError) {
                _ = try holding.apply(fill)
                #expect(holding != before)
                _ = try holding.position.averagePrice(multiplier: 1)
            } catch {
                #expect(error == .outOfRange)
                #expect(holding == before)
            }
        }
    }

    @Test func `ids at one instant are ordered by their bytes`() throws {
        let ids: [ExactText] = ["10", "9", "Z", "a", "e\u{301}", "\u{E9}"]
        let fills = try ids.map { try Sample.fill(1, at: 1, id: $0) }
        #expect(fills.shuffled().sorted { $0.order < $1.order }.map(\.id) == ids)
        let earlier = try Sample.fill(1, at: 1, id: "z", second: -1)
        #expect(earlier.order < fills[0].order)
    }
}
