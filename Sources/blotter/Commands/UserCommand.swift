import ArgumentParser
import Records
import Services

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Add and list users without a chat.",
        subcommands: [Add.self, List.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a user; for one that is there, do what is still to be done.")

        @OptionGroup var options: CommonOptions
        @Option(help: "The user's id with Telegram, a number.") var telegramId: Int64
        @Option(help: "The name that lists show.") var username: String?
        @Flag(help: "Make the user an admin.") var admin = false
        @Flag(help: "Let the user in, with a paper account and a portfolio main.")
        var approve = false

        func validate() throws {
            guard telegramId > 0 else {
                throw ValidationError("--telegram-id: expected a number above 0")
            }
        }

        func run() async throws {
            try await Installation.with(options) { installation in
                let user = try await installation.services.users.add(
                    telegramUserID: telegramId, username: username, isAdmin: admin,
                    approve: approve)
                Terminal.print(UserCommand.line(of: user))
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all users.")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await Installation.with(options) { installation in
                for user in try await installation.services.users.all(for: .owner) {
                    Terminal.print(UserCommand.line(of: user))
                }
            }
        }
    }

    private static func line(of user: User) -> String {
        let name = user.username.map { "@\(Visible.text($0))" } ?? "(no name)"
        let role = user.isAdmin ? "  admin" : ""
        return "\(user.telegramUserID)  \(name)  \(user.state.rawValue)\(role)"
    }
}

/// Text that a user wrote, made harmless for a terminal.
enum Visible {
    static func text(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
                    default: scalar
                    }
                }))
    }
}
