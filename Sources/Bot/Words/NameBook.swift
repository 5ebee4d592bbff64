import Ledger

/// Names of one kind that belong to whoever asks, found as people type them or as a button
/// carries them.
struct NameBook: Sendable {
    /// What one of them is called, such as `portfolio`.
    let kind: String
    /// In the order in which they are offered; not those that are only still found.
    let offered: [ExactText]
    private let all: [ExactText]
    private let exact: Set<ExactText>
    private let folded: [ExactText: [ExactText]]
    private let aliases: [ExactText: ExactText]

    /// `hidden` are found, and offered to nobody. `aliases` are found where no name is meant; in
    /// lower case, with the names that they stand for.
    init(
        kind: String, _ names: [ExactText], hidden: [ExactText] = [],
        aliases: [ExactText: ExactText] = [:]
    ) {
        self.kind = kind
        self.aliases = aliases
        offered = names
        all = names + hidden
        exact = Set(all)
        folded = Dictionary(grouping: exact) { ExactText($0.text.lowercased()) }
    }

    /// The very same, else the only one that differs in case alone.
    func typed(_ text: String) -> ExactText? {
        let name = ExactText(text)
        if exact.contains(name) { return name }
        let lower = ExactText(text.lowercased())
        guard let alike = folded[lower] else { return aliases[lower] }
        return alike.count == 1 ? alike[0] : nil
    }

    func pressed(digest: String) -> ExactText? { all.first { NameDigest.of($0) == digest } }
}
