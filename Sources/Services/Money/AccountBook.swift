import Ledger
import Records

/// All that an account's money follows from.
struct AccountBook {
    let account: Account
    let deposits: [(amount: Decimal, currency: Currency)]
    let positions: [AccountPosition]
    var orders: [AccountOrder]
    let day: Day
    let marginPercent: Decimal
    var rates = ExchangeRates()

    /// Two currencies between which a rate is wanted.
    struct Pair: Hashable, Comparable {
        let base: Currency
        let quote: Currency

        static func < (left: Pair, right: Pair) -> Bool {
            (left.base, left.quote) < (right.base, right.quote)
        }
    }

    /// From each currency that occurs into the account's own.
    var pairs: Set<Pair> {
        var currencies = Set(deposits.map(\.currency))
        for position in positions {
            currencies.insert(position.instrument.currency)
            currencies.formUnion(position.position.fees.keys)
        }
        for order in orders { currencies.insert(order.instrument.currency) }
        currencies.remove(account.baseCurrency)
        return Set(currencies.map { Pair(base: $0, quote: account.baseCurrency) })
    }

    /// Of the whole account.
    var money: AccountMoney { money(positions, orders) }

    func money(of portfolio: PortfolioID) -> PortfolioMoney {
        PortfolioMoney(
            portfolioID: portfolio, accountID: account.id,
            share: money(
                positions.filter { $0.portfolioID == portfolio },
                orders.filter { $0.portfolioID == portfolio }),
            account: money)
    }

    private func money(_ positions: [AccountPosition], _ orders: [AccountOrder]) -> AccountMoney {
        let conversion = CurrencyConversion(to: account.baseCurrency, at: rates)
        guard let holdings = try? holdings(positions, orders) else {
            return AccountMoney(tooLargeIn: account.baseCurrency, hasDeposits: !deposits.isEmpty)
        }
        return AccountMoney(
            deposits: deposits, holdings: holdings, marginPercent: marginPercent,
            conversion: conversion, on: day)
    }

    private func holdings(
        _ positions: [AccountPosition], _ orders: [AccountOrder]
    ) throws(LedgerError) -> [AccountHolding] {
        var holdings: [InstrumentID: AccountHolding] = [:]
        for position in positions {
            try holdings[position.instrument.id, default: AccountHolding(position.instrument)]
                .add(position.position)
        }
        for order in orders {
            try holdings[order.instrument.id, default: AccountHolding(order.instrument)]
                .addOrder(order.side, remaining: order.remaining, price: order.price)
        }
        return Array(holdings.values)
    }
}

extension AccountHolding {
    fileprivate init(_ instrument: PricedInstrument) {
        self.init(
            currency: instrument.currency, multiplier: instrument.multiplier,
            mark: instrument.mark)
    }
}
