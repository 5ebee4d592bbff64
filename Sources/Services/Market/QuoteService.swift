public import Ledger
public import Records
import Storage
import World

/// Prices for unrealized P&L, and for whoever else watches them.
public struct QuoteService: Sendable {
    let work: UnitOfWork
    private let watchers = Lock<[Watcher]>([])

    /// Is told of quotes right after the commit that stored them, in their order; the request is
    /// answered when it is done.
    public typealias Watcher = @Sendable ([(instrument: Instrument, quote: Quote)]) async -> Void

    init(work: UnitOfWork) { self.work = work }

    public func watch(_ watcher: @escaping Watcher) { watchers.withLock { $0.append(watcher) } }

    /// How far ahead of our clock a quote's time may be: one that is further ahead would keep every
    /// later quote out.
    static let clockToleranceSeconds: Int64 = 300

    /// Stores quotes, as if they came one after the other. Each marks every instrument that it
    /// names, unless a newer quote is stored; posting it again changes nothing.
    ///
    /// A refused quote stops no other. Throws `StorageError`; then nothing was stored.
    public func post(
        _ quotes: [Result<QuoteReport, FillRefusal>]
    ) async throws -> MarketReport {
        let (report, stored) = try await work.write(.bulk) { tx, draw in
            var board = try QuoteBoard(quotes, now: draw.now, in: tx)
            let outcomes = quotes.map { board.post($0) }
            try Quotes.put(
                board.changed.sorted { $0.key.raw < $1.key.raw }.map { ($0.key, $0.value) },
                now: draw.now, in: tx)
            return (MarketReport(outcomes: outcomes), board.accepted)
        }
        if !stored.isEmpty {
            for watcher in watchers.withLock({ $0 }) { await watcher(stored) }
        }
        return report
    }

    /// The last stored quote of each instrument that has one.
    public func all() async throws -> [(instrument: Instrument, quote: Quote)] {
        try await work.read { try Quotes.all(in: $0) }
    }
}

/// The instruments that a batch of quotes names, and the newest quote of each so far.
private struct QuoteBoard {
    private struct Listing: Hashable {
        let symbol: ExactText
        let exchange: ExactText?
    }

    /// The quotes that are to be stored.
    private(set) var changed: [InstrumentID: Quote] = [:]
    /// All that were accepted, in their order.
    private(set) var accepted: [(instrument: Instrument, quote: Quote)] = []
    private let instruments: [Listing: [InstrumentRecord]]
    private var times: [InstrumentID: Timestamp]
    private let latest: Timestamp

    init(
        _ quotes: [Result<QuoteReport, FillRefusal>], now: Timestamp, in tx: any Transaction
    ) throws {
        var symbols: Set<ExactText> = []
        for case .success(let report) in quotes { symbols.insert(report.symbol) }
        let known = try Instruments.with(symbols: symbols, in: tx)
        instruments = Dictionary(grouping: known) {
            Listing(symbol: $0.instrument.symbol, exchange: $0.instrument.exchange)
        }
        times = try Quotes.times(of: known.map(\.id), in: tx)
        latest = now.adding(seconds: QuoteService.clockToleranceSeconds)
    }

    mutating func post(_ quote: Result<QuoteReport, FillRefusal>) -> MarketOutcome {
        do throws(FillRefusal) {
            return try post(quote.get())
        } catch {
            return .rejected(error)
        }
    }

    private mutating func post(_ report: QuoteReport) throws(FillRefusal) -> MarketOutcome {
        let quote = report.quote
        guard quote.time <= latest else {
            throw .invalid("time", "is more than 5 minutes ahead of the service's clock")
        }
        var isStale = true
        for record in try marked(by: report) {
            if let time = times[record.id], time > quote.time { continue }
            times[record.id] = quote.time
            changed[record.id] = quote
            accepted.append((record.instrument, quote))
            isStale = false
        }
        return isStale ? .stale : .accepted
    }

    private func marked(by report: QuoteReport) throws(FillRefusal) -> [InstrumentRecord] {
        let listing = Listing(symbol: report.symbol, exchange: report.exchange)
        let marked = (instruments[listing] ?? []).filter { record in
            (report.assetType == nil || record.instrument.assetType == report.assetType)
                && (report.currency == nil || record.instrument.currency == report.currency)
        }
        guard !marked.isEmpty else {
            throw FillRefusal(
                code: .unknownInstrument, field: "symbol",
                detail: "no instrument is known by this symbol and exchange: its first fill "
                    + "makes it known")
        }
        if let field = report.negativePrice,
            marked.contains(where: { $0.instrument.assetType != .future })
        {
            throw .invalid(field, "may be negative for futures only")
        }
        return marked
    }
}
