import ArgumentParser
import Bot
import FoundationEssentials
import Logging
import Records
import Services
import Storage
import World

struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console",
        abstract: "The bot in this terminal: one message a line, a number presses a button.",
        discussion: "Ends with standard input.")

    @OptionGroup var options: CommonOptions
    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "Speak as the user with this Telegram id (default: the first admin).",
            valueName: "telegram-id"))
    var speaker: Int64?
    @Flag(help: "On a throw-away database with sample users, quotes and fills.")
    var demo = false

    func run() async throws {
        var configuration = try options.load()
        // The conversation is what this terminal is for.
        configuration.log.level = max(configuration.log.level, .warning)
        if options.logFormat == nil { configuration.log.format = .text }
        if demo {
            try await withThrowAwayFolder { folder in
                configuration.database.url = .sqlite(path: folder + "/demo.db")
                try await converse(configuration)
            }
        } else {
            try await converse(configuration)
        }
    }

    private func converse(_ configuration: Configuration) async throws {
        let logger = Log.start(configuration, secrets: configuration.database.url.secrets)
        let installation = try await Installation.open(configuration, migrating: true)
        do {
            if demo { try await DemoData(installation.services).fill() }
            let person = try await person(installation, configuration)
            let bot = ConsoleBot(
                services: installation.services, telegramUserID: person.id,
                username: person.username,
                gauges: BotGauges(version: Blotter.version, world: installation.world),
                observe: Log.observer(logger))
            let prompt = Terminal.inputIsTerminal ? "\n> " : ""
            greet(person, prompt: prompt)
            let markets = openMarkets(installation, logger)
            defer { markets.cancel() }
            try await bot.run(InputLines()) { reply in
                Terminal.print(reply + (prompt.isEmpty ? "\n" : ""))
                Terminal.write(prompt)
            }
            markets.cancel()
            await markets.value
            await installation.database.close()
        } catch {
            await installation.database.close()
            throw error
        }
    }

    /// The demo trades: on the paper broker, with quotes that walk. Without it, orders wait for the
    /// service.
    private func openMarkets(_ installation: Installation, _ logger: Logger) -> Task<Void, Never> {
        guard demo else { return Task {} }
        return Task {
            await withDiscardingTaskGroup { group in
                group.addTask { try? await PaperBrokerService(installation, logger).work() }
                group.addTask { await QuoteWalk(services: installation.services).run() }
                group.addTask { await EquityWatch(installation.services) { _ in }.run() }
                group.addTask { await RiskWatch(installation.services) { _ in }.run() }
            }
        }
    }

    /// Who is spoken for: the one asked for, the demo's admin, or the first admin there is.
    private func person(
        _ installation: Installation, _ configuration: Configuration
    ) async throws -> (id: Int64, username: String?) {
        let users = try await installation.services.users.all(for: .owner)
        if let id = speaker ?? (demo ? DemoData.adminTelegramID : nil) {
            return (id, users.first { $0.telegramUserID == id }?.username)
        }
        if let admin = users.first(where: { $0.isAdmin && $0.state == .approved }) {
            return (admin.telegramUserID, admin.username)
        }
        throw ConfigurationError(
            "--as", "there is no admin to speak for: name a Telegram id, or add a user first")
    }

    private func greet(_ person: (id: Int64, username: String?), prompt: String) {
        guard !prompt.isEmpty else { return }
        let name = person.username.map { "@\(Visible.text($0))" } ?? String(person.id)
        Terminal.print("You are \(name). Try /help; end with Ctrl-D.")
        Terminal.write(prompt)
    }

    private func withThrowAwayFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "blotter-demo-\(LiveWorld().uuidV7())")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.path)
    }
}

/// The lines of standard input; reading waits on a thread of its own.
private struct InputLines: AsyncSequence, Sendable {
    typealias Element = String

    struct Iterator: AsyncIteratorProtocol {
        mutating func next() async -> String? {
            await withCheckedContinuation { continuation in
                Terminal.onThread { continuation.resume(returning: readLine()) }
            }
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator() }
}
