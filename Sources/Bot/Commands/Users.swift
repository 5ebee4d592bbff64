import Records
import Services

extension Command {
    static let users = Command(
        "users", "Everyone who asked to come in, when they were last seen, what they have",
        isPrivateOnly: true,
        body: .admin { request, admin in
            let users = try await request.services.users.listings(for: admin)
            let waitingFirst =
                users.filter { $0.user.state == .pending }
                + users.filter { $0.user.state != .pending }
            let waiting = users.count { $0.user.state == .pending }
            return try request.paged(
                "Users",
                facts: [
                    Fact("Members", "\(users.count { $0.user.state == .approved })"),
                    Fact("Waiting", "\(waiting)"),
                ],
                table: Table(
                    columns: [
                        .init("User"), .init("Telegram id", .right), .init("State"),
                        .init("Role"), .init("Last seen"), .init("Portfolios", .right),
                        .init("Open", .right),
                    ], rows: waitingFirst.map(row)),
                notes: waiting == 0
                    ? [
                        """
                        \(code: "/deactivate"), \(code: "/activate"), \(code: "/promote") and \
                        \(code: "/demote") change how somebody stands.
                        """
                    ] : ["\(code: "/approve TELEGRAM_ID") or \(code: "/reject TELEGRAM_ID")."])
        })

    private static func row(_ listing: UserListing) -> [Cell] {
        let user = listing.user
        return [
            .text(user.shownName), "\(user.telegramUserID)", .text(user.state.rawValue),
            user.isAdmin ? "admin" : "", listing.lastSeenAt.map(Cell.time) ?? "never",
            "\(listing.portfolios)", "\(listing.openPositions)",
        ]
    }
}
