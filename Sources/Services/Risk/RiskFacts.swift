import Ledger
import Records
import Storage

/// Loads what risk is judged by: a fixed number of statements, however much is held.
struct RiskFacts {
    let caller: Caller
    let now: Timestamp
    let tx: any Transaction
    let portfolios: [Portfolio]

    init(for caller: Caller, now: Timestamp, in tx: any Transaction) throws {
        self.caller = caller
        self.now = now
        self.tx = tx
        portfolios = try Portfolios.all(for: caller, in: tx)
    }

    /// In what the money of the user, and of strategies, is counted: that of the default portfolio.
    var homeCurrency: Currency {
        (portfolios.first(where: \.isDefault) ?? portfolios.first)?.baseCurrency ?? .usd
    }

    /// The situation of the caller in a currency, as far as these policies ask. `order` is one that
    /// is judged, or that is to be replaced: it is left out.
    func situation(
        in currency: Currency, for policies: [RiskPolicy], without order: String? = nil
    ) throws -> RiskSituation {
        let positions = try Positions.list(
            Scope(portfolioID: nil, strategyID: nil), includeClosed: false, for: caller, in: tx)
        let open = try PlacedOrders.open(for: caller, in: tx).filter { $0.uid != order }
        let recent = try PlacedOrders.since(
            now.adding(seconds: -Int64(RiskSituation.recentSeconds)), for: caller, in: tx
        ).filter { $0.uid != order }
        let rates = try rates(
            of: positions.map(\.instrument.instrument.currency)
                + (open + recent).map(\.instrument.currency), into: currency)
        let quotes = try Quotes.of(
            Set((open + recent).map(\.holding.instrumentID)), in: tx)
        let stops = ProtectiveStops(open)
        func instrument(_ order: PlacedOrder) -> RiskInstrument {
            RiskInstrument(
                InstrumentNumber(order.holding.instrumentID.raw), order.instrument,
                mark: quotes[order.holding.instrumentID]?.mark,
                rate: rates[order.instrument.currency])
        }
        return RiskSituation(
            now: now,
            holdings: positions.map { listing in
                RiskHolding(
                    portfolio: PortfolioNumber(listing.holding.portfolioID.raw),
                    strategy: listing.holding.strategyID.map { StrategyNumber($0.raw) },
                    instrument: RiskInstrument(
                        InstrumentNumber(listing.holding.instrumentID.raw),
                        listing.instrument.instrument, mark: listing.quote?.mark,
                        rate: rates[listing.instrument.instrument.currency]),
                    quantity: listing.position.quantity, stop: stops[listing.holding])
            },
            openOrders: try open.compactMap { try RiskOrder($0, instrument($0), isWhole: false) },
            recentOrders: try recent.compactMap {
                try RiskOrder($0, instrument($0), isWhole: true)
            },
            figures: try ScopeFigures(self, in: currency).figures(for: policies),
            tradingStates: try tradingStates())
    }

    /// One unit of each currency in the base one, as far as a rate is known.
    func rates(of currencies: [Currency], into base: Currency) throws -> [Currency: Decimal] {
        let foreign = Set(currencies).subtracting([base])
        var conversion = CurrencyConversion(
            to: base, at: try ExchangeRates(from: foreign, into: base, on: now.day, in: tx))
        var rates = [base: Decimal.one]
        for currency in foreign {
            rates[currency] = try? conversion.convert(.one, of: currency, on: now.day)
        }
        return rates
    }

    /// Of several stops of one scope the strictest holds.
    private func tradingStates() throws -> [RiskScope: TradingState] {
        var states: [RiskScope: TradingState] = [:]
        for stop in try TradingStops.inForce(at: now, for: caller, in: tx) {
            states[stop.scope] = max(states[stop.scope] ?? .active, stop.state)
        }
        return states
    }
}

extension TradingStopRecord {
    var scope: RiskScope {
        if let portfolioID { return .portfolio(PortfolioNumber(portfolioID.raw)) }
        if let strategyID { return .strategy(StrategyNumber(strategyID.raw)) }
        return .user
    }
}

/// Where open positions are closed to limit their loss: by the orders that may only reduce them and
/// wait for a worse price.
private struct ProtectiveStops {
    private var prices: [HoldingKey: Decimal] = [:]

    init(_ orders: [PlacedOrder]) {
        for order in orders where order.instruction.isReduceOnly {
            guard order.instruction.pricing.waitsForTrigger,
                let stop = order.instruction.pricing.stop
            else { continue }
            // Of several, the one that is reached last: that much can be lost.
            let isSale = order.instruction.side == .sell
            prices[order.holding] =
                prices[order.holding].map {
                    isSale ? min($0, stop) : max($0, stop)
                } ?? stop
        }
    }

    subscript(holding: HoldingKey) -> Decimal? { prices[holding] }
}

extension RiskOrder {
    /// Of an order that was placed: all of it, or what is left of it; nil where nothing is.
    fileprivate init?(_ order: PlacedOrder, _ instrument: RiskInstrument, isWhole: Bool) throws {
        let known = order.instruction
        let left = isWhole ? known.quantity : try known.quantity - order.progress.filled
        guard left > .zero else { return nil }
        self.init(
            try OrderInstruction(
                side: known.side, quantity: left, pricing: known.pricing,
                timeInForce: known.timeInForce, isReduceOnly: known.isReduceOnly),
            of: instrument, in: PortfolioNumber(order.holding.portfolioID.raw),
            for: order.holding.strategyID.map { StrategyNumber($0.raw) }, time: order.placedAt)
    }
}
