import Ledger
import Records
import Services

extension Command {
    static let halt = Command(
        "halt", "Stop trading at once: your own, and as an admin somebody else's",
        arguments: "[@username] [portfolio] [strategy NAME] [reducing]", example: "/halt main",
        body: .approved { request, caller in
            let words = try StopWords(request.arguments, takesState: true)
            let state: TradingState = words.isReducing ? .reducing : .halted
            let risk = request.services.risk
            let outcome =
                if let user = words.user {
                    try await risk.halt(
                        words.target, state, of: try await request.member(user, caller),
                        by: try caller.stillAdministrator(), update: request.update)
                } else {
                    try await risk.halt(words.target, state, for: caller, update: request.update)
                }
            return try outcome.screen(request, caller)
        })
}

/// `[@username] [portfolio] [strategy NAME] [reducing]`: a portfolio or a strategy, not both.
struct StopWords: Sendable {
    let user: String?
    let target: StopTarget
    let isReducing: Bool

    /// Throws `CommandRefusal`.
    init(_ arguments: Arguments, takesState: Bool) throws(CommandRefusal) {
        var words = arguments.words[...]
        if let first = words.first, first.hasPrefix("@") {
            user = words.removeFirst()
        } else {
            user = nil
        }
        if takesState, let last = words.last, last.lowercased() == "reducing" {
            words.removeLast()
            isReducing = true
        } else {
            isReducing = false
        }
        let isStrategy = words.first?.lowercased() == "strategy" && words.count > 1
        if isStrategy { words.removeFirst() }
        let name = words.joined(separator: " ")
        if name.isEmpty || (!isStrategy && name.lowercased() == "all") {
            target = .all
        } else if isStrategy {
            guard let reference = StrategyReference(parsing: name) else {
                throw .misused("“\(name.shortened)” is no strategy: write \(code: "name@1.0").")
            }
            target = .strategy(reference)
        } else {
            guard Limits.nameBytes.contains(name.utf8.count) else {
                throw .misused("“\(name.shortened)” is no portfolio.")
            }
            target = .portfolio(ExactText(name))
        }
    }
}

extension CommandRequest {
    /// The Telegram id of a member whom an admin names. Throws `CommandRefusal`.
    func member(_ word: String, _ caller: Caller) async throws -> Int64 {
        let admin = try caller.stillAdministrator()
        let members = try await services.users.all(for: admin).filter { $0.state == .approved }
        return try NamedUser(verb: "stop", candidates: ("Members", members))
            .find(word, among: members).telegramUserID
    }
}

extension StopOutcome {
    fileprivate var shownTarget: String {
        switch target {
        case .all: "everything"
        case .portfolio(let name): name.text
        case .strategy(let reference): "strategy \(reference)"
        }
    }

    /// How trading stands there now.
    func screen(_ request: CommandRequest, _ caller: Caller) throws(ScreenError) -> Screen {
        let isOwn = user.id == caller.userID
        let state = stops.map(\.state).max() ?? .active
        var facts = [Fact("What", .text(shownTarget))]
        if !isOwn { facts.insert(Fact("Whose", .text(user.shownName)), at: 0) }
        facts += (stops + otherStops).map(\.fact)
        var notes: [Cell] = []
        if state == .halted, workingOrders > 0 {
            notes.append(
                """
                \(workingOrders) \(workingOrders == 1 ? "order works" : "orders work") on: \
                \(code: "/cancel all") cancels them.
                """)
        }
        if isOwn, stops.contains(where: { $0.setBy == .user }) {
            notes.append("\(code: "/resume") lets trading go on.")
        }
        if isOwn, !keptStops.isEmpty {
            notes.append("What a policy or an admin stopped, an admin resumes.")
        }
        return Screen(
            title: state.title, blocks: [.facts(facts)] + notes.map(Block.note))
    }
}

extension TradingState {
    fileprivate var title: String {
        switch self {
        case .active: "Trading goes on"
        case .reducing: "Only orders that close"
        case .halted: "Trading is halted"
        }
    }
}

extension TradingStopRecord {
    /// One line of what stops trading.
    var fact: Fact {
        let what = state == .halted ? "halted" : "only what closes"
        let since: Cell = "\(what), by \(setter), since \(createdAt)"
        guard let until else { return Fact(scopeName.map { "Stopped: \($0)" } ?? "Stopped", since) }
        return Fact(
            scopeName.map { "Stopped: \($0)" } ?? "Stopped", "\(since), until \(until)")
    }

    private var setter: String {
        switch setBy {
        case .user: "yourself"
        case .admin: "an admin"
        case .policy: "the policy \(reason)"
        }
    }
}
