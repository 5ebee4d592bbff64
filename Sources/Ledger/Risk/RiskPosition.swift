/// What a scope holds of one instrument in one portfolio, its strategies netted as the broker nets
/// them. It is made of numbers alone, so that a thousand are copied at once.
public struct RiskPosition: Sendable {
    public struct Key: Sendable, Hashable {
        public let portfolio: PortfolioNumber
        public let instrument: InstrumentNumber

        public init(portfolio: PortfolioNumber, instrument: InstrumentNumber) {
            self.portfolio = portfolio
            self.instrument = instrument
        }
    }

    /// By what of the situation it is known.
    enum Source: Sendable {
        case holding(Int)
        case order(Int)
    }

    public let key: Key
    let source: Source
    /// Places in the index.
    let assetType: Int
    let currency: Int
    /// Above zero when long, below when short, zero where there are only orders.
    public private(set) var quantity = Decimal.zero
    /// What is lost if everything that has a stop is stopped.
    private(set) var stopRisk = RiskAmount.success(.zero)
    /// The value of what has no stop.
    private(set) var unstopped = RiskAmount.success(.zero)
    /// The orders that may still fill, in the book; nil: none.
    var waiting: Int?

    init(key: Key, source: Source, assetType: Int, currency: Int) {
        self.key = key
        self.source = source
        self.assetType = assetType
        self.currency = currency
    }

    public var isFlat: Bool { quantity.isZero }

    mutating func add(_ holding: RiskHolding) throws(RiskUnknown) {
        do { quantity = try quantity + holding.quantity } catch { throw .outOfRange }
        do throws(RiskUnknown) {
            let instrument = holding.instrument
            if let stop = holding.stop {
                stopRisk.add(
                    try instrument.loss(
                        of: holding.quantity, holding.quantity.isNegative ? .sell : .buy,
                        from: instrument.knownMark(), to: stop))
            } else {
                unstopped.add(try instrument.value(of: holding.quantity))
            }
        } catch {
            // Heat is the sum of both: it is unknown where one of them is.
            stopRisk.add(.failure(error))
        }
    }
}

/// The orders of a position that may still fill.
struct WaitingOrders: Sendable {
    private(set) var buys = WaitingSide()
    private(set) var sells = WaitingSide()

    mutating func add(_ order: RiskOrder) throws(RiskUnknown) {
        switch order.side {
        case .buy: try buys.add(order)
        case .sell: try sells.add(order)
        }
    }

    func side(_ side: Side) -> WaitingSide { side == .buy ? buys : sells }

    /// The most that a position of `quantity` with a value can be worth, whichever of them fill:
    /// with those that add to it, or turned by those against it.
    func committedValue(_ quantity: Decimal, _ value: RiskAmount) -> RiskAmount {
        let (adding, against) = quantity.isNegative ? (sells, buys) : (buys, sells)
        var grown = value
        grown.add(adding.value)
        switch (grown, against.value(beyond: quantity.magnitude)) {
        case (.success(let grown), .success(let turned)): return .success(max(grown, turned))
        case (.failure(let reason), _), (_, .failure(let reason)): return .failure(reason)
        }
    }

    /// Those that add to what is held; where nothing is, both sides.
    func opening(_ quantity: Decimal) -> [WaitingSide] {
        switch quantity.signum {
        case 1: [buys]
        case -1: [sells]
        default: [buys, sells]
        }
    }
}

/// The orders of one side that may still fill, together.
struct WaitingSide: Sendable {
    private(set) var quantity = Decimal.zero
    /// At their prices.
    private(set) var value = RiskAmount.success(.zero)
    private(set) var stopRisk = RiskAmount.success(.zero)
    private(set) var unstopped = RiskAmount.success(.zero)

    mutating func add(_ order: RiskOrder) throws(RiskUnknown) {
        do { quantity = try quantity + order.quantity } catch { throw .outOfRange }
        do throws(RiskUnknown) {
            let worth = try order.value(of: order.quantity)
            value.add(worth)
            if let loss = try order.loss(of: order.quantity) {
                stopRisk.add(loss)
            } else {
                unstopped.add(worth)
            }
        } catch {
            value.add(.failure(error))
            stopRisk.add(.failure(error))
        }
    }

    /// The share of what is left of them when `held` is closed by them.
    func value(beyond held: Decimal) -> RiskAmount {
        guard quantity > held, case .success(let value) = value else {
            return quantity > held ? value : .success(.zero)
        }
        do {
            return .success(try value.share(quantity - held, of: quantity))
        } catch {
            return .failure(.outOfRange)
        }
    }
}

extension RiskAmount {
    mutating func add(_ amount: Decimal) {
        guard case .success(let before) = self else { return }
        do { self = .success(try before + amount) } catch { self = .failure(.outOfRange) }
    }

    /// The first reason stays.
    mutating func add(_ other: RiskAmount) {
        switch other {
        case .success(let amount): add(amount)
        case .failure(let reason):
            if case .success = self { self = .failure(reason) }
        }
    }
}
