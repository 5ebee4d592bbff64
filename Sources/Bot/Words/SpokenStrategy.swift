import Ledger
import Records
import Services

/// A strategy as somebody named it: one that there is, or one to be created.
struct SpokenStrategy: Sendable, Hashable {
    let reference: StrategyReference
    let isNew: Bool

    /// `momo` is its version 1.0. Throws where the text can name none.
    init(_ text: String, among known: [Strategy]) throws(CommandRefusal) {
        guard let typed = StrategyReference(parsing: text) else {
            throw .misused("“\(text.shortened)” is no strategy, such as momo or momo@2.0.")
        }
        let name = Arguments(text: typed.description, isFromButton: false)
            .pick(from: known.map(\.reference))
        reference = name.flatMap { StrategyReference(parsing: $0.text) } ?? typed
        isNew = name == nil
    }
}
