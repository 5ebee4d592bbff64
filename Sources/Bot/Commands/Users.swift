import Records
import Services

extension Command {
    static let users = Command(
        "users", "Everyone who asked to come in, and what became of it", isPrivateOnly: true,
        body: .admin { request, admin in
            let users = try await request.services.users.all(for: admin)
            let waitingFirst =
                users.filter { $0.state == .pending } + users.filter { $0.state != .pending }
            let waiting = users.count { $0.state == .pending }
            return try request.paged(
                "Users",
                facts: [
                    Fact("Members", "\(users.count { $0.state == .approved })"),
                    Fact("Waiting", "\(waiting)"),
                ],
                table: Table(
                    columns: [
                        .init("User"), .init("Telegram id", .right), .init("State"),
                        .init("Role"), .init("Asked"),
                    ],
                    rows: waitingFirst.map { user in
                        [
                            .text(user.shownName), "\(user.telegramUserID)",
                            .text(user.state.rawValue), user.isAdmin ? "admin" : "",
                            .time(user.createdAt),
                        ]
                    }),
                notes: waiting == 0
                    ? [] : ["\(code: "/approve TELEGRAM_ID") or \(code: "/reject TELEGRAM_ID")."])
        })
}
