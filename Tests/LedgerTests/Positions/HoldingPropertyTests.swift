import Ledger
import Testing

/// What must hold for any fills at all, whatever anyone computes.
@Suite struct HoldingPropertyTests {
    private func rules(_ random: inout SplitMix64) -> HoldingRules {
        HoldingRules(lotMethod: random.next() % 2 == 0 ? .fifo : .lifo)
    }

    @Test func `a closed campaign's profit is its cash flow under every method`() throws {
        Seeds.check { random in
            for method in LotMethod.allCases {
                let rules = HoldingRules(lotMethod: method)
                let run = try Run(
                    History.closed(Run(History(&random).fills, rules).fills), rules)
                // Of the campaign that is open: what came in, and what is realized by lots.
                var cash = BigInteger(0)
                var byLots = BigInteger(0)
                for (posting, fill) in zip(run.postings, run.fills) {
                    // By lots, the closing part of a fill is what it fetched, the opening one
                    // what its lot cost.
                    let cameIn = posting.closures.map(\.proceeds).exactSum()
                    let opened = BigInteger(posting.lot?.cost.units ?? 0)
                    try require(cameIn - opened == fill.cashFlow, "money went astray at \(fill)")
                    byLots = byLots + BigInteger(posting.lotRealizedPnL.units)
                    cash = cash + cameIn
                    if let campaign = posting.closing?.campaign, !campaign.isOpen {
                        let average = BigInteger(campaign.realizedPnL.units)
                        try require(average == cash, "average: \(average) for \(cash)")
                        try require(byLots == cash, "\(method): \(byLots) for \(cash)")
                        (cash, byLots) = (BigInteger(0), BigInteger(0))
                    }
                    cash = cash - opened
                }
                if let last = run.last, last.position.isFlat {
                    let realized = BigInteger(last.position.realizedPnL.units)
                    let flow = run.fills.reduce(BigInteger(0)) { $0 + $1.cashFlow }
                    try require(realized == flow, "in all: \(realized) for \(flow)")
                }
            }
        }
    }

    @Test func `quantity and cost are conserved over lots`() throws {
        Seeds.check { random in
            let run = try Run(History(&random).fills, rules(&random))
            var opened: (quantity: BigInteger, cost: BigInteger) = (BigInteger(0), BigInteger(0))
            var released = opened
            for (posting, holding) in zip(run.postings, run.holdings) {
                if let lot = posting.lot {
                    opened.quantity = opened.quantity + BigInteger(lot.quantity.units)
                    opened.cost = opened.cost + BigInteger(lot.cost.units)
                }
                released.quantity =
                    released.quantity + posting.closures.map(\.quantity).exactSum()
                released.cost = released.cost + posting.closures.map(\.cost).exactSum()
                let open = holding.lots.open
                let quantity = open.map(\.openQuantity).exactSum()
                let cost = open.map(\.openCost).exactSum()
                let held = BigInteger(holding.position.quantity.magnitude.units)
                try require(quantity == held, "\(quantity) in lots for \(held)")
                try require(quantity + released.quantity == opened.quantity, "quantity lost")
                try require(cost + released.cost == opened.cost, "cost lost")
                try require(!open.contains { $0.openQuantity.isZero }, "a closed lot is open")
                for lot in open where lot.openQuantity == lot.quantity {
                    try require(lot.openCost == lot.cost, "a whole lot costs otherwise")
                }
                try require(
                    try posting.closures.allSatisfy {
                        try $0.realizedPnL == $0.proceeds - $0.cost
                    }, "a closure's profit is not what it fetched less what it cost")
            }
        }
    }

    @Test func `every trade is allocated whole, and the legs part a campaign's trades`() throws {
        Seeds.check { random in
            let run = try Run(History(&random).fills, rules(&random))
            var legs: [[Posting.Step]] = []
            for (posting, fill) in zip(run.postings, run.fills) {
                let steps = [posting.closing, posting.opening].compactMap { $0 }
                let allocated = steps.map(\.quantity).exactSum()
                try require(allocated == BigInteger(fill.quantity.units), "allocated \(allocated)")
                try require(
                    steps.count == (posting.effect == .flip ? 2 : 1), "\(steps.count) steps")
                for step in steps {
                    if step.campaign.leg.first == posting.number, step.campaign.leg.fillCount == 1 {
                        legs.append([step])
                    } else {
                        try require(!legs.isEmpty, "a leg that nothing began")
                        let before = legs[legs.count - 1][0].campaign
                        try require(
                            before.leg.first == step.campaign.leg.first
                                && before.opening == step.campaign.opening,
                            "a trade joined another leg than the last")
                        legs[legs.count - 1].append(step)
                    }
                    try require(
                        step.campaign.leg.side == fill.side, "a leg of the other side")
                }
            }
            for leg in legs {
                let last = leg[leg.count - 1].campaign
                try require(
                    leg.map(\.quantity).exactSum() == BigInteger(last.leg.quantity.units),
                    "a leg is not the sum of its trades")
                try require(leg.count == last.leg.fillCount, "a leg counts other trades")
            }
            let campaigns = Dictionary(grouping: legs) { leg in
                "\(leg[0].campaign.opening) \(leg[0].campaign.direction)"
            }
            for legs in campaigns.values {
                let last = legs[legs.count - 1]
                let campaign = last[last.count - 1].campaign
                try require(campaign.legCount == legs.count, "legs were not counted")
                try require(
                    campaign.fillCount == legs.reduce(0) { $0 + $1.count }, "fills were not counted"
                )
            }
        }
    }

    @Test func `short is the mirror image of long`() throws {
        Seeds.check { random in
            let rules = rules(&random)
            let run = try Run(History(&random).fills, rules)
            let image = try Run(run.fills.map { try $0.mirrored() }, rules)
            try require(image.refused.isEmpty, "the image is refused")
            for index in run.fills.indices {
                let (posting, mirrored) = (run.postings[index], image.postings[index])
                let (holding, other) = (run.holdings[index], image.holdings[index])
                try require(
                    posting.effect == mirrored.effect
                        && posting.closedQuantity == mirrored.closedQuantity
                        && posting.realizedPnL == -mirrored.realizedPnL
                        && posting.lotRealizedPnL == -mirrored.lotRealizedPnL
                        && holding.position.quantity == -other.position.quantity
                        && holding.position.cost == -other.position.cost
                        && holding.position.openedAt == other.position.openedAt
                        && holding.campaign?.leg.kind == other.campaign?.leg.kind
                        && holding.campaign?.maxQuantity == other.campaign?.maxQuantity,
                    "fill \(index) has no mirror image")
            }
        }
    }

    @Test func `posting tells and changes nothing, committing does what it told`() throws {
        Seeds.check { random in
            let run = try Run(History(&random).fills, rules(&random))
            var holding = Holding(run.last?.rules ?? HoldingRules())
            for (index, fill) in run.fills.enumerated() {
                let before = holding
                let number = TradeNumber(Int64(index))
                let posting = try holding.posting(of: fill, number: number)
                let again = try holding.posting(of: fill, number: number)
                try require(holding == before && posting == again, "a posting changed something")
                try require(posting == run.postings[index], "another posting")
                holding.commit(posting, of: fill)
                try require(holding == run.holdings[index], "another holding")
            }
            let replayed = try Holding.replay(run.fills, holding.rules)
            try require(
                replayed.holding == holding && replayed.postings == run.postings,
                "replay is something else")
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
