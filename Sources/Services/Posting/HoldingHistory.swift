import Ledger
import Records
import Storage

/// A holding's stored trades and campaigns from some point on, read as far as they are asked for.
final class HoldingHistory {
    private static let firstPage = 256
    private static let longestPage = 8192

    let holding: HoldingKey
    private let start: FillOrder?
    private let caller: Caller
    private let tx: any Transaction
    private var trades: [TradeRecord] = []
    private var hasAllTrades = false
    private var starts: [CampaignStart] = []
    private var hasAllStarts = false

    init(
        of holding: HoldingKey, from start: FillOrder?, for caller: Caller,
        in tx: any Transaction
    ) {
        self.holding = holding
        self.start = start
        self.caller = caller
        self.tx = tx
    }

    /// In the order of truth, counted from 0; nil behind the last one.
    func trade(_ index: Int) throws -> TradeRecord? {
        while index >= trades.count, !hasAllTrades {
            let limit = Self.page(after: trades.count)
            let page = try Trades.window(
                of: holding, from: trades.last?.fill.order ?? start, isAfter: !trades.isEmpty,
                limit: limit, for: caller, in: tx)
            trades += page
            hasAllTrades = page.count < limit
        }
        return index < trades.count ? trades[index] : nil
    }

    /// The campaigns' beginnings, as the trades.
    func start(_ index: Int) throws -> CampaignStart? {
        while index >= starts.count, !hasAllStarts {
            let limit = Self.page(after: starts.count)
            // From the last one on, which comes again.
            let page = try Campaigns.starts(
                of: holding, from: starts.last?.order ?? start, limit: limit + 1, for: caller,
                in: tx)
            starts += page.dropFirst(starts.isEmpty ? 0 : 1)
            hasAllStarts = page.count < limit + 1
        }
        return index < starts.count ? starts[index] : nil
    }

    /// What the lots of these campaigns realized, by the closing trade.
    func lotRealizedPnL(of campaigns: [TradeID]) throws -> [TradeNumber: Decimal] {
        var sums: [TradeNumber: Decimal] = [:]
        for closure in try Lots.closures(of: campaigns, for: caller, in: tx) {
            sums[closure.trade] = try (sums[closure.trade] ?? .zero) + closure.realizedPnL
        }
        return sums
    }

    func storedDays(_ keys: some Collection<DailyPnL.Key>) throws -> [DailyPnL.Key: DailyPnL] {
        Dictionary(
            try DailyPnLRows.with(keys.map { (holding, $0) }, for: caller, in: tx)
                .map { ($0.key, $0.value) }
        ) { first, _ in first }
    }

    /// The last trade before the history's first.
    func tradeBefore() throws -> TradeRecord? {
        guard let start else { return nil }
        return try Trades.last(of: holding, before: start, for: caller, in: tx)
    }

    private static func page(after count: Int) -> Int {
        min(max(count, firstPage), longestPage)
    }
}
