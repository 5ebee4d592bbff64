import Telegram

/// The bot's own username, asked for when it is first needed: in a group only messages that name
/// the bot are for it.
actor BotIdentity {
    private let api: BotAPI
    private var username: String?

    init(api: BotAPI) { self.api = api }

    /// Whether `name`, in lower case, is this bot's. Throws `TelegramError` or `CancellationError`.
    func isCalled(_ name: String) async throws -> Bool {
        if let username { return username == name }
        let known = try await api.call(GetMe()).username?.lowercased() ?? ""
        username = known
        return known == name
    }
}
