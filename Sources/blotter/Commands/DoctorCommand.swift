import ArgumentParser
import CurlTransport
import FoundationEssentials
import Ledger
import Services
import Storage
import Telegram
import World

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check configuration, token, database, clock, disk and permissions.",
        discussion: "One line a check, with its cure; exits with 1 where one failed.")

    @OptionGroup var options: CommonOptions
    @Flag(
        help: ArgumentHelp(
            "Only say by the exit code whether a Telegram token is configured.",
            visibility: .hidden))
    var hasTelegramToken = false

    func run() async throws {
        if hasTelegramToken {
            let token = try TelegramToken.find(
                try options.load(), environment: CommonOptions.environment)
            throw ExitCode(token == nil ? ExitStatus.findings.rawValue : ExitStatus.done.rawValue)
        }
        var checkup = Checkup()
        guard let configuration = checkup.check("configuration", { try options.load() }) else {
            throw ExitCode(ExitStatus.usage.rawValue)
        }
        await checkTelegram(configuration, &checkup)
        await checkDatabase(configuration, &checkup)
        checkClock(&checkup)
        checkDisk(configuration, &checkup)
        if checkup.hasFailed { throw ExitCode(ExitStatus.findings.rawValue) }
    }

    private func checkTelegram(
        _ configuration: Configuration, _ checkup: inout Checkup
    ) async {
        guard
            let found = checkup.check(
                "token file",
                { try TelegramToken.find(configuration, environment: CommonOptions.environment) })
        else { return }
        guard let token = found else {
            checkup.warn(
                "telegram",
                "no token: the bot is off; set BLOTTER_TELEGRAM_TOKEN or telegram.token_file")
            return
        }
        guard let botToken = BotToken(token.revealed()) else {
            return checkup.fail("telegram", "the token has another form than BotFather's")
        }
        let transport = CurlTransport()
        defer { transport.close() }
        let api = BotAPI(
            transport: transport, baseURL: configuration.telegram.apiBaseURL,
            token: botToken)
        do {
            let bot = try await api.call(GetMe())
            checkup.pass("telegram", "the bot is @\(bot.username ?? String(bot.id.rawValue))")
        } catch TelegramError.unauthorized {
            checkup.fail("telegram", "the token is refused: get a new one from @BotFather")
        } catch {
            checkup.fail("telegram", "not reached (\(error)): check telegram.api_base_url")
        }
    }

    private func checkDatabase(
        _ configuration: Configuration, _ checkup: inout Checkup
    ) async {
        do {
            let database = try await Installation.openDatabase(configuration.database.url)
            do {
                let migrator = try Migrator.blotter(database, world: LiveWorld())
                let statuses = try await migrator.status()
                if statuses.allSatisfy({ $0.state == .pending }) {
                    checkup.warn("database", "empty: the first command sets it up")
                } else {
                    try await migrator.requireCurrent()
                    checkup.pass(
                        "database", "\(configuration.database.url), \(statuses.count) migrations")
                }
            } catch {
                checkup.fail("database", "\(error)")
            }
            await database.close()
        } catch {
            checkup.fail("database", "\(error)")
        }
    }

    private func checkClock(_ checkup: inout Checkup) {
        let now = LiveWorld().now()
        if now.day.year < 2026 {
            checkup.fail("clock", "it says \(now): set it, for example with timedatectl")
        } else {
            checkup.pass("clock", "\(now)")
        }
    }

    private func checkDisk(_ configuration: Configuration, _ checkup: inout Checkup) {
        guard case .sqlite(let path) = configuration.database.url else { return }
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        if let free = attributes?[.systemFreeSize] as? UInt64 {
            let mebibytes = free / 1_048_576
            if mebibytes < 512 {
                checkup.fail("disk", "\(mebibytes) MiB free for \(folder): make room")
            } else {
                checkup.pass("disk", "\(mebibytes) MiB free for \(folder)")
            }
        }
        if let mode = SmallFile.mode(of: path), mode & 0o077 != 0 {
            checkup.warn(
                "permissions", "\(path) may be read by other users; run: chmod 600 '\(path)'")
        } else {
            checkup.pass("permissions", "\(path) is this user's alone")
        }
    }
}

/// The lines that `doctor` prints.
private struct Checkup {
    private(set) var hasFailed = false

    mutating func pass(_ check: String, _ words: String) { line("ok  ", check, words) }

    mutating func warn(_ check: String, _ words: String) { line("note", check, words) }

    mutating func fail(_ check: String, _ words: String) {
        hasFailed = true
        line("FAIL", check, words)
    }

    /// Passes with what `body` returns, or fails with what it throws.
    mutating func check<Value>(_ name: String, _ body: () throws -> Value) -> Value? {
        do {
            let value = try body()
            pass(name, "fine")
            return value
        } catch {
            fail(name, "\(error)")
            return nil
        }
    }

    private func line(_ mark: String, _ check: String, _ words: String) {
        let padding = String(repeating: " ", count: max(1, 14 - check.count))
        Terminal.print("\(mark)  \(check)\(padding)\(words)")
    }
}
