/// Where everything of a situation stands: found once, for the books of all scopes.
struct RiskIndex: Sendable {
    let situation: RiskSituation
    /// One for each instrument of each portfolio that is held or ordered, nothing in it yet.
    private(set) var positions: [RiskPosition] = []
    /// The place in `positions` of each holding, and of each open order.
    private(set) var holdingPlaces: [Int] = []
    private(set) var orderPlaces: [Int] = []
    private(set) var currencies: [Currency] = []
    private(set) var assetTypes: [AssetType] = []
    private var places: [RiskPosition.Key: Int] = [:]

    init(_ situation: RiskSituation) {
        self.situation = situation
        let holdings = situation.holdings
        positions.reserveCapacity(holdings.count)
        holdingPlaces.reserveCapacity(holdings.count)
        places.reserveCapacity(holdings.count)
        for index in holdings.indices {
            holdingPlaces.append(
                place(holdings[index].portfolio, holdings[index].instrument, .holding(index)))
        }
        for (index, order) in situation.openOrders.enumerated() {
            orderPlaces.append(place(order.portfolio, order.instrument, .order(index)))
        }
    }

    private mutating func place(
        _ portfolio: PortfolioNumber, _ instrument: RiskInstrument, _ source: RiskPosition.Source
    ) -> Int {
        let key = RiskPosition.Key(portfolio: portfolio, instrument: instrument.number)
        if let place = places[key] { return place }
        let place = positions.count
        places[key] = place
        positions.append(
            RiskPosition(
                key: key, source: source,
                assetType: Self.group(of: instrument.instrument.assetType, in: &assetTypes),
                currency: Self.group(of: instrument.instrument.currency, in: &currencies)))
        return place
    }

    /// A few are found sooner by looking at each.
    private static func group<Group: Equatable>(of group: Group, in groups: inout [Group]) -> Int {
        if let index = groups.firstIndex(of: group) { return index }
        groups.append(group)
        return groups.count - 1
    }

    func place(_ key: RiskPosition.Key) -> Int? { places[key] }

    func instrument(of position: RiskPosition) -> RiskInstrument {
        switch position.source {
        case .holding(let index): situation.holdings[index].instrument
        case .order(let index): situation.openOrders[index].instrument
        }
    }

    /// Nil where it is neither held nor ordered.
    func instrument(_ number: InstrumentNumber) -> Instrument? {
        positions.first { $0.key.instrument == number }
            .map { instrument(of: $0).instrument }
    }
}
