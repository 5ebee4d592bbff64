import Records
import Services

extension Command {
    static let demote = Command(
        "demote", "Make an admin a plain member; asks first",
        arguments: "TELEGRAM_ID|@username", example: "/demote @ada", isPrivateOnly: true,
        body: .admin { request, admin in
            try await MembershipProposal.propose(.demote, request, admin)
        })
}
