import Records
import Services

extension Command {
    static let approve = Command(
        "approve", "Let somebody in who has asked", arguments: "TELEGRAM_ID|@username",
        example: "/approve @ada", isPrivateOnly: true,
        body: .admin { request, admin in
            try await decide(.approve, request, admin)
        })
}

extension Command {
    /// Shared by /approve and /reject.
    static func decide(
        _ answer: Approval.Answer, _ request: CommandRequest, _ admin: Administrator
    ) async throws -> Screen {
        // A button carries no decision but its own.
        let word = request.arguments.isFromButton ? "" : request.arguments.text
        let users = try await request.services.users.all(for: admin)
        let user = try NamedUser(
            verb: answer.rawValue,
            candidates: ("Waiting", users.filter { $0.state == .pending })
        ).find(word, among: users)
        return try await request.approval.decide(
            answer, on: user.telegramUserID, by: admin, named: request.sender.shownName,
            update: request.update
        ).screen
    }
}
