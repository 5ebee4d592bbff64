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
    /// The stored quote of an instrument.
    public static func of(
        _ instrument: InstrumentID, in tx: any Transaction
    ) throws -> Quote? {
        try tx.first(
            SQL(
                "SELECT bid, ask, last, quoted_at FROM quotes WHERE instrument_id = $1",
                [.id(instrument)])
        ) { row in
            Quote(
                bid: try row.optionalDecimal(0), ask: try row.optionalDecimal(1),
                last: try row.optionalDecimal(2), time: try row.time(3))
        }
    }

    /// When the stored quotes of these instruments were made; those that have none are left out.
    public static func times(
        of instruments: some Sequence<InstrumentID>, in tx: any Transaction
    ) throws -> [InstrumentID: Timestamp] {
        var items = RowSet([.init("instrument_id", .integer)])
        for instrument in instruments { items.append([.id(instrument)]) }
        let times: [(InstrumentID, Timestamp)] = try tx.query(
            """
            SELECT q.instrument_id, q.quoted_at
            FROM item
            JOIN quotes q ON q.instrument_id = item.instrument_id
            """, forEach: items
        ) { (try $0.id(0), try $0.time(1)) }
        return Dictionary(times) { max($0, $1) }
    }

    /// Stores quotes, each unless the stored one is newer; at most one of each instrument is to be
    /// given.
    public static func put(
        _ quotes: [(instrument: InstrumentID, quote: Quote)], now: Timestamp,
        in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("instrument_id", .integer), .init("bid", .decimal), .init("ask", .decimal),
            .init("last", .decimal), .init("quoted_at", .time), .init("updated_at", .time),
        ])
        for (instrument, quote) in quotes {
            items.append([
                .id(instrument), .optional(quote.bid), .optional(quote.ask), .optional(quote.last),
                .time(quote.time), .time(now),
            ])
        }
        try tx.execute(
            """
            INSERT INTO quotes (instrument_id, bid, ask, last, quoted_at, updated_at)
            SELECT instrument_id, bid, ask, last, quoted_at, updated_at
            FROM item
            WHERE true
            ON CONFLICT (instrument_id) DO UPDATE SET
                bid = excluded.bid, ask = excluded.ask, last = excluded.last,
                quoted_at = excluded.quoted_at, updated_at = excluded.updated_at
            WHERE quotes.quoted_at <= excluded.quoted_at
            """, forEach: items)
    }
}
