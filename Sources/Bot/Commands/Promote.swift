import Records
import Services

extension Command {
    static let promote = Command(
        "promote", "Make a member an admin; asks first",
        arguments: "TELEGRAM_ID|@username", example: "/promote @ada", isPrivateOnly: true,
        body: .admin { request, admin in
            try await MembershipProposal.propose(.promote, request, admin)
        })
}
