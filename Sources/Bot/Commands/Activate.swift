import Records
import Services

extension Command {
    static let activate = Command(
        "activate", "Make somebody a member again whose membership has ended; asks first",
        arguments: "TELEGRAM_ID|@username", example: "/activate @ada", isPrivateOnly: true,
        body: .admin { request, admin in
            try await MembershipProposal.propose(.activate, request, admin)
        })
}
