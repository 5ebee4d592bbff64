extension Command {
    static let help = Command(
        "help", "What this bot can do, or how to use one command", arguments: "[command]",
        example: "/help positions",
        body: .everyone { request in
            let access = Access(request.user)
            let word = request.arguments.words.first ?? ""
            guard !word.isEmpty, !request.arguments.isFromButton else {
                return try overview(request)
            }
            let name = (word.hasPrefix("/") ? String(word.dropFirst()) : word).lowercased()
            guard let command = Commands.named(name), command.access <= access else {
                throw CommandRefusal.unknownCommand(name, access)
            }
            return command.manual
        })

    private static func overview(_ request: CommandRequest) throws -> Screen {
        let access = Access(request.user)
        let commands =
            Commands.available(to: min(access, .approved))
            + Commands.all.filter { $0.access == .admin && access == .admin }
        return try request.paged(
            "What this bot can do",
            table: Table(
                columns: [.init("Command"), .init("Does")],
                rows: commands.map { ["/\($0.name)", .text($0.summary)] }),
            notes: ["\(code: "/help NAME") tells how one is used."])
    }

    private var manual: Screen {
        var facts = forms.isEmpty ? [Fact("Usage", .code(usage))] : [Fact("Usage", "/\(name)")]
        facts += forms.map { Fact("or", .code($0)) }
        facts.append(Fact("Example", .code(example)))
        if isPrivateOnly { facts.append(Fact("Where", "in a private chat only")) }
        return Screen(title: "/\(name)", blocks: [.note("\(summary)."), .facts(facts)])
    }
}
