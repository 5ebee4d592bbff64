/// Someone on Telegram, as an update names them.
package struct Person: Sendable, Hashable {
    let telegramUserID: Int64
    /// Without the "@"; nil where there is none, or one that no name of Telegram's can be.
    let username: String?

    private static let usernameBytes = 1...64

    package init(telegramUserID: Int64, username: String?) {
        self.telegramUserID = telegramUserID
        let isName =
            username.map { name in
                Person.usernameBytes.contains(name.utf8.count)
                    && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            } ?? false
        self.username = isName ? username : nil
    }

    /// `@ada`, or `user 1001`.
    var shownName: String { username.map { "@\($0)" } ?? "user \(telegramUserID)" }
}
