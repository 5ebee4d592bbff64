import Bot
import CurlTransport
import Ledger
import Records
import Services
import Storage
import Telegram
import TestSupport
import Testing
import World

/// A bot that runs against a stand-in Telegram, over services in a seeded world whose time is moved
/// on all the while.
struct BotWorld: Sendable {
    static let adminID: Int64 = 9001

    let telegram: StandInTelegram
    let world: ServiceWorld
    let events: Events
    private let transport: CurlTransport
    private let settings: TelegramBot.Settings
    private let longestTimeoutSeconds: Double
    private let exports: ExportWriter?

    var services: Services { world.services }
    var admin: StandInUser { telegram.user(Self.adminID, username: "boss") }

    /// Virtual seconds that pass at a time; between two steps other tasks get their turns.
    private static let stepSeconds = 0.1

    /// With an admin, who has opened the chat; `body` starts the bot. Expects afterwards that
    /// nothing broke the rules of the Bot API.
    static func run(
        _ options: StandInTelegram.Options = .init(), limits: Limits = Limits(),
        settings: TelegramBot.Settings = .init(), exports: ExportWriter? = nil,
        on backend: TestBackend = .sqlite, allowing allowedViolations: Int = 0,
        longestTimeoutSeconds: Double = .infinity,
        _ body: (BotWorld) async throws -> Void
    ) async throws {
        let telegram = try await StandInTelegram.start(options)
        let transport = CurlTransport()
        do {
            try await ServiceWorld.run(on: backend, limits: limits) { world in
                let bot = BotWorld(
                    telegram: telegram, world: world, events: Events(), transport: transport,
                    settings: settings, longestTimeoutSeconds: longestTimeoutSeconds,
                    exports: exports)
                _ = try await world.services.users.add(
                    telegramUserID: adminID, username: "boss", isAdmin: true, approve: true)
                try await bot.withTimePassing { try await body(bot) }
                #expect(telegram.violations.count == allowedViolations)
                if telegram.violations.count != allowedViolations {
                    Issue.record("\(telegram.violations)")
                }
            }
        } catch {
            transport.close()
            await telegram.stop()
            throw error
        }
        transport.close()
        await telegram.stop()
    }

    /// A bot as a newly started process would be: services and bot made anew over the same
    /// database.
    func running<Result: Sendable>(
        over database: (any Database)? = nil,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let fresh = Services(
            database: database ?? world.database, world: world.world, limits: Limits(),
            gateways: [Account.paperBroker])
        return try await running(services: fresh, body)
    }

    func running<Result: Sendable>(
        services: Services, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let bot = try makeBot(services)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await bot.run()
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw BotEnded()
        }
    }

    struct BotEnded: Error {}

    func makeBot(_ services: Services, token: String? = nil) throws -> TelegramBot {
        let token = try #require(BotToken(token ?? telegram.options.token))
        let api = BotAPI(
            transport: transport, baseURL: telegram.baseURL, token: token,
            longestTimeoutSeconds: longestTimeoutSeconds)
        return TelegramBot(
            services: services, api: api, settings: settings, exports: exports,
            observe: { events.append($0) })
    }

    private func withTimePassing(_ body: () async throws -> Void) async throws {
        let clock = Task.detached {
            while !Task.isCancelled {
                await world.world.advance(seconds: Self.stepSeconds)
                try? await Task.sleep(for: .milliseconds(1))
            }
        }
        defer { clock.cancel() }
        try await body()
    }

    // MARK: People

    /// A member who has opened the chat, with the authority to post fills.
    func member(
        _ telegramUserID: Int64, username: String? = nil, isAdmin: Bool = false
    ) async throws -> (user: StandInUser, authority: Authority) {
        let authority = try await world.member(
            telegramUserID, username: username, isAdmin: isAdmin)
        return (telegram.user(telegramUserID, username: username), authority)
    }
}

/// What the bot told its observer.
final class Events: Sendable {
    private let events = Lock<[BotEvent]>([])

    func append(_ event: BotEvent) { events.withLock { $0.append(event) } }

    var all: [BotEvent] { events.withLock { $0 } }

    func named(_ message: String) -> [BotEvent] { all.filter { $0.message.contains(message) } }
}
