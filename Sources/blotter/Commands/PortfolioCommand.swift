import ArgumentParser
import Ledger
import Records
import Services

struct PortfolioCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "portfolio", abstract: "Add portfolios without a chat.",
        subcommands: [Add.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a portfolio, and an account with its broker where there is none.")

        @OptionGroup var options: CommonOptions
        @Option(help: "The owner's Telegram id.") var user: Int64
        @Option(help: "The portfolio's name, unique for its owner.") var name: String
        @Option(help: "BINANCE, IBKR, TRADIER, TASTYTRADE, SNAPTRADE or PAPER.")
        var broker: String
        @Option(help: "The account's base currency.") var currency = "USD"
        @Flag(name: .customLong("default"), help: "Make it the one that commands mean.")
        var isDefault = false

        func run() async throws {
            guard let currency = Currency(currency) else {
                throw ValidationError("--currency: expected a code such as USD or USDT")
            }
            try await Installation.with(options) { installation in
                let owner = try await installation.authority(ofTelegramUser: user)
                let portfolio = try await installation.services.portfolios.add(
                    name: name, brokerCode: broker, currency: currency, isDefault: isDefault,
                    for: owner.caller)
                Terminal.print(
                    "\(portfolio.name)  \(portfolio.brokerCode)  \(portfolio.baseCurrency)"
                        + (portfolio.isDefault ? "  default" : ""))
            }
        }
    }
}
