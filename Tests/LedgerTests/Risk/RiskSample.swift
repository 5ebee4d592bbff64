import Ledger
import Testing

/// Facts and policies of a small desk: portfolios 1 and 2, strategies 7 and 8.
enum RiskSample {
    static let now = Sample.start
    static let main = PortfolioNumber(1)
    static let other = PortfolioNumber(2)
    static let momentum = StrategyNumber(7)
    static let carry = StrategyNumber(8)
    /// All scopes that see what `main` holds for `momentum`.
    static let scopes: [RiskScope] = [.user, .portfolio(main), .strategy(momentum)]

    static func instrument(
        _ symbol: ExactText = "AAPL", _ number: Int64 = 1, mark: Decimal? = 100,
        rate: Decimal? = 1, type: AssetType = .equity, currency: String = "USD",
        multiplier: Decimal = 1, lot: Decimal? = nil, exchange: ExactText? = nil
    ) throws -> RiskInstrument {
        RiskInstrument(
            InstrumentNumber(number),
            Instrument(
                symbol: symbol, exchange: exchange, assetType: type,
                currency: try #require(Currency(currency)), multiplier: multiplier, lotSize: lot),
            mark: mark, rate: rate)
    }

    /// Of `main` for `momentum` where nothing else is said.
    static func holding(
        _ quantity: Decimal, _ instrument: RiskInstrument, stop: Decimal? = nil,
        in portfolio: PortfolioNumber = main, for strategy: StrategyNumber? = momentum
    ) -> RiskHolding {
        RiskHolding(
            portfolio: portfolio, strategy: strategy, instrument: instrument, quantity: quantity,
            stop: stop)
    }

    /// A purchase where `quantity` is above zero, else a sale.
    static func order(
        _ quantity: Decimal, _ instrument: RiskInstrument, _ pricing: OrderPricing = .market,
        stop: Decimal? = nil, reduceOnly: Bool = false, in portfolio: PortfolioNumber = main,
        for strategy: StrategyNumber? = momentum, time: Timestamp = now
    ) throws -> RiskOrder {
        RiskOrder(
            try OrderInstruction(
                side: quantity.isNegative ? .sell : .buy, quantity: quantity.magnitude,
                pricing: pricing, timeInForce: .goodTillCanceled, isReduceOnly: reduceOnly),
            of: instrument, in: portfolio, for: strategy, stop: stop, time: time)
    }

    static func zone(_ name: String) -> TimeZoneRules? { TimeZoneRules(fixedOffset: name) }

    static func rule(
        _ key: String, _ fields: [String: RiskValue] = [:]
    ) throws -> any RiskRule {
        let named: [String: RiskValue] = ["rule": .text(key), "action": .text("BLOCK")]
        return try RiskRules.read(named.merging(fields) { $1 }, zone: zone).rule
    }

    static func policy(
        _ rule: any RiskRule, _ action: RiskAction = .block, _ scope: RiskScope = .user,
        number: Int64 = 1
    ) -> RiskPolicy {
        RiskPolicy(
            PolicyNumber(number), name: ExactText("policy \(number)"), scope: scope, action: action,
            rule: rule)
    }

    /// Everything known, and nothing of it worrying.
    static let calm = RiskFigures(
        equity: 10_000, dayStartEquity: 10_000, weekStartEquity: 10_000, peakEquity: 10_000,
        dayProfit: 0, weekProfit: 0, tradesToday: 0, closedResults: [])

    /// What a rule finds: nil where it has nothing to judge.
    static func measure(
        _ rule: any RiskRule, _ order: RiskOrder?, in situation: RiskSituation,
        _ scope: RiskScope = .user
    ) throws -> RiskMeasure? {
        let book = try RiskBook(situation, scope: scope)
        return try rule.judge(order.map { RiskEffect(of: $0, in: book) }, in: book)
    }
}
