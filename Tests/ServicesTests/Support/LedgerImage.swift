import Ledger
import Records
import Services
import Storage
import TestSupport
import Wire
import World

/// Everything that a portfolio's trades lead to, as lines of text that are the same on both
/// databases: positions, days, what each trade realized and did, campaigns, legs, lots, closures.
struct LedgerImage: Hashable {
    var lines: [String]

    /// Positions, days and what each trade realized by average cost: the lines without lots,
    /// campaigns and what belongs to them.
    var summary: [String] {
        lines.filter { line in
            ["day ", "position ", "trade "].contains { line.hasPrefix($0) }
        }
    }

    /// What is stored.
    init(
        of portfolio: ExactText, as authority: Authority, in world: ServiceWorld
    ) async throws {
        let owner = [Value.exact(portfolio), .id(authority.caller.userID)]
        lines = try await world.database.read { tx in
            try LedgerImage.positions(owner, tx) + LedgerImage.days(owner, tx)
                + LedgerImage.trades(owner, tx) + JourneyLines.stored(owner, tx)
        }.sorted()
    }

    /// What a straight fold in the order of truth makes of fills, apart from any service.
    init(folding fills: [PlacedFill], by rules: HoldingRules = HoldingRules()) throws {
        lines = []
        for (holding, fills) in Dictionary(grouping: fills, by: \.holding) {
            let ordered = fills.map(\.fill).sorted { $0.order < $1.order }
            let (result, postings) = try Holding.replay(ordered, rules)
            lines += try JourneyLines.of(postings, of: ordered, holding.description)
            var days: [DailyPnL.Key: DailyPnL] = [:]
            for (fill, posting) in zip(ordered, postings) {
                try days.add(posting, of: fill, currency: holding.currency)
                lines.append("trade \(holding) \(fill.id): \(posting.realizedPnL)")
            }
            let position = result.position
            lines.append(
                LedgerImage.position(
                    holding.description, position,
                    try position.averagePrice(multiplier: ordered[0].multiplier)))
            for (key, day) in days where !day.isEmpty {
                lines.append(
                    "day \(holding) \(key.day) \(key.currency):"
                        + " \(day.realizedPnL) \(day.fees) \(day.trades)")
                lines.append(
                    "lots' day \(holding) \(key.day) \(key.currency): \(day.lotRealizedPnL)")
            }
        }
        lines.sort()
    }

    private static let holdingColumns = "i.symbol, COALESCE(s.name, '-')"

    private static func source(_ table: String) -> String {
        """
        FROM \(table) x
        JOIN portfolios b ON b.id = x.portfolio_id
        JOIN instruments i ON i.id = x.instrument_id
        LEFT JOIN strategies s ON s.id = x.strategy_id
        WHERE b.name = $1 AND b.user_id = $2
        """
    }

    private static func positions(
        _ owner: [Value], _ tx: any Transaction
    ) throws -> [String] {
        try tx.query(
            SQL(
                """
                SELECT \(holdingColumns), x.quantity, x.cost, x.avg_price, x.realized_pnl,
                    x.fees_json, x.opened_at, x.updated_at,
                    x.last_broker_trade_id
                \(source("positions"))
                """, owner)
        ) { row in
            let position = Position(
                quantity: try row.amount(2), cost: try row.amount(3),
                realizedPnL: try row.amount(5), fees: try readFees(try row.text(6)),
                openedAt: try row.optionalText(7).flatMap { Timestamp(canonical: $0) },
                lastFill: FillOrder(
                    time: Timestamp(canonical: try row.text(8)) ?? .distantPast,
                    id: ExactText(try row.text(9))))
            return LedgerImage.position(
                "\(try row.text(0))/\(try row.text(1))", position, try row.amount(4))
        }
    }

    private static func days(_ owner: [Value], _ tx: any Transaction) throws -> [String] {
        try tx.query(
            SQL(
                """
                SELECT \(holdingColumns), x.day, x.currency, x.realized_pnl, x.fees, x.trades,
                    x.realized_pnl_lots
                \(source("daily_pnl"))
                """, owner)
        ) { row in
            let key =
                "day \(try row.text(0))/\(try row.text(1)) \(try row.text(2)) \(try row.text(3)):"
            return [
                "\(key) \(try row.amount(4)) \(try row.amount(5)) \(try row.integer(6))",
                "lots' \(key) \(try row.amount(7))",
            ]
        }.flatMap(\.self)
    }

    private static func trades(_ owner: [Value], _ tx: any Transaction) throws -> [String] {
        try tx.query(
            SQL(
                """
                SELECT \(holdingColumns), x.broker_trade_id, x.realized_pnl
                \(source("trades")) AND x.is_superseded = $3
                """, owner + [.bool(false)])
        ) { row in
            "trade \(try row.text(0))/\(try row.text(1)) \(try row.text(2)):"
                + " \(try row.amount(3))"
        }
    }

    private static func position(
        _ holding: String, _ position: Position, _ average: Decimal
    ) -> String {
        let fees = position.fees.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return "position \(holding): \(position.quantity) cost \(position.cost) at \(average)"
            + " realized \(position.realizedPnL) fees \(fees.joined(separator: ", "))"
            + " since \(position.openedAt?.description ?? "-")"
            + " until \(position.lastFill.map { "\($0.time) \($0.id)" } ?? "-")"
    }

    private static func readFees(_ text: String) throws -> [Currency: Decimal] {
        var fees: [Currency: Decimal] = [:]
        for member in try JSONValue(parsing: text).object ?? [] {
            guard let currency = Currency(member.key.text), let amount = member.value.string else {
                throw LedgerError.malformed
            }
            fees[currency] = try Decimal(parsing: amount)
        }
        return fees
    }
}

/// A fill and the holding that it belongs to.
struct PlacedFill: Sendable {
    struct Holding: Hashable, Sendable, CustomStringConvertible {
        let symbol: String
        /// Without its version; `-` for none.
        let strategy: String
        let currency: Currency

        var description: String { "\(symbol)/\(strategy)" }
    }

    let holding: Holding
    let fill: Fill

    /// The same as the JSON of a FILL.
    var json: String {
        TestSupport.fill(
            fill.id.text, fill.side.rawValue, fill.quantity.description,
            at: fill.price.description, fee: fill.fee.description,
            feeCurrency: fill.feeCurrency.code, symbol: holding.symbol,
            currency: holding.currency.code, time: fill.time.description,
            order: fill.orderID?.text,
            strategy: holding.strategy == "-" ? nil : holding.strategy)
    }
}

extension Row {
    /// A decimal in its canonical form.
    func amount(_ column: Int) throws -> Decimal { try Decimal(parsing: try text(column)) }
}
