package import Services

extension Notice {
    /// How the notice is shown to the one it is for.
    package func screen() throws(ScreenError) -> Screen {
        switch self {
        case .approvalRequest(_, let telegramUserID, let username):
            let name = username.map { "@\($0)" } ?? "user \(telegramUserID)"
            return Screen(
                title: "\(name) asks to come in",
                blocks: [
                    .facts([
                        Fact("Name", .text(username.map { "@\($0)" } ?? "none")),
                        Fact("Telegram id", "\(telegramUserID)"),
                    ])
                ],
                buttons: [
                    [
                        try Button(
                            "Approve",
                            action: ButtonAction.decide(.approve, telegramUserID: telegramUserID)
                                .data, style: .success),
                        try Button(
                            "Reject",
                            action: ButtonAction.decide(.reject, telegramUserID: telegramUserID)
                                .data, style: .danger),
                    ]
                ])
        case .approved: return Doorway.letIn
        case .rejected: return Doorway.rejected
        case .erasureRequest(let request, let token): return try request.screen(token: token)
        case .overfill(let order, let others): return order.screen(others: others)
        case .orders(let orders): return orders.screen
        case .fills(let news): return try news.screen()
        case .digest(let digest): return digest.screen
        case .breach(let news): return news.screen
        case .alert(let news): return news.screen
        case .silent(let run): return run.silentScreen
        case .back(let run): return run.backScreen
        case .quarantined(let hook, let reason, let waiting):
            return Screen(
                title: "Hook \(hook): something is no trade yet",
                blocks: [
                    .facts([
                        Fact("Reason", .text(reason.asSentence)),
                        Fact("In quarantine", "\(waiting)"),
                    ]),
                    .note("Nothing is lost: \(code: "/quarantine") shows what waits."),
                ])
        case .quarantineFull(let hook):
            return Screen(
                title: "Hook \(hook): the quarantine is full",
                blocks: [
                    .note(
                        """
                        What comes now and can't be stored is refused, and lost where its sender \
                        does not send it again. Make room: \(code: "/quarantine").
                        """)
                ])
        case .alertMissed(let hook, let symbol, let expected, let told):
            return Screen(
                title: "Hook \(hook): an alert was missed",
                blocks: [
                    .facts([
                        Fact("Symbol", .text(symbol)),
                        Fact("Position after the last alert", .text(expected)),
                        Fact("Position before this one", .text(told)),
                    ]),
                    .note(
                        """
                        An alert between the two did not come: look it up in TradingView's alert \
                        log, and record its trade with \(code: "/trade").
                        """),
                ])
        case .botAway(let hook, let bot, let failures, let error):
            return Screen(
                title: "Hook \(hook): \(bot) does not answer",
                blocks: [
                    .facts([
                        Fact("Failures in a row", "\(failures)"), Fact("Last", .text(error)),
                    ]),
                    .note("It is asked again and again; what it traded meanwhile is pulled then."),
                ])
        case .membership(let change): return Doorway.changed(change)
        case .broadcast(let broadcast): return broadcast.screen
        }
    }
}
