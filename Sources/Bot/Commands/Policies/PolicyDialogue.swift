import Ledger
import Records
import Services
import Wire
import World

/// Asks for what a policy is to say: the rule by buttons, then field by field, by words or by
/// buttons. What was said so far is kept, so that a restart or a repeated message loses and doubles
/// nothing.
struct PolicyDialogue {
    private let request: CommandRequest
    private let caller: Caller

    init(_ request: CommandRequest, _ caller: Caller) {
        self.request = request
        self.caller = caller
    }

    private var actions: ActionService { request.services.actions }

    /// Whether a question waits for the caller's words, or waited when the update came first.
    static func isUnderway(
        _ actions: ActionService, _ update: IncomingUpdate?, _ caller: Caller
    ) async throws -> Bool {
        if let made = try await actions.made(by: update, for: caller) {
            return [PolicyDraft.kind, ActionKind.policy.name].contains(made.kind)
        }
        return try await actions.newest(kind: PolicyDraft.kind, for: caller) != nil
    }

    /// What is meant by words without a command, as it would be typed.
    static func words(_ text: String) -> String { "answer \(text)" }

    /// The groups of rules; the rules of a group that is named; or the first question about a rule
    /// that is named.
    func ruleChoice(_ words: Arguments) async throws -> Screen {
        if let rule = RiskRules.named(words.text) {
            return try await begin(PolicyDraft(rule.about))
        }
        guard let group = PolicyGroup(rawValue: words.text) else { return try groups() }
        var buttons: [Button] = []
        for rule in group.rules {
            buttons.append(try request.button(rule.title, place: "", arguments: "add \(rule.key)"))
        }
        return Screen(
            title: "New policy: \(group.title.lowercased())",
            blocks: [
                .facts(group.rules.map { Fact($0.title, .text($0.explanation)) })
            ],
            buttons: buttons.inRows(of: 2)
                + [[try request.button("‹ All", place: "", arguments: "add")]])
    }

    private func groups() throws(ScreenError) -> Screen {
        var buttons: [Button] = []
        for group in PolicyGroup.allCases {
            buttons.append(
                try request.button(group.title, place: "", arguments: "add \(group.rawValue)"))
        }
        return Screen(
            title: "New policy: what is to be limited?",
            blocks: [
                .facts(
                    PolicyGroup.allCases.map { group in
                        Fact(
                            group.title,
                            .joined(group.rules.map { .text($0.title) }))
                    })
            ], buttons: buttons.inRows(of: 2))
    }

    /// Asks the first question of a draft.
    func begin(_ draft: PolicyDraft) async throws -> Screen {
        if let made = try await actions.made(by: request.update, for: caller) {
            return try await screen(of: made)
        }
        // One at a time: what was asked before is left.
        return try await keep(
            draft, in: try await actions.newest(kind: PolicyDraft.kind, for: caller))
    }

    /// Takes an answer. A button carries `TOKEN-END STEP ANSWER`: what it answers may have been
    /// answered before.
    func go(on words: Arguments) async throws -> Screen {
        if let made = try await actions.made(by: request.update, for: caller) {
            return try await screen(of: made)
        }
        guard
            let action = try await actions.newest(
                kind: PolicyDraft.kind, for: caller),
            let draft = PolicyDraft(json: action.contentJSON)
        else {
            throw CommandRefusal(
                title: "Nothing was asked",
                reason: "\(code: "/policy add") begins a new policy, and asks.")
        }
        var answer = words
        if words.isFromButton {
            let (tail, rest) = words.firstAndRest
            let (step, choice) = rest.firstAndRest
            guard action.token.hasSuffix(tail), !tail.isEmpty, Int(step) == draft.step else {
                // The question that is open.
                return try await screen(of: action)
            }
            answer = choice
        }
        let next: PolicyDraft
        do {
            next = try await draft.answered(
                answer, zone: { request.services.timeZones.rules(named: $0) },
                scope: { try await PolicyScope($0, request, caller) })
        } catch let refusal as CommandRefusal {
            var again = try await screen(of: action)
            again.blocks.insert(.note(refusal.reason), at: 0)
            return again
        }
        return try await keep(next, in: action)
    }

    /// Drops what was said so far. A button carries the end of its token, and drops nothing else.
    func stop(_ words: Arguments) async throws -> Screen {
        guard let action = try await actions.newest(kind: PolicyDraft.kind, for: caller),
            !words.isFromButton || action.token.hasSuffix(words.text)
        else {
            return Screen(
                title: "Nothing was asked",
                blocks: [.note("\(code: "/policy add") begins a new policy, and asks.")])
        }
        _ = try await actions.take(action.token, as: .discard, for: caller)
        return Screen(
            title: "Discarded: \(PolicyDraft(json: action.contentJSON)?.title ?? "a risk policy")",
            blocks: [.note("Nothing was stored.")])
    }

