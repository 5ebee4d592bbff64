import Ledger
import Testing

/// A holding that was stored and loaded, whole or in part, goes on as if it had never left.
@Suite struct StoredHoldingTests {
    private func rules(_ random: inout SplitMix64) -> HoldingRules {
        HoldingRules(lotMethod: random.next() % 2 == 0 ? .fifo : .lifo)
    }

    @Test func `what was stored goes on as what was kept`() throws {
        Seeds.check { random in
            let run = try Run(History(&random).fills, rules(&random))
            guard !run.fills.isEmpty else { return }
            let cut = Int(random.next() % UInt64(run.fills.count))
            var resumed = run.holdings[cut].stored()
            try require(resumed == run.holdings[cut], "something was not stored")
            for index in (cut + 1)..<run.fills.count {
                let number = TradeNumber(Int64(index))
                let posting = try resumed.apply(run.fills[index], number: number)
                try require(posting == run.postings[index], "another posting of fill \(index)")
                try require(resumed == run.holdings[index], "another holding at fill \(index)")
                if random.next() % 3 == 0 { resumed = resumed.stored() }
            }
        }
    }

    @Test func `some of the lots do as well as all, as long as they reach`() throws {
        Seeds.check { random in
            let run = try Run(
                History(&random, kind: random.next() % 4 == 0 ? .odd : .whole, count: 40).fills,
                rules(&random))
            let cut = Int(random.next() % UInt64(run.fills.count))
            let count = run.holdings[cut].lots.open.count
            _ = try goOn(run, from: cut, lots: Int(random.next() % UInt64(count + 1)))
        }
    }

    /// Goes on after the fill at `cut` with so many of the lots that are open then. Returns how
    /// many fills they reached for.
    private func goOn(_ run: Run, from cut: Int, lots: Int) throws -> Int {
        var part = run.holdings[cut].stored(lots: lots)
        var known = Set(part.lots.open.map(\.trade))
        for index in (cut + 1)..<run.fills.count {
            let expected = run.postings[index]
            let before = part
            let reaches = expected.closures.allSatisfy { known.contains($0.lot) }
            let number = TradeNumber(Int64(index))
            do {
                let posting = try part.apply(run.fills[index], number: number)
                try require(reaches, "fill \(index) reached lots that are not here")
                try require(posting == expected, "another posting of fill \(index)")
            } catch let error as LedgerError {
                try require(error == .missingLots, "\(error)")
                try require(!reaches, "fill \(index) missed lots that are here")
                try require(part == before, "a refused fill left a trace")
                return index - cut - 1
            }
            if expected.lot != nil { known.insert(expected.number) }
            try require(
                Set(part.lots.open.map(\.trade)).isSubset(
                    of: run.holdings[index].lots.open.map(\.trade)),
                "a lot is open that is closed")
        }
        return run.fills.count - cut - 1
    }

    /// More of them than a book keeps after they are closed.
    @Test(arguments: LotMethod.allCases)
    func `hundreds of lots are closed in their order, with all of them or with some`(
        method: LotMethod
    ) throws {
        var random = SplitMix64(seed: 1)
        let purchases = 250
        let fills = try (0..<400).map { place in
            let isSale = place >= purchases && place % 4 > 0
            return try Sample.fill(
                Decimal(Int(1 + random.next() % 4) * (isSale ? -1 : 1)), at: Decimal(place),
                id: ExactText("\(place)"), second: Int64(place))
        }
        let run = try Run(fills, HoldingRules(lotMethod: method))
        let plain = PlainLedger(fills)
        for (index, posting) in run.postings.enumerated() {
            #expect(posting.closures.map(PlainClosure.init) == plain.closures(of: index, method))
        }
        var reached: [Int] = []
        for lots in [0, 1, 30, 90, purchases] {
            reached.append(try goOn(run, from: purchases - 1, lots: lots))
        }
        #expect(reached == reached.sorted() && reached.last == fills.count - purchases)
        #expect(Set(reached).count > 2, "\(reached)")
    }

    @Test func `what a fill through zero opened can be had without what was before`() throws {
        Seeds.check { random in
            // Great numbers might fit with the totals of before, and not without them.
            let kinds = History.Kind.allCases.filter { $0 != .extreme }
            let kind = kinds.randomElement(using: &random)
            let run = try Run(History(&random, kind: kind, count: 32).fills, rules(&random))
            guard
                let flip = run.postings.indices.filter({ run.postings[$0].effect == .flip })
                    .randomElement(using: &random)
            else { return }
            let posting = run.postings[flip]
            var holding = try Holding(
                run.holdings[flip].rules, through: run.fills[flip], number: posting.number,
                opened: posting.openedQuantity)
            try require(
                holding.position.realizedPnL.isZero && holding.position.fees.isEmpty,
                "totals came along")
            for index in flip..<run.fills.count {
                let real = run.holdings[index]
                if index > flip {
                    let (told, expected) = (
                        try holding.apply(run.fills[index], number: TradeNumber(Int64(index))),
                        run.postings[index]
                    )
                    try require(
                        told.realizedPnL == expected.realizedPnL
                            && told.closures == expected.closures && told.lot == expected.lot
                            && told.closing == expected.closing
                            && told.opening == expected.opening,
                        "another posting of fill \(index)")
                }
                try require(holding.lots == real.lots, "other lots after fill \(index)")
                try require(holding.campaign == real.campaign, "another campaign")
                try require(
                    holding.position.quantity == real.position.quantity
                        && holding.position.cost == real.position.cost
                        && holding.position.openedAt == real.position.openedAt
                        && holding.position.lastFill == real.position.lastFill,
                    "another position after fill \(index)")
            }
        }
    }
}
