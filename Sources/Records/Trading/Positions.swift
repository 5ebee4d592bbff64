public import Ledger
public import Storage

/// A stored position.
public struct PositionRecord: Sendable, Hashable {
    public let holding: HoldingKey
    public let position: Position
    /// Shown price per unit, at 12 decimals; derived from the exact cost.
    public let averagePrice: Decimal

    public init(holding: HoldingKey, position: Position, averagePrice: Decimal) {
        self.holding = holding
        self.position = position
        self.averagePrice = averagePrice
    }
}

/// A position with the names and the mark that a reader needs.
public struct PositionListing: Sendable, Hashable {
    public let holding: HoldingKey
    public let portfolio: ExactText
    public let strategy: ExactText?
    public let instrument: InstrumentRecord
    public let position: Position
    public let averagePrice: Decimal
    public let quote: Quote?
}

public enum Positions {
    private static let columns = """
        p.portfolio_id, p.instrument_id, p.strategy_id, p.quantity, p.cost, p.avg_price,
        p.realized_pnl, p.fees_json, p.opened_at, p.updated_at, p.last_broker_trade_id
        """

    private static func decode(_ row: any Row) throws -> PositionRecord {
        PositionRecord(
            holding: HoldingKey(
                portfolioID: try row.id(0), instrumentID: try row.id(1),
                strategyID: try row.optionalID(2)),
            position: Position(
                quantity: try row.decimal(3), cost: try row.decimal(4),
                realizedPnL: try row.decimal(6),
                fees: try FeesColumn.read(try row.text(7), column: 7),
                openedAt: try row.optionalTime(8),
                lastFill: FillOrder(time: try row.time(9), id: try row.exact(10))),
            averagePrice: try row.decimal(5))
    }

    /// The stored positions of these holdings; those that have none yet are left out.
    public static func with(
        _ holdings: some Sequence<HoldingKey>, for caller: Caller, in tx: any Transaction
    ) throws -> [PositionRecord] {
        var items = RowSet(HoldingKey.columns + [.init("user_id", .integer)])
        for holding in holdings { items.append(holding.values + [.id(caller.userID)]) }
        return try tx.query(
            """
            SELECT \(columns)
            FROM item
            JOIN positions p ON p.portfolio_id = item.portfolio_id
                AND p.instrument_id = item.instrument_id
                AND COALESCE(p.strategy_id, 0) = item.strategy_key AND p.user_id = item.user_id
            """, forEach: items, decode)
    }

    /// Stores positions in place of what was there.
    public static func put(
        _ positions: [(uid: String, record: PositionRecord)], for caller: Caller,
        in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("uid", .text), .init("user_id", .integer), .init("portfolio_id", .integer),
            .init("instrument_id", .integer), .init("strategy_id", .integer),
            .init("quantity", .decimal), .init("cost", .decimal), .init("avg_price", .decimal),
            .init("realized_pnl", .decimal), .init("fees_json", .json),
            .init("opened_at", .time), .init("updated_at", .time),
            .init("last_broker_trade_id", .text),
        ])
        for (uid, record) in positions {
            let position = record.position
            items.append([
                .text(uid), .id(caller.userID), .id(record.holding.portfolioID),
                .id(record.holding.instrumentID), .optional(record.holding.strategyID),
                .decimal(position.quantity), .decimal(position.cost),
                .decimal(record.averagePrice), .decimal(position.realizedPnL),
                .text(FeesColumn.write(position.fees)), .optional(position.openedAt),
                .optional(position.lastFill?.time), .optional(position.lastFill?.id),
            ])
        }
        try tx.execute(
            """
            INSERT INTO positions (uid, user_id, portfolio_id, instrument_id, strategy_id,
                quantity, cost, avg_price, realized_pnl, fees_json, opened_at, updated_at,
                last_broker_trade_id)
            SELECT uid, user_id, portfolio_id, instrument_id, strategy_id, quantity, cost,
                avg_price, realized_pnl, fees_json, opened_at, updated_at, last_broker_trade_id
            FROM item
            WHERE true
            ON CONFLICT (portfolio_id, instrument_id, COALESCE(strategy_id, 0)) DO UPDATE SET
                quantity = excluded.quantity, cost = excluded.cost,
                avg_price = excluded.avg_price, realized_pnl = excluded.realized_pnl,
                fees_json = excluded.fees_json, opened_at = excluded.opened_at,
                updated_at = excluded.updated_at,
                last_broker_trade_id = excluded.last_broker_trade_id,
                version = positions.version + 1
            """, forEach: items)
    }

    /// The caller's positions by portfolio, symbol and strategy, those of no strategy first.
    public static func list(
        _ scope: Scope, includeClosed: Bool, for caller: Caller, in tx: any Transaction
    ) throws -> [PositionListing] {
        try tx.query(
            SQL(
                """
                SELECT \(columns), b.name, s.name, s.version, q.bid, q.ask, q.last, q.quoted_at,
                    \(Instruments.columns)
                FROM portfolios b
                JOIN positions p ON p.portfolio_id = b.id
                JOIN instruments i ON i.id = p.instrument_id
                LEFT JOIN strategies s ON s.id = p.strategy_id
                LEFT JOIN quotes q ON q.instrument_id = p.instrument_id
                WHERE b.user_id = $1 AND p.user_id = $1
                    AND (CAST($2 AS BIGINT) = 0 OR b.id = $2)
                    AND (CAST($3 AS BIGINT) = 0 OR p.strategy_id = $3)
                    AND ($4 OR p.quantity <> '0')
                ORDER BY b.name, i.symbol, i.id, COALESCE(s.name, ''), COALESCE(s.version, '')
                """,
                [
                    .id(caller.userID), .anyOr(scope.portfolioID), .anyOr(scope.strategyID),
                    .bool(includeClosed),
                ]), decodeListing)
    }

    /// Every stored position of a portfolio, for `verify`.
    public static func all(
        of portfolio: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws -> [PositionRecord] {
        try tx.query(
            SQL(
                """
                SELECT \(columns) FROM positions p
                WHERE p.portfolio_id = $1 AND p.user_id = $2
                """, [.id(portfolio), .id(caller.userID)]), decode)
    }

    public static func remove(
        _ holding: HoldingKey, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                DELETE FROM positions
                WHERE portfolio_id = $1 AND instrument_id = $2
                    AND COALESCE(strategy_id, 0) = $3 AND user_id = $4
                """, holding.values + [.id(caller.userID)]))
    }

    private static func decodeListing(_ row: any Row) throws -> PositionListing {
        let record = try decode(row)
        let strategy = try row.optionalText(12)
        return PositionListing(
            holding: record.holding, portfolio: try row.exact(11),
            strategy: try strategy.map { ExactText("\($0)@\(try row.text(13))") },
            instrument: try Instruments.decode(row, from: 18), position: record.position,
            averagePrice: record.averagePrice,
            quote: row.isNull(17)
                ? nil
                : Quote(
                    bid: try row.optionalDecimal(14), ask: try row.optionalDecimal(15),
                    last: try row.optionalDecimal(16), time: try row.time(17)))
    }
}
