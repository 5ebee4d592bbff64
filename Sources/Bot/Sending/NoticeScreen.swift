import Services

extension Notice {
    /// How the notice is shown to the one it is for.
    func screen() throws(ScreenError) -> Screen {
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
        case .overfill(let order, let others): return order.screen(others: others)
        case .silent(let run): return run.silentScreen
        case .back(let run): return run.backScreen
        }
    }
}
