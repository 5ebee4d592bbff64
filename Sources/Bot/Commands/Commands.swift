/// The one list of commands.
public enum Commands {
    public static let all: [Command] = [
        .start, .help, .positions, .buy, .sell, .stopLoss, .takeProfit, .close, .orders, .order,
        .cancel, .replace, .whatIf,
        .pnl, .equity, .risk, .policy, .breaches, .halt, .resume, .trades, .trade, .campaigns,
        .campaign, .why, .portfolios, .portfolio,
        .accounts, .account, .deposit, .withdraw, .strategies, .strategy, .fx, .token, .hooks,
        .quarantine, .importFile, .news, .settings, .export, .deleteMe,
        .users, .approve, .reject, .deactivate, .activate, .promote, .demote,
        .brokers, .audit, .status, .broadcast,
    ]

    static func named(_ name: String) -> Command? { all.first { $0.name == name } }

    public static func available(to access: Command.Access) -> [Command] {
        all.filter { $0.access <= access }
    }

    /// Those that a mistyped name may have meant, best first.
    static func nearest(to name: String, availableTo access: Command.Access) -> [Command] {
        let names = Spelling.nearest(to: name, among: available(to: access).map(\.name))
        return names.compactMap(named)
    }

    /// The table of the README.
    public static var markdownTable: String {
        let rows = all.map { command in
            let usage = command.usage.replacing("|", with: "\\|")
            return "| `\(usage)` | \(command.access.readers) | \(command.summary) |"
        }
        return (["| command | for | does |", "|---|---|---|"] + rows).joined(separator: "\n")
    }
}

extension Command.Access {
    var readers: String {
        switch self {
        case .everyone: "everyone"
        case .approved: "members"
        case .admin: "admins"
        }
    }
}
