import Ledger

/// What the first ledger has to hold of a trade, so that it must refuse the one of which something
/// does not fit.
extension PlainLedger {
    private static let limit = BigInteger(17) * .powerOfTen(37)

    /// Whether every figure that comes of the trade at `index` fits.
    func fits(_ index: Int, _ method: LotMethod) -> Bool {
        let trade = trades[index]
        let code = trade.fill.feeCurrency.code
        var figures = [
            quantity(after: index), realizedPnL(of: index), realizedPnL(through: index),
            fees(through: index)[code] ?? BigInteger(0),
        ]
        var sum = BigInteger(0)
        for closure in closures(of: index, method) {
            sum = sum + closure.realizedPnL
            figures += [sum, closure.cost, closure.proceeds, closure.realizedPnL]
            figures.append(closure.openCostAfter)
        }
        for place in [places[index].closing, places[index].opening] {
            guard let place else { continue }
            figures += journeys[place.journey].figures(through: place.part)
        }
        guard figures.allSatisfy({ $0.magnitude < Self.limit }) else { return false }
        let multiplier = BigInteger(trade.fill.multiplier.units)
        for place in [places[index].closing, places[index].opening].compactMap(\.self) {
            let prices = journeys[place.journey].averages(through: place.part)
            guard prices.allSatisfy({ isPrice($0.notional, of: $0.quantity, multiplier) }) else {
                return false
            }
        }
        // Its average price must be one as well.
        guard let last = last(after: index) else { return true }
        let state = journeys[last.journey].average[last.part]
        return isPrice(state.cost, of: state.held, multiplier)
    }

    /// Whether what one unit cost fits, as a price.
    private func isPrice(
        _ cost: BigInteger, of quantity: BigInteger, _ multiplier: BigInteger
    ) -> Bool {
        quantity.isZero
            || !ExactQuotient(
                cost * .powerOfTen(30), over: quantity * multiplier, decimals: 12
            ).isOutOfRange
    }
}

extension PlainJourney {
    fileprivate func figures(through place: Int) -> [BigInteger] {
        let campaign = campaign(through: place)
        let leg = campaign.legs[campaign.legs.count - 1]
        return [
            average[place].cost, campaign.openedCost, campaign.closedQuantity,
            campaign.closedNotional, campaign.realizedPnL, leg.quantity, leg.notional,
        ]
    }

    /// What the average prices of the last leg, and of all that reduced, are made of.
    fileprivate func averages(
        through place: Int
    ) -> [(notional: BigInteger, quantity: BigInteger)] {
        let campaign = campaign(through: place)
        let leg = campaign.legs[campaign.legs.count - 1]
        return [
            (leg.notional, leg.quantity), (campaign.closedNotional, campaign.closedQuantity),
        ]
    }
}
