public import Ledger
public import Storage

/// How a user's equity, and what strategies have made, went day by day.
public enum ProfitDays {
    private static let columns =
        "d.strategy_id, d.day, d.opening, d.highest, d.lowest, d.closing, d.deposits"

    private static func decode(_ row: any Row) throws -> (StrategyID?, EquityDay) {
        (
            try row.optionalID(0),
            EquityDay(
                day: try row.day(1), opening: try row.decimal(2), highest: try row.decimal(3),
                lowest: try row.decimal(4), closing: try row.decimal(5),
                deposits: try row.decimal(6))
        )
    }

    /// All strategies' days from `from` on, and the user's own (nil), in one currency; before them
    /// the last one that was seen of each. The earliest first.
    public static func through(
        _ from: Day, in currency: Currency, for caller: Caller, in tx: any Transaction
    ) throws -> [StrategyID?: [EquityDay]] {
        let rows = try tx.query(
            SQL(
                """
                SELECT \(columns) FROM profit_days d
                WHERE d.user_id = $1 AND d.currency = $2 AND d.day >= $3
                ORDER BY d.day
                """, [.id(caller.userID), .text(currency.code), .day(from)]), decode)
        let earlier = try last(before: from, in: currency, for: caller, in: tx)
            .mapValues { [$0] }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
            .merging(earlier) { $1 + $0 }
    }

    /// The last day before `end` that was seen of each strategy, and of the user (nil).
    public static func last(
        before end: Day, in currency: Currency, for caller: Caller, in tx: any Transaction
    ) throws -> [StrategyID?: EquityDay] {
        let rows = try tx.query(
            SQL(
                """
                SELECT \(columns) FROM profit_days d
                JOIN (
                    SELECT COALESCE(strategy_id, 0) AS strategy, MAX(day) AS day
                    FROM profit_days
                    WHERE user_id = $1 AND currency = $2 AND day < $3
                    GROUP BY COALESCE(strategy_id, 0)
                ) l ON l.strategy = COALESCE(d.strategy_id, 0) AND l.day = d.day
                WHERE d.user_id = $1 AND d.currency = $2
                """, [.id(caller.userID), .text(currency.code), .day(end)]), decode)
        return Dictionary(rows) { first, _ in first }
    }

    /// Stores a day in place of what was there; without a strategy, of the user.
    public static func put(
        _ day: EquityDay, of strategy: StrategyID?, in currency: Currency, now: Timestamp,
        for caller: Caller, in tx: any Transaction
    ) throws {
        let values: [Value] = [
            .id(caller.userID), .optional(strategy), .day(day.day), .text(currency.code),
            .decimal(day.opening), .decimal(day.highest), .decimal(day.lowest),
            .decimal(day.closing), .decimal(day.deposits), .time(now),
        ]
        let target =
            strategy == nil
            ? "(user_id, currency, day) WHERE strategy_id IS NULL"
            : "(strategy_id, currency, day) WHERE strategy_id IS NOT NULL"
        try tx.execute(
            SQL(
                """
                INSERT INTO profit_days (user_id, strategy_id, day, currency, opening, highest,
                    lowest, closing, deposits, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                ON CONFLICT \(target) DO UPDATE SET
                    opening = excluded.opening, highest = excluded.highest,
                    lowest = excluded.lowest, closing = excluded.closing,
                    deposits = excluded.deposits, updated_at = excluded.updated_at
                """, values))
    }
}
