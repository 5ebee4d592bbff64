public import Ledger
public import Storage

/// A stored day of a holding in one currency.
public struct DailyPnLRecord: Sendable, Hashable {
    public let holding: HoldingKey
    public let key: DailyPnL.Key
    public let value: DailyPnL

    public init(holding: HoldingKey, key: DailyPnL.Key, value: DailyPnL) {
        self.holding = holding
        self.key = key
        self.value = value
    }
}

/// A day in the report: with the instrument's names.
public struct DailyPnLListing: Sendable, Hashable {
    public let holding: HoldingKey
    public let day: Day
    public let currency: Currency
    public let instrument: InstrumentRecord
    public let value: DailyPnL

    /// The same day with other figures.
    public func with(_ value: DailyPnL) -> DailyPnLListing {
        DailyPnLListing(
            holding: holding, day: day, currency: currency, instrument: instrument, value: value)
    }
}

public enum DailyPnLRows {
    private static let columns = """
        d.portfolio_id, d.instrument_id, d.strategy_id, d.day, d.currency, d.realized_pnl,
        d.realized_pnl_lots, d.fees, d.trades
        """

    private static func decode(_ row: any Row) throws -> DailyPnLRecord {
        DailyPnLRecord(
            holding: HoldingKey(
                portfolioID: try row.id(0), instrumentID: try row.id(1),
                strategyID: try row.optionalID(2)),
            key: DailyPnL.Key(day: try row.day(3), currency: try row.currency(4)),
            value: DailyPnL(
                realizedPnL: try row.decimal(5), lotRealizedPnL: try row.decimal(6),
                fees: try row.decimal(7), trades: Int(try row.integer(8))))
    }

    /// The stored rows of these days; days that have none yet are left out.
    public static func with(
        _ keys: some Sequence<(HoldingKey, DailyPnL.Key)>, for caller: Caller,
        in tx: any Transaction
    ) throws -> [DailyPnLRecord] {
        var items = RowSet(
            HoldingKey.columns + [
                .init("day", .date), .init("currency", .text), .init("user_id", .integer),
            ])
        for (holding, key) in keys {
            items.append(
                holding.values + [.day(key.day), .text(key.currency.code), .id(caller.userID)])
        }
        return try tx.query(
            """
            SELECT \(columns)
            FROM item
            JOIN daily_pnl d ON d.portfolio_id = item.portfolio_id AND d.day = item.day
                AND d.instrument_id = item.instrument_id
                AND COALESCE(d.strategy_id, 0) = item.strategy_key
                AND d.currency = item.currency AND d.user_id = item.user_id
            """, forEach: items, decode)
    }

