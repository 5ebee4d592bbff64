import Bot
import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// The bot without Telegram: what somebody types in a terminal, and what comes back.
struct Desk: Sendable {
    let world: ServiceWorld
    let events: Events

    static func run(
        limits: Limits = Limits(), on backend: TestBackend = .sqlite,
        _ body: (Desk) async throws -> Void
    ) async throws {
        try await ServiceWorld.run(on: backend, limits: limits) { world in
            try await body(Desk(world: world, events: Events()))
        }
    }

    func console(_ telegramUserID: Int64, username: String? = nil) -> ConsoleBot {
        ConsoleBot(
            services: world.services, telegramUserID: telegramUserID, username: username,
            observe: { events.append($0) })
    }

    /// A member and their terminal.
    func member(
        _ telegramUserID: Int64 = 1001, username: String? = nil, isAdmin: Bool = false
    ) async throws -> (console: ConsoleBot, authority: Authority) {
        let authority = try await world.member(
            telegramUserID, username: username, isAdmin: isAdmin)
        return (console(telegramUserID, username: username), authority)
    }
}

extension ConsoleBot {
    func says(_ line: String) async throws -> String { try #require(try await reply(to: line)) }
}

extension ServiceWorld {
    /// Stores the last price of everything that the caller holds under `symbol`.
    func quote(_ symbol: ExactText, _ last: Decimal, as authority: Authority) async throws {
        let positions = try await services.positions.snapshot(for: authority)
        let instruments = Set(
            positions.map(\.listing.instrument).filter { $0.instrument.symbol == symbol }
                .map(\.id))
        let now = world.now()
        try await database.write { tx in
            let quote = Quote(bid: nil, ask: nil, last: last, time: now)
            try Quotes.put(instruments.map { ($0, quote) }, now: now, in: tx)
        }
    }
}
