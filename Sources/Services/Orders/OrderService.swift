public import Ledger
public import Records
import Storage

/// Orders: placing them through gateways, what their senders report of them, and the list of them.
public struct OrderService: Sendable {
    let work: UnitOfWork
    let trades: TradeService
    /// The codes of the brokers to whom orders can be sent.
    let gateways: Set<String>
    let risk: RiskService
    let fees: FeeEstimates

    /// Stores orders that were placed elsewhere, known by portfolio and broker order id: what is
    /// new of them, the links of the trades that name them, and audit rows, in one unit of work.
    /// Fills and reports may come in any order, and twice.
    ///
    /// A rejected report changes nothing and stops no other. Throws `ServiceError` where the
    /// request as a whole names what is unknown or forbidden, and `StorageError`; then nothing was
    /// stored.
    public func report(
        _ batch: OrderBatch, as authority: Authority
    ) async throws -> OrderReportAnswer {
        while true {
            do {
                return try await work.write(.bulk) { tx, draw in
                    let posting = try OrderReportPosting(batch, authority, in: tx, &draw)
                    try OrderReportWriter(caller: authority.caller, tx: tx)
                        .write(posting, &draw)
                    return OrderReportAnswer(outcomes: posting.outcomes)
                }
            } catch is NewReferences.InstrumentTaken {
                // Once more, as with fills: the instrument is a known one from now on.
                continue
            }
        }
    }

    /// Orders, newest first, at most `limit` (1–1000).
    public func page(_ query: OrderQuery, for authority: Authority) async throws -> OrderPage {
        try Limits.checkPage(query.limit)
        return try await work.read { tx in
            let portfolios = try authority.portfolios(named: query.portfolio, in: tx)
            let filter = OrderFilter(
                strategy: try authority.strategyID(named: query.strategy, in: tx),
                symbol: query.symbol, from: query.from, until: query.until)
            // Each state has its own range of the index; all of them together are read by time.
            let statuses: [OrderStatus?] =
                Set(query.statuses) == Set(OrderStatus.allCases)
                ? [nil] : Array(Set(query.statuses))
            var orders: [OrderListing] = []
            for portfolio in portfolios {
                for status in statuses {
                    orders += try OrderList.page(
                        of: portfolio.id, status: status, filter, after: query.cursor,
                        limit: query.limit + 1, for: authority.caller, in: tx)
                }
            }
            orders.sort { $1.cursor < $0.cursor }
            let page = Array(orders.prefix(query.limit))
            return OrderPage(
                orders: page, next: orders.count > query.limit ? page.last?.cursor : nil)
        }
    }

    /// The place in the list right behind this order; nil where it is not the caller's.
    public func cursor(
        behind order: OrderID, for authority: Authority
    ) async throws -> OrderCursor? {
        try await work.read {
            try OrderList.with(id: order, for: authority.caller, in: $0)?.order.cursor
        }
    }

    /// An order with its trades, newest first, at most `limit` (1–1000) after `cursor`. Throws
    /// `.notFound` for one that is absent, another user's, or beyond the authority.
    public func detail(
        uid: String, after cursor: TradeCursor? = nil, limit: Int = 100, for authority: Authority
    ) async throws -> OrderDetail {
        try Limits.checkPage(limit)
        return try await work.read { tx in
            guard
                let (order, holding) = try OrderList.with(
                    uid: uid, for: authority.caller, in: tx),
                authority.portfolioID == nil || authority.portfolioID == holding.portfolioID,
                authority.strategyID == nil || authority.strategyID == holding.strategyID
            else {
                throw ServiceError.unknownOrder
            }
            let trades = try TradeList.page(
                ofOrder: order.id, after: cursor, limit: limit + 1, for: authority.caller, in: tx)
            let page = Array(trades.prefix(limit))
            return OrderDetail(
                order: order,
                trades: TradePage(
                    trades: page, next: trades.count > limit ? page.last?.cursor : nil))
        }
    }
}

/// Which orders to list.
public struct OrderQuery: Sendable, Hashable {
    public var portfolio: ExactText?
    public var statuses: [OrderStatus]
    public var symbol: ExactText?
    public var strategy: StrategyReference?
    /// The first instant of placing; nil for all.
    public var from: Timestamp?
    /// The first instant after; nil for all.
    public var until: Timestamp?
    public var cursor: OrderCursor?
    public var limit: Int

    /// `statuses` left out are those still open.
    public init(
        portfolio: ExactText? = nil, statuses: [OrderStatus]? = nil, symbol: ExactText? = nil,
        strategy: StrategyReference? = nil, from: Timestamp? = nil, until: Timestamp? = nil,
        cursor: OrderCursor? = nil, limit: Int = 100
    ) {
        self.portfolio = portfolio
        self.symbol = symbol
        self.strategy = strategy
        self.from = from
        self.until = until
        self.statuses = statuses ?? OrderStatus.allCases.filter(\.isOpen)
        self.cursor = cursor
        self.limit = limit
    }
}

/// A page of orders, and where the next one begins; nil on the last.
public struct OrderPage: Sendable, Hashable {
    public let orders: [OrderListing]
    public let next: OrderCursor?
}

/// An order with a page of its trades.
public struct OrderDetail: Sendable, Hashable {
    public let order: OrderListing
    public let trades: TradePage
}
