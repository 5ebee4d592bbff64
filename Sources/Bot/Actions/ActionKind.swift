import Records
import Services

/// What a Confirm button sets off: everything that is known of one kind of action stands here.
package struct ActionKind: Sendable {
    /// As it is stored with what was proposed; the command's name where one proposes it.
    package let name: String
    /// For so long it can be confirmed.
    var lifetimeSeconds = ActionService.lifetimeSeconds
    /// A line that says what was proposed, such as `BUY 10 AAPL at 182.5`.
    let title: @Sendable (PendingAction) -> String
    /// Carries it out and returns the result. May be tried again: it must do
    /// nothing more then, which it knows by the action's token. Throws `FillRefusal` or
    /// `ServiceError` where it can't be done and is not to be tried again.
    let perform: @Sendable (PendingAction, Services, Caller, SentFiles) async throws -> Performed
    /// What is shown of a result.
    let facts: @Sendable (PendingAction, _ resultJSON: String) -> [Fact]
    /// What is shown of it below them.
    var blocks: @Sendable (_ resultJSON: String) -> [Block] = { _ in [] }
    /// What follows the result, the first time that it is shown.
    var attachment: @Sendable (PendingAction, Services, Caller) -> Attachment? = { _, _, _ in nil }

    /// What carrying it out brought.
    struct Performed: Sendable {
        /// An object, which is stored: whoever presses again is shown what `facts` make of it.
        let resultJSON: String
        /// Shown in place of the facts the first time and stored nowhere, as a secret is not.
        var shownOnce: Screen?
    }
}

extension ActionKind {
    /// A kind that needs nothing but the ledger.
    init(
        name: String, lifetimeSeconds: Int64 = ActionService.lifetimeSeconds,
        title: @escaping @Sendable (PendingAction) -> String,
        perform: @escaping @Sendable (PendingAction, Services, Caller) async throws -> String,
        facts: @escaping @Sendable (PendingAction, _ resultJSON: String) -> [Fact],
        blocks: @escaping @Sendable (_ resultJSON: String) -> [Block] = { _ in [] },
        attachment: @escaping @Sendable (PendingAction, Services, Caller) -> Attachment? = {
            _, _, _ in nil
        }
    ) {
        self.init(
            name: name, lifetimeSeconds: lifetimeSeconds, title: title,
            perform: { action, services, caller, _ in
                Performed(resultJSON: try await perform(action, services, caller))
            },
            facts: facts, blocks: blocks, attachment: attachment)
    }
}

/// The one list of kinds.
package enum ActionKinds {
    package static let all: [ActionKind] = [
        .trade, .deposit, .withdraw, .order, .cancelOrders, .replaceOrder, .closePositions, .exits,
        .discard, .importFile, .revokeToken, .renewHook, .membership, .broadcast,
        .archivePortfolio, .portfolioLots, .deleteMe, .erase, .policy,
    ]

    static func named(_ name: String) -> ActionKind? { all.first { $0.name == name } }
}
