public import Ledger
import Records

/// What a period came to in one currency, each day's amounts at that day's rates.
public struct ConvertedPnL: Sendable, Hashable {
    /// Before fees.
    public fileprivate(set) var realizedPnL: Decimal = .zero
    public fileprivate(set) var fees: Decimal = .zero
    public fileprivate(set) var netPnL: Decimal = .zero
}

extension PnLReport {
    /// Sets `converted` from the days.
    mutating func convert(by conversion: CurrencyConversion?) {
        guard var conversion else {
            converted = .noCurrency
            return
        }
        var total = ConvertedPnL()
        do throws(LedgerError) {
            for row in daily { try total.add(row, by: &conversion) }
        } catch {
            converted = .tooLarge(conversion.currency)
            return
        }
        converted = conversion.outcome(total)
    }
}

extension ConvertedPnL {
    fileprivate mutating func add(
        _ row: PnLReport.DayTotal, by conversion: inout CurrencyConversion
    ) throws(LedgerError) {
        if let realized = try conversion.convert(
            row.amounts.realizedPnL, of: row.currency, on: row.day)
        {
            realizedPnL = try realizedPnL + realized
        }
        if let fee = try conversion.convert(row.amounts.fees, of: row.currency, on: row.day) {
            fees = try fees + fee
        }
        netPnL = try realizedPnL - fees
    }
}

extension [DailyPnLListing] {
    /// From when to when there are amounts of each currency.
    var spans: [Currency: ClosedRange<Day>] {
        var spans: [Currency: ClosedRange<Day>] = [:]
        for row in self where !row.value.realizedPnL.isZero || !row.value.fees.isZero {
            let known = spans[row.currency] ?? row.day...row.day
            spans[row.currency] =
                Swift.min(known.lowerBound, row.day)...Swift.max(known.upperBound, row.day)
        }
        return spans
    }
}
