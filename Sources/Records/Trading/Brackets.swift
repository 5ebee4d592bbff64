public import Ledger
public import Storage

public typealias BracketID = RowID<BracketRecord>

/// At which prices a holding is closed again.
public struct BracketRecord: Sendable, Hashable {
    public let id: BracketID
    /// By which brokers know that its orders belong together.
    public let uid: String
    public let ownerID: UserID
    public let holding: HoldingKey
    /// The code of the broker through whose gateway its exits go.
    public let gateway: String
    /// The order whose fills it protects; nil: it protects what no other bracket does.
    public let entryID: OrderID?
    /// Of its exits.
    public let side: Side
    public var terms: ExitTerms
    public var status: BracketStatus
    public var closeReason: CloseReason?
    /// The request that set its terms last.
    public var request: String?
    /// Nil while it is in force.
    public var endedAt: Timestamp?
}

/// The bracket that an order is an exit of.
public struct BracketLink: Sendable, Hashable {
    public let id: BracketID
    public let uid: String
    public let role: BracketRole
}

public enum Brackets {
    private static let select = """
        SELECT k.id, k.uid, k.user_id, k.portfolio_id, k.instrument_id, k.strategy_id, k.gateway,
            k.entry_order_id, k.exit_side, k.stop_price, k.trail_amount, k.trail_percent,
            k.take_profit, k.status, k.close_reason, k.request, k.ended_at
        FROM brackets k
        """

