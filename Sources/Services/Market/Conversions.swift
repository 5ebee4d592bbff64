import Ledger
import Records
import Storage

extension Authority {
    /// Converts into the currency that the caller has chosen, else that of the portfolio's account,
    /// or of the default portfolio's, at the rates for amounts of these currencies and days; nil
    /// where there is none of them.
    func conversion(
        portfolio: PortfolioID?, of amounts: [Currency: ClosedRange<Day>],
        in tx: any Transaction
    ) throws -> CurrencyConversion? {
        let chosen = try SettingsRows.of(caller.userID, in: tx).baseCurrency
        guard let target = try chosen ?? book(portfolio, in: tx)?.baseCurrency else { return nil }
        let spans = amounts.filter { $0.key != target }.sorted { $0.key < $1.key }
            .flatMap { source, days in
                [(source, target), (target, source)].map { base, quote in
                    FXRates.Span(
                        base: base, quote: quote, from: days.lowerBound, to: days.upperBound)
                }
            }
        return CurrencyConversion(
            to: target, at: ExchangeRates(try FXRates.covering(spans, in: tx)))
    }

    private func book(_ id: PortfolioID?, in tx: any Transaction) throws -> Portfolio? {
        guard let id else { return try Portfolios.standard(for: caller, in: tx) }
        return try Portfolios.with(id: id, for: caller, in: tx)
    }
}

/// Amounts of one day by currency.
struct DayAmounts {
    /// Nil where the sum does not fit a decimal.
    private var sums: [Currency: Decimal?] = [:]

    mutating func add(_ amount: Decimal, _ currency: Currency) {
        guard let sum = sums[currency] else {
            sums[currency] = amount
            return
        }
        sums[currency] = .some(sum.flatMap { try? $0 + amount })
    }

    var currencies: Dictionary<Currency, Decimal?>.Keys { sums.keys }

    /// What all of them come to on `day`.
    func converted(
        by conversion: CurrencyConversion?, on day: Day
    ) -> Converted<Decimal> {
        guard var conversion else { return .noCurrency }
        var total = Decimal.zero
        do throws(LedgerError) {
            for (currency, sum) in sums {
                guard let sum else { throw .outOfRange }
                if let part = try conversion.convert(sum, of: currency, on: day) {
                    total = try total + part
                }
            }
        } catch {
            return .tooLarge(conversion.currency)
        }
        return conversion.outcome(total)
    }
}
