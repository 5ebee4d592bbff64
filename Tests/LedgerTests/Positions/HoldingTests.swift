import Ledger
import Testing

@Suite struct HoldingTests {
    /// The effect, the profit, and quantity and cost after it.
    private func journey(_ steps: [(Decimal, String)], multiplier: Decimal = 1) throws -> [String] {
        var holding = Holding()
        return try steps.enumerated().map { place, step in
            let posting = try holding.apply(
                Sample.fill(
                    step.0, at: try decimal(step.1), multiplier: multiplier,
                    id: ExactText("t-\(place)"), second: Int64(place)))
            let position = holding.position
            return
                "\(posting.effect) \(posting.realizedPnL): \(position.quantity) @ \(position.cost)"
        }
    }

    @Test func `a long position buys, sells and is flat`() throws {
        #expect(
            try journey([(10, "100"), (10, "110"), (-5, "120"), (-15, "90")]) == [
                "open 0: 10 @ 1000", "add 0: 20 @ 2100", "reduce 75: 15 @ 1575",
                "close -225: 0 @ 0",
            ])
    }

    @Test func `a short position sells, buys and is flat`() throws {
        #expect(
            try journey([(-10, "100"), (-10, "110"), (5, "90"), (15, "120")]) == [
                "open 0: -10 @ -1000", "add 0: -20 @ -2100", "reduce 75: -15 @ -1575",
                "close -225: 0 @ 0",
            ])
    }

    @Test func `a fill through zero closes and opens the rest at its price`() throws {
        #expect(
            try journey([(10, "100"), (-25, "110"), (20, "105")]) == [
                "open 0: 10 @ 1000", "flip 100: -15 @ -1650", "flip 75: 5 @ 525",
            ])
    }

    @Test func `a fill through zero is split in its quantity`() throws {
        var holding = Holding()
        _ = try holding.apply(Sample.fill(10, at: 100))
        let posting = try holding.apply(Sample.fill(-25, at: 110, id: "u", second: 1))
        #expect(posting.closedQuantity == 10)
        #expect(posting.openedQuantity == 15)
    }

    @Test func `thirds lose nothing on the way to flat`() throws {
        #expect(
            try journey([(3, "33.333333333333333333"), (-1, "33"), (-1, "33"), (-1, "33")]) == [
                "open 0: 3 @ 99.999999999999999999",
                "reduce -0.333333333333333333: 2 @ 66.666666666666666666",
                "reduce -0.333333333333333333: 1 @ 33.333333333333333333",
                "close -0.333333333333333333: 0 @ 0",
            ])
        // 10 in thirds: the last one takes the cent that is left over.
        #expect(
            try journey([(1, "10"), (2, "0"), (-1, "0"), (-1, "0"), (-1, "0")]).suffix(3) == [
                "reduce -3.333333333333333333: 2 @ 6.666666666666666667",
                "reduce -3.333333333333333334: 1 @ 3.333333333333333333",
                "close -3.333333333333333333: 0 @ 0",
            ])
    }

    @Test func `prices at and below zero are prices`() throws {
        #expect(
            try journey([(2, "-37.63"), (-2, "10")]) == [
                "open 0: 2 @ -75.26", "close 95.26: 0 @ 0",
            ])
        #expect(
            try journey([(-1, "-5"), (2, "0")]) == ["open 0: -1 @ 5", "flip -5: 1 @ 0"])
    }

    @Test func `the multiplier counts in cost and profit, not in quantity`() throws {
        #expect(
            try journey([(2, "5"), (-1, "7.5")], multiplier: 100) == [
                "open 0: 2 @ 1000", "reduce 250: 1 @ 500",
            ])
    }

    @Test func `an average price is cost by quantity, to 12 decimals`() throws {
        var holding = Holding()
        #expect(try holding.position.averagePrice(multiplier: 1) == 0)
        _ = try holding.apply(Sample.fill(-1, at: 10, multiplier: 100))
        _ = try holding.apply(Sample.fill(-2, at: 11, multiplier: 100, id: "u", second: 1))
        #expect(
            try holding.position.averagePrice(multiplier: 100) == decimal("10.666666666667"))
        #expect(throws: LedgerError.divisionByZero) {
            try holding.position.averagePrice(multiplier: 0)
        }
    }

    @Test func `fees are kept by currency and change no quantity`() throws {
        var holding = Holding()
        let bnb = try #require(Sample.bnb)
        _ = try holding.apply(Sample.fill(1, at: 10))
        #expect(holding.position.fees.isEmpty)
        _ = try holding.apply(Sample.fill(1, at: 10, fee: 3, id: "u", second: 1))
        _ = try holding.apply(Sample.fill(1, at: 10, fee: 2, in: bnb, id: "v", second: 2))
        _ = try holding.apply(Sample.fill(-3, at: 10, fee: -3, id: "w", second: 3))
        // Charged and given back is as good as never charged.
        #expect(holding.position.fees == [bnb: 2])
        #expect(holding.position.quantity == 0)
        #expect(holding.position.realizedPnL == 0)
    }

    @Test func `a position is as old as its present run`() throws {
        var holding = Holding()
        var opened: [Int64?] = []
        let start = try Sample.fill(1, at: 1).time
        for (second, quantity) in [2, 1, -1, -3, -1, 2, 5].enumerated() {
            _ = try holding.apply(
                Sample.fill(
                    Decimal(quantity), at: 1, id: ExactText("\(second)"), second: Int64(second)))
            opened.append(
                holding.position.openedAt.map {
                    ($0.microseconds - start.microseconds) / 1_000_000
                })
        }
        #expect(opened == [0, 0, 0, 3, 3, nil, 6])
        _ = try holding.apply(Sample.fill(-5, at: 1, id: "last", second: 9))
        #expect(holding.position.openedAt == nil)
        #expect(holding.position.isFlat)
    }

    @Test func `the last fill is the last in the order of truth`() throws {
        var holding = Holding()
        let fills = try [("b", 5), ("a", 5), ("c", 5), ("d", 1)].map { id, second in
            try Sample.fill(1, at: 1, id: ExactText(id), second: Int64(second))
        }
        var last: [String?] = []
        for fill in fills {
            _ = try holding.apply(fill)
            last.append(holding.position.lastFill?.id.text)
        }
        #expect(last == ["b", "b", "c", "c"])
    }

    @Test func `a fill has a quantity and a multiplier above zero and a notional that fits`() throws
    {
        let great = try decimal("1e20")
        for quantity: Decimal in [0, -1] {
            #expect(throws: LedgerError.outOfRange) {
                try Fill(
                    id: "t", side: .buy, quantity: quantity, price: 1, fee: 0,
                    feeCurrency: try #require(Sample.usd), time: Timestamp(microseconds: 0))
            }
        }
        #expect(throws: LedgerError.outOfRange) { try Sample.fill(0, at: 1) }
        #expect(throws: LedgerError.outOfRange) { try Sample.fill(1, at: 1, multiplier: 0) }
        #expect(throws: LedgerError.outOfRange) { try Sample.fill(1, at: 1, multiplier: -1) }
        #expect(throws: LedgerError.outOfRange) { try Sample.fill(great, at: 2) }
        // Only the whole product must fit.
        let tenth = try decimal("1e19")
        let tiny = try Sample.fill(tenth, at: tenth, multiplier: Decimal(units: 1))
        #expect(tiny.notional == great)
    }

    @Test func `what would not fit is refused and changes nothing`() throws {
        let great = try decimal("1e20")
        let half = try decimal("0.5")
        // What is bought (or sold) at which price; the last one is refused.
        let journeys: [String: [(Decimal, Decimal)]] = [
            "quantity": [(great, 0), (great, 0)],
            "cost": [(1, great), (1, great)],
            "realized P&L": [(1, -great), (-1, great)],
            "all realized P&L": [(1, 0), (-1, great), (1, 0), (-1, great)],
            "cost of all that opened": [
                (1, great), (-half, great), (half, great), (-half, great), (half, great),
            ],
            "what came in for all that closed": [
                (2, 0), (-1, great), (1, great), (-1, great),
            ],
        ]
        for (name, steps) in journeys {
            for method in LotMethod.allCases {
                var holding = Holding(HoldingRules(lotMethod: method))
                let fills = try steps.enumerated().map { place, step in
                    try Sample.fill(
                        step.0, at: step.1, id: ExactText("\(place)"), second: Int64(place))
                }
                for fill in fills.dropLast() { try holding.apply(fill) }
                let before = holding
                #expect(throws: LedgerError.outOfRange, "\(name)") {
                    try holding.apply(try #require(fills.last))
                }
                #expect(holding == before, "\(name)")
            }
        }
    }

    @Test func `a fee or an average price that would not fit is refused`() throws {
        let great = try decimal("1e20")
        var holding = Holding()
        try holding.apply(try Sample.fill(1, at: 1, fee: great))
        let before = holding
        let refused = [
            try Sample.fill(1, at: 1, fee: great, id: "u"),
            try Sample.fill(1, at: 1, fee: Decimal(units: .max), in: Sample.bnb, id: "u"),
        ]
        for fill in refused {
            #expect(throws: LedgerError.outOfRange) { try holding.apply(fill) }
            #expect(holding == before)
        }
        // Notional 510 units from a price just below the limit: the average is not below it.
        var empty = Holding()
        let rounded = try Sample.fill(
            Decimal(units: 3), at: try decimal("169999999999999999999"),
            multiplier: Decimal(units: 1))
        #expect(throws: LedgerError.outOfRange) { try empty.apply(rounded) }
        #expect(empty == Holding())
    }

    @Test func `an average price that would not fit is refused wherever it comes from`() throws {
        let states: [(quantity: String, cost: String, multiplier: String)] = [
            ("0.000001", "169999999999999", "1"), ("0.000001", "180000000000000", "1"),
            ("0.0000005", "84999999999999", "1"), ("0.0000005", "90000000000000", "1"),
            ("0.000001", "84999999999999", "0.5"), ("-0.000001", "-90000000000000", "0.5"),
            ("1", "100000000000001", "1"), ("-0.000001", "-99999999999999", "1"),
            ("0.000000000000000001", "170", "1"), ("0.000000000000000001", "169", "1"),
        ]
        var refused = 0
        for state in states {
            let (quantity, cost) = (try decimal(state.quantity), try decimal(state.cost))
            let multiplier = try decimal(state.multiplier)
            var holding = Holding(
                HoldingRules(), position: Position(quantity: quantity, cost: cost),
                lots: LotBook(.fifo), campaign: nil)
            // As good as nothing, and free.
            let more = Decimal(units: quantity.isNegative ? -1 : 1)
            let fill = try Sample.fill(more, at: 0, multiplier: multiplier)
            let units = BigInteger((try quantity + more).units)
            let exact = ExactQuotient(
                BigInteger(cost.units) * .powerOfTen(30),
                over: units * BigInteger(multiplier.units), decimals: 12)
            if exact.isOutOfRange {
                refused += 1
                #expect(throws: LedgerError.outOfRange, "\(state)") { try holding.apply(fill) }
            } else {
                #expect(throws: Never.self, "\(state)") { try holding.apply(fill) }
            }
        }
        #expect(refused == 3, "no state was beyond the limit")
    }

    @Test func `a leg goes on with its order or within the window of its last trade`() throws {
        var holding = Holding()
        let fills = try [
            Sample.fill(1, at: 1, id: "0", second: 0, of: "a"),
            Sample.fill(1, at: 1, id: "1", second: 1_000, of: "a"),
            Sample.fill(1, at: 1, id: "2", second: 1_300),
            Sample.fill(1, at: 1, id: "3", second: 1_601),
            Sample.fill(-1, at: 1, id: "4", second: 1_602),
            Sample.fill(-4, at: 1, id: "5", second: 1_603),
            Sample.fill(-1, at: 1, id: "6", second: 1_604),
            Sample.fill(2, at: 1, id: "7", second: 1_605),
        ]
        var legs: [String] = []
        for fill in fills {
            let posting = try holding.apply(fill)
            for step in [posting.closing, posting.opening].compactMap({ $0 }) {
                let (campaign, leg) = (step.campaign, step.campaign.leg)
                legs.append("\(campaign.legCount) \(leg.kind.rawValue) \(leg.quantity)")
            }
        }
        #expect(
            legs == [
                "1 open 1", "1 open 2", "1 open 3", "2 add 1", "3 reduce 1", "3 flip_close 4",
                "1 flip_open 1", "1 flip_open 2", "2 close 2",
            ])
        #expect(holding.campaign == nil)
    }

    @Test func `lots are closed from the oldest or from the newest`() throws {
        let steps: [(Decimal, Decimal)] = [(2, 10), (2, 13), (-3, 20), (-1, 20)]
        for (method, expected) in [
            (LotMethod.fifo, ["0: 2 of 0, 1: 1 of 1", "1: 1 of 0"]),
            (LotMethod.lifo, ["1: 2 of 0, 0: 1 of 1", "0: 1 of 0"]),
        ] {
            var holding = Holding(HoldingRules(lotMethod: method))
            let told = try steps.enumerated().map { place, step in
                try holding.apply(
                    Sample.fill(step.0, at: step.1, id: ExactText("\(place)")),
                    number: TradeNumber(Int64(place))
                ).closures.map { "\($0.lot.raw): \($0.quantity) of \($0.openQuantityAfter)" }
                    .joined(separator: ", ")
            }
            #expect(told == ["", ""] + expected)
            #expect(holding.position.realizedPnL == 34)
        }
    }
}
