import Ledger

extension Agreement {
    mutating func compare(_ name: StaticString, _ told: Campaign?, _ plain: PlainCampaign) {
        guard let told else {
            expect(name, false, true)
            return
        }
        let first = plain.parts[0]
        expect("opening trade", told.opening.raw, first.trade.number)
        expect("opening order", told.openingOrder, first.trade.fill.order)
        expect("opening quantity", told.openingQuantity, first.quantity)
        expect("direction", told.direction, plain.isLong ? .long : .short)
        expect("closed at", told.closedAt, plain.closedAt)
        expect("is open", told.isOpen, plain.closedAt == nil)
        expect("opened quantity", told.openedQuantity, plain.legs[0].quantity)
        expect("opened notional", told.openedNotional, plain.legs[0].notional)
        expect("closed quantity of campaign", told.closedQuantity, plain.closedQuantity)
        expect("closed notional", told.closedNotional, plain.closedNotional)
        expect("max quantity", told.maxQuantity, plain.maxQuantity)
        expect("opened cost", told.openedCost, plain.openedCost)
        expect("realized P&L of campaign", told.realizedPnL, plain.realizedPnL)
        expect("fills", told.fillCount, plain.parts.count)
        expect("legs", told.legCount, plain.legs.count)
        compare(told.leg, plain.legs[plain.legs.count - 1])
        compareDerived(told, plain)
    }

    private mutating func compare(_ told: Leg, _ plain: PlainLeg) {
        let (first, last) = (plain.parts[0].trade, plain.parts[plain.parts.count - 1].trade)
        expect("first of leg", told.first.raw, first.number)
        expect("kind of leg", told.kind.rawValue, plain.kind)
        expect("side of leg", told.side, first.fill.side)
        expect("quantity of leg", told.quantity, plain.quantity)
        expect("notional of leg", told.notional, plain.notional)
        expect("leg started at", told.startedAt, first.fill.time)
        expect("leg ended at", told.endedAt, last.fill.time)
        expect("last order of leg", told.lastOrderID, last.fill.orderID)
        expect("fills of leg", told.fillCount, plain.parts.count)
        let multiplier = first.fill.multiplier
        expect(
            "average price of leg", try? told.averagePrice(multiplier: multiplier),
            price(told.notional, told.quantity, multiplier), decimals: 12)
    }

    private mutating func compareDerived(_ told: Campaign, _ plain: PlainCampaign) {
        let multiplier = plain.parts[0].trade.fill.multiplier
        expect(
            "average open price", try? told.averageOpenPrice(multiplier: multiplier),
            price(told.openedNotional, told.openedQuantity, multiplier), decimals: 12)
        if plain.closedQuantity.isZero {
            let none: Decimal? = nil
            expect(
                "average close price", try? told.averageClosePrice(multiplier: multiplier), none)
        } else {
            expect(
                "average close price", try? told.averageClosePrice(multiplier: multiplier),
                price(told.closedNotional, told.closedQuantity, multiplier), decimals: 12)
        }
        if plain.openedCost.isZero {
            expect("return on nothing", told.returnPercent, nil)
        } else {
            // As a fraction of exact figures, to 12 decimals of a percent.
            let exact = ExactQuotient(
                plain.realizedPnL * .powerOfTen(14), over: plain.openedCost.magnitude,
                decimals: 12)
            expect("return in percent", told.returnPercent, exact, decimals: 12)
        }
        let seconds = plain.closedAt.map {
            ($0.microseconds - plain.parts[0].trade.fill.time.microseconds) / 1_000_000
        }
        expect("holding period", told.holdingPeriodSeconds, seconds)
    }

    /// `amount` ÷ (`quantity` × `multiplier`), to 12 decimals.
    func price(_ amount: Decimal, _ quantity: Decimal, _ multiplier: Decimal) -> ExactQuotient {
        let multiplier = BigInteger(multiplier.units).reduced
        return ExactQuotient(
            BigInteger(amount.units) * multiplier.one * .powerOfTen(12),
            over: BigInteger(quantity.units) * multiplier.units, decimals: 12)
    }
}

extension PlainClosure {
    init(_ closure: LotClosure) {
        self.init(
            lot: closure.lot.raw, quantity: BigInteger(closure.quantity.units),
            cost: BigInteger(closure.cost.units), proceeds: BigInteger(closure.proceeds.units),
            realizedPnL: BigInteger(closure.realizedPnL.units),
            openQuantityAfter: BigInteger(closure.openQuantityAfter.units),
            openCostAfter: BigInteger(closure.openCostAfter.units))
    }
}

extension PlainLot {
    init(_ lot: Lot) {
        self.init(
            trade: lot.trade.raw, quantity: BigInteger(lot.quantity.units),
            cost: BigInteger(lot.cost.units), openQuantity: BigInteger(lot.openQuantity.units),
            openCost: BigInteger(lot.openCost.units))
    }
}
