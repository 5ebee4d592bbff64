/// What an account, or a portfolio's share of it, comes to in one currency.
public struct AccountFigures: Sendable, Hashable {
    /// All that was paid in, minus all that was paid out.
    public let deposits: Decimal
    /// deposits + realized P&L − fees − cost of what is open. What was sold short brought cash in:
    /// its cost is below zero.
    public let cash: Decimal
    /// Of what is open, short positions below zero: the net exposure too.
    public let marketValue: Decimal
    /// The market values of long and short positions added up, both above zero.
    public let grossExposure: Decimal
    /// By how much open orders could raise the gross exposure.
    public let orderExposure: Decimal
    /// Market value − cost of what is open.
    public let unrealizedPnL: Decimal
    /// cash + market value.
    public let equity: Decimal
    /// For how much more may be opened; below zero where too much is open already.
    ///
    /// equity ÷ margin − gross exposure − exposure of open orders. The margin is the part of an
    /// exposure that has to be covered by equity, for long and short positions alike. With 100 %
    /// that is a cash account: what is bought is paid for, what is sold short stays covered. With
    /// 50 % it is the initial margin of the Federal Reserve's Regulation T (12 CFR 220.12: 50 % of
    /// the market value of what is bought; 150 % of what is sold short, 100 % of which its
    /// proceeds bring).
    public let buyingPower: Decimal
    /// How much may be paid out: cash, as far as it is not bound by what is open and ordered.
    /// Never below zero.
    public let withdrawable: Decimal

    public var netExposure: Decimal { marketValue }
}

/// What is known of an account's money: the figures in its base currency, or why there are none.
public struct AccountMoney: Sendable, Hashable {
    /// In which the figures are.
    public let currency: Currency
    /// Unknown as a whole where a rate is missing: an amount is never left out of a sum.
    public let figures: Converted<AccountFigures>
    /// Instruments whose open positions count at their cost, as they have no mark.
    public let unmarkedHoldings: Int
    /// Open orders whose exposure is not contained, as no price is known for them.
    public let unpricedOrders: Int
    /// Whether money was ever paid in or out. Where not, as of an account whose money a real
    /// broker keeps, cash and equity are what trading made, and nothing else.
    public let hasDeposits: Bool

    /// The figures; nil where they are not known.
    public var known: AccountFigures? {
        if case .total(let figures, _, _) = figures { figures } else { nil }
    }

    /// `marginPercent` is that part of an exposure which equity has to cover, above 0: 100 stands
    /// for no leverage, 50 for twice the equity. All is converted at the rates of `day`.
    public init(
        deposits: [(amount: Decimal, currency: Currency)], holdings: [AccountHolding],
        marginPercent: Decimal, conversion: CurrencyConversion, on day: Day
    ) {
        currency = conversion.currency
        unmarkedHoldings = holdings.count(where: \.isUnmarked)
        unpricedOrders = holdings.reduce(0) { $0 + $1.unpricedOrders }
        hasDeposits = !deposits.isEmpty
        figures = Self.figures(
            deposits: deposits, holdings, marginPercent, conversion, on: day)
    }

    /// Of an account whose positions or orders alone do not add up within a decimal.
    public init(tooLargeIn currency: Currency, hasDeposits: Bool) {
        self.currency = currency
        figures = .tooLarge(currency)
        unmarkedHoldings = 0
        unpricedOrders = 0
        self.hasDeposits = hasDeposits
    }

    private static func figures(
        deposits: [(amount: Decimal, currency: Currency)], _ holdings: [AccountHolding],
        _ marginPercent: Decimal, _ conversion: CurrencyConversion, on day: Day
    ) -> Converted<AccountFigures> {
        var conversion = conversion
        do throws(LedgerError) {
            var sums = Sums()
            for (amount, currency) in deposits { try sums.deposits.add(amount, currency) }
            for holding in holdings { try sums.add(holding) }
            let figures = try sums.figures(marginPercent) { amounts throws(LedgerError) in
                try conversion.total(of: amounts, on: day)
            }
            return conversion.outcome(figures)
        } catch {
            return .tooLarge(conversion.currency)
        }
    }
}

/// Each figure by currency, so that every sum is rounded at most once for each of them.
private struct Sums {
    var deposits: [Currency: Decimal] = [:]
    private var made: [Currency: Decimal] = [:]
    private var cost: [Currency: Decimal] = [:]
    private var marketValue: [Currency: Decimal] = [:]
    private var grossExposure: [Currency: Decimal] = [:]
    private var orderExposure: [Currency: Decimal] = [:]

    mutating func add(_ holding: AccountHolding) throws(LedgerError) {
        let currency = holding.currency
        try made.add(holding.realizedPnL, currency)
        for (currency, fee) in holding.fees { try made.add(-fee, currency) }
        let value = try holding.marketValue()
        try cost.add(holding.cost, currency)
        try marketValue.add(value, currency)
        try grossExposure.add(value.magnitude, currency)
        try orderExposure.add(try holding.orderExposure(), currency)
    }

    func figures(
        _ marginPercent: Decimal,
        _ total: ([Currency: Decimal]) throws(LedgerError) -> Decimal
    ) throws(LedgerError) -> AccountFigures {
        let deposits = try total(deposits)
        let cost = try total(cost)
        let marketValue = try total(marketValue)
        let cash = try deposits + total(made) - cost
        let equity = try cash + marketValue
        let grossExposure = try total(grossExposure)
        let orderExposure = try total(orderExposure)
        let exposure = try grossExposure + orderExposure
        let bound = try (exposure * marginPercent).divided(by: 100)
        return AccountFigures(
            deposits: deposits, cash: cash, marketValue: marketValue,
            grossExposure: grossExposure, orderExposure: orderExposure,
            unrealizedPnL: try marketValue - cost, equity: equity,
            buyingPower: try (equity * 100).divided(by: marginPercent) - exposure,
            withdrawable: max(.zero, min(cash, try equity - bound)))
    }
}

extension CurrencyConversion {
    /// What the amounts come to at the rates of `day`; an amount without a rate is noted as
    /// missing.
    fileprivate mutating func total(
        of amounts: [Currency: Decimal], on day: Day
    ) throws(LedgerError) -> Decimal {
        var total = Decimal.zero
        // In one order, so that sums do not depend on chance.
        for (currency, amount) in amounts.sorted(by: { $0.key < $1.key }) {
            if let part = try convert(amount, of: currency, on: day) { total = try total + part }
        }
        return total
    }
}
