extension Command {
    static let help = Command(
        "help", "What this bot can do, or how to use one command", arguments: "[command]",
        example: "/help positions",
        body: .everyone { request in
            let access = Access(request.user)
            let word = request.arguments.words.first ?? ""
            guard !word.isEmpty else { return overview(access) }
            let name = (word.hasPrefix("/") ? String(word.dropFirst()) : word).lowercased()
            guard let command = Commands.named(name), command.access <= access else {
                throw CommandRefusal.unknownCommand(name, access)
            }
            return command.manual
        })

    private static func overview(_ access: Access) -> Screen {
        let groups: [(String, [Command])] = [
            ("Commands", Commands.available(to: min(access, .approved))),
            ("For admins", Commands.all.filter { $0.access == .admin && access == .admin }),
        ]
        let tables = groups.filter { !$0.1.isEmpty }.map { caption, commands in
            Block.table(
                Table(
                    caption: caption, columns: [.init("Command"), .init("Does")],
                    rows: commands.map { [.text($0.usage), .text($0.summary)] }))
        }
        return Screen(
            title: "What this bot can do",
            blocks: tables + [.note("Send /help with a command's name for an example.")])
    }

    private var manual: Screen {
        var facts = [Fact("Usage", .code(usage)), Fact("Example", .code(example))]
        if isPrivateOnly { facts.append(Fact("Where", "in a private chat only")) }
        return Screen(title: "/\(name)", blocks: [.note("\(summary)."), .facts(facts)])
    }
}
