import Ledger
import Records
import Services

extension Command {
    static let portfolio = Command(
        "portfolio", "Portfolios: list them, add, rename or archive one, choose default and lots",
        example: "/portfolio add swing IBKR USD",
        branches: [
            Branch("add", "NAME BROKER [USD] [fifo|lifo] [default]|NAME account ACCOUNT") {
                try await addPortfolio($0, $1, $2)
            },
            Branch("rename", "OLD NEW", example: "/portfolio rename swing momentum") {
                try await renamePortfolio($0, $1, $2)
            },
            Branch("default", "NAME", example: "/portfolio default swing") {
                request, rest, caller in
                let name = try await bookName(request, rest, caller)
                let portfolio = try await request.services.portfolios.makeDefault(
                    name, for: caller, update: request.update)
                return book("Default portfolio", portfolio)
            },
            Branch("lots", "NAME fifo|lifo", example: "/portfolio lots swing lifo") {
                try await chooseLots($0, $1, $2)
            },
            Branch("archive", "NAME", example: "/portfolio archive swing") {
                try await archivePortfolio($0, $1, $2)
            },
            Branch("restore", "NAME", example: "/portfolio restore swing") {
                request, rest, caller in
                let name = try await bookName(request, rest, caller)
                let portfolio = try await request.services.portfolios.restore(
                    name, for: caller, update: request.update)
                return book("Portfolio restored", portfolio)
            },
            Branch("list", example: "/portfolio list", mayBePressed: true) { request, _, caller in
                try await portfolioList(request, caller)
            },
        ], show: { try await portfolioList($0, $1) })

    private static func addPortfolio(
        _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let services = request.services
        let accounts = try await services.accounts.all(for: caller).map(\.name)
        let words = arguments.words
        let name: String
        let binding: PortfolioService.Binding
        var options: [String] = []
        if let place = words.lastIndex(where: { $0.lowercased() == "account" }), place > 0 {
            let typed = words[(place + 1)...].joined(separator: " ")
            guard
                let account = Arguments(text: typed, isFromButton: false).pick(from: accounts)
            else { throw CommandRefusal.unknownName(typed, kind: "account", known: accounts) }
            name = words[..<place].joined(separator: " ")
            binding = .account(account)
        } else {
            let codes = try await services.accounts.brokers().map(\.code)
            let found = try BrokerWords(arguments, codes: codes)
            name = found.name
            binding = .broker(code: found.broker, found.currency ?? .usd)
            options = found.rest
        }
        for option in options where !["fifo", "lifo", "default"].contains(option) {
            throw CommandRefusal.misused(
                "“\(option.shortened)” is none of fifo, lifo, default.")
        }
        let portfolio = try await services.portfolios.add(
            name: name, to: binding, isDefault: options.contains("default"),
            lotMethod: options.contains("lifo") ? .lifo : .fifo, for: caller,
            update: request.update)
        return book("Portfolio added", portfolio)
    }

    private static func renamePortfolio(
        _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let names = try await request.services.portfolios.all(
            for: caller, includingArchived: true
        ).map(\.name)
        // The longest beginning that names one, so that something is left to be its new name.
        let cut = arguments.cuts.lazy.filter { !$0.head.isEmpty && !$0.tail.isEmpty }
            .compactMap { head, tail in head.pick(from: names).map { ($0, tail) } }.first
        let (word, rest) = arguments.firstAndRest
        // As it was typed where nothing is meant: a repetition must reach the service, which knows
        // this update.
        let (old, new) = cut ?? (ExactText(word), rest)
        guard !new.isEmpty else {
            throw CommandRefusal.misused("It needs the portfolio's name, and its new one.")
        }
        do {
            let portfolio = try await request.services.portfolios.rename(
                old, to: new.text, for: caller, update: request.update)
            return book("Portfolio renamed", portfolio)
        } catch let error as ServiceError where error.kind == .notFound {
            throw CommandRefusal.unknownName(arguments.text, kind: "portfolio", known: names)
        }
    }

    private static func chooseLots(
        _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let words = arguments.words
        guard let method = words.last.flatMap({ LotMethod(rawValue: $0.lowercased()) }) else {
            throw CommandRefusal.misused("It needs the portfolio's name, then fifo or lifo.")
        }
        let name = Arguments(
            text: words.dropLast().joined(separator: " "), isFromButton: false)
        let meant = try await bookName(request, name, caller)
        return try await request.proposal(
            of: .portfolioLots, LotsProposal(meant, method).json, to: caller,
            blocks: [
                .note(
                    """
                    Which lots a sale closes first is worked out anew for every trade in it, the \
                    oldest (FIFO) or the newest (LIFO). Positions and their cost stay as they are.
                    """)
            ])
    }

    private static func archivePortfolio(
        _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let name = try await bookName(request, arguments, caller)
        let portfolio = try await request.services.portfolios.rehearseArchiving(
            name, for: caller)
        guard !portfolio.isArchived else { return book("Archived already", portfolio) }
        return try await request.proposal(
            of: .archivePortfolio, ArchiveProposal(portfolio).json, to: caller,
            blocks: [
                .note(
                    """
                    It leaves the lists and takes no fills any more. Its trades and P&L stay, and \
                    its name stays taken.
                    """),
                .note("\(code: "/portfolio restore \(portfolio.name)") takes it out again."),
            ])
    }

    /// An archived one may be meant, too.
    private static func bookName(
        _ request: CommandRequest, _ name: Arguments, _ caller: Caller
    ) async throws -> ExactText {
        guard !name.isEmpty else { throw CommandRefusal.misused("Which portfolio?") }
        let names = try await request.services.portfolios.all(
            for: caller, includingArchived: true
        ).map(\.name)
        guard let meant = name.pick(from: names) else {
            throw CommandRefusal.unknownName(name.text, kind: "portfolio", known: names)
        }
        return meant
    }

    private static func book(_ title: String, _ portfolio: Portfolio) -> Screen {
        Screen(
            title: title,
            blocks: [
                .facts([
                    Fact("Portfolio", .text(portfolio.name.text)),
                    Fact("Account", .text(portfolio.accountName.text)),
                    Fact("Broker", .text(portfolio.brokerCode)),
                    Fact("Currency", .text(portfolio.baseCurrency.code)),
                    Fact("Lots", .text(portfolio.rules.lotMethod.rawValue.uppercased())),
                    Fact("Default", portfolio.isDefault ? "yes" : "no"),
                ])
            ])
    }
}
