import Records
import Services

extension Command {
    /// A form of a command that begins with a word of its own, such as `revoke NAME` of `/token`.
    /// Usage, and what is said where no form has that word, follow from the list of them.
    struct Branch: Sendable {
        typealias Body =
            @Sendable (CommandRequest, _ rest: Arguments, Caller) async throws -> Screen

        /// In lower case; typed in any.
        let word: String
        /// What may stand behind it, as in `Command.arguments`.
        let arguments: String
        /// As one would type it, with the slash; nil for the command's own.
        let example: String?
        /// Whether a button may set it off. What a button carries may come from anywhere and more
        /// than once: so only what shows, or may be repeated without harm.
        let mayBePressed: Bool
        let body: Body

        init(
            _ word: String, _ arguments: String = "", example: String? = nil,
            mayBePressed: Bool = false, body: @escaping Body
        ) {
            self.word = word
            self.arguments = arguments
            self.example = example
            self.mayBePressed = mayBePressed
            self.body = body
        }

        var usage: String { arguments.isEmpty ? word : "\(word) \(arguments)" }
    }

    /// A command of members that shows something where nothing stands behind its name, and else
    /// does what the first word says. A button with words that it may not set off shows as well.
    init(
        _ name: String, _ summary: String, example: String? = nil, isPrivateOnly: Bool = false,
        branches: [Branch],
        show: @escaping @Sendable (CommandRequest, Caller) async throws -> Screen
    ) {
        self.init(
            name, summary, arguments: "[\(branches.map(\.usage).joined(separator: " | "))]",
            example: example, isPrivateOnly: isPrivateOnly,
            body: .approved { request, caller in
                let (word, rest) = request.arguments.firstAndRest
                let branch = branches.first { $0.word == word.lowercased() }
                let isPressed = request.arguments.isFromButton
                if word.isEmpty || (isPressed && branch?.mayBePressed != true) {
                    return try await show(request, caller)
                }
                guard let branch else {
                    throw CommandRefusal.misused(
                        "“\(word.shortened)” is \(Command.noneOf(branches.map(\.word))).")
                }
                return try await branch.run(name, request, rest, caller)
            }, forms: branches.map { "/\(name) \($0.usage)" })
    }

    /// `not “new”`, `neither new nor revoke`, `none of add, list, archive`.
    static func noneOf(_ words: [String]) -> String {
        switch words.count {
        case 1: "not “\(words[0])”"
        case 2: "neither \(words[0]) nor \(words[1])"
        default: "none of \(words.joined(separator: ", "))"
        }
    }
}

extension Command.Branch {
    /// Where it was misused, its own usage is shown.
    fileprivate func run(
        _ command: String, _ request: CommandRequest, _ rest: Arguments, _ caller: Caller
    ) async throws -> Screen {
        func told(_ refusal: CommandRefusal) -> CommandRefusal {
            var refusal = refusal
            refusal.form = CommandRefusal.Form(
                usage: "/\(command) \(usage)", example: example ?? request.command.example)
            return refusal
        }
        do {
            guard !arguments.isEmpty || rest.isEmpty || rest.isFromButton else {
                throw CommandRefusal.misused("/\(command) \(word) takes nothing behind it.")
            }
            return try await body(request, rest, caller)
        } catch let refusal as CommandRefusal {
            throw told(refusal)
        } catch let error as ServiceError {
            throw told(.refused(error))
        }
    }
}
