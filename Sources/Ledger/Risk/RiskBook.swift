/// A situation as one scope sees it: netted and summed once, so that every rule finds its figure.
public struct RiskBook: Sendable {
    /// Sums in the base currency, of what is held, and of the most that it can become by the
    /// orders that are open.
    struct Total: Sendable {
        var held = RiskSum()
        var committed = RiskSum()
    }

    /// What a position adds to the sums.
    struct Part: Sendable {
        var value: RiskAmount
        var stopRisk: RiskAmount
        var unstopped: RiskAmount
    }

    public let scope: RiskScope
    public var now: Timestamp { index.situation.now }
    var recentOrders: [RiskOrder] { index.situation.recentOrders }
    private let index: RiskIndex
    private let figures: RiskFigures
    /// Those of other scopes are flat here.
    public private(set) var positions: [RiskPosition]
    private var waiting: [WaitingOrders] = []
    private(set) var exposure = Total()
    private(set) var stopRisk = Total()
    private(set) var unstopped = Total()
    private var byAssetType: [Total]
    private var byCurrency: [Total]
    /// How many positions are open, and with those that orders would open.
    private(set) var openCount = (held: 0, committed: 0)

    /// Throws where not even the quantities can be added up.
    public init(_ situation: RiskSituation, scope: RiskScope) throws(RiskUnknown) {
        try self.init(RiskIndex(situation), scope: scope)
    }

    init(_ index: RiskIndex, scope: RiskScope) throws(RiskUnknown) {
        self.scope = scope
        self.index = index
        figures = index.situation.figures[scope] ?? RiskFigures()
        positions = index.positions
        byAssetType = Array(repeating: Total(), count: index.assetTypes.count)
        byCurrency = Array(repeating: Total(), count: index.currencies.count)
        let (holdings, orders) = (index.situation.holdings, index.situation.openOrders)
        for (number, place) in index.holdingPlaces.enumerated()
        where scope.covers(holdings[number].portfolio, holdings[number].strategy) {
            try positions[place].add(holdings[number])
        }
        for (order, place) in zip(orders, index.orderPlaces)
        where !order.isReduceOnly && scope.covers(order.portfolio, order.strategy) {
            try add(order, at: place)
        }
        sumUp()
    }

    private mutating func add(_ order: RiskOrder, at place: Int) throws(RiskUnknown) {
        let orders = positions[place].waiting ?? waiting.count
        if orders == waiting.count { waiting.append(WaitingOrders()) }
        positions[place].waiting = orders
        try waiting[orders].add(order)
    }

    private mutating func sumUp() {
        for place in positions.indices {
            let position = positions[place]
            if position.isFlat, position.waiting == nil { continue }
            let held = held(position)
            let committed = committed(position, held)
            exposure.add(held.value, committed.value)
            stopRisk.add(held.stopRisk, committed.stopRisk)
            unstopped.add(held.unstopped, committed.unstopped)
            byAssetType[position.assetType].add(held.value, committed.value)
            byCurrency[position.currency].add(held.value, committed.value)
            if !position.isFlat { openCount.held += 1 }
            openCount.committed += 1
        }
    }

    /// What it adds as it is held.
    private func held(_ position: RiskPosition) -> Part {
        let value: RiskAmount
        do throws(RiskUnknown) {
            value = .success(try instrument(of: position).value(of: position.quantity))
        } catch {
            value = .failure(error)
        }
        return Part(value: value, stopRisk: position.stopRisk, unstopped: position.unstopped)
    }

    private func committed(_ position: RiskPosition, _ held: Part) -> Part {
        guard let place = position.waiting else { return held }
        var part = held
        let orders = waiting[place]
        part.value = orders.committedValue(position.quantity, held.value)
        for side in orders.opening(position.quantity) {
            part.stopRisk.add(side.stopRisk)
            part.unstopped.add(side.unstopped)
        }
        return part
    }

    /// What it adds with the orders that are open.
    func committed(_ position: RiskPosition) -> Part { committed(position, held(position)) }

    func instrument(of position: RiskPosition) -> RiskInstrument { index.instrument(of: position) }

    /// Nil where nothing of it is held or ordered in the scope.
    func position(_ key: RiskPosition.Key) -> RiskPosition? {
        guard let place = index.place(key) else { return nil }
        let position = positions[place]
        return position.isFlat && position.waiting == nil ? nil : position
    }

    func waiting(_ position: RiskPosition, _ side: Side) -> WaitingSide {
        position.waiting.map { waiting[$0].side(side) } ?? WaitingSide()
    }

    /// Signed; of one strategy, or of none, whatever the scope.
    func quantity(_ key: RiskPosition.Key, of strategy: StrategyNumber?) -> Decimal {
        let holdings = index.situation.holdings
        guard let place = index.place(key),
            let number = index.holdingPlaces.indices.first(where: {
                index.holdingPlaces[$0] == place && holdings[$0].strategy == strategy
            })
        else { return .zero }
        return holdings[number].quantity
    }
}

extension RiskBook.Total {
    mutating func add(_ held: RiskAmount, _ committed: RiskAmount) {
        self.held.add(held)
        self.committed.add(committed)
    }
}

// Figures and groups, for the rules.
extension RiskBook {
    func known<Value>(
        _ path: KeyPath<RiskFigures, Value?>, _ figure: RiskFigure
    ) throws(RiskUnknown) -> Value {
        guard let value = figures[keyPath: path] else { throw .figure(figure) }
        return value
    }

    func equity() throws(RiskUnknown) -> Decimal { try known(\.equity, .equity) }

    func total(of assetType: AssetType) -> Total {
        index.assetTypes.firstIndex(of: assetType).map { byAssetType[$0] } ?? Total()
    }

    func total(in currency: Currency) -> Total {
        index.currencies.firstIndex(of: currency).map { byCurrency[$0] } ?? Total()
    }

    /// Over all portfolios.
    func total(of instrument: InstrumentNumber) -> Total {
        var total = Total()
        for position in positions where position.key.instrument == instrument {
            let held = held(position)
            total.add(held.value, committed(position, held).value)
        }
        return total
    }

    /// Of the types and currencies that this or another scope holds.
    var assetTypes: [(type: AssetType, held: RiskSum)] {
        zip(index.assetTypes, byAssetType).map { ($0, $1.held) }
    }

    var currencies: [(currency: Currency, held: RiskSum)] {
        zip(index.currencies, byCurrency).map { ($0, $1.held) }
    }

    var instruments: [(subject: RiskSubject, sum: RiskSum)] {
        var sums: [RiskSum] = []
        var numbers: [InstrumentNumber] = []
        var places: [InstrumentNumber: Int] = [:]
        for position in positions where !position.isFlat {
            let place = places[position.key.instrument] ?? sums.count
            if place == sums.count {
                places[position.key.instrument] = place
                numbers.append(position.key.instrument)
                sums.append(RiskSum())
            }
            sums[place].add(held(position).value)
        }
        return zip(numbers, sums).map { (.instrument($0), $1) }
    }

    /// What is held of what a finding is about.
    public func positions(of subject: RiskSubject) -> [RiskPosition.Key] {
        positions.filter { position in
            guard !position.isFlat else { return false }
            return switch subject {
            case .scope: true
            case .position(let key): position.key == key
            case .instrument(let number): position.key.instrument == number
            case .assetType(let type): index.assetTypes[position.assetType] == type
            case .currency(let currency): index.currencies[position.currency] == currency
            }
        }.map(\.key)
    }
}
