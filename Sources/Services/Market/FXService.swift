public import Ledger
public import Records
import Storage
import World

/// What currencies cost each other. The rates are shared by all users; every change is audited.
public struct FXService: Sendable {
    let work: UnitOfWork

    /// Pairs in the list of latest rates.
    public static let pairLimit = 1000
    /// Rates in the history of a pair.
    public static let historyLimit = 20

    /// Today in UTC: the day of a rate that names none.
    public var today: Day { work.world.now().day }

    /// Stores rates, as if they came one after the other: one of the same pair and day replaces
    /// what was there. Whatever changes leaves an audit row; posting again changes nothing.
    ///
    /// A refused rate stops no other. Throws `StorageError`, and `IncomingUpdate.AlreadySeen`
    /// where the update had its effect before; then nothing was stored.
    public func post(
        _ rates: [Result<RateReport, FillRefusal>], for caller: Caller,
        update: IncomingUpdate? = nil
    ) async throws -> MarketReport {
        try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            let today = draw.now.day
            let posted = rates.map { rate in rate.map { $0.rate(today: today) } }
            var book = try RateBook(posted.compactMap { try? $0.get() }, in: tx)
            let outcomes = posted.map { book.post($0) }
            try FXRates.put(book.changedRates, now: draw.now, in: tx)
            try AuditLog.append(book.entries, userID: caller.userID, now: draw.now, in: tx)
            return MarketReport(outcomes: outcomes)
        }
    }

    /// The last rate of each pair with these currencies, by base, then quote: at most `pairLimit`.
    public func latest(
        base: Currency? = nil, quote: Currency? = nil
    ) async throws -> [ExchangeRate] {
        try await work.read { tx in
            try FXRates.latest(base: base, quote: quote, limit: FXService.pairLimit, in: tx)
        }
    }

    /// The last rates between two currencies, either way round, newest first: at most
    /// `historyLimit`.
    public func history(_ one: Currency, _ other: Currency) async throws -> [ExchangeRate] {
        try await work.read { tx in
            try FXRates.between(one, other, limit: FXService.historyLimit, in: tx)
        }
    }
}

/// The rates of the pairs and days that a batch names, as they are after each of its rates.
private struct RateBook {
    private struct Key: Hashable {
        let base: Currency
        let quote: Currency
        let day: Day

        init(_ rate: ExchangeRate) {
            base = rate.base
            quote = rate.quote
            day = rate.day
        }
    }

    private(set) var entries: [AuditEntry] = []
    private var known: [Key: Decimal]
    private var changed: [Key: ExchangeRate] = [:]

    init(_ rates: [ExchangeRate], in tx: any Transaction) throws {
        let stored = try FXRates.stored(for: rates, in: tx)
        known = Dictionary(stored.map { (Key($0), $0.rate) }) { _, last in last }
    }

    /// In an order that all units of work keep, so that two of them wait for each other rather than
    /// in a circle.
    var changedRates: [ExchangeRate] {
        changed.values.sorted { ($0.base, $0.quote, $0.day) < ($1.base, $1.quote, $1.day) }
    }

    mutating func post(_ posted: Result<ExchangeRate, FillRefusal>) -> MarketOutcome {
        let rate: ExchangeRate
        switch posted {
        case .success(let posted): rate = posted
        case .failure(let refusal): return .rejected(refusal)
        }
        let before = known.updateValue(rate.rate, forKey: Key(rate))
        guard before != rate.rate else { return .accepted }
        changed[Key(rate)] = rate
        entries.append(
            AuditEntry(
                before == nil ? .create : .update, .fxRate, id: nil,
                detailsJSON: Details.object([
                    "base": rate.base.code, "quote": rate.quote.code,
                    "day": rate.day.description, "rate": rate.rate.description,
                    "before": before?.description,
                ])))
        return .accepted
    }
}

extension RateReport {
    fileprivate func rate(today: Day) -> ExchangeRate {
        ExchangeRate(base: base, quote: quote, day: day ?? today, rate: rate)
    }
}
