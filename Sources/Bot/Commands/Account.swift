import Ledger
import Records
import Services

extension Command {
    static let account = Command(
        "account", "Accounts with brokers: list them, add one", example: "/account add ib IBKR USD",
        branches: [
            Branch("add", "NAME BROKER [USD]") { try await addAccount($0, $1, $2) },
            Branch("list", mayBePressed: true) { request, _, caller in
                try await accountList(request, caller)
            },
        ], show: { try await accountList($0, $1) })

    private static func addAccount(
        _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let services = request.services
        let codes = try await services.accounts.brokers().map(\.code)
        let words = try BrokerWords(arguments, codes: codes)
        guard words.rest.isEmpty else {
            throw CommandRefusal.misused("“\(words.rest[0].shortened)” is no currency.")
        }
        let account = try await services.accounts.add(
            name: words.name, brokerCode: words.broker, currency: words.currency ?? .usd,
            for: caller, update: request.update)
        return Screen(
            title: "Account added",
            blocks: [
                .facts([
                    Fact("Account", .text(account.name.text)),
                    Fact("Broker", .text(account.brokerName)),
                    Fact("Currency", .text(account.baseCurrency.code)),
                ]),
                .note("\(code: "/portfolio add NAME account \(account.name)") puts a book on it."),
            ])
    }
}

/// `NAME BROKER [CURRENCY]` and what stands behind it; the name may be of several words.
struct BrokerWords: Sendable {
    let name: String
    /// As the list of brokers has it.
    let broker: String
    let currency: Currency?
    /// What follows, in lower case.
    let rest: [String]

    /// Throws `CommandRefusal` with the codes that there are.
    init(_ arguments: Arguments, codes: [String]) throws(CommandRefusal) {
        let words = arguments.words
        // The last one: a name may hold a broker's.
        let place = words.indices.last { codes.contains(words[$0].uppercased()) }
        guard let place, place > 0 else {
            throw CommandRefusal(
                title: "That was not understood",
                reason: words.isEmpty || place != nil
                    ? "It needs a name, and a broker behind it."
                    : "There is no broker in “\(arguments.text.shortened)”.",
                facts: [Fact("Brokers", .joined(codes.map(Cell.text)))], showsUsage: true)
        }
        name = words[..<place].joined(separator: " ")
        broker = words[place].uppercased()
        var rest = words[(place + 1)...]
        if let word = rest.first, !BrokerWords.keywords.contains(word.lowercased()) {
            guard let currency = Currency(word.uppercased()) else {
                throw .misused(
                    "“\(word.shortened)” is no currency: expected a code such as USD.")
            }
            self.currency = currency
            rest.removeFirst()
        } else {
            currency = nil
        }
        self.rest = rest.map { $0.lowercased() }
    }

    private static let keywords: Set<String> = ["default", "fifo", "lifo"]
}
