import Records
import Services

extension Command {
    static let reject = Command(
        "reject", "Decline somebody who has asked", arguments: "TELEGRAM_ID|@username",
        example: "/reject 123456789", isPrivateOnly: true,
        body: .admin { request, admin in
            try await decide(.reject, request, admin)
        })
}
