public import Ledger
public import Storage

/// An order that is placed through a gateway.
public struct PlacedOrder: Sendable, Hashable {
    public let id: OrderID
    public let uid: String
    public let ownerID: UserID
    public let accountUID: String
    public let holding: HoldingKey
    public let instrument: Instrument
    /// The code of the gateway's broker.
    public let gateway: String
    public let clientOrderID: ExactText?
    public var brokerOrderID: ExactText?
    public var instruction: OrderInstruction
    public var progress: OrderProgress
    /// When its stop price was reached.
    public var triggeredAt: Timestamp?
    /// Why it was denied, rejected or canceled, for people.
    public var reason: String?
    public let placedAt: Timestamp
    /// Counts every change but those that a trailing stop makes by itself.
    public let version: Int64
    /// How it came to close a position.
    public var closeReason: CloseReason?
    /// Nil for an order that ends no bracket.
    public let bracket: BracketLink?
}

/// A trade of an order, as far as its gateway knows of it.
public struct TradeOfOrder: Sendable, Hashable {
    public let id: ExactText
    public let quantity: Decimal
    public let price: Decimal
    public let fee: Decimal
    public let feeCurrency: Currency
    public let time: Timestamp
}

/// An order that is to be placed.
public struct NewPlacedOrder: Sendable {
    public let uid: String
    public let holding: HoldingKey
    public let gateway: String
    public let clientOrderID: ExactText?
    public let instruction: OrderInstruction
    public let status: OrderStatus
    public let reason: String?
    public let closeReason: CloseReason?
    /// What was asked for, so that the same request is known again.
    public let request: String
    public let metaJSON: String

    public init(
        uid: String, holding: HoldingKey, gateway: String, clientOrderID: ExactText?,
        instruction: OrderInstruction, status: OrderStatus, reason: String? = nil,
        closeReason: CloseReason? = nil, request: String, metaJSON: String = "{}"
    ) {
        self.uid = uid
        self.holding = holding
        self.gateway = gateway
        self.clientOrderID = clientOrderID
        self.instruction = instruction
        self.status = status
        self.reason = reason
        self.closeReason = closeReason
        self.request = request
        self.metaJSON = metaJSON
    }
}

public enum PlacedOrders {
    private static let columns = """
        o.id, o.uid, o.user_id, a.uid, o.portfolio_id, o.instrument_id, o.strategy_id, o.gateway,
        o.client_order_id, o.broker_order_id, o.side, o.type, o.time_in_force, o.quantity,
        o.filled_quantity, o.price, o.stop_price, o.trail_amount, o.trail_percent,
        o.is_reduce_only, o.status, o.triggered_at, o.reason, o.placed_at, o.version,
        o.close_reason, x.bracket_id, k.uid, x.role, \(Instruments.columns)
        """
    private static let source = """
        FROM orders o
        JOIN portfolios p ON p.id = o.portfolio_id
        JOIN accounts a ON a.id = p.account_id
        JOIN instruments i ON i.id = o.instrument_id
        LEFT JOIN bracket_orders x ON x.order_id = o.id
        LEFT JOIN brackets k ON k.id = x.bracket_id
        """
    private static let select = "SELECT \(columns) \(source)"

    /// Nil for what is absent, another user's, or not placed through a gateway.
    public static func with(
        uid: String, for caller: Caller, in tx: any Transaction
    ) throws -> PlacedOrder? {
        try tx.first(
            SQL(
                "\(select) WHERE o.uid = $1 AND o.user_id = $2 AND o.gateway IS NOT NULL",
                [.text(uid), .id(caller.userID)]), decode)
    }

    public static func with(
        id: OrderID, for caller: Caller, in tx: any Transaction
    ) throws -> PlacedOrder? {
        try tx.first(
            SQL(
                "\(select) WHERE o.id = $1 AND o.user_id = $2 AND o.gateway IS NOT NULL",
                [.id(id), .id(caller.userID)]), decode)
    }

    /// The orders of a bracket but for its entry, whatever became of them, the oldest first.
    public static func of(
        _ bracket: BracketID, for caller: Caller, in tx: any Transaction
    ) throws -> [PlacedOrder] {
        try tx.query(
            SQL(
                "\(select) WHERE x.bracket_id = $1 AND o.user_id = $2 ORDER BY o.id",
                [.id(bracket), .id(caller.userID)]), decode)
    }

    /// The order that has this id of its sender's, and what was asked for with it; no request where
    /// it was not placed through a gateway.
    public static func with(
        clientOrderID: ExactText, in portfolio: PortfolioID, for caller: Caller,
        in tx: any Transaction
    ) throws -> (uid: String, request: String?)? {
        try tx.first(
            SQL(
                """
                SELECT uid, request FROM orders
                WHERE portfolio_id = $1 AND client_order_id = $2 AND user_id = $3
                """, [.id(portfolio), .exact(clientOrderID), .id(caller.userID)])
        ) { (try $0.text(0), try $0.optionalText(1)) }
    }

