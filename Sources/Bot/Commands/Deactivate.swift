import Records
import Services

extension Command {
    static let deactivate = Command(
        "deactivate", "End a membership at once, with its tokens and hooks; asks first",
        arguments: "TELEGRAM_ID|@username", example: "/deactivate @ada", isPrivateOnly: true,
        body: .admin { request, admin in
            try await MembershipProposal.propose(.deactivate, request, admin)
        })
}
