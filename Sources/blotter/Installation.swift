import FoundationEssentials
import Glibc
import Ledger
import Logging
import PostgresStorage
import Records
import SQLiteStorage
import Services
import Storage
import World

/// The wiring: a configuration becomes a database and the services over it.
struct Installation {
    let configuration: Configuration
    let world: any World
    let database: any Database
    let services: Services
    let bots: FreqtradeBots

    /// Opens the database and, where `migrating` says so, brings its schema up to date; a new
    /// database always is.
    ///
    /// Throws `ConfigurationError` and `StorageError`.
    static func open(
        _ configuration: Configuration, migrating: Bool = false
    ) async throws -> Installation {
        let world = LiveWorld()
        let bots = try FreqtradeBots.find(configuration)
        let database = try await openDatabase(configuration.database.url)
        do {
            let migrator = try Migrator.blotter(database, world: world)
            let isNew = try await migrator.status().allSatisfy { $0.state == .pending }
            if migrating || isNew { try await migrator.up() }
            try await migrator.requireCurrent()
        } catch {
            await database.close()
            throw error
        }
        let installation = Installation(
            configuration: configuration, world: world, database: database,
            services: Services(
                database: database, world: world,
                limits: Limits(
                    maxUsers: configuration.limits.maxUsers,
                    quotesStaleAfterSeconds: configuration.quotes.staleAfterSeconds),
                hooks: HookSettings(configuration, bots),
                appointedAdmins: Set(configuration.telegram.adminUserIDs.map(Int64.init)),
                gateways: [Account.paperBroker], fees: FeeEstimates(configuration),
                money: MoneySettings(
                    startingCash: configuration.paper.startingCash,
                    marginPercent: Decimal(configuration.paper.marginPercent))),
            bots: bots)
        do {
            // After a migration that changed what follows from trades, or rules that were changed.
            try await RebuildService(installation.services).rebuildWhatIsDue(as: .owner) {
                Terminal.complain(
                    "rebuilding what follows from the trades of portfolio "
                        + Visible.text($0.name.text))
            }
        } catch {
            await database.close()
            throw error
        }
        return installation
    }

    /// Runs `body` on the opened installation, and closes it.
    static func with<Result>(
        _ options: CommonOptions, _ body: (Installation) async throws -> Result
    ) async throws -> Result {
        let installation = try await open(options.load())
        do {
            let result = try await body(installation)
            await installation.database.close()
            return result
        } catch {
            await installation.database.close()
            throw error
        }
    }

    static func openDatabase(_ url: DatabaseURL) async throws -> any Database {
        switch url {
        case .sqlite(let path):
            try makeFolder(of: path)
            return try await SQLiteDatabase(path: path)
        case .postgres(let url):
            return try await PostgresDatabase(url: url.revealed())
        }
    }

    /// Where the database's folder is missing it is made, for this user alone.
    private static func makeFolder(of path: String) throws(StorageError) {
        let folder = URL(filePath: path).deletingLastPathComponent()
        guard !FileManager.default.fileExists(atPath: folder.path) else { return }
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .unavailable(detail: "the folder \(folder.path) can't be made")
        }
    }

    /// The member with this Telegram id. Throws `ServiceError.notFound`.
    func authority(ofTelegramUser id: Int64) async throws -> Authority {
        guard let user = try await services.users.user(telegramUserID: id) else {
            throw ServiceError(
                .notFound, code: "UNKNOWN_USER", field: "user",
                detail: "no user has the Telegram id \(id): see `blotter user list`")
        }
        guard let caller = user.caller else {
            throw ServiceError(
                .forbidden, code: "NOT_APPROVED", field: "user",
                detail: "the user with the Telegram id \(id) is \(user.state.rawValue)")
        }
        return Authority(caller: caller)
    }
}
