import ArgumentParser

/// The program: `blotter COMMAND`.
@main
struct Blotter: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "blotter",
        abstract: "A trading group's ledger that lives in Telegram.",
        discussion: """
            Exit codes: 0 done, 1 differences or rejections were found, 2 bad usage or \
            configuration, 3 database or network unavailable.
            """,
        version: version,
        subcommands: [
            ServeCommand.self, ConsoleCommand.self, MigrateCommand.self, UserCommand.self,
            PortfolioCommand.self, TokenCommand.self, ImportCommand.self, CorrectCommand.self,
            ExportCommand.self,
            VerifyCommand.self, DoctorCommand.self,
        ])

    static func main() async {
        Terminal.ignoreBrokenPipes()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Failure.exit(with: error)
        }
    }
}
