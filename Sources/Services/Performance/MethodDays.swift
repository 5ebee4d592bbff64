import Ledger
import Records
import Storage

/// Days of P&L by a cost method.
///
/// By average, and by the method by which a portfolio's lots are closed, they are stored. By
/// another one they follow from the trades: but only of campaigns that touch the period and last
/// longer than a day, for the methods agree on what a campaign comes to as a whole.
struct MethodDays {
    private let method: CostMethod
    private let period: ClosedRange<Day>
    private let caller: Caller
    private let tx: any Transaction

    private struct Key: Hashable {
        let holding: HoldingKey
        let day: Day
        let currency: Currency
    }

    init(
        _ method: CostMethod, _ period: ClosedRange<Day>, for caller: Caller,
        in tx: any Transaction
    ) {
        self.method = method
        self.period = period
        self.caller = caller
        self.tx = tx
    }

    /// `rows` are those of the period, with what was realized by the method in place of average.
    func told(_ rows: [DailyPnLListing]) throws -> [DailyPnLListing] {
        guard let lotMethod = method.lotMethod else { return rows }
        let portfolios = PortfolioRules(try Portfolios.all(for: caller, in: tx))
        let others = Set(
            rows.filter { portfolios.rules($0.holding.portfolioID).lotMethod != lotMethod }
                .map(\.holding))
        let moved = try differences(of: others, lotMethod, portfolios)
        return try rows.map { row in
            let stored = row.value
            let key = Key(holding: row.holding, day: row.day, currency: row.currency)
            let realized =
                others.contains(row.holding)
                ? try stored.realizedPnL + (moved[key] ?? .zero) : stored.lotRealizedPnL
            return row.with(
                DailyPnL(
                    realizedPnL: realized, lotRealizedPnL: stored.lotRealizedPnL,
                    fees: stored.fees, trades: stored.trades))
        }
    }

    /// By how much each day of these holdings is more by the method than by average.
    private func differences(
        of holdings: Set<HoldingKey>, _ lotMethod: LotMethod, _ portfolios: PortfolioRules
    ) throws -> [Key: Decimal] {
        var moved: [Key: Decimal] = [:]
        for holding in holdings.sorted() {
            guard let instrument = try Instruments.with(id: holding.instrumentID, in: tx) else {
                continue
            }
            var rules = portfolios.rules(holding.portfolioID)
            rules.lotMethod = lotMethod
            let starts = try Campaigns.starts(
                of: holding, lastingOver: period, for: caller, in: tx)
            for start in starts {
                var replay = try CampaignReplay(start, of: holding, rules, for: caller, in: tx)
                while let (_, posting) = try replay.step(), posting.day <= period.upperBound {
                    guard posting.lotRealizedPnL != posting.realizedPnL else { continue }
                    let key = Key(
                        holding: holding, day: posting.day,
                        currency: instrument.instrument.currency)
                    moved[key] =
                        try (moved[key] ?? .zero) + posting.lotRealizedPnL - posting.realizedPnL
                }
            }
        }
        return moved
    }
}
