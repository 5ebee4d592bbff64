public import Ledger
public import Storage

/// The last prices heard of an instrument.
public struct Quote: Sendable, Hashable {
    public let bid: Decimal?
    public let ask: Decimal?
    public let last: Decimal?
    /// How much is offered at the bid and at the ask, in the instrument's units; nil: as much as
    /// anybody wants.
    public let bidSize: Decimal?
    public let askSize: Decimal?
    public let time: Timestamp

    public init(
        bid: Decimal?, ask: Decimal?, last: Decimal?, bidSize: Decimal? = nil,
        askSize: Decimal? = nil, time: Timestamp
    ) {
        self.bid = bid
        self.ask = ask
        self.last = last
        self.bidSize = bidSize
        self.askSize = askSize
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
                "SELECT \(columns) FROM quotes q WHERE q.instrument_id = $1",
                [.id(instrument)])
        ) { try decode($0, from: 0) }
    }

    /// The stored quotes of these instruments; those that have none are left out.
    public static func of(
        _ instruments: some Sequence<InstrumentID>, in tx: any Transaction
    ) throws -> [InstrumentID: Quote] {
        var items = RowSet([.init("instrument_id", .integer)])
        for instrument in instruments { items.append([.id(instrument)]) }
        let quotes: [(InstrumentID, Quote)] = try tx.query(
            """
            SELECT q.instrument_id, \(columns)
            FROM item
            JOIN quotes q ON q.instrument_id = item.instrument_id
            """, forEach: items
        ) { (try $0.id(0), try decode($0, from: 1)) }
        return Dictionary(quotes) { first, _ in first }
    }

    /// The stored quote of each instrument that has one.
    public static func all(
        in tx: any Transaction
    ) throws -> [(instrument: Instrument, quote: Quote)] {
        try tx.query(
            SQL(
                """
                SELECT \(columns), \(Instruments.columns)
                FROM quotes q
                JOIN instruments i ON i.id = q.instrument_id
                ORDER BY q.instrument_id
                """)
        ) { (try Instruments.decode($0, from: 6).instrument, try decode($0, from: 0)) }
    }

    private static let columns = "q.bid, q.ask, q.last, q.bid_size, q.ask_size, q.quoted_at"

    private static func decode(_ row: any Row, from first: Int) throws -> Quote {
        Quote(
            bid: try row.optionalDecimal(first), ask: try row.optionalDecimal(first + 1),
            last: try row.optionalDecimal(first + 2),
            bidSize: try row.optionalDecimal(first + 3),
            askSize: try row.optionalDecimal(first + 4), time: try row.time(first + 5))
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
            .init("last", .decimal), .init("bid_size", .decimal), .init("ask_size", .decimal),
            .init("quoted_at", .time), .init("updated_at", .time),
        ])
        for (instrument, quote) in quotes {
            items.append([
                .id(instrument), .optional(quote.bid), .optional(quote.ask), .optional(quote.last),
                .optional(quote.bidSize), .optional(quote.askSize), .time(quote.time), .time(now),
            ])
        }
        try tx.execute(
            """
            INSERT INTO quotes (instrument_id, bid, ask, last, bid_size, ask_size, quoted_at,
                updated_at)
            SELECT instrument_id, bid, ask, last, bid_size, ask_size, quoted_at, updated_at
            FROM item
            WHERE true
            ON CONFLICT (instrument_id) DO UPDATE SET
                bid = excluded.bid, ask = excluded.ask, last = excluded.last,
                bid_size = excluded.bid_size, ask_size = excluded.ask_size,
                quoted_at = excluded.quoted_at, updated_at = excluded.updated_at
            WHERE quotes.quoted_at <= excluded.quoted_at
            """, forEach: items)
    }
}
