public import Ledger
public import Storage

/// What currencies cost each other, day by day; shared by all users.
public enum FXRates {
    /// A pair of currencies and the days for which its rates are wanted, both included.
    public struct Span: Sendable, Hashable {
        public let base: Currency
        public let quote: Currency
        public let from: Day
        public let to: Day

        public init(base: Currency, quote: Currency, from: Day, to: Day) {
            self.base = base
            self.quote = quote
            self.from = from
            self.to = to
        }
    }

    private static let columns = "r.base_currency, r.quote_currency, r.day, r.rate"

    private static func decode(_ row: any Row) throws -> ExchangeRate {
        ExchangeRate(
            base: try row.currency(0), quote: try row.currency(1), day: try row.day(2),
            rate: try row.decimal(3))
    }

    /// The stored rates of the same pairs and days.
    public static func stored(
        for rates: [ExchangeRate], in tx: any Transaction
    ) throws -> [ExchangeRate] {
        var items = RowSet([.init("base", .text), .init("quote", .text), .init("day", .date)])
        for rate in rates {
            items.append([.text(rate.base.code), .text(rate.quote.code), .day(rate.day)])
        }
        return try tx.query(
            """
            SELECT \(columns)
            FROM item
            JOIN fx_rates r ON r.base_currency = item.base AND r.quote_currency = item.quote
                AND r.day = item.day
            """, forEach: items, decode)
    }

    /// Every rate of the spans' days, and the last before each span's first day.
    public static func covering(
        _ spans: [Span], in tx: any Transaction
    ) throws -> [ExchangeRate] {
        var items = RowSet([
            .init("base", .text), .init("quote", .text), .init("first_day", .date),
            .init("last_day", .date),
        ])
        for span in spans {
            items.append([
                .text(span.base.code), .text(span.quote.code), .day(span.from), .day(span.to),
            ])
        }
        return try tx.query(
            """
            SELECT \(columns)
            FROM item
            JOIN fx_rates r ON r.base_currency = item.base AND r.quote_currency = item.quote
            WHERE r.day <= item.last_day
                AND r.day >= COALESCE(
                    (
                        SELECT MAX(e.day) FROM fx_rates e
                        WHERE e.base_currency = item.base AND e.quote_currency = item.quote
                            AND e.day <= item.first_day
                    ), item.first_day)
            """, forEach: items, decode)
    }

    /// The last rate of each pair with these currencies, by base, then quote; at most `limit`.
    public static func latest(
        base: Currency?, quote: Currency?, limit: Int, in tx: any Transaction
    ) throws -> [ExchangeRate] {
        try tx.query(
            SQL(
                """
                SELECT \(columns)
                FROM (
                    SELECT base_currency, quote_currency, MAX(day) AS day
                    FROM fx_rates
                    WHERE (CAST($1 AS TEXT) = '' OR base_currency = $1)
                        AND (CAST($2 AS TEXT) = '' OR quote_currency = $2)
                    GROUP BY base_currency, quote_currency
                ) l
                JOIN fx_rates r ON r.base_currency = l.base_currency
                    AND r.quote_currency = l.quote_currency AND r.day = l.day
                ORDER BY r.base_currency, r.quote_currency
                LIMIT $3
                """,
                [
                    .text(base?.code ?? ""), .text(quote?.code ?? ""), .integer(Int64(limit)),
                ]), decode)
    }

    /// The last rates between two currencies, either way round, newest first; at most `limit`.
    public static func between(
        _ one: Currency, _ other: Currency, limit: Int, in tx: any Transaction
    ) throws -> [ExchangeRate] {
        try tx.query(
            SQL(
                """
                SELECT \(columns)
                FROM fx_rates r
                WHERE (r.base_currency = $1 AND r.quote_currency = $2)
                    OR (r.base_currency = $2 AND r.quote_currency = $1)
                ORDER BY r.day DESC, CASE WHEN r.base_currency = $1 THEN 0 ELSE 1 END
                LIMIT $3
                """, [.text(one.code), .text(other.code), .integer(Int64(limit))]), decode)
    }

    /// Stores rates in place of those of the same pair and day; at most one of each is to be given.
    public static func put(
        _ rates: [ExchangeRate], now: Timestamp, in tx: any Transaction
    ) throws {
        var items = RowSet([
            .init("base_currency", .text), .init("quote_currency", .text), .init("day", .date),
            .init("rate", .decimal), .init("updated_at", .time),
        ])
        for rate in rates {
            items.append([
                .text(rate.base.code), .text(rate.quote.code), .day(rate.day),
                .decimal(rate.rate), .time(now),
            ])
        }
        try tx.execute(
            """
            INSERT INTO fx_rates (base_currency, quote_currency, day, rate, updated_at)
            SELECT base_currency, quote_currency, day, rate, updated_at
            FROM item
            WHERE true
            ON CONFLICT (base_currency, quote_currency, day) DO UPDATE SET
                rate = excluded.rate, updated_at = excluded.updated_at
            """, forEach: items)
    }
}