    /// Whether a fill in the portfolio may concern an exit: a bracket is in force, or an order
    /// works that may only reduce a position.
    public static func concern(
        _ portfolio: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws -> Bool {
        try tx.first(
            SQL(
                """
                SELECT 1 WHERE EXISTS (
                    SELECT 1 FROM brackets
                    WHERE portfolio_id = $1 AND ended_at IS NULL AND user_id = $2
                ) OR EXISTS (
                    SELECT 1 FROM orders
                    WHERE portfolio_id = $1 AND user_id = $2 AND gateway IS NOT NULL
                        AND status IN ('PENDING', 'NEW', 'PARTIALLY_FILLED') AND is_reduce_only
                )
                """, [.id(portfolio), .id(caller.userID)])
        ) { _ in true } ?? false
    }

    /// Those in force, the oldest first.
    public static func inForce(
        in portfolio: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws -> [BracketRecord] {
        try tx.query(
            SQL(
                """
                \(select)
                WHERE k.portfolio_id = $1 AND k.ended_at IS NULL AND k.user_id = $2
                ORDER BY k.id
                """, [.id(portfolio), .id(caller.userID)]), decode)
    }

    /// The holdings of all users that have one in force or an exit that works, for the look at the
    /// start.
    public static func holdingsInForce(
        in tx: any Transaction
    ) throws -> [(owner: UserID, holding: HoldingKey)] {
        try tx.query(
            SQL(
                """
                SELECT k.user_id, k.portfolio_id, k.instrument_id, k.strategy_id
                FROM brackets k
                WHERE k.ended_at IS NULL
                UNION
                SELECT o.user_id, o.portfolio_id, o.instrument_id, o.strategy_id
                FROM orders o
                JOIN bracket_orders x ON x.order_id = o.id
                WHERE o.gateway IS NOT NULL
                    AND o.status IN ('PENDING', 'NEW', 'PARTIALLY_FILLED')
                """)
        ) { row in
            (
                try row.id(0),
                HoldingKey(
                    portfolioID: try row.id(1), instrumentID: try row.id(2),
                    strategyID: try row.optionalID(3))
            )
        }
    }

    public static func with(
        id: BracketID, for caller: Caller, in tx: any Transaction
    ) throws -> BracketRecord? {
        try tx.first(
            SQL(
                "\(select) WHERE k.id = $1 AND k.user_id = $2",
                [.id(id), .id(caller.userID)]), decode)
    }

    /// The one that protects what an order opens.
    public static func with(
        entry: OrderID, for caller: Caller, in tx: any Transaction
    ) throws -> BracketRecord? {
        try tx.first(
            SQL(
                "\(select) WHERE k.entry_order_id = $1 AND k.user_id = $2",
                [.id(entry), .id(caller.userID)]), decode)
    }

    public static func insert(
        uid: String, _ terms: ExitTerms, of holding: HoldingKey, entry: OrderID?, side: Side,
        gateway: String, request: String?, now: Timestamp, for caller: Caller,
        in tx: any Transaction
    ) throws -> BracketID {
        let ids: [BracketID] = try tx.query(
            SQL(
                """
                INSERT INTO brackets (uid, user_id, portfolio_id, instrument_id, strategy_id,
                    gateway, entry_order_id, exit_side, stop_price, trail_amount, trail_percent,
                    take_profit, status, request, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)
                RETURNING id
                """,
                [
                    .text(uid), .id(caller.userID), .id(holding.portfolioID),
                    .id(holding.instrumentID), .optional(holding.strategyID), .text(gateway),
                    .optional(entry), .text(side.rawValue), .optional(terms.stopPrice),
                    .optional(terms.trailAmount), .optional(terms.trailPercent),
                    .optional(terms.profit),
                    .text((entry == nil ? BracketStatus.active : .pending).rawValue),
                    .optional(request), .time(now),
                ])
        ) { try $0.id(0) }
        guard let id = ids.first else { throw StorageError.decoding(column: 0, expected: "an id") }
        return id
    }

    /// Writes what has become of one.
    public static func update(
        _ bracket: BracketRecord, now: Timestamp, in tx: any Transaction
    ) throws {
        let terms = bracket.terms
        try tx.execute(
            SQL(
                """
                UPDATE brackets
                SET stop_price = $3, trail_amount = $4, trail_percent = $5, take_profit = $6,
                    status = $7, close_reason = $8, request = $9, ended_at = $10,
                    updated_at = $11, version = version + 1
                WHERE id = $1 AND user_id = $2
                """,
                [
                    .id(bracket.id), .id(bracket.ownerID), .optional(terms.stopPrice),
                    .optional(terms.trailAmount), .optional(terms.trailPercent),
                    .optional(terms.profit), .text(bracket.status.rawValue),
                    .optional(bracket.closeReason?.rawValue), .optional(bracket.request),
                    .optional(bracket.endedAt), .time(now),
                ]))
    }

    /// Makes an order one of a bracket's.
    public static func link(
        _ order: OrderID, to bracket: BracketID, as role: BracketRole, for caller: Caller,
        in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                INSERT INTO bracket_orders (order_id, user_id, bracket_id, role)
                VALUES ($1, $2, $3, $4)
                """,
                [.id(order), .id(caller.userID), .id(bracket), .text(role.rawValue)]))
    }

    private static func decode(_ row: any Row) throws -> BracketRecord {
        var terms = ExitTerms(profit: try row.optionalDecimal(12))
        if let price = try row.optionalDecimal(9) {
            terms.stop = .price(price)
        } else if let amount = try row.optionalDecimal(10) {
            terms.stop = .trail(.amount(amount))
        } else if let percent = try row.optionalDecimal(11) {
            terms.stop = .trail(.percent(percent))
        }
        return BracketRecord(
            id: try row.id(0), uid: try row.text(1), ownerID: try row.id(2),
            holding: HoldingKey(
                portfolioID: try row.id(3), instrumentID: try row.id(4),
                strategyID: try row.optionalID(5)),
            gateway: try row.text(6), entryID: try row.optionalID(7), side: try row.choice(8),
            terms: terms, status: try row.choice(13),
            closeReason: row.isNull(14) ? nil : try row.choice(14),
            request: try row.optionalText(15), endedAt: try row.optionalTime(16))
    }
}

extension ExitTerms {
    fileprivate var stopPrice: Decimal? {
        if case .price(let price)? = stop { price } else { nil }
    }

    fileprivate var trailAmount: Decimal? {
        if case .trail(.amount(let amount))? = stop { amount } else { nil }
    }

    fileprivate var trailPercent: Decimal? {
        if case .trail(.percent(let percent))? = stop { percent } else { nil }
    }
}