    /// Keeps what was said in place of what was before, and asks on.
    private func keep(_ draft: PolicyDraft, in old: PendingAction?) async throws -> Screen {
        let proposal = draft.proposal
        return try await screen(
            of: try await actions.propose(
                kind: proposal == nil ? PolicyDraft.kind : ActionKind.policy.name,
                contentJSON: proposal?.json ?? draft.json,
                lifetimeSeconds: proposal == nil
                    ? PolicyDraft.lifetimeSeconds : ActionKind.policy.lifetimeSeconds,
                replacing: old?.token, for: caller, update: request.update))
    }

    private func screen(of action: PendingAction) async throws -> Screen {
        if let proposal = PolicyProposal(action) {
            return Screen(
                title: "\(proposal.title.asSentence.dropLast())?",
                blocks: [.facts(proposal.facts), .note(Confirmation.note)],
                buttons: try Confirmation.buttons(for: action))
        }
        guard let draft = PolicyDraft(json: action.contentJSON), let question = draft.question
        else { throw ServiceError.foreignAction }
        let asked = try await PolicyQuestion(question, of: draft, request, caller)
        var rows = try buttons(asked.choices, action, draft)
        rows.append([
            try request.button(
                "Discard", place: "", arguments: "stop \(action.token.suffix(6))", style: .danger)
        ])
        return Screen(
            title: draft.title,
            blocks: [.facts(draft.facts), .note(asked.words)]
                + [
                    .note(
                        asked.takesWords
                            ? "Send it, by itself or behind \(code: "/policy answer")."
                            : "Press one, or send its word.")
                ], buttons: rows)
    }

    private func buttons(
        _ choices: [PolicyQuestion.Choice], _ action: PendingAction, _ draft: PolicyDraft
    ) throws(ScreenError) -> [[Button]] {
        var buttons: [Button] = []
        for choice in choices {
            buttons.append(
                try request.button(
                    choice.label, place: "",
                    arguments: "answer \(action.token.suffix(6)) \(draft.step) \(choice.answer)"))
        }
        return buttons.inRows(of: 2)
    }
}

/// One question, for people.
struct PolicyQuestion {
    struct Choice {
        let label: String
        let answer: String
    }

    private static let mostNames = 30

    let words: Cell
    let choices: [Choice]
    /// Whether more can be said than the buttons do.
    let takesWords: Bool

    init(
        _ question: PolicyDraft.Question, of draft: PolicyDraft, _ request: CommandRequest,
        _ caller: Caller
    ) async throws {
        var choices: [Choice] = []
        switch question {
        case .oneOf(let fields):
            words = "How is the limit said?"
            choices = fields.map { field in
                Choice(
                    label: Self.marked(field.explanation, draft.old(field.key) != nil),
                    answer: field.key)
            }
            takesWords = false
        case .field(let field):
            words = "\(field.explanation): \(field.expected)."
            if case .choice(let names) = field.kind {
                choices = names.map { Choice(label: $0, answer: $0) }
                takesWords = false
            } else {
                takesWords = true
            }
            if let old = draft.old(field.key) {
                choices.append(
                    Choice(
                        label: "As it is: \(PolicyWords.value(old, of: field))",
                        answer: PolicyDraft.keepWord))
            }
            if field.mayBeSkipped {
                choices.append(Choice(label: field.skipLabel, answer: PolicyDraft.skipWord))
            }
        case .action:
            words = "What is to happen where the limit is exceeded?"
            let old = draft.old("action")?.string?.uppercased()
            choices = RiskAction.allCases.map { action in
                Choice(
                    label: Self.marked(action.explained, action.rawValue == old),
                    answer: action.rawValue)
            }
            takesWords = false
        case .scope:
            words =
                """
                For whom is it to hold? \(code: "all"), \(code: "portfolio NAME") or \
                \(code: "strategy NAME").
                """
            let portfolios = try await request.services.portfolios.all(for: caller)
            let strategies = try await request.services.strategies.all(for: caller)
            choices =
                [Choice(label: "All portfolios", answer: "all")]
                + portfolios.map {
                    Choice(
                        label: "Portfolio \($0.name)",
                        answer: "portfolio \(NameDigest.of($0.name))")
                }
                + strategies.map {
                    Choice(
                        label: "Strategy \($0.reference)",
                        answer: "strategy \(NameDigest.of($0.reference))")
                }
            choices = Array(choices.prefix(Self.mostNames))
            takesWords = true
        case .name:
            words = "How is it to be called?"
            choices = [Choice(label: draft.suggestedName, answer: PolicyDraft.keepWord)]
            takesWords = true
        }
        self.choices = choices
    }

    /// What a policy says that is being changed stands out.
    private static func marked(_ label: String, _ isOld: Bool) -> String {
        isOld ? "✓ \(label)" : label
    }
}

extension RiskField {
    fileprivate var skipLabel: String {
        guard case .otherwise(let value) = need else { return "Leave it out" }
        return switch value {
        case .number(let number): "The usual: \(number)"
        case .text(let text): "The usual: \(text)"
        case .list(let texts): "The usual: \(texts.joined(separator: ", "))"
        }
    }
}