    /// Who owns an order at a gateway, by what the gateway calls it; nil where nobody does.
    public static func owner(
        ofUID uid: String, at gateway: String, in tx: any Transaction
    ) throws -> Caller? {
        try tx.first(
            SQL(
                "SELECT user_id FROM orders WHERE uid = $1 AND gateway = $2",
                [.text(uid), .text(gateway)])
        ) { Caller(userID: try $0.id(0), isAdmin: false) }
    }

    /// What works at a gateway, of all users, the oldest first, each with its fills in the order
    /// in which they were stored.
    public static func working(
        at gateway: String, in tx: any Transaction
    ) throws -> [(order: PlacedOrder, fills: [TradeOfOrder])] {
        let condition = "o.gateway = $1 AND o.status IN ('NEW', 'PARTIALLY_FILLED')"
        let trades: [(OrderID, TradeOfOrder)] = try tx.query(
            SQL(
                """
                SELECT o.id, t.broker_trade_id, t.quantity, t.price, t.fee, t.fee_currency,
                    t.exec_time
                FROM orders o
                JOIN trades t ON t.order_id = o.id
                WHERE \(condition)
                ORDER BY t.id
                """, [.text(gateway)])
        ) { row in
            (
                try row.id(0),
                TradeOfOrder(
                    id: try row.exact(1), quantity: try row.decimal(2), price: try row.decimal(3),
                    fee: try row.decimal(4), feeCurrency: try row.currency(5),
                    time: try row.time(6))
            )
        }
        let fills = Dictionary(grouping: trades) { $0.0 }
        return try tx.query(
            SQL("\(select) WHERE \(condition) ORDER BY o.placed_at, o.id", [.text(gateway)]),
            decode
        ).map { ($0, fills[$0.id]?.map(\.1) ?? []) }
    }

