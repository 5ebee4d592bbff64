public import Ledger
public import Records
import Storage
import World

/// A policy, tried on the trades of a period.
public struct PolicyReplay: Sendable, Hashable {
    public let policy: RiskPolicyRecord
    public let action: RiskAction
    /// Money is counted in it, at today's rates.
    public let currency: Currency
    /// The names of the portfolios of its breaches.
    public let portfolios: [PortfolioNumber: ExactText]
    public let sight: RiskReplay.Sight
    public let result: ReplayedPolicy
    /// Where the history was longer than is read: what came before counts as if it had not been.
    public let readFrom: Timestamp?
}

extension RiskService {
    /// How often a policy would have fired on the trades of a period, and what that would
    /// have saved until now. At most `Limits.replayedTrades` are read. Throws `.notFound`, and
    /// `.invalid` for a policy that is not understood.
    public func replay(
        _ name: ExactText, over period: Period, for caller: Caller
    ) async throws -> PolicyReplay {
        let now = work.world.now()
        let past = try await work.read { tx in
            try Past(try Self.policy(name, for: caller, in: tx), self, now, caller, in: tx)
        }
        // Without the database: it may take a while.
        let result =
            past.isVisible
            ? RiskReplay.run(
                past.policy, trades: past.trades, cash: past.cash,
                from: period.from?.start ?? .distantPast,
                until: period.to.adding(days: 1).start, marks: past.marks)
            : ReplayedPolicy()
        return PolicyReplay(
            policy: past.record, action: past.policy.action, currency: past.currency,
            portfolios: past.portfolios, sight: RiskReplay.sight(of: past.policy.description),
            result: result, readFrom: past.readFrom)
    }
}

/// All that a replay needs.
private struct Past {
    let record: RiskPolicyRecord
    let policy: RiskPolicy
    let currency: Currency
    let portfolios: [PortfolioNumber: ExactText]
    private(set) var trades: [ReplayedTrade] = []
    private(set) var cash: [ReplayedCash] = []
    private(set) var marks: [InstrumentNumber: Decimal] = [:]
    private(set) var readFrom: Timestamp?

    var isVisible: Bool {
        if case .none = RiskReplay.sight(of: policy.description) { false } else { true }
    }

    init(
        _ record: RiskPolicyRecord, _ risk: RiskService, _ now: Timestamp, _ caller: Caller,
        in tx: any Transaction
    ) throws {
        guard let policy = risk.policy(record) else {
            throw ServiceError(
                .invalid, code: "INVALID_FIELD", field: "config",
                detail: "is not understood by this version: change the policy")
        }
        self.record = record
        self.policy = policy
        let all = try Portfolios.all(for: caller, in: tx)
        let own = all.filter { record.portfolioID == nil || $0.id == record.portfolioID }
        currency =
            (own.count == 1 ? own.first : all.first(where: \.isDefault) ?? all.first)?
            .baseCurrency ?? .usd
        portfolios = Dictionary(
            own.map { (PortfolioNumber($0.id.raw), $0.name) }
        ) { first, _ in first }
        guard isVisible else { return }
        let records = try read(own, for: caller, in: tx)
        let paid = try paid(into: own, for: caller, in: tx)
        let instruments = try Instruments.with(
            ids: Set(records.map(\.holding.instrumentID)), in: tx)
        let currencies =
            instruments.values.map(\.currency) + records.map(\.fill.feeCurrency)
            + paid.map(\.currency)
        let rates = try RiskFacts(for: caller, now: now, in: tx)
            .rates(of: currencies, into: currency)
        func inBase(_ amount: Decimal, _ currency: Currency) -> Decimal? {
            amount.isZero ? .zero : rates[currency].flatMap { try? amount * $0 }
        }
        cash = paid.map { ReplayedCash(inBase($0.amount, $0.currency), at: $0.time) }
        var priced: [InstrumentID: RiskInstrument] = [:]
        for (id, instrument) in instruments {
            priced[id] = RiskInstrument(
                InstrumentNumber(id.raw), instrument, mark: nil, rate: rates[instrument.currency])
        }
        trades = records.compactMap { record in
            priced[record.holding.instrumentID].map {
                ReplayedTrade(
                    portfolio: PortfolioNumber(record.holding.portfolioID.raw),
                    strategy: record.holding.strategyID.map { StrategyNumber($0.raw) },
                    instrument: $0, fill: record.fill,
                    fee: inBase(record.fill.fee, record.fill.feeCurrency))
            }
        }
        for (id, quote) in try Quotes.of(Set(instruments.keys), in: tx) {
            marks[InstrumentNumber(id.raw)] = quote.mark
        }
    }

    private mutating func read(
        _ portfolios: [Portfolio], for caller: Caller, in tx: any Transaction
    ) throws -> [TradeRecord] {
        let limit = Limits.replayedTrades
        var records: [TradeRecord] = []
        var wasCut = false
        for portfolio in portfolios {
            let newest = try Trades.newest(
                of: portfolio.id, strategy: record.strategyID, limit: limit + 1, for: caller, in: tx
            )
            wasCut = wasCut || newest.count > limit
            records += newest
        }
        records.sort { $0.fill.order < $1.fill.order }
        if records.count > limit { wasCut = true }
        let kept = Array(records.suffix(limit))
        readFrom = wasCut ? kept.first?.fill.time : nil
        return kept
    }

    /// Into the accounts of the portfolios that traded, each account once.
    private func paid(
        into portfolios: [Portfolio], for caller: Caller, in tx: any Transaction
    ) throws -> [(amount: Decimal, currency: Currency, time: Timestamp)] {
        var seen: Set<AccountID> = []
        var paid: [(amount: Decimal, currency: Currency, time: Timestamp)] = []
        for portfolio in portfolios {
            let entries = try CashEntries.all(of: portfolio.id, for: caller, in: tx)
            guard let account = entries.first?.account, seen.insert(account).inserted else {
                continue
            }
            paid += entries.map { ($0.amount, $0.currency, $0.time) }
        }
        return paid.sorted { $0.time < $1.time }
    }
}
