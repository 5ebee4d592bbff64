public import Ledger
public import Storage

/// An instrument as it is stored: reference data that all users share.
public struct InstrumentRecord: Sendable, Hashable {
    public let id: InstrumentID
    public let instrument: Instrument

    public init(id: InstrumentID, instrument: Instrument) {
        self.id = id
        self.instrument = instrument
    }
}

public enum Instruments {
    static let columns = """
        i.id, i.symbol, i.exchange, i.asset_type, i.currency, i.multiplier, i.tick_size,
        i.lot_size, i.contract
        """

    static func decode(_ row: any Row, from first: Int = 0) throws -> InstrumentRecord {
        InstrumentRecord(
            id: try row.id(first),
            instrument: Instrument(
                symbol: try row.exact(first + 1), exchange: try row.optionalExact(first + 2),
                assetType: try row.choice(first + 3), currency: try row.currency(first + 4),
                multiplier: try row.decimal(first + 5),
                tickSize: try row.optionalDecimal(first + 6),
                lotSize: try row.optionalDecimal(first + 7),
                option: try contract(row, first + 8)))
    }

    /// Every instrument that has one of these symbols; a symbol may be listed more than once.
    public static func with(
        symbols: some Sequence<ExactText>, in tx: any Transaction
    ) throws -> [InstrumentRecord] {
        var items = RowSet([.init("symbol", .text)])
        for symbol in symbols { items.append([.exact(symbol)]) }
        return try tx.query(
            """
            SELECT \(columns)
            FROM item
            JOIN instruments i ON i.symbol = item.symbol
            """, forEach: items
        ) { try decode($0) }
    }

    public static func with(
        id: InstrumentID, in tx: any Transaction
    ) throws -> InstrumentRecord? {
        try tx.first(
            SQL("SELECT \(columns) FROM instruments i WHERE i.id = $1", [.id(id)])
        ) { try decode($0) }
    }

    /// The instruments with these ids.
    public static func with(
        ids: some Sequence<InstrumentID>, in tx: any Transaction
    ) throws -> [InstrumentID: Instrument] {
        var items = RowSet([.init("id", .integer)])
        for id in ids { items.append([.id(id)]) }
        let records = try tx.query(
            """
            SELECT \(columns)
            FROM item
            JOIN instruments i ON i.id = item.id
            """, forEach: items
        ) { try decode($0) }
        return Dictionary(records.map { ($0.id, $0.instrument) }) { first, _ in first }
    }

    /// Adds those that are not there yet; what two users add at once is added once.
    public static func insert(
        _ instruments: [(uid: String, instrument: Instrument)], now: Timestamp,
        in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("uid", .text), .init("symbol", .text), .init("exchange", .text),
            .init("asset_type", .text), .init("currency", .text), .init("multiplier", .decimal),
            .init("tick_size", .decimal), .init("lot_size", .decimal), .init("contract", .text),
            .init("created_at", .time),
        ])
        for (uid, instrument) in instruments {
            items.append([
                .text(uid), .exact(instrument.symbol), .optional(instrument.exchange),
                .text(instrument.assetType.rawValue), .text(instrument.currency.code),
                .decimal(instrument.multiplier), .optional(instrument.tickSize),
                .optional(instrument.lotSize), .optional(instrument.option.map(contractKey)),
                .time(now),
            ])
        }
        try tx.execute(
            """
            INSERT INTO instruments (uid, symbol, exchange, asset_type, currency, multiplier,
                tick_size, lot_size, contract, created_at)
            SELECT uid, symbol, exchange, asset_type, currency, multiplier, tick_size, lot_size,
                contract, created_at
            FROM item
            WHERE true
            ON CONFLICT DO NOTHING
            """, forEach: items)
        try insertContracts(instruments, in: tx)
    }

    /// The option contracts of instruments that were added under these uids; those that were there
    /// have theirs.
    private static func insertContracts(
        _ instruments: [(uid: String, instrument: Instrument)], in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("uid", .text), .init("underlying", .text), .init("expiry", .date),
            .init("strike", .decimal), .init("option_right", .text), .init("multiplier", .decimal),
            .init("occ_symbol", .text),
        ])
        for (uid, instrument) in instruments {
            guard let option = instrument.option else { continue }
            items.append([
                .text(uid), .exact(option.underlying), .day(option.expiry),
                .decimal(option.strike), .text(option.right.rawValue),
                .decimal(instrument.multiplier), .optional(option.occSymbol),
            ])
        }
        guard !items.isEmpty else { return }
        try tx.execute(
            """
            INSERT INTO option_contracts (instrument_id, underlying, expiry, strike, option_right,
                multiplier, occ_symbol)
            SELECT i.id, item.underlying, item.expiry, item.strike, item.option_right,
                item.multiplier, item.occ_symbol
            FROM item
            JOIN instruments i ON i.uid = item.uid
            WHERE true
            ON CONFLICT DO NOTHING
            """, forEach: items)
    }

    /// `UNDERLYING|YYYY-MM-DD|STRIKE|C` or `P`: what tells one option contract from another.
    private static func contractKey(_ option: OptionContract) -> String {
        "\(option.underlying)|\(option.expiry)|\(option.strike)|\(option.right.rawValue)"
    }

    private static func contract(_ row: any Row, _ column: Int) throws -> OptionContract? {
        guard let key = try row.optionalText(column) else { return nil }
        // The underlying may hold any character, so the parts are taken from the end.
        // Byte by byte: what stands before a bar may become one character with it.
        var rest = key.utf8[...]
        func takeLast() -> String? {
            guard let bar = rest.lastIndex(of: UInt8(ascii: "|")) else { return nil }
            defer { rest = rest[..<bar] }
            return String(rest[rest.index(after: bar)...])
        }
        guard let right = takeLast().flatMap(OptionRight.init(rawValue:)),
            let strike = try? takeLast().map(Decimal.init(parsing:)),
            let expiry = takeLast().flatMap(Day.init(canonical:)),
            let underlying = String(rest)
        else { throw StorageError.decoding(column: column, expected: "an option contract") }
        return OptionContract(
            underlying: ExactText(underlying), expiry: expiry, strike: strike, right: right)
    }
}
