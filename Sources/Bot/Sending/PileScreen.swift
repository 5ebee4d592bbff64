package import Ledger
package import Records
package import Services

extension Pile {
    /// What waited, kind by kind, with a button that shows it one by one to the one it is for.
    package func screen(for message: OutboxMessage, now: Timestamp) throws(ScreenError) -> Screen {
        var facts = counts.map { part in
            Fact(Self.words[part.kind] ?? "Other messages", "\(part.count)")
        }
        if let fills, !isOfFillsAlone { facts.append(Fact("Fills in all", .text(fills.words))) }
        let first = try Button(
            "Show them",
            action: ButtonAction.show(
                command: Command.news.name, owner: message.chatID, place: "\(firstID)",
                arguments: ""
            ).data, style: .primary)
        return Screen(
            title: title,
            blocks: [
                .facts(facts), .note("The first came on \(since)."),
                .note("\(code: "/news") shows them one by one, whenever you like."),
            ], buttons: [[first]])
    }

    private var title: String {
        let what = isOfFillsAlone ? fills?.words : nil
        return switch reason {
        case .theyWereAway:
            "You missed \(what ?? messages) while I could not write to you"
        case .telegramWasAway: "You missed \(what ?? messages) while Telegram was away"
        case .held: "\(what ?? messages) \(isOne ? "was" : "were") held back"
        case .atOnce: what ?? "\(messages) at once"
        }
    }

    private var messages: String { "\(count) \(count == 1 ? "message" : "messages")" }

    private var isOne: Bool { (isOfFillsAlone ? fills?.count : nil) ?? count == 1 }

    private var isOfFillsAlone: Bool { fills != nil && counts.allSatisfy { $0.kind == "fills" } }

    /// What stands before the count of each kind of notice.
    private static let words = [
        "approval_request": "Asked to come in", "approved": "You are in", "rejected": "Declined",
        "overfill": "Overfilled orders", "strategy_silent": "Strategies gone silent",
        "strategy_back": "Strategies back", "hook_quarantined": "In a hook's quarantine",
        "hook_quarantine_full": "Full quarantines", "hook_alert_missed": "Missed alerts",
        "hook_bot_away": "Bots that do not answer", "erase": "Ask to be erased",
        "orders": "Ended orders", "fills": "News of fills", "digest": "Digests",
        "breach": "Risk rules exceeded", "alert": "Alerts", "membership": "Your membership",
        "broadcast": "From an admin",
    ]
}

extension Pile.Fills {
    /// `17 fills in 4 symbols`.
    fileprivate var words: String {
        let what = count == 1 ? "1 fill" : "\(count) fills"
        guard let symbols else { return what }
        return "\(what) in \(symbols.count == 1 ? "1 symbol" : "\(symbols.count) symbols")"
    }
}
