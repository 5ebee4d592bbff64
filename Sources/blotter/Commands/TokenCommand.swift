import ArgumentParser
import Ledger
import Services

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make API tokens without a chat.",
        subcommands: [Create.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token and print it alone on standard output, this once.")

        @OptionGroup var options: CommonOptions
        @Option(help: "The owner's Telegram id.") var user: Int64
        @Option(help: "What it is for; unique for its owner.") var name: String
        @Option(help: "The one portfolio that it may be used for.") var portfolio: String?
        @Option(
            help: ArgumentHelp(
                "The one strategy that it may be used for.", valueName: "name[@version]"))
        var strategy: String?
        @Option(help: "Any of ingest, trade and read, separated by commas.")
        var scope = "ingest,read"
        @Option(help: "After how many days it ends by itself; without it, never.")
        var expiresInDays: Int?

        func run() async throws {
            let permissions = try permissions()
            let reference = try reference()
            try await Installation.with(options) { installation in
                let owner = try await installation.authority(ofTelegramUser: user)
                let token = try await installation.services.tokens.create(
                    name: name, permissions: permissions,
                    portfolio: portfolio.map { ExactText($0) }, strategy: reference,
                    lifetimeDays: expiresInDays, for: owner.caller)
                Terminal.print(token)
            }
        }

        private func permissions() throws -> Set<Authority.Permission> {
            let words = scope.split(separator: ",", omittingEmptySubsequences: false)
            return Set(
                try words.map { word in
                    guard
                        let permission = Authority.Permission(
                            rawValue: word.filter { $0 != " " }.lowercased())
                    else {
                        throw ValidationError(
                            "--scope: expected ingest, trade, read; found \(word)")
                    }
                    return permission
                })
        }

        private func reference() throws -> StrategyReference? {
            guard let strategy else { return nil }
            guard let reference = StrategyReference(parsing: strategy) else {
                throw ValidationError("--strategy: expected NAME or NAME@VERSION")
            }
            return reference
        }
    }
}
