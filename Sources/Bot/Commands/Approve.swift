import Records
import Services

extension Command {
    static let approve = Command(
        "approve", "Let somebody in who has asked", arguments: "TELEGRAM_ID|@username",
        example: "/approve @ada",
        body: .admin { request, admin in
            try await decide(.approve, request, admin)
        })
}

extension Command {
    /// Shared by /approve and /reject.
    static func decide(
        _ answer: Approval.Answer, _ request: CommandRequest, _ admin: Administrator
    ) async throws -> Screen {
        let word = request.arguments.words.first ?? ""
        let users = try await request.services.users.all(for: admin)
        guard let user = named(word, among: users) else {
            throw nobody(word, answer, waiting: users.filter { $0.state == .pending })
        }
        return try await request.approval.decide(
            answer, on: user.telegramUserID, by: admin, named: request.sender.shownName,
            update: request.update
        ).screen
    }

    /// By Telegram id, or by username in any case, with or without the @.
    private static func named(_ word: String, among users: [User]) -> User? {
        if let id = Int64(word), let user = users.first(where: { $0.telegramUserID == id }) {
            return user
        }
        let name = (word.hasPrefix("@") ? String(word.dropFirst()) : word).lowercased()
        let named = users.filter { !name.isEmpty && $0.username?.lowercased() == name }
        // A name may have passed from one to another since: then only the id is clear.
        return named.count == 1 ? named[0] : nil
    }

    private static func nobody(
        _ word: String, _ answer: Approval.Answer, waiting: [User]
    ) -> CommandRefusal {
        var facts: [Fact] = []
        if !waiting.isEmpty {
            let names = waiting.prefix(20).map { user in
                Cell.text("\(user.shownName) (\(user.telegramUserID))")
            }
            facts = [Fact("Waiting", .joined(names))]
        }
        return CommandRefusal(
            title: word.isEmpty ? "Whom to \(answer.rawValue)?" : "Unknown user",
            reason: word.isEmpty
                ? "Name one who waits by Telegram id or username."
                : "Nobody known by “\(word.shortened)” has asked to come in.",
            facts: facts, showsUsage: true)
    }
}
