import Ledger
import Records
import Storage

/// All accounts of a user at once, in one currency: what limits on the user's, a portfolio's or a
/// strategy's money are held against.
struct UserBook {
    let currency: Currency
    private let portfolios: [PortfolioID: AccountID]
    private let deposits: [(account: AccountID, amount: Decimal, currency: Currency)]
    private let positions: [(account: AccountID, position: AccountPosition)]
    private let rates: ExchangeRates
    private let day: Day

    /// Equity, and what of it was paid in; without the money of the accounts, what was made alone.
    struct Standing: Hashable {
        let equity: Decimal
        let deposits: Decimal
    }

    /// At the last quotes and the rates of `day`, in four statements whatever there is.
    init(
        in currency: Currency, _ portfolios: [Portfolio], on day: Day, for caller: Caller,
        in tx: any Transaction
    ) throws {
        let accounts = try Accounts.all(for: caller, in: tx)
        let ids = accounts.map(\.id)
        let byName = Dictionary(accounts.map { ($0.name, $0.id) }) { first, _ in first }
        self.currency = currency
        self.day = day
        self.portfolios = Dictionary(
            portfolios.compactMap { portfolio in
                byName[portfolio.accountName].map { (portfolio.id, $0) }
            }
        ) { first, _ in first }
        deposits = try AccountBooks.deposits(of: ids, for: caller, in: tx)
        positions = try AccountBooks.positions(of: ids, for: caller, in: tx)
        var currencies = Set(deposits.map(\.currency))
        for (_, position) in positions {
            currencies.insert(position.instrument.currency)
            currencies.formUnion(position.position.fees.keys)
        }
        rates = try ExchangeRates(from: currencies, into: currency, on: day, in: tx)
    }

    /// Of all accounts; nil where it is not known.
    var user: Standing? { standing(deposits, positions.map(\.position)) }

    /// Of a portfolio, measured by all that was paid into its account (`PortfolioMoney`).
    func portfolio(_ id: PortfolioID) -> Standing? {
        guard let account = portfolios[id] else { return nil }
        return standing(
            deposits.filter { $0.account == account },
            positions.filter { $0.position.portfolioID == id }.map(\.position))
    }

    /// What a strategy has made since it began: it has no money of its own.
    func strategy(_ id: StrategyID) -> Standing? {
        standing([], positions.filter { $0.position.strategyID == id }.map(\.position))
    }

    /// The equity of the accounts in which a strategy trades.
    func equity(behind strategy: StrategyID) -> Decimal? {
        let accounts = Set(
            positions.filter { $0.position.strategyID == strategy }.map(\.account))
        return standing(
            deposits.filter { accounts.contains($0.account) },
            positions.filter { accounts.contains($0.account) }.map(\.position))?.equity
    }

    /// Those that have a position, open or closed.
    var strategies: Set<StrategyID> { Set(positions.compactMap(\.position.strategyID)) }

    private func standing(
        _ deposits: [(account: AccountID, amount: Decimal, currency: Currency)],
        _ positions: [AccountPosition]
    ) -> Standing? {
        var holdings: [InstrumentID: AccountHolding] = [:]
        for position in positions {
            var holding =
                holdings[position.instrument.id]
                ?? AccountHolding(
                    currency: position.instrument.currency,
                    multiplier: position.instrument.multiplier, mark: position.instrument.mark)
            guard (try? holding.add(position.position)) != nil else { return nil }
            holdings[position.instrument.id] = holding
        }
        return AccountMoney(
            deposits: deposits.map { ($0.amount, $0.currency) }, holdings: Array(holdings.values),
            marginPercent: 100, conversion: CurrencyConversion(to: currency, at: rates), on: day
        ).known.map { Standing(equity: $0.equity, deposits: $0.deposits) }
    }
}

extension ExchangeRates {
    /// Of a day, from currencies into one.
    init(
        from currencies: Set<Currency>, into base: Currency, on day: Day,
        in tx: any Transaction
    ) throws {
        let spans = currencies.subtracting([base]).sorted().flatMap { currency in
            [(currency, base), (base, currency)].map { base, quote in
                FXRates.Span(base: base, quote: quote, from: day, to: day)
            }
        }
        self.init(try FXRates.covering(spans, in: tx))
    }
}
