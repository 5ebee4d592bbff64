import Ledger
import Records
import Services

/// What is said about hooks.
enum HookWords {
    static func state(_ hook: HookRecord) -> Cell {
        guard hook.isActive else { return "off" }
        if let bot = hook.restBot {
            return hook.restError == nil
                ? "on, pulls from \(bot)" : "\(bot) is away (\(hook.restFailures)×)"
        }
        return hook.kind == .freqtrade ? "on, weak ids" : "on"
    }

    /// The one time that a hook's secret is shown.
    static func secret(_ made: HookService.Made, title: String) -> Screen {
        var blocks: [Block] = [
            .note("\(code: made.url)"),
            .facts([
                Fact("Portfolio", .text(made.hook.portfolioName.text)),
                Fact("Strategy", .text(made.hook.strategyName?.text ?? "none")),
            ]),
        ]
        if made.url.hasPrefix("/") {
            blocks.append(
                .note(
                    """
                    Before it stands the address under which this service is reached from outside; \
                    with http.public_url set it would be shown.
                    """))
        }
        switch made.hook.kind {
        case .tradingView:
            blocks += [
                .note(
                    "In the alert's Notifications, that is the Webhook URL. The alert's Message:"),
                .note("\(code: HookTemplates.alertMessage)"),
                .note(
                    """
                    Where the address may be seen by others, use \(code: made.openURL) and add \
                    "secret":"\(made.secret)" to the message.
                    """),
            ]
        case .freqtrade:
            blocks += [
                .note("In freqtrade's config.json:"),
                .note("\(code: HookTemplates.webhookSection(url: made.url))"),
                .note(
                    """
                    Its messages have no ids of fills: each that comes is a fill of its own, also \
                    one sent twice. \(code: "/hooks rest \(made.hook.name) BOT") pulls the orders \
                    from the bot's REST API instead, where an admin has set that up.
                    """),
            ]
        }
        blocks.append(
            .note("The secret is shown this once; whoever has it may call. Delete this message."))
        return Screen(title: title, blocks: blocks)
    }

    static func changed(_ hook: HookRecord) -> Screen {
        Screen(
            title: "Hook \(hook.name)",
            blocks: [
                .facts(
                    [
                        Fact("State", state(hook)),
                        Fact("Portfolio", .text(hook.portfolioName.text)),
                        Fact("Strategy", .text(hook.strategyName?.text ?? "none")),
                    ] + (hook.restError.map { [Fact("Last failure", .text($0))] } ?? []))
            ] + (hook.restBot == nil ? [] : pulled(from: hook)))
    }

    /// What is not pulled, because messages told of it.
    private static func pulled(from hook: HookRecord) -> [Block] {
        guard let time = hook.weakUntil else { return [] }
        return [
            .note(
                """
                What was filled until \(time) came as messages, with weak ids, and is not pulled \
                too. A fill of that time whose message was lost is yours to add.
                """)
        ]
    }

    static func template(_ hook: HookRecord) -> Screen {
        Screen(
            title: "Template of \(hook.name)",
            blocks: [
                .note("\(code: hook.templateJSON ?? HookTemplates.builtIn(hook.kind))"),
                .facts([
                    Fact("Kind", hook.templateJSON == nil ? "built in" : "yours"),
                    Fact("Called by", .text(hook.kind.rawValue)),
                ]),
                .note(
                    """
                    \(code: "/hooks template \(hook.name) {…}") replaces it, \
                    \(code: "/hooks template \(hook.name) default") goes back to the built-in one.
                    """),
                .note("Then \(code: "/quarantine retry all") tries again what waits."),
            ])
    }
}
