import Records
import Services

/// What the Confirm and Discard buttons do, whatever they stand below.
struct Confirmation: Sendable {
    let services: Services
    let files: SentFiles

    /// The buttons of a proposal, and the note that says how they work.
    static func buttons(for action: PendingAction) throws(ScreenError) -> [[Button]] {
        try buttons(token: action.token)
    }

    static func buttons(token: String) throws(ScreenError) -> [[Button]] {
        [
            [
                try Button(
                    "Confirm", action: ButtonAction.settle(.confirm, token: token).data,
                    style: .success),
                try Button(
                    "Discard", action: ButtonAction.settle(.discard, token: token).data,
                    style: .danger),
            ]
        ]
    }

    static let note = caution(withinSeconds: ActionService.lifetimeSeconds)

    static func caution(withinSeconds seconds: Int64) -> Cell {
        let (number, unit) =
            seconds % 86_400 == 0
            ? (seconds / 86_400, "day")
            : seconds % 3600 == 0 ? (seconds / 3600, "hour") : (seconds / 60, "minute")
        let time = "\(number) \(unit)\(number == 1 ? "" : "s")"
        return "Nothing is stored before you confirm, within \(time)."
    }

    /// Nil for a kind that this version of the bot does not know. Throws `ServiceError.notFound`
    /// where the proposal was made to somebody else, and what storage throws: then the same button
    /// may be pressed again.
    func press(
        _ decision: PendingAction.Decision, _ token: String, by caller: Caller
    ) async throws -> PressReply? {
        let turn = try await services.actions.take(token, as: decision, for: caller)
        guard let kind = ActionKinds.named(turn.action.kind) else { return nil }
        var reply: PressReply
        switch turn {
        case .due(let action):
            let (outcome, shownOnce) = try await outcome(of: action, kind, caller)
            reply = Self.reply(
                kind, action,
                try await services.actions.finish(action, with: outcome, for: caller))
            if case .done = outcome {
                reply.screen = shownOnce ?? reply.screen
                reply.screen?.attachment = kind.attachment(action, services, caller)
            }
        case .done(let action, let outcome):
            reply = Self.reply(kind, action, outcome)
        case .underway:
            reply = PressReply(
                note: "It was confirmed before. Press Confirm to see what came of it.",
                isAlert: true)
        case .discarded(let action):
            reply = PressReply(
                note: "Discarded: nothing was stored.",
                screen: Screen(
                    title: "Discarded: \(kind.title(action))",
                    blocks: [.note("Nothing was stored.")]))
        case .expired(let action):
            reply = PressReply(
                note: "Too late: nothing was stored. Send the command again.", isAlert: true,
                screen: Screen(
                    title: "Expired: \(kind.title(action))",
                    blocks: [.note("Nothing was stored. Send the command again.")]))
        }
        reply.command = kind.name
        return reply
    }

    private func outcome(
        of action: PendingAction, _ kind: ActionKind, _ caller: Caller
    ) async throws -> (ActionOutcome, shownOnce: Screen?) {
        do {
            let performed = try await kind.perform(action, services, caller, files)
            return (.done(resultJSON: performed.resultJSON), performed.shownOnce)
        } catch let refusal as FillRefusal {
            return (.refused(refusal.sentence), nil)
        } catch let error as ServiceError {
            return (.refused(error.detail.asSentence), nil)
        }
    }

    private static func reply(
        _ kind: ActionKind, _ action: PendingAction, _ outcome: ActionOutcome
    ) -> PressReply {
        switch outcome {
        case .done(let resultJSON):
            PressReply(
                note: "Done.",
                screen: Screen(
                    title: "Done: \(kind.title(action))",
                    blocks: [.facts(kind.facts(action, resultJSON))] + kind.blocks(resultJSON)))
        case .refused(let reason):
            PressReply(
                note: reason, isAlert: true,
                screen: Screen(
                    title: "Not done: \(kind.title(action))",
                    blocks: [.note(.text(reason)), .note("Nothing was stored.")]))
        }
    }
}

extension FillRefusal {
    /// For people, with the field at fault.
    var sentence: String { .sentence(about: field, detail) }
}

extension String {
    private static let verbs = ["is ", "must ", "may ", "has ", "needs "]

    /// `Symbol is missing.`, `Price: expected a number, found text.`
    static func sentence(about field: String?, _ detail: String) -> String {
        guard let field else { return detail.asSentence }
        let isPredicate = verbs.contains(where: detail.hasPrefix)
        return "\(field)\(isPredicate ? "" : ":") \(detail)".asSentence
    }
}
