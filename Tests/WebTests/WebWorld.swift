import Ledger
import Logging
import Records
import Services
import Storage
import TestSupport
import Web
import World

/// A running server over a migrated database in a seeded world, and a client of it.
struct WebWorld: Sendable {
    let base: ServiceWorld
    let client: WebClient
    let log: RecordedLog

    var services: Services { base.services }
    var world: SeededWorld { base.world }

    static func run<Result>(
        on backend: TestBackend = .sqlite, limits: WebLimits = WebLimits(),
        _ body: (WebWorld) async throws -> Result
    ) async throws -> Result {
        try await backend.withDatabase { database in
            try await run(over: database, limits: limits, body)
        }
    }

    static func run<Result>(
        over database: any Database, limits: WebLimits = WebLimits(),
        _ body: (WebWorld) async throws -> Result
    ) async throws -> Result {
        try await run(try await ServiceWorld.make(over: database), limits, body)
    }

    private static func run<Result>(
        _ base: ServiceWorld, _ limits: WebLimits, _ body: (WebWorld) async throws -> Result
    ) async throws -> Result {
        let log = RecordedLog()
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = WebServer(
            services: base.services, limits: limits, version: "1.2.3", host: "127.0.0.1",
            port: 0, logger: log.logger, onServerRunning: { port.yield($0) })
        let running = Task {
            defer { port.finish() }
            try await server.run()
        }
        guard let bound = await ports.first(where: { _ in true }) else {
            try await running.value
            throw ClientError(description: "the server ended before it began")
        }
        let result: Result
        do {
            result = try await body(
                WebWorld(base: base, client: WebClient(port: bound), log: log))
        } catch {
            running.cancel()
            _ = try? await running.value
            throw error
        }
        running.cancel()
        _ = try? await running.value
        return result
    }

    /// A member of the group and a token of theirs that allows everything.
    func member(_ telegramUserID: Int64 = 1001) async throws -> (Authority, token: String) {
        let authority = try await base.member(telegramUserID)
        return (authority, try await token(for: authority))
    }

    func token(
        named name: String = "test", for authority: Authority,
        permissions: Set<Authority.Permission> = Set(Authority.Permission.allCases),
        portfolio: ExactText? = nil, strategy: StrategyReference? = nil
    ) async throws -> String {
        try await services.tokens.create(
            name: name, permissions: permissions, portfolio: portfolio, strategy: strategy,
            for: authority.caller)
    }

    @discardableResult
    func addPortfolio(_ name: String, for authority: Authority) async throws -> Portfolio {
        guard let currency = Currency("USD") else { throw ClientError(description: "USD") }
        return try await services.portfolios.add(
            name: name, brokerCode: "BINANCE", currency: currency, isDefault: false,
            for: authority.caller)
    }
}

/// The body of `POST /v1/fills`.
func batch(_ fills: String..., with members: String = "") -> String {
    "{\(members)\"fills\":[\(fills.joined(separator: ","))]}"
}
