import Services

extension Command {
    static let start = Command(
        "start", "Ask to come in, or see where you stand",
        body: .everyone { request in
            let registration = try await request.services.users.register(
                telegramUserID: request.sender.telegramUserID,
                username: request.sender.username, update: request.update)
            return switch registration {
            case .approved(let user): Doorway.welcome(user)
            case .pending(_, isNew: true): Doorway.asked
            case .pending(_, isNew: false): Doorway.waiting
            case .rejected: Doorway.rejected
            case .deactivated: Doorway.deactivated
            case .full: Doorway.full
            }
        })
}
