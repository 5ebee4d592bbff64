public import Ledger
import Records
import Storage
import World

/// Realized P&L, fees and trades of a period.
public struct PnLReport: Sendable, Hashable {
    /// What one currency comes to. Trades count in their instrument's currency.
    public struct Amounts: Sendable, Hashable {
        public fileprivate(set) var realizedPnL: Decimal = .zero
        public fileprivate(set) var fees: Decimal = .zero
        public fileprivate(set) var netPnL: Decimal = .zero
        public fileprivate(set) var trades = 0
    }

    public struct Total: Sendable, Hashable {
        public let currency: Currency
        public let amounts: Amounts
    }

    public struct InstrumentTotal: Sendable, Hashable {
        public let instrument: Instrument
        public let currency: Currency
        public let amounts: Amounts
    }

    public struct DayTotal: Sendable, Hashable {
        public let day: Day
        public let currency: Currency
        public let amounts: Amounts
    }

    /// The first day; where the period has no beginning, the first day that anything happened on,
    /// or `to`.
    public let from: Day
    public let to: Day
    /// By currency.
    public let totals: [Total]
    /// By symbol, then currency.
    public let byInstrument: [InstrumentTotal]
    /// By day, then currency; days without a trade are left out.
    public let daily: [DayTotal]
    /// By which cost what was realized is told.
    public let method: CostMethod
    /// In the currency of the portfolio's account, or of the default portfolio's.
    public internal(set) var converted: Converted<ConvertedPnL> = .noCurrency
}

/// What was earned.
public struct PerformanceService: Sendable {
    let work: UnitOfWork

    /// Today in UTC, for reading periods.
    public var today: Day { work.world.now().day }

    /// Reads days, not trades, but for a method that neither is average nor the portfolio's own.
    /// Throws `ServiceError.notFound`, and `.invalid` where a total does
    /// not fit a decimal.
    public func report(
        portfolio: ExactText? = nil, strategy: StrategyReference? = nil, period: Period,
        method: CostMethod = .average, for authority: Authority
    ) async throws -> PnLReport {
        let (days, conversion) = try await work.read { tx in
            let scope = try authority.scope(portfolio: portfolio, strategy: strategy, in: tx)
            let range = (period.from ?? .distantPast)...period.to
            let stored = try DailyPnLRows.list(
                scope, from: range.lowerBound, to: range.upperBound, for: authority.caller,
                in: tx)
            let days = try MethodDays(method, range, for: authority.caller, in: tx).told(stored)
            let conversion = try authority.conversion(
                portfolio: scope.portfolioID, of: days.spans, in: tx)
            return (days, conversion)
        }
        do {
            var report = try PnLReport(days, period, method)
            report.convert(by: conversion)
            return report
        } catch {
            throw ServiceError(
                .invalid, code: "OUT_OF_RANGE", field: "period",
                detail: "a total does not fit 18 decimals below 1.7e20: ask for a shorter period")
        }
    }
}

extension PnLReport {
    fileprivate init(_ rows: [DailyPnLListing], _ period: Period, _ method: CostMethod)
        throws(LedgerError)
    {
        struct InstrumentKey: Hashable {
            let id: InstrumentID
            let currency: Currency
        }
        var totals: [Currency: Amounts] = [:]
        var byInstrument: [InstrumentKey: (Instrument, Amounts)] = [:]
        var daily: [DailyPnL.Key: Amounts] = [:]
        for row in rows {
            try totals[row.currency, default: Amounts()].add(row.value)
            try daily[DailyPnL.Key(day: row.day, currency: row.currency), default: Amounts()]
                .add(row.value)
            let key = InstrumentKey(id: row.instrument.id, currency: row.currency)
            try byInstrument[key, default: (row.instrument.instrument, Amounts())].1
                .add(row.value)
        }
        self.method = method
        from = period.from ?? rows.map(\.day).min() ?? period.to
        to = period.to
        self.totals = totals.sorted { $0.key < $1.key }
            .map { Total(currency: $0.key, amounts: $0.value) }
        self.byInstrument =
            byInstrument
            .sorted {
                ($0.value.0.symbol, $0.key.currency, $0.key.id.raw)
                    < ($1.value.0.symbol, $1.key.currency, $1.key.id.raw)
            }
            .map {
                InstrumentTotal(
                    instrument: $0.value.0, currency: $0.key.currency, amounts: $0.value.1)
            }
        self.daily =
            daily
            .sorted { ($0.key.day, $0.key.currency) < ($1.key.day, $1.key.currency) }
            .map { DayTotal(day: $0.key.day, currency: $0.key.currency, amounts: $0.value) }
    }
}

extension PnLReport.Amounts {
    fileprivate mutating func add(_ day: DailyPnL) throws(LedgerError) {
        realizedPnL = try realizedPnL + day.realizedPnL
        fees = try fees + day.fees
        netPnL = try realizedPnL - fees
        trades += day.trades
    }
}
