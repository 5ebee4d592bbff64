public import Ledger
public import Records
import Storage

/// The way into the ledger, and the list of what is in it.
public struct TradeService: Sendable {
    let work: UnitOfWork
    private let risk: RiskService
    private let shared = SharedIngest()

    init(work: UnitOfWork, risk: RiskService) {
        self.work = work
        self.risk = risk
    }

    /// Stores fills: trades, positions, order progress, daily P&L and audit rows in one unit of
    /// work. Idempotent: a fill that is known by its portfolio and broker trade id is a duplicate.
    /// Fills may come late and out of order; the ledger ends as if they had come in time.
    ///
    /// A rejected fill changes nothing and, unless the request is atomic, stops no other. Throws
    /// `ServiceError` where the request as a whole names what is unknown or forbidden, and
    /// `StorageError`; then nothing was stored.
    public func ingest(
        _ request: IngestRequest, as authority: Authority
    ) async throws -> IngestReport {
        try await shared.run(request, as: authority) { request in
            try await ingest(request, as: authority) { _, _, _ in }
        }
    }

    /// As `ingest(_:as:)`, always in a unit of work of its own; what `alongside` writes is stored
    /// with the fills, or not at all.
    func ingest(
        _ request: IngestRequest, as authority: Authority,
        alongside: @escaping @Sendable (IngestReport, any Transaction, inout Draw) throws -> Void
    ) async throws -> IngestReport {
        while true {
            do {
                return try await post(request, as: authority, alongside: alongside)
            } catch is NewReferences.InstrumentTaken {
                // Once more: the instrument is a known one from now on. Instruments are never
                // removed, so this happens at most once for each that the request names.
                continue
            }
        }
    }

    private func post(
        _ request: IngestRequest, as authority: Authority,
        alongside: @escaping @Sendable (IngestReport, any Transaction, inout Draw) throws -> Void
    ) async throws -> IngestReport {
        try await work.write(.bulk) { tx, draw in
            let (selection, posting) = try Self.work(out: request, authority, in: tx, &draw)
            let report = IngestReport(outcomes: posting.outcomes.compactMap(\.self), isStored: true)
            if request.isDryRun || (request.isAtomic && report.rejected > 0) {
                return IngestReport(outcomes: report.outcomes, isStored: false)
            }
            var writer = IngestWriter(
                caller: authority.caller, source: request.source, in: tx)
            let made = try writer.write(posting, selection.scope, &draw)
            try alongside(report, tx, &draw)
            // What was imported is history: the watch over risk looks at what it led to.
            if !made.isEmpty, request.source != .imported {
                try risk.reviewIfNeeded(
                    request.isFromGateway ? [] : made, for: authority.caller, in: tx, &draw)
            }
            return report
        }
    }

    /// What is to be stored. A fill that contradicts one which then does not fit is looked at again
    /// without that one: as if they had come one after another.
    private static func work(
        out request: IngestRequest, _ authority: Authority, in tx: any Transaction,
        _ draw: inout Draw
    ) throws -> (FillSelection, FillPosting) {
        var refused: Set<Int> = []
        var looks = 0
        while true {
            let selection = try FillSelection(
                request, without: refused, authority, in: tx, &draw)
            let posting = try FillPosting(selection, for: authority.caller, in: tx)
            looks += 1
            guard looks < mostLooks, posting.refutes(selection.contradicted) else {
                return (selection, posting)
            }
            refused.formUnion(posting.refused)
        }
    }

    /// Who sends more contradictions than that of one fill is told of a conflict.
    private static let mostLooks = 8

    /// Trades, newest first, at most `limit` (1–1000), within `[from, until)`.
    public func page(_ query: TradeQuery, for authority: Authority) async throws -> TradePage {
        try Limits.checkPage(query.limit)
        return try await work.read { tx in
            let caller = authority.caller
            let portfolios = try authority.portfolios(named: query.portfolio, in: tx)
            let strategyID = try authority.strategyID(named: query.strategy, in: tx)
            var trades = try portfolios.flatMap { portfolio in
                try TradeList.page(
                    of: portfolio.id, strategy: strategyID, symbol: query.symbol,
                    from: query.from, until: query.until, after: query.cursor,
                    limit: query.limit + 1, for: caller, in: tx)
            }
            if portfolios.count > 1 { trades.sort { $1.cursor < $0.cursor } }
            let page = Array(trades.prefix(query.limit))
            return TradePage(
                trades: page, next: trades.count > query.limit ? page.last?.cursor : nil)
        }
    }

    /// The place in the list right behind this trade; nil where it is not the caller's.
    public func cursor(
        behind trade: TradeID, for authority: Authority
    ) async throws -> TradeCursor? {
        try await work.read { try Trades.cursor(of: trade, for: authority.caller, in: $0) }
    }
}

/// Which trades to list.
public struct TradeQuery: Sendable, Hashable {
    public var portfolio: ExactText?
    public var symbol: ExactText?
    public var strategy: StrategyReference?
    /// The first instant; nil for all.
    public var from: Timestamp?
    /// The first instant after; nil for all.
    public var until: Timestamp?
    public var cursor: TradeCursor?
    public var limit = 100

    public init(
        portfolio: ExactText? = nil, symbol: ExactText? = nil,
        strategy: StrategyReference? = nil, from: Timestamp? = nil, until: Timestamp? = nil,
        cursor: TradeCursor? = nil, limit: Int = 100
    ) {
        self.portfolio = portfolio
        self.symbol = symbol
        self.strategy = strategy
        self.from = from
        self.until = until
        self.cursor = cursor
        self.limit = limit
    }
}

/// A page of trades, and where the next one begins; nil on the last.
public struct TradePage: Sendable, Hashable {
    public let trades: [TradeListing]
    public let next: TradeCursor?
}
