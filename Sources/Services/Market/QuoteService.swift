public import Ledger
public import Records
import Storage

/// Prices for unrealized P&L.
public struct QuoteService: Sendable {
    let work: UnitOfWork

    /// Stores quotes; one that is older than the stored one changes nothing, one of an unknown
    /// instrument neither. Returns how many instruments were known.
    @discardableResult
    public func post(
        _ quotes: [(symbol: ExactText, exchange: ExactText?, quote: Quote)]
    ) async throws -> Int {
        try await work.write { tx, draw in
            let known = try Instruments.with(symbols: Set(quotes.map(\.symbol)), in: tx)
            var count = 0
            for (symbol, exchange, quote) in quotes {
                for record in known
                where record.instrument.symbol == symbol && record.instrument.exchange == exchange {
                    try Quotes.put(quote, of: record.id, now: draw.now, in: tx)
                    count += 1
                }
            }
            return count
        }
    }
}
