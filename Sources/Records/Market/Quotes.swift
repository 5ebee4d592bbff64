public import Ledger
public import Storage

/// The last prices heard of an instrument.
public struct Quote: Sendable, Hashable {
    public let bid: Decimal?
    public let ask: Decimal?
    public let last: Decimal?
    public let time: Timestamp

    public init(bid: Decimal?, ask: Decimal?, last: Decimal?, time: Timestamp) {
        self.bid = bid
        self.ask = ask
        self.last = last
        self.time = time
    }

    /// The price for unrealized P&L: the last trade's, else the middle of bid and ask.
    public var mark: Decimal? {
        if let last { return last }
        guard let bid, let ask, let sum = try? bid + ask else { return nil }
        return try? sum.divided(by: 2)
    }
}

public enum Quotes {
    /// Stores a quote unless the stored one is newer.
    public static func put(
        _ quote: Quote, of instrument: InstrumentID, now: Timestamp, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                INSERT INTO quotes (instrument_id, bid, ask, last, quoted_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (instrument_id) DO UPDATE SET
                    bid = excluded.bid, ask = excluded.ask, last = excluded.last,
                    quoted_at = excluded.quoted_at, updated_at = excluded.updated_at
                WHERE quotes.quoted_at <= excluded.quoted_at
                """,
                [
                    .id(instrument), .optional(quote.bid), .optional(quote.ask),
                    .optional(quote.last), .time(quote.time), .time(now),
                ]))
    }
}
