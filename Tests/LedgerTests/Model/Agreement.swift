import Ledger

/// Where the ledger and the second one differ; empty where they tell the same.
struct Agreement {
    private(set) var differences: [String] = []

    mutating func expect<Value: Equatable>(
        _ name: StaticString, _ told: Value, _ expected: Value
    ) {
        if told != expected { differences.append("\(name): \(told) for \(expected)") }
    }

    mutating func expect(_ name: StaticString, _ told: Decimal, _ expected: BigInteger) {
        if BigInteger(told.units) != expected {
            differences.append("\(name): \(told) for \(expected)")
        }
    }

    /// `told` is nil where the quotient does not fit, and is given to `decimals`.
    mutating func expect(
        _ name: StaticString, _ told: Decimal?, _ exact: ExactQuotient, decimals: Int
    ) {
        guard let told else {
            if !exact.isOutOfRange { differences.append("\(name): none for a quotient that fits") }
            return
        }
        let (steps, rest) = BigInteger(told.units)
            .quotientAndRemainder(dividingBy: .powerOfTen(18 - decimals))
        let isWhole = rest.isZero && steps.magnitude < exact.limit
        if !isWhole || !exact.isRoundedHalfEven(to: steps) {
            differences.append("\(name): \(told) is not the quotient")
        }
    }
}

extension Agreement {
    /// The posting of the trade at `index`, and what the holding is after it. What `other`, the
    /// same trade's posting by the other lot method, tells of campaigns was compared before.
    init(
        _ posting: Posting, _ holding: Holding, with plain: PlainLedger, at index: Int,
        besides other: Posting? = nil
    ) {
        comparePosting(posting, plain, index, holding.rules.lotMethod)
        compareHolding(holding, plain, index)
        if let other {
            expect("closing by both", posting.closing, other.closing)
            expect("opening by both", posting.opening, other.opening)
        } else {
            compareStep("closing", posting.closing, plain, plain.places[index].closing)
            compareStep("opening", posting.opening, plain, plain.places[index].opening)
        }
        let campaign = (posting.opening ?? posting.closing)?.campaign
        expect("campaign", holding.campaign, campaign?.isOpen == true ? campaign : nil)
    }

    private mutating func comparePosting(
        _ posting: Posting, _ plain: PlainLedger, _ index: Int, _ method: LotMethod
    ) {
        let trade = plain.trades[index]
        let (closing, opening) = plain.places[index]
        let held = plain.quantity(after: index)
        let effect: Posting.Effect =
            switch (closing, opening) {
            case (nil, _): held == trade.bought ? .open : .add
            case (_, nil): held.isZero ? .close : .reduce
            default: .flip
            }
        let words = [
            "BTO": trade.isBuy && closing == nil, "STO": !trade.isBuy && closing == nil,
            "BTC": trade.isBuy && opening == nil, "STC": !trade.isBuy && opening == nil,
            "BTC+BTO": trade.isBuy && effect == .flip, "STC+STO": !trade.isBuy && effect == .flip,
        ]
        expect("number", posting.number.raw, trade.number)
        expect("effect", posting.effect, effect)
        expect("action", words[posting.action.rawValue], true)
        expect("day", Int64(posting.day.number), trade.day)
        expect("notional", trade.fill.notional, trade.notional)
        let closed = closing.map { plain.journeys[$0.journey].parts[$0.part].quantity }
        let opened = opening.map { plain.journeys[$0.journey].parts[$0.part] }
        expect("closed quantity", posting.closedQuantity, closed ?? BigInteger(0))
        expect("opened quantity", posting.openedQuantity, opened?.quantity ?? BigInteger(0))
        expect("realized P&L", posting.realizedPnL, plain.realizedPnL(of: index))
        expect(
            "realized P&L by lots", posting.lotRealizedPnL,
            plain.lotRealizedPnL(of: index, method))
        expect(
            "closures", posting.closures.map(PlainClosure.init),
            plain.closures(of: index, method))
        let lot = opened.map {
            PlainLot(
                trade: trade.number, quantity: $0.quantity, cost: $0.paid,
                openQuantity: $0.quantity, openCost: $0.paid)
        }
        expect("lot", posting.lot.map(PlainLot.init), lot)
    }

    private mutating func compareHolding(_ holding: Holding, _ plain: PlainLedger, _ index: Int) {
        let position = holding.position
        let held = plain.quantity(after: index)
        let last = plain.last(after: index)
        expect("quantity", position.quantity, held)
        expect("total realized P&L", position.realizedPnL, plain.realizedPnL(through: index))
        expect(
            "fees",
            [String: BigInteger](
                uniqueKeysWithValues: position.fees.map { ($0.code, BigInteger($1.units)) }),
            plain.fees(through: index))
        expect("last fill", position.lastFill, plain.trades[index].fill.order)
        guard let last, !held.isZero else {
            expect("cost when flat", position.cost, BigInteger(0))
            expect("opened when flat", position.openedAt, nil)
            expect("lots when flat", holding.lots.open.count, 0)
            return
        }
        let journey = plain.journeys[last.journey]
        expect("cost", position.cost, journey.average[last.part].cost)
        expect("held", held.magnitude, journey.average[last.part].held)
        expect("opened at", position.openedAt, journey.parts[0].trade.fill.time)
        expect(
            "open lots", holding.lots.open.map(PlainLot.init),
            journey.lots(holding.rules.lotMethod)[last.part].open)
        expect(
            "places of lots", holding.lots.open.map(\.order),
            holding.lots.open.map { plain.trades[Int($0.trade.raw)].fill.order })
        let multiplier = plain.trades[index].fill.multiplier
        expect(
            "average price", try? position.averagePrice(multiplier: multiplier),
            price(position.cost, position.quantity, multiplier), decimals: 12)
    }

    private mutating func compareStep(
        _ name: StaticString, _ step: Posting.Step?, _ plain: PlainLedger, _ place: PlainPlace?
    ) {
        guard let place else {
            expect(name, step == nil, true)
            return
        }
        let journey = plain.journeys[place.journey]
        let allocated = step.map { BigInteger($0.quantity.units) }
        expect("allocated", allocated, journey.parts[place.part].quantity)
        compare(name, step?.campaign, journey.campaign(through: place.part))
    }
}
