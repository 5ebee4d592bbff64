import ArgumentParser
import Ledger
import Records
import Services

struct PortfolioCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "portfolio", abstract: "Add portfolios, and set their rules, without a chat.",
        subcommands: [Add.self, Rules.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a portfolio, and an account with its broker where there is none.")

        @OptionGroup var options: CommonOptions
        @Option(help: "The owner's Telegram id.") var user: Int64
        @Option(help: "The portfolio's name, unique for its owner.") var name: String
        @Option(help: "BINANCE, IBKR, TRADIER, TASTYTRADE, SNAPTRADE or PAPER.")
        var broker: String
        @Option(help: "The account's base currency.") var currency = "USD"
        @Option(help: costMethodHelp, transform: lotMethod) var costMethod = LotMethod.fifo
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
                    lotMethod: costMethod, for: owner.caller)
                Terminal.print(
                    "\(portfolio.name)  \(portfolio.brokerCode)  \(portfolio.baseCurrency)"
                        + (portfolio.isDefault ? "  default" : ""))
            }
        }
    }

    struct Rules: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Set by what rules a portfolio is kept, and rebuild what follows from them.")

        @OptionGroup var options: CommonOptions
        @Option(help: "The owner's Telegram id.") var user: Int64
        @Option(help: "The portfolio's name.") var name: String
        @Option(help: costMethodHelp, transform: lotMethod) var costMethod: LotMethod?
        @Option(
            help: ArgumentHelp(
                "So many seconds after a leg's last fill the next one of its side may join it.",
                valueName: "seconds"))
        var legWindowSeconds: Int?

        func validate() throws {
            guard costMethod != nil || legWindowSeconds != nil else {
                throw ValidationError("expected --cost-method or --leg-window-seconds")
            }
            let limits = Limits.legWindowSeconds
            if let legWindowSeconds, !limits.contains(legWindowSeconds) {
                throw ValidationError(
                    "--leg-window-seconds: expected \(limits.lowerBound) to \(limits.upperBound)")
            }
        }

        func run() async throws {
            try await Installation.with(options) { installation in
                let owner = try await installation.authority(ofTelegramUser: user)
                let services = installation.services
                let portfolio = try await services.portfolios.setRules(
                    of: ExactText(name), lotMethod: costMethod,
                    legWindowSeconds: legWindowSeconds, for: owner.caller)
                let rebuilt =
                    portfolio.isRebuildDue
                    ? try await RebuildService(services).rebuild(portfolio.id, for: owner.caller)
                    : 0
                Terminal.print(
                    "\(portfolio.name)  \(portfolio.rules.lotMethod.rawValue), legs within"
                        + " \(portfolio.rules.legWindowSeconds) s; \(rebuilt) holdings rebuilt")
            }
        }
    }
}

private let costMethodHelp = ArgumentHelp(
    "Which lots are closed first, the oldest or the newest: fifo or lifo.", valueName: "method")

private func lotMethod(_ text: String) throws -> LotMethod {
    guard let method = LotMethod(rawValue: text.lowercased()) else {
        let words = LotMethod.allCases.map(\.rawValue).joined(separator: " or ")
        throw ValidationError("expected \(words)")
    }
    return method
}
