import Records
import Services

extension CommandRequest {
    /// Proposes an action, and asks for Confirm or Discard. A message that is delivered again
    /// shows what it proposed the first time.
    func proposal(
        of kind: ActionKind, _ contentJSON: String, to caller: Caller, blocks: [Block]
    ) async throws -> Screen {
        let action = try await services.actions.propose(
            kind: kind.name, contentJSON: contentJSON, lifetimeSeconds: kind.lifetimeSeconds,
            for: caller, update: update)
        let title = kind.title(action)
        return Screen(
            title: "\(title.prefix(1).uppercased())\(title.dropFirst())?",
            blocks: blocks + [
                .note(Confirmation.caution(withinSeconds: kind.lifetimeSeconds))
            ], buttons: try Confirmation.buttons(for: action))
    }

    /// As whom an admin's command proposes something.
    func adminCaller() throws(CommandRefusal) -> Caller {
        guard let caller = user?.caller, caller.isAdmin else {
            throw CommandRefusal(
                title: "Not allowed", reason: "/\(command.name) is for admins.")
        }
        return caller
    }
}

extension Caller {
    /// Proof for an action that only an admin may confirm: they may be none any more.
    func stillAdministrator() throws(ServiceError) -> Administrator {
        guard let administrator else {
            throw ServiceError(
                .forbidden, code: "NOT_AN_ADMIN", detail: "only an admin may do this")
        }
        return administrator
    }
}

extension ServiceError {
    /// For an action whose content this version of the bot can't read.
    static let foreignAction = ServiceError(
        .invalid, code: "INVALID_FIELD",
        detail: "another version of the bot proposed this: send the command again")
}
