import Ledger
import Records
import Storage

/// Loads what risk is judged by: a fixed number of statements for each account, however much is
/// held.
struct RiskFacts {
    let money: MoneyService
    let caller: Caller
    let now: Timestamp
    let tx: any Transaction

    /// The situation of the caller in the currency of an account. `order` is one that is judged, or
    /// that is to be replaced: it is left out.
    ///
    /// Figures are loaded for the scopes that are asked for.
    func situation(
        in currency: Currency, of scopes: Set<RiskScope>, without order: String? = nil
    ) throws -> RiskSituation {
        let positions = try Positions.list(
            Scope(portfolioID: nil, strategyID: nil), includeClosed: false, for: caller, in: tx)
        let portfolios = try Portfolios.all(for: caller, in: tx)
        let open = try portfolios.flatMap {
            try PlacedOrders.open(in: $0.id, for: caller, in: tx)
        }.filter { $0.uid != order }
        let recent = try PlacedOrders.since(
            now.adding(seconds: -Int64(RiskSituation.recentSeconds)), for: caller, in: tx
        ).filter { $0.uid != order }
        let rates = try rates(
            of: positions.map(\.instrument.instrument.currency)
                + (open + recent).map(\.instrument.currency), into: currency)
        let quotes = try Quotes.of(
            Set((open + recent).map(\.holding.instrumentID)), in: tx)
        let stops = Stops(open)
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
            figures: try figures(of: scopes, portfolios))
    }

    /// One unit of each currency in the base one, as far as a rate is known.
    func rates(of currencies: [Currency], into base: Currency) throws -> [Currency: Decimal] {
        let foreign = Set(currencies).subtracting([base])
        let spans = foreign.sorted().flatMap { currency in
            [(currency, base), (base, currency)].map { base, quote in
                FXRates.Span(base: base, quote: quote, from: now.day, to: now.day)
            }
        }
        var conversion = CurrencyConversion(
            to: base, at: ExchangeRates(try FXRates.covering(spans, in: tx)))
        var rates = [base: Decimal.one]
        for currency in foreign {
            rates[currency] = try? conversion.convert(.one, of: currency, on: now.day)
        }
        return rates
    }
}

/// Figures of scopes.
extension RiskFacts {
    private func figures(
        of scopes: Set<RiskScope>, _ portfolios: [Portfolio]
    ) throws -> [RiskScope: RiskFigures] {
        var figures: [RiskScope: RiskFigures] = [:]
        for scope in scopes {
            switch scope {
            case .portfolio(let number):
                figures[scope] = try portfolioFigures(PortfolioID(number.raw))
            case .user, .strategy:
                // Equity by strategy, and over accounts of several currencies, is not kept: rules
                // that need it say that it is not known.
                figures[scope] = RiskFigures()
            }
        }
        return figures
    }

    private func portfolioFigures(_ portfolio: PortfolioID) throws -> RiskFigures {
        let equity = try money.money(of: portfolio, on: now.day, for: caller, in: tx)
            .share.known?.equity
        let week = now.day.adding(days: 1 - now.day.weekday)
        let days = try EquityDays.since(week, of: portfolio, for: caller, in: tx)
        let today = days.last { $0.day == now.day }
        var figures = RiskFigures(equity: equity)
        figures.dayStartEquity = today?.opening ?? days.last?.closing
        figures.weekStartEquity = days.first?.opening
        if let equity {
            figures.dayProfit = profit(
                since: figures.dayStartEquity, today.map { [$0] } ?? [], equity)
            figures.weekProfit = profit(since: figures.weekStartEquity, days, equity)
        }
        return figures
    }

    /// Equity less what it was, without what was paid in since.
    private func profit(
        since start: Decimal?, _ days: [EquityDay], _ equity: Decimal
    ) -> Decimal? {
        guard let start else { return .zero }
        guard let deposits = try? days.map(\.deposits).reduce(Decimal.zero, { try $0 + $1 }) else {
            return nil
        }
        return try? equity - start - deposits
    }
}

/// Where open positions are closed to limit their loss: by the orders that may only reduce them and
/// wait for a worse price.
private struct Stops {
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
