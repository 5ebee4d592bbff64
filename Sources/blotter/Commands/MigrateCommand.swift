import ArgumentParser
import Services
import Storage
import World

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the database's schema up to date, or back.",
        subcommands: [Up.self, Down.self, Status.self], defaultSubcommand: Up.self)

    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Apply all that is pending (the default).")

        @OptionGroup var options: CommonOptions
        @Flag(help: "Only say what would be done.") var dryRun = false

        func run() async throws {
            try await withMigrator(options) { migrator in
                report(try await migrator.up(dryRun: dryRun), dryRun ? "would apply" : "applied")
            }
        }
    }

    struct Down: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take the last migrations back, and what they stored with them.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "How many.") var steps: Int
        @Flag(help: "Only say what would be done.") var dryRun = false

        func validate() throws {
            guard steps > 0 else { throw ValidationError("expected a number of steps above 0") }
        }

        func run() async throws {
            try await withMigrator(options) { migrator in
                report(
                    try await migrator.down(steps, dryRun: dryRun),
                    dryRun ? "would take back" : "took back")
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say which migrations are applied.")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await withMigrator(options) { migrator in
                for status in try await migrator.status() {
                    Terminal.print("\(status.name)  \(describe(status.state))")
                }
            }
        }

        private func describe(_ state: MigrationStatus.State) -> String {
            switch state {
            case .pending: "pending"
            case .applied(let time): "applied \(time)"
            case .changed(let time): "applied \(time), but its file was changed since"
            case .unknown(let time): "applied \(time), but this program does not have it"
            }
        }
    }

    private static func withMigrator(
        _ options: CommonOptions, _ body: (Migrator) async throws -> Void
    ) async throws {
        let database = try await Installation.openDatabase(options.load().database.url)
        do {
            try await body(try Migrator.blotter(database, world: LiveWorld()))
            await database.close()
        } catch {
            await database.close()
            throw error
        }
    }

    private static func report(_ migrations: [Migration], _ what: String) {
        if migrations.isEmpty { Terminal.print("nothing to do") }
        for migration in migrations { Terminal.print("\(what) \(migration.name)") }
    }
}
