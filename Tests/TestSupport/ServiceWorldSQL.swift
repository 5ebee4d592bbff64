public import Ledger
public import Records
public import Services
public import Storage
import World

/// Looking into the database, and reaching around the services into it.
extension ServiceWorld {
    /// The first column of each row, as text.
    public func texts(_ sql: String, _ values: [Value] = []) async throws -> [String] {
        try await database.read { tx in try tx.query(SQL(sql, values)) { try $0.text(0) } }
    }

    public func count(of table: String, where condition: String = "1 = 1") async throws -> Int {
        let counts = try await database.read { tx in
            try tx.query(SQL("SELECT COUNT(*) FROM \(table) WHERE \(condition)")) {
                try $0.integer(0)
            }
        }
        return Int(counts[0])
    }

    /// Runs a statement past all services; returns how many rows it changed.
    @discardableResult
    public func execute(_ sql: String, _ values: [Value] = []) async throws -> Int {
        try await database.write { tx in try tx.execute(SQL(sql, values)) }
    }

    /// How many rows each table has that services write to: equal before and after where nothing
    /// was stored.
    public func rowCounts() async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for table in [
            "users", "accounts", "portfolios", "strategies", "instruments", "orders", "trades",
            "positions", "daily_pnl", "audit_log", "inbox", "outbox", "api_tokens",
            "option_contracts", "pending_actions", "strategy_runs", "hooks", "hook_deliveries",
            "hook_positions", "user_settings", "fill_news", "order_submissions",
            "cash_entries", "equity_days", "trading_stops", "profit_days",
            "brackets", "bracket_orders",
        ] {
            counts[table] = try await count(of: table)
        }
        return counts
    }
}

/// Fills on their way into the ledger.
extension ServiceWorld {
    /// Posts fills, each the JSON of a FILL, with what a batch may say of all of them.
    public func ingest(
        _ fills: [String], portfolio: ExactText? = nil, strategy: StrategyChoice = .leftOut,
        isAtomic: Bool = false, isDryRun: Bool = false, as authority: Authority
    ) async throws -> IngestReport {
        try await services.trades.ingest(
            IngestRequest(
                fills: fills.map { FillReader.fill(fromJSONLine: Array($0.utf8)[...]) },
                portfolio: portfolio, strategy: strategy, isAtomic: isAtomic, isDryRun: isDryRun,
                source: .broker), as: authority)
    }

    /// Adds a portfolio to a user who has `main`.
    public func addPortfolio(_ name: String, of authority: Authority) async throws {
        _ = try await services.portfolios.add(
            name: name, brokerCode: "BINANCE", currency: .usd, isDefault: false,
            for: authority.caller)
    }

    /// Stores an order for an instrument that a fill has made known.
    public func addOrder(
        _ uid: String, symbol: ExactText = "BTCUSDT", portfolio: ExactText = "main",
        strategy: StrategyReference? = nil, side: Side = .buy, quantity: Decimal,
        status: OrderStatus = .new, brokerID: ExactText? = nil, clientID: ExactText? = nil,
        time: Timestamp? = nil, of authority: Authority
    ) async throws {
        let time = time ?? world.now()
        let caller = authority.caller
        try await database.write { tx in
            guard let book = try Portfolios.named(portfolio, for: caller, in: tx),
                let instrument = try Instruments.with(symbols: [symbol], in: tx).first
            else { throw ServiceWorldError(description: "no portfolio or instrument") }
            let strategy = try strategy.map {
                try Strategies.named($0.name, version: $0.version, for: caller, in: tx)?.id
            }
            try Orders.insert(
                uid: uid,
                holding: HoldingKey(
                    portfolioID: book.id, instrumentID: instrument.id, strategyID: strategy ?? nil),
                side: side, type: "LIMIT", status: status, quantity: quantity, price: 100,
                brokerOrderID: brokerID, clientOrderID: clientID, now: time, for: caller, in: tx)
        }
    }
}

/// Why a test's own preparation failed.
struct ServiceWorldError: Error, CustomStringConvertible {
    let description: String
}

extension IngestReport {
    /// What became of each fill, in words: `accepted`, `duplicate`, or code and field of the
    /// refusal.
    public var words: [String] {
        outcomes.map { outcome in
            switch outcome {
            case .accepted: "accepted"
            case .duplicate: "duplicate"
            case .rejected(let refusal):
                [refusal.code.rawValue, refusal.field].compactMap(\.self).joined(separator: " ")
            }
        }
    }
}

extension OrderService {
    /// All orders in these states, newest first; nil are those still open.
    public func list(
        portfolio: ExactText? = nil, statuses: [OrderStatus]? = nil, for authority: Authority
    ) async throws -> [OrderListing] {
        var query = OrderQuery(
            portfolio: portfolio, statuses: statuses, limit: Limits.pageSize.upperBound)
        var orders: [OrderListing] = []
        repeat {
            let page = try await page(query, for: authority)
            orders += page.orders
            query.cursor = page.next
        } while query.cursor != nil
        return orders
    }
}
