import Ledger
import Records
import Services

/// For whom a policy is to hold, as somebody said it: `portfolio main`, `strategy momo`, or nothing
/// for all that they have.
struct PolicyScope: Sendable, Hashable {
    private(set) var portfolio: ExactText?
    private(set) var strategy: StrategyReference?

    static let all = PolicyScope()

    init(portfolio: ExactText? = nil, strategy: StrategyReference? = nil) {
        self.portfolio = portfolio
        self.strategy = strategy
    }

    init(_ words: Arguments, _ request: CommandRequest, _ caller: Caller) async throws {
        let (word, name) = words.firstAndRest
        switch word.lowercased() {
        case "", "all":
            guard name.isEmpty else { throw Self.misused(words) }
        case "portfolio":
            guard !name.isEmpty else { throw CommandRefusal.misused("Which portfolio?") }
            portfolio = try await request.portfolio(name, of: caller)
        case "strategy":
            guard !name.isEmpty else { throw CommandRefusal.misused("Which strategy?") }
            let known = try await request.services.strategies.all(for: caller).map(\.reference)
            let typed = StrategyReference(parsing: name.text)?.description
            let picked =
                name.pick(from: known)
                ?? typed.flatMap { Arguments(text: $0, isFromButton: false).pick(from: known) }
            guard let picked, let reference = StrategyReference(parsing: picked.text) else {
                throw CommandRefusal.unknownName(name.text, kind: "strategy", known: known)
            }
            strategy = reference
        default: throw Self.misused(words)
        }
    }

    private static func misused(_ words: Arguments) -> CommandRefusal {
        .misused(
            """
            “\(words.text.shortened)” is not whom a policy can hold for: \(code: "all"), \
            \(code: "portfolio NAME") or \(code: "strategy NAME").
            """)
    }

    var words: String {
        if let portfolio { return "portfolio \(portfolio)" }
        if let strategy { return "strategy \(strategy)" }
        return "all portfolios"
    }
}
