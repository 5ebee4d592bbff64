import Ledger

extension Vocabulary {
    private static let mostListed = 20

    /// Why `word` was not understood, with what there is to choose from; `repeated` is what may
    /// stand there, but was said already.
    func refusal(of word: String, repeated: String?) -> CommandRefusal {
        CommandRefusal(
            title: "That was not understood",
            reason: .text(
                repeated.map { "“\($0.shortened)” is one too many of its kind." } ?? reason(word)),
            facts: facts(word), showsUsage: true)
    }

    private func reason(_ word: String) -> String {
        let typed = "“\(word.shortened)”"
        let kinds = books.map(\.names.kind)
        var reason =
            kinds.isEmpty
            ? "\(typed) is none of the words that may stand here"
            : "You have no \(kinds.inWords("or")) named \(typed)"
        if hasPeriod { reason += ", and it is no period" }
        return reason + "."
    }

    private func facts(_ word: String) -> [Fact] {
        var facts: [Fact] = []
        let names = choices.joined() + books.flatMap { $0.names.offered.map(\.text) }
        let near = Spelling.nearest(to: word, among: names)
        if !near.isEmpty { facts.append(Fact("Did you mean", .joined(near.map(Cell.text)))) }
        for (part, names) in books where names.offered.count <= Self.mostListed {
            facts.append(
                Fact(
                    part.heading,
                    names.offered.isEmpty
                        ? "none yet" : .joined(names.offered.map { .text($0.text) })))
        }
        if hasPeriod { facts.append(Fact("Periods", SpokenPeriod.offered)) }
        for group in choices where group.count > 1 {
            facts.append(Fact("Words", .joined(group.map(Cell.text))))
        }
        return facts
    }
}

extension Vocabulary.Part {
    fileprivate var heading: String {
        switch self {
        case .symbol: "Symbols"
        case .period: "Periods"
        case .portfolio: "Portfolios"
        case .strategy: "Strategies"
        }
    }
}

extension [String] {
    /// `a`, `a or b`, `a, b or c`.
    fileprivate func inWords(_ link: String) -> String {
        guard let last, count > 1 else { return first ?? "" }
        return "\(dropLast().joined(separator: ", ")) \(link) \(last)"
    }
}

extension CommandRefusal {
    /// A button was pressed whose list is about what is not there any more.
    static let gone = CommandRefusal(
        title: "Not found", reason: "What this button is about is not there any more.")
}
