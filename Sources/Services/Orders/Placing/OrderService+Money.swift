import Ledger
import Records
import Storage

extension OrderService {
    /// What an order would leave to be opened with, all of it filled at its price: what it opens
    /// is bound, what it closes set free. Nil where a price, a rate or the account's equity is not
    /// known.
    func buyingPower(
        for plan: OrderPlan, fee: Decimal?, on day: Day, _ caller: Caller, in tx: any Transaction
    ) throws -> OrderPreview.BuyingPower? {
        let account = try risk.money.money(of: plan.portfolio.id, on: day, for: caller, in: tx)
        guard let before = account.buyingPower, let price = plan.price,
            let rate = try risk.money.rate(
                from: plan.instrument.currency, into: plan.portfolio.baseCurrency, on: day, in: tx)
        else { return nil }
        let margin = risk.money.settings.marginPercent
        let after: Decimal? = try? plan.exposureChange(at: price)
            .map { change throws(LedgerError) in
                let bound = try change * rate
                let charged = try ((fee ?? .zero) * rate * 100).divided(by: margin)
                return try before - bound - charged
            }
        guard let after else { return nil }
        return OrderPreview.BuyingPower(before: before, after: after)
    }
}

extension OrderPlan {
    /// By how much it changes what is exposed, in the instrument's currency; nil where the mark of
    /// what it closes is not known.
    fileprivate func exposureChange(at price: Decimal) throws(LedgerError) -> Decimal? {
        let held = position.quantity
        let against = held.isNegative == (instruction.side == .buy) ? held.magnitude : .zero
        let closed = min(against, instruction.quantity)
        let opened = try instrument.notional(of: instruction.quantity - closed, at: price)
        guard closed > .zero else { return opened.magnitude }
        guard let mark = quote?.mark else { return nil }
        let freed = try instrument.notional(of: closed, at: mark)
        return try opened.magnitude - freed.magnitude
    }
}

extension MoneyService {
    /// One unit of a currency in another at the rates of `day`; nil where no rate is known.
    func rate(
        from currency: Currency, into base: Currency, on day: Day, in tx: any Transaction
    ) throws -> Decimal? {
        guard currency != base else { return .one }
        let spans = [(currency, base), (base, currency)].map { base, quote in
            FXRates.Span(base: base, quote: quote, from: day, to: day)
        }
        var conversion = CurrencyConversion(
            to: base, at: ExchangeRates(try FXRates.covering(spans, in: tx)))
        return try? conversion.convert(.one, of: currency, on: day)
    }

    /// The equity of a portfolio, in `currency`; nil where it or a rate is not known.
    func equity(
        of portfolio: Portfolio, in currency: Currency, on day: Day, for caller: Caller,
        in tx: any Transaction
    ) throws -> Decimal? {
        guard
            let equity = try money(of: portfolio.id, on: day, for: caller, in: tx)
                .share.known?.equity,
            let rate = try rate(
                from: portfolio.baseCurrency, into: currency, on: day, in: tx)
        else { return nil }
        return try? equity * rate
    }
}
