import Records
import Services

/// Whom a command is about that an admin typed.
struct NamedUser {
    /// What is done to them: `approve`.
    let verb: String
    /// Who may be meant, told where nobody is.
    let candidates: (label: String, users: [User])

    /// By Telegram id, or by username in any case, with or without the @. Throws `CommandRefusal`.
    func find(_ word: String, among users: [User]) throws(CommandRefusal) -> User {
        guard let user = Self.named(word, among: users) else { throw nobody(word) }
        return user
    }

    static func named(_ word: String, among users: [User]) -> User? {
        if let id = Int64(word), let user = users.first(where: { $0.telegramUserID == id }) {
            return user
        }
        let name = (word.hasPrefix("@") ? String(word.dropFirst()) : word).lowercased()
        let named = users.filter { !name.isEmpty && $0.username?.lowercased() == name }
        // A name may have passed from one to another since: then only the id is clear.
        return named.count == 1 ? named[0] : nil
    }

    private func nobody(_ word: String) -> CommandRefusal {
        var facts: [Fact] = []
        if !candidates.users.isEmpty {
            let names = candidates.users.prefix(20).map { user in
                Cell.text("\(user.shownName) (\(user.telegramUserID))")
            }
            facts = [Fact(candidates.label, .joined(names))]
        }
        return CommandRefusal(
            title: word.isEmpty ? "Whom to \(verb)?" : "Unknown user",
            reason: word.isEmpty
                ? "Name one by Telegram id or username."
                : "Nobody known by “\(word.shortened)” has asked to come in.",
            facts: facts, showsUsage: true)
    }
}
