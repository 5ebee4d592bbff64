import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// The JSON of an ORDER; what is nil is left out.
func order(
    _ id: String, _ quantity: String, _ status: String = "NEW", side: String = "BUY",
    client: String? = nil, type: String? = "LIMIT", price: String? = "100",
    filled: String? = nil, updated: String? = nil, symbol: String = "BTCUSDT",
    exchange: String? = "BINANCE", assetType: String? = "CRYPTO", currency: String? = "USDT",
    strategy: String? = nil, portfolio: String? = nil, extra: String = ""
) -> String {
    let fields: [(String, String?)] = [
        ("broker_order_id", id), ("side", side), ("quantity", quantity), ("status", status),
        ("client_order_id", client), ("type", type), ("price", price),
        ("filled_quantity", filled), ("updated_at", updated), ("symbol", symbol),
        ("exchange", exchange), ("asset_type", assetType), ("currency", currency),
        ("strategy", strategy), ("portfolio", portfolio),
    ]
    let members = fields.compactMap { key, value in value.map { "\"\(key)\":\"\($0)\"" } }
    return "{\(members.joined(separator: ","))\(extra.isEmpty ? "" : ",\(extra)")}"
}

extension ServiceWorld {
    @discardableResult
    func report(
        _ orders: [String], members: String = "", as authority: Authority
    ) async throws -> OrderReportAnswer {
        let batch = try OrderReader.batch(
            from: Array("{\(members)\"orders\":[\(orders.joined(separator: ","))]}".utf8))
        return try await services.orders.report(batch, as: authority)
    }

    @discardableResult
    func report(_ orders: String..., as authority: Authority) async throws -> [String] {
        try await report(orders, as: authority).words
    }

    /// Each order as `broker id: filled/quantity status`, sorted.
    func orderLines(of authority: Authority) async throws -> [String] {
        try await services.orders.list(statuses: OrderStatus.allCases, for: authority).map {
            "\($0.brokerOrderID?.text ?? $0.uid): \($0.filledQuantity)/\($0.quantity)"
                + " \($0.status.rawValue)"
        }.sorted()
    }

    /// Each trade as `id -> broker id of its order`, sorted.
    func linkLines() async throws -> [String] {
        try await texts(
            """
            SELECT t.broker_trade_id || ' -> ' || COALESCE(o.broker_order_id, '-') FROM trades t
            LEFT JOIN orders o ON o.id = t.order_id
            ORDER BY t.broker_trade_id, t.revision
            """)
    }

    func only(_ authority: Authority) async throws -> OrderListing {
        try #require(
            try await services.orders.list(statuses: OrderStatus.allCases, for: authority).first)
    }
}

extension OrderReportAnswer {
    /// What became of each report: `accepted`, `duplicate`, or code and field of the refusal.
    var words: [String] {
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
