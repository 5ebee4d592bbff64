import Foundation
import Hashing
import Ledger
import Records
public import Services
public import Storage
public import World

/// A migrated database with all services over it, in a seeded world.
public struct ServiceWorld: Sendable {
    public let services: Services
    public let database: any Database
    public let world: SeededWorld

    /// Runs `body` on a fresh one.
    public static func run<Result>(
        on backend: TestBackend, limits: Limits = Limits(),
        hooks: HookSettings = HookSettings(), startingCash: Int = 100_000,
        seed: UInt64 = 1, _ body: (ServiceWorld) async throws -> Result
    ) async throws -> Result {
        try await backend.withDatabase { database in
            try await body(
                try await make(
                    over: database, limits: limits, hooks: hooks, startingCash: startingCash,
                    seed: seed))
        }
    }

    /// Over a database of the caller's, which is brought to the present schema.
    public static func make(
        over database: any Database, limits: Limits = Limits(),
        hooks: HookSettings = HookSettings(), startingCash: Int = 100_000,
        seed: UInt64 = 1
    ) async throws -> ServiceWorld {
        let world = SeededWorld(seed: seed)
        try await Migrator.blotter(database, world: world).up()
        return ServiceWorld(
            services: Services(
                database: database, world: world, limits: limits, hooks: hooks,
                gateways: [Account.paperBroker],
                money: MoneySettings(startingCash: Decimal(startingCash))),
            database: database, world: world)
    }

    /// An approved user, with the paper account and portfolio that come with it.
    public func member(
        _ telegramUserID: Int64 = 1001, username: String? = nil, isAdmin: Bool = false
    ) async throws -> Authority {
        let user = try await services.users.add(
            telegramUserID: telegramUserID, username: username, isAdmin: isAdmin, approve: true)
        return Authority(caller: Caller(userID: user.id, isAdmin: isAdmin))
    }

    /// Posts fills to the default portfolio as `POST /v1/fills` would, from JSON.
    @discardableResult
    public func post(
        _ fills: String..., as authority: Authority
    ) async throws -> IngestReport {
        let batch = try FillReader.batch(
            from: Array("{\"fills\":[\(fills.joined(separator: ","))]}".utf8))
        return try await services.trades.ingest(
            IngestRequest(
                fills: batch.fills, portfolio: batch.portfolio, strategy: batch.strategy,
                source: .broker), as: authority)
    }
}

/// A file that came with the tests.
public func fixture(_ name: String) throws -> [UInt8] {
    let url = Bundle.module.bundleURL.appending(path: "Fixtures").appending(path: name)
    return [UInt8](try Data(contentsOf: url))
}

/// The JSON of a FILL; what is nil is left out.
public func fill(
    _ id: String, _ side: String, _ quantity: String, at price: String, fee: String? = nil,
    feeCurrency: String? = nil, symbol: String = "BTCUSDT", exchange: String? = "BINANCE",
    assetType: String? = "CRYPTO", currency: String? = "USDT",
    time: String = "2026-02-19T14:32:00Z", order: String? = nil, portfolio: String? = nil,
    strategy: String? = nil, extra: String = ""
) -> String {
    let fields: [(String, String?)] = [
        ("broker_trade_id", id), ("side", side), ("quantity", quantity), ("price", price),
        ("fee", fee), ("fee_currency", feeCurrency), ("symbol", symbol), ("exchange", exchange),
        ("asset_type", assetType), ("currency", currency), ("exec_time", time),
        ("broker_order_id", order), ("portfolio", portfolio), ("strategy", strategy),
    ]
    let members = fields.compactMap { key, value in value.map { "\"\(key)\":\"\($0)\"" } }
    return "{\(members.joined(separator: ","))\(extra.isEmpty ? "" : ",\(extra)")}"
}
