import Ledger
import Records
import Services

/// What may stand behind a command that shows a list, each at most once and in any order.
struct Vocabulary: Sendable {
    enum Part: Sendable, Hashable, CaseIterable {
        case symbol, period, portfolio, strategy
    }

    /// Words of the command's own, in lower case and with `_` for a blank; of each group one.
    let choices: [[String]]
    let hasPeriod: Bool
    /// In the order in which a word that may be several of them is taken.
    let books: [(part: Part, names: NameBook)]
    let today: Day
}

extension CommandRequest {
    /// Reads the arguments with the caller's own names, beside which `otherSymbols` are known, too.
    /// Throws `CommandRefusal` with what there is
    /// to choose from where any of it was not understood.
    func listWords(
        _ parts: Set<Vocabulary.Part>, choices: [[String]] = [], of caller: Caller,
        in arguments: Arguments? = nil, otherSymbols: [ExactText] = []
    ) async throws -> ListWords {
        let arguments = arguments ?? self.arguments
        guard !arguments.isEmpty else { return ListWords() }
        var books: [(part: Vocabulary.Part, names: NameBook)] = []
        for part in Vocabulary.Part.allCases where parts.contains(part) {
            if arguments.isFromButton, !ListWords.carries(part, in: arguments) { continue }
            if let book = try await book(of: part, caller, otherSymbols) {
                books.append((part, book))
            }
        }
        let vocabulary = Vocabulary(
            choices: choices, hasPeriod: parts.contains(.period), books: books,
            today: services.performance.today)
        return try ListWords(arguments, vocabulary)
    }

    private func book(
        of part: Vocabulary.Part, _ caller: Caller, _ otherSymbols: [ExactText]
    ) async throws -> NameBook? {
        switch part {
        case .period: return nil
        case .symbol:
            let traded = try await tradedSymbols(for: Authority(caller: caller))
            return NameBook(
                kind: "traded symbol",
                otherSymbols.isEmpty ? traded : Set(traded + otherSymbols).sorted())
        case .portfolio:
            // What was archived can still be looked at by its name, and is offered to nobody.
            let all = try await services.portfolios.all(for: caller, includingArchived: true)
            return NameBook(
                kind: "portfolio", all.filter { !$0.isArchived }.map(\.name),
                hidden: all.filter(\.isArchived).map(\.name))
        case .strategy:
            let all = try await services.strategies.all(for: caller)
            return NameBook(kind: "strategy", all.map(\.reference), aliases: Self.aliases(of: all))
        }
    }
    /// A strategy's bare name means its standard version, or else the only one that there is.
    private static func aliases(of strategies: [Strategy]) -> [ExactText: ExactText] {
        Dictionary(grouping: strategies) { ExactText($0.name.text.lowercased()) }
            .compactMapValues { versions in
                let standard = versions.filter { $0.version == StrategyReference.defaultVersion }
                let meant = standard.isEmpty ? versions : standard
                return meant.count == 1 ? meant[0].reference : nil
            }
    }
}