    /// Stores days in place of what was there.
    public static func put(
        _ records: [DailyPnLRecord], for caller: Caller, in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("user_id", .integer), .init("portfolio_id", .integer),
            .init("instrument_id", .integer), .init("strategy_id", .integer),
            .init("day", .date), .init("currency", .text), .init("realized_pnl", .decimal),
            .init("realized_pnl_lots", .decimal), .init("fees", .decimal),
            .init("trades", .integer),
        ])
        for record in records {
            items.append([
                .id(caller.userID), .id(record.holding.portfolioID),
                .id(record.holding.instrumentID), .optional(record.holding.strategyID),
                .day(record.key.day), .text(record.key.currency.code),
                .decimal(record.value.realizedPnL), .decimal(record.value.lotRealizedPnL),
                .decimal(record.value.fees),
                .integer(Int64(record.value.trades)),
            ])
        }
        try tx.execute(
            """
            INSERT INTO daily_pnl (user_id, portfolio_id, instrument_id, strategy_id, day,
                currency, realized_pnl, realized_pnl_lots, fees, trades)
            SELECT user_id, portfolio_id, instrument_id, strategy_id, day, currency,
                realized_pnl, realized_pnl_lots, fees, trades
            FROM item
            WHERE true
            ON CONFLICT (portfolio_id, day, instrument_id, COALESCE(strategy_id, 0), currency)
            DO UPDATE SET realized_pnl = excluded.realized_pnl,
                realized_pnl_lots = excluded.realized_pnl_lots, fees = excluded.fees,
                trades = excluded.trades
            """, forEach: items)
    }

    /// Forgets days of holdings.
    public static func remove(
        _ keys: [(HoldingKey, DailyPnL.Key)], for caller: Caller, in tx: any Transaction
    ) throws {
        var items = RowSet(
            HoldingKey.columns + [
                .init("day", .date), .init("currency", .text), .init("user_id", .integer),
            ])
        for (holding, key) in keys {
            items.append(
                holding.values + [.day(key.day), .text(key.currency.code), .id(caller.userID)])
        }
        try tx.execute(
            """
            DELETE FROM daily_pnl
            WHERE (portfolio_id, day, instrument_id, COALESCE(strategy_id, 0), currency) IN (
                    SELECT item.portfolio_id, item.day, item.instrument_id, item.strategy_key,
                        item.currency
                    FROM item)
                AND user_id IN (SELECT item.user_id FROM item)
            """, forEach: items)
    }

    /// Forgets all of a holding's days, before they are written anew.
    public static func remove(
        _ holding: HoldingKey, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                DELETE FROM daily_pnl
                WHERE portfolio_id = $1 AND instrument_id = $2
                    AND COALESCE(strategy_id, 0) = $3 AND user_id = $4
                """, holding.values + [.id(caller.userID)]))
    }

    /// Every stored day of a holding.
    public static func all(
        of holding: HoldingKey, for caller: Caller, in tx: any Transaction
    ) throws -> [DailyPnLRecord] {
        try tx.query(
            SQL(
                """
                SELECT \(columns) FROM daily_pnl d
                WHERE d.portfolio_id = $1 AND d.instrument_id = $2
                    AND COALESCE(d.strategy_id, 0) = $3 AND d.user_id = $4
                """, holding.values + [.id(caller.userID)]), decode)
    }

    /// The holdings that a portfolio has days of.
    public static func holdings(
        of portfolio: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws -> [HoldingKey] {
        try tx.query(
            SQL(
                """
                SELECT DISTINCT instrument_id, strategy_id FROM daily_pnl
                WHERE portfolio_id = $1 AND user_id = $2
                """, [.id(portfolio), .id(caller.userID)])
        ) { row in
            HoldingKey(
                portfolioID: portfolio, instrumentID: try row.id(0),
                strategyID: try row.optionalID(1))
        }
    }

    /// The caller's days from `from` to `to`, both included.
    public static func list(
        _ scope: Scope, from: Day, to: Day, for caller: Caller, in tx: any Transaction
    ) throws -> [DailyPnLListing] {
        try tx.query(
            SQL(
                """
                SELECT d.day, d.currency, d.realized_pnl, d.realized_pnl_lots, d.fees,
                    d.trades, \(Instruments.columns), d.portfolio_id, d.instrument_id,
                    d.strategy_id
                FROM portfolios b
                JOIN daily_pnl d ON d.portfolio_id = b.id
                JOIN instruments i ON i.id = d.instrument_id
                WHERE b.user_id = $1 AND d.user_id = $1
                    AND (CAST($2 AS BIGINT) = 0 OR b.id = $2)
                    AND (CAST($3 AS BIGINT) = 0 OR d.strategy_id = $3)
                    AND d.day >= $4 AND d.day <= $5
                """,
                [
                    .id(caller.userID), .anyOr(scope.portfolioID), .anyOr(scope.strategyID),
                    .day(from), .day(to),
                ])
        ) { row in
            DailyPnLListing(
                holding: HoldingKey(
                    portfolioID: try row.id(15), instrumentID: try row.id(16),
                    strategyID: try row.optionalID(17)),
                day: try row.day(0), currency: try row.currency(1),
                instrument: try Instruments.decode(row, from: 6),
                value: DailyPnL(
                    realizedPnL: try row.decimal(2), lotRealizedPnL: try row.decimal(3),
                    fees: try row.decimal(4), trades: Int(try row.integer(5))))
        }
    }
}