    /// The caller's open orders in a portfolio that were placed through a gateway, the oldest
    /// first.
    public static func open(
        in portfolio: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws -> [PlacedOrder] {
        try tx.query(
            SQL(
                """
                \(select)
                WHERE o.portfolio_id = $1 AND o.user_id = $2 AND o.gateway IS NOT NULL
                    AND o.status IN ('PENDING', 'NEW', 'PARTIALLY_FILLED')
                ORDER BY o.placed_at, o.id
                """, [.id(portfolio), .id(caller.userID)])
        ) { try decode($0) }
    }

    /// The same, in all of the caller's portfolios.
    public static func open(
        for caller: Caller, in tx: any Transaction
    ) throws -> [PlacedOrder] {
        try tx.query(
            SQL(
                """
                \(select)
                WHERE p.user_id = $1 AND o.user_id = $1 AND o.gateway IS NOT NULL
                    AND o.status IN ('PENDING', 'NEW', 'PARTIALLY_FILLED')
                ORDER BY o.placed_at, o.id
                """, [.id(caller.userID)])
        ) { try decode($0) }
    }

    /// The caller's orders that were placed through a gateway from an instant on, whatever became
    /// of them, but for those that were denied.
    public static func since(
        _ from: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws -> [PlacedOrder] {
        try tx.query(
            SQL(
                """
                \(select)
                WHERE p.user_id = $1 AND o.user_id = $1 AND o.placed_at >= $2
                    AND o.gateway IS NOT NULL AND o.status <> 'DENIED'
                ORDER BY o.placed_at, o.id
                """, [.id(caller.userID), .time(from)]), decode)
    }

    public static func countOpen(
        in portfolio: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws -> Int {
        let count = try tx.first(
            SQL(
                """
                SELECT COUNT(*) FROM orders
                WHERE portfolio_id = $1 AND user_id = $2
                    AND status IN ('PENDING', 'NEW', 'PARTIALLY_FILLED') AND gateway IS NOT NULL
                """, [.id(portfolio), .id(caller.userID)])
        ) { Int(try $0.integer(0)) }
        return count ?? 0
    }

    public static func insert(
        _ order: NewPlacedOrder, now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws -> OrderID {
        let instruction = order.instruction
        let ids: [OrderID] = try tx.query(
            SQL(
                """
                INSERT INTO orders (uid, user_id, portfolio_id, instrument_id, strategy_id, side,
                    type, status, time_in_force, quantity, price, stop_price, trail_amount,
                    trail_percent, is_reduce_only, client_order_id, gateway, reason, close_reason,
                    request, meta_json, placed_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                    $18, $19, $20, $21, $22, $22)
                RETURNING id
                """,
                [
                    .text(order.uid), .id(caller.userID), .id(order.holding.portfolioID),
                    .id(order.holding.instrumentID), .optional(order.holding.strategyID),
                    .text(instruction.side.rawValue), .text(instruction.type.rawValue),
                    .text(order.status.rawValue), .text(instruction.timeInForce.rawValue),
                    .decimal(instruction.quantity), .optional(instruction.pricing.limit),
                    .optional(instruction.pricing.stop), .optional(instruction.trailAmount),
                    .optional(instruction.trailPercent), .bool(instruction.isReduceOnly),
                    .optional(order.clientOrderID), .text(order.gateway),
                    .optional(order.reason), .optional(order.closeReason?.rawValue),
                    .text(order.request), .text(order.metaJSON), .time(now),
                ])
        ) { try $0.id(0) }
        guard let id = ids.first else { throw StorageError.decoding(column: 0, expected: "an id") }
        return id
    }

    /// Writes what has become of an order.
    public static func update(
        _ order: PlacedOrder, now: Timestamp, in tx: any Transaction
    ) throws {
        let instruction = order.instruction
        try tx.execute(
            SQL(
                """
                UPDATE orders
                SET status = $3, broker_order_id = $4, quantity = $5, price = $6, stop_price = $7,
                    trail_amount = $8, trail_percent = $9, time_in_force = $10, triggered_at = $11,
                    reason = $12, updated_at = $13, type = $14, close_reason = $15,
                    version = version + 1
                WHERE id = $1 AND user_id = $2
                """,
                [
                    .id(order.id), .id(order.ownerID), .text(order.progress.status.rawValue),
                    .optional(order.brokerOrderID), .decimal(instruction.quantity),
                    .optional(instruction.pricing.limit), .optional(instruction.pricing.stop),
                    .optional(instruction.trailAmount), .optional(instruction.trailPercent),
                    .text(instruction.timeInForce.rawValue), .optional(order.triggeredAt),
                    .optional(order.reason), .time(now), .text(instruction.type.rawValue),
                    .optional(order.closeReason?.rawValue),
                ]))
    }

    /// Notes that somebody asked for a change of an order: who has not seen that is told.
    public static func noteChange(
        of order: PlacedOrder, now: Timestamp, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                UPDATE orders SET updated_at = $3, version = version + 1
                WHERE id = $1 AND user_id = $2
                """, [.id(order.id), .id(order.ownerID), .time(now)]))
    }

    /// Writes where a trailing stop stands; what its owner knows of the order stays current.
    public static func moveStop(
        to stop: Decimal, of order: PlacedOrder, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                "UPDATE orders SET stop_price = $3 WHERE id = $1 AND user_id = $2",
                [.id(order.id), .id(order.ownerID), .decimal(stop)]))
    }

    private static func decode(_ row: any Row) throws -> PlacedOrder {
        let quantity = try row.decimal(13)
        let instruction: OrderInstruction
        do {
            instruction = try OrderInstruction(
                side: try row.choice(10), quantity: quantity,
                pricing: try pricing(row),
                timeInForce: try row.choice(12),
                isReduceOnly: try row.bool(19))
        } catch is OrderFault {
            throw StorageError.decoding(column: 11, expected: "an order")
        }
        return PlacedOrder(
            id: try row.id(0), uid: try row.text(1), ownerID: try row.id(2),
            accountUID: try row.text(3),
            holding: HoldingKey(
                portfolioID: try row.id(4), instrumentID: try row.id(5),
                strategyID: try row.optionalID(6)),
            instrument: try Instruments.decode(row, from: 29).instrument,
            gateway: try row.text(7), clientOrderID: try row.optionalExact(8),
            brokerOrderID: try row.optionalExact(9), instruction: instruction,
            progress: OrderProgress(
                quantity: quantity, filled: try row.decimal(14),
                status: try row.choice(20), reported: nil),
            triggeredAt: try row.optionalTime(21),
            reason: try row.optionalText(22), placedAt: try row.time(23),
            version: try row.integer(24),
            closeReason: row.isNull(25) ? nil : try row.choice(25),
            bracket: row.isNull(26)
                ? nil
                : BracketLink(
                    id: try row.id(26), uid: try row.text(27), role: try row.choice(28)))
    }

    private static func pricing(_ row: any Row) throws -> OrderPricing {
        switch try row.choice(11, of: OrderType.self) {
        case .market: return .market
        case .limit: return .limit(try row.decimal(15))
        case .stop: return .stop(try row.decimal(16))
        case .stopLimit: return .stopLimit(stop: try row.decimal(16), limit: try row.decimal(15))
        case .trailing:
            let trail: Trail =
                row.isNull(17) ? .percent(try row.decimal(18)) : .amount(try row.decimal(17))
            return .trailing(trail, stop: try row.optionalDecimal(16))
        }
    }
}

extension OrderInstruction {
    fileprivate var trailAmount: Decimal? {
        if case .amount(let amount)? = pricing.trail { amount } else { nil }
    }

    fileprivate var trailPercent: Decimal? {
        if case .percent(let percent)? = pricing.trail { percent } else { nil }
    }
}
