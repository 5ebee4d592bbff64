import Ledger
import Records
import Storage

/// A fill that was made elsewhere, as it was stored.
struct MadeFill {
    let holding: HoldingKey
    let instrument: Instrument
    let side: Side
    let quantity: Decimal
    let price: Decimal
    let time: Timestamp
    let brokerOrderID: ExactText?
}

/// Fills that were made elsewhere, judged as the orders that they were: those of one broker order
/// are one, at its average price.
struct FillsAsOrders {
    /// Of a batch that holds more orders the last ones are judged: it is a history then.
    static let most = 32

    fileprivate struct Made {
        var fill: MadeFill
        var quantity: Decimal
        var worth: Decimal
    }

    private let made: [Made]
    private let facts: RiskFacts

    init(_ fills: [MadeFill], _ facts: RiskFacts) {
        struct Key: Hashable {
            let holding: HoldingKey
            let side: Side
            let order: ExactText
        }
        var orders: [Made] = []
        var places: [Key: Int] = [:]
        for fill in fills.sorted(by: { $0.time < $1.time }) {
            guard let worth = try? fill.price * fill.quantity else { continue }
            let key = fill.brokerOrderID.map {
                Key(holding: fill.holding, side: fill.side, order: $0)
            }
            if let place = key.flatMap({ places[$0] }),
                let quantity = try? orders[place].quantity + fill.quantity,
                let sum = try? orders[place].worth + worth
            {
                orders[place].quantity = quantity
                orders[place].worth = sum
                continue
            }
            if let key { places[key] = orders.count }
            orders.append(Made(fill: fill, quantity: fill.quantity, worth: worth))
        }
        made = orders
        self.facts = facts
    }

    /// What each of them exceeded, on what was held before it.
    func breaches(of policies: [RiskPolicy]) throws -> [(fill: MadeFill, RiskFinding)] {
        guard !policies.isEmpty, !made.isEmpty else { return [] }
        var found: [(fill: MadeFill, RiskFinding)] = []
        let judge = RiskJudge(policies)
        let byCurrency = Dictionary(grouping: made.suffix(Self.most)) {
            facts.currency(of: .portfolio(PortfolioNumber($0.fill.holding.portfolioID.raw)))
        }
        for (currency, orders) in byCurrency.sorted(by: { $0.key < $1.key }) {
            var situation = try facts.situation(in: currency, for: policies)
            let instruments = try instruments(of: orders.map(\.fill), in: currency)
            func hold(_ order: Made, _ quantity: Decimal) {
                guard let instrument = instruments[order.fill.holding.instrumentID] else { return }
                situation.hold(quantity, of: instrument, in: order.fill.holding)
            }
            // What is stored contains them already.
            for order in orders { hold(order, -order.signed) }
            for order in orders {
                if let judged = order.asked(of: instruments[order.fill.holding.instrumentID]) {
                    let breaches = judge.judge(judged, in: situation).breaches
                    found += breaches.map { (order.fill, $0) }
                }
                hold(order, order.signed)
            }
        }
        return found
    }

    private func instruments(
        of fills: [MadeFill], in currency: Currency
    ) throws -> [InstrumentID: RiskInstrument] {
        let quotes = try Quotes.of(Set(fills.map(\.holding.instrumentID)), in: facts.tx)
        let rates = try facts.rates(of: fills.map(\.instrument.currency), into: currency)
        let pairs = fills.map { fill in
            let id = fill.holding.instrumentID
            return (
                id,
                RiskInstrument(
                    InstrumentNumber(id.raw), fill.instrument, mark: quotes[id]?.mark,
                    rate: rates[fill.instrument.currency])
            )
        }
        return Dictionary(pairs) { first, _ in first }
    }
}

extension FillsAsOrders.Made {
    /// Above zero what was bought.
    fileprivate var signed: Decimal { fill.side == .buy ? quantity : -quantity }

    fileprivate func asked(of instrument: RiskInstrument?) -> RiskOrder? {
        guard let instrument, let price = try? worth.divided(by: quantity),
            let instruction = try? OrderInstruction(
                side: fill.side, quantity: quantity, pricing: .limit(price),
                timeInForce: .goodTillCanceled, isReduceOnly: false)
        else { return nil }
        return RiskOrder(
            instruction, of: instrument, in: PortfolioNumber(fill.holding.portfolioID.raw),
            for: fill.holding.strategyID.map { StrategyNumber($0.raw) }, time: fill.time)
    }
}

extension RiskSituation {
    /// Adds to what a holding has, or takes off it; a sum that does not fit changes nothing.
    fileprivate mutating func hold(
        _ quantity: Decimal, of instrument: RiskInstrument, in holding: HoldingKey
    ) {
        let portfolio = PortfolioNumber(holding.portfolioID.raw)
        let strategy = holding.strategyID.map { StrategyNumber($0.raw) }
        let place = holdings.firstIndex {
            $0.portfolio == portfolio && $0.strategy == strategy
                && $0.instrument.number == instrument.number
        }
        let held = place.map { holdings[$0].quantity } ?? .zero
        guard let sum = try? held + quantity else { return }
        let changed = RiskHolding(
            portfolio: portfolio, strategy: strategy, instrument: instrument, quantity: sum,
            stop: place.flatMap { holdings[$0].stop })
        if let place { holdings[place] = changed } else { holdings.append(changed) }
    }
}
