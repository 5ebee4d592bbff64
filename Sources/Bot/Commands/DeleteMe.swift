import Records
import Services

extension Command {
    static let deleteMe = Command(
        "deleteme", "Leave: your files first, then everything of yours is erased",
        arguments: "[erase|anonymise]", isPrivateOnly: true,
        body: .approved { request, caller in
            let departure = try Departure(request.arguments)
            try await request.services.users.checkMayLeave(caller)
            let action = try await request.services.actions.propose(
                kind: ActionKind.deleteMe.name, contentJSON: departure.json, for: caller,
                update: request.update)
            return Screen(
                title: "Do you want to leave?",
                blocks: [
                    .facts([Fact("What is done", .text(departure.words))]),
                    .note(
                        """
                        First you get all your lists as files. Then the admins are asked; when one \
                        of them confirms it is done, and can't be undone: your tokens and hooks \
                        stop, and this bot knows you no more.
                        """),
                    .note(departure.other), .note(Confirmation.note),
                ], buttons: try Confirmation.buttons(for: action))
        })
}
