import Telegram

/// What the bot did or met, for the log. It never holds what people wrote, and no secret.
public struct BotEvent: Sendable, Hashable {
    public enum Level: String, Sendable { case debug, info, warning, error }

    public let level: Level
    /// One line; what varies stands in the fields.
    public let message: String
    /// Among them `update_id`, `command`, `user_uid`, `telegram_user_id`, `chat_id`, `reference`.
    public let fields: [String: String]

    init(_ level: Level, _ message: String, _ fields: [String: String?] = [:]) {
        self.level = level
        self.message = message
        self.fields = fields.compactMapValues(\.self)
    }
}

/// Is told of every event, from any thread; must return at once.
public typealias BotObserver = @Sendable (BotEvent) -> Void

extension BotEvent {
    static func polling(_ report: Poller.Report) -> BotEvent {
        switch report {
        case .tokenRefused:
            BotEvent(
                .error, "Telegram refuses the token: check it, or get a new one from BotFather")
        case .anotherPoller(let description):
            BotEvent(
                .error, "another process takes this bot's updates: stop one of the two",
                ["detail": description])
        case .webhookSet(let description):
            BotEvent(
                .error,
                "a webhook is set for this bot: delete it (deleteWebhook) or use another bot",
                ["detail": description])
        case .conflictOver: BotEvent(.info, "this process takes the bot's updates alone again")
        case .away(let error):
            BotEvent(
                .warning, "Telegram is away; everything else runs on", ["detail": "\(error)"])
        case .back: BotEvent(.info, "Telegram is back")
        }
    }

    static let databaseAway = BotEvent(
        .warning, "the database is away: updates are kept with Telegram until it is back")
    static let databaseBack = BotEvent(.info, "the database is back")
}
