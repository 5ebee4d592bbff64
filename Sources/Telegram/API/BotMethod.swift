/// A call of the Bot API: the values of its parameters, absent ones left out.
public protocol BotMethod: Sendable, Encodable {
    associatedtype Answer: Sendable, Decodable
    static var name: String { get }
    /// Whether older servers may not know it: their 404 then says nothing about the token.
    static var isRecent: Bool { get }
    /// How long an answer may take.
    var timeoutSeconds: Double { get }
}

extension BotMethod {
    public static var isRecent: Bool { false }
    public var timeoutSeconds: Double { 30 }
}

/// Telegram answers true; nothing else is to be learnt from it.
public struct Done: Sendable, Hashable, Decodable {
    public init(from decoder: any Decoder) throws {
        _ = try decoder.singleValueContainer().decode(Bool.self)
    }
}

/// Who the bot is; also the way to try a token.
public struct GetMe: BotMethod {
    public typealias Answer = User
    public static let name = "getMe"
    public init() {}
}

public struct GetUpdates: BotMethod {
    public static let name = "getUpdates"

    /// The next update wanted; confirms all before it. Nil asks for all that are unconfirmed.
    public var offset: UpdateID?
    /// 1 to 100.
    public var limit: Int?
    /// How long the server may wait for an update, 0 to 50; the answer may take 10 s more.
    public var pollTimeoutSeconds: Int
    public var allowedUpdates: [String]?

    public struct Answer: Sendable, Decodable {
        public let updates: [Update]
        /// Elements without so much as an `update_id`; they cannot be confirmed by themselves.
        public let unreadable: Int

        public init(from decoder: any Decoder) throws {
            let list = try LenientList<Update>(from: decoder)
            updates = list.elements
            unreadable = list.unreadable
        }
    }

    /// By default for the kinds of update that this client reads.
    public init(
        offset: UpdateID? = nil, pollTimeoutSeconds: Int, limit: Int? = nil,
        allowedUpdates: [String]? = ["message", "callback_query", "my_chat_member"]
    ) {
        self.offset = offset
        self.limit = limit
        self.pollTimeoutSeconds = min(max(pollTimeoutSeconds, 0), 50)
        self.allowedUpdates = allowedUpdates
    }

    public var timeoutSeconds: Double { Double(pollTimeoutSeconds) + 10 }

    enum CodingKeys: String, CodingKey {
        case offset
        case limit
        case pollTimeoutSeconds = "timeout"
        case allowedUpdates = "allowed_updates"
    }
}

/// Needed before polling where a webhook is set.
public struct DeleteWebhook: BotMethod {
    public typealias Answer = Done
    public static let name = "deleteWebhook"
    public var dropPendingUpdates: Bool?

    public init(dropPendingUpdates: Bool? = nil) { self.dropPendingUpdates = dropPendingUpdates }

    enum CodingKeys: String, CodingKey { case dropPendingUpdates = "drop_pending_updates" }
}

/// Must follow a press on a button within seconds, or the button keeps spinning.
public struct AnswerCallbackQuery: BotMethod {
    public typealias Answer = Done
    public static let name = "answerCallbackQuery"
    public var callbackQueryID: String
    /// At most 200 characters.
    public var text: String?
    /// A window to be closed instead of a line that fades.
    public var showAlert: Bool?

    public init(callbackQueryID: String, text: String? = nil, showAlert: Bool? = nil) {
        self.callbackQueryID = callbackQueryID
        self.text = text
        self.showAlert = showAlert
    }

    enum CodingKeys: String, CodingKey {
        case callbackQueryID = "callback_query_id"
        case text
        case showAlert = "show_alert"
    }
}

public struct SetMyCommands: BotMethod {
    public typealias Answer = Done
    public static let name = "setMyCommands"
    /// At most 100.
    public var commands: [BotCommand]
    public var scope: BotCommandScope?
    /// Two letters of ISO 639-1; nil for all languages.
    public var languageCode: String?

    public init(
        commands: [BotCommand], scope: BotCommandScope? = nil, languageCode: String? = nil
    ) {
        self.commands = commands
        self.scope = scope
        self.languageCode = languageCode
    }

    enum CodingKeys: String, CodingKey {
        case commands
        case scope
        case languageCode = "language_code"
    }
}
