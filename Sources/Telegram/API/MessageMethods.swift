/// Sends text. A call whose answer is lost may have been carried out, and Telegram has no key to
/// tell a repetition by.
public struct SendMessage: BotMethod {
    public typealias Answer = Message
    public static let name = "sendMessage"

    public var chatID: ChatID
    /// The topic in a forum.
    public var threadID: Int64?
    /// 1 to 4096 UTF-16 units once the markup is read; see `MessageText`.
    public var text: String
    public var parseMode: ParseMode?
    public var linkPreviewOptions: LinkPreviewOptions?
    public var disableNotification: Bool?
    /// The message can then be neither forwarded nor saved.
    public var protectContent: Bool?
    public var replyParameters: ReplyParameters?
    public var replyMarkup: InlineKeyboardMarkup?

    public init(
        chatID: ChatID, threadID: Int64? = nil, text: String, parseMode: ParseMode? = nil,
        linkPreviewOptions: LinkPreviewOptions? = nil, disableNotification: Bool? = nil,
        protectContent: Bool? = nil, replyParameters: ReplyParameters? = nil,
        replyMarkup: InlineKeyboardMarkup? = nil
    ) {
        self.chatID = chatID
        self.threadID = threadID
        self.text = text
        self.parseMode = parseMode
        self.linkPreviewOptions = linkPreviewOptions
        self.disableNotification = disableNotification
        self.protectContent = protectContent
        self.replyParameters = replyParameters
        self.replyMarkup = replyMarkup
    }

    enum CodingKeys: String, CodingKey {
        case chatID = "chat_id"
        case threadID = "message_thread_id"
        case text
        case parseMode = "parse_mode"
        case linkPreviewOptions = "link_preview_options"
        case disableNotification = "disable_notification"
        case protectContent = "protect_content"
        case replyParameters = "reply_parameters"
        case replyMarkup = "reply_markup"
    }
}

/// Sends headings, tables and lists (Bot API 10.1). An older server answers `.unknownMethod`.
public struct SendRichMessage: BotMethod {
    public typealias Answer = SentMessage
    public static let name = "sendRichMessage"
    public static let isRecent = true

    public var chatID: ChatID
    /// The topic in a forum.
    public var threadID: Int64?
    public var richMessage: InputRichMessage
    public var disableNotification: Bool?
    public var protectContent: Bool?
    public var replyParameters: ReplyParameters?
    public var replyMarkup: InlineKeyboardMarkup?

    public init(
        chatID: ChatID, threadID: Int64? = nil, richMessage: InputRichMessage,
        disableNotification: Bool? = nil, protectContent: Bool? = nil,
        replyParameters: ReplyParameters? = nil, replyMarkup: InlineKeyboardMarkup? = nil
    ) {
        self.chatID = chatID
        self.threadID = threadID
        self.richMessage = richMessage
        self.disableNotification = disableNotification
        self.protectContent = protectContent
        self.replyParameters = replyParameters
        self.replyMarkup = replyMarkup
    }

    enum CodingKeys: String, CodingKey {
        case chatID = "chat_id"
        case threadID = "message_thread_id"
        case richMessage = "rich_message"
        case disableNotification = "disable_notification"
        case protectContent = "protect_content"
        case replyParameters = "reply_parameters"
        case replyMarkup = "reply_markup"
    }
}

/// What is worth knowing of a message that was sent.
public struct SentMessage: Sendable, Hashable, Decodable {
    public let id: MessageID

    enum CodingKeys: String, CodingKey { case id = "message_id" }
}

/// Replaces what a message of ours shows, its buttons included: without `replyMarkup` they go.
/// Repeating it is harmless (`.notModified`).
public struct EditMessageText: BotMethod {
    public static let name = "editMessageText"

    public var chatID: ChatID
    public var messageID: MessageID
    public var text: String?
    public var parseMode: ParseMode?
    public var linkPreviewOptions: LinkPreviewOptions?
    /// An older server ignores it and answers `.badRequest`.
    public var richMessage: InputRichMessage?
    public var replyMarkup: InlineKeyboardMarkup?

    public struct Answer: Sendable, Decodable {
        /// Nil where Telegram answers just true.
        public let message: Message?

        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if (try? container.decode(Bool.self)) != nil {
                message = nil
            } else {
                message = try container.decode(Message.self)
            }
        }
    }

    public init(
        chatID: ChatID, messageID: MessageID, text: String, parseMode: ParseMode? = nil,
        linkPreviewOptions: LinkPreviewOptions? = nil, replyMarkup: InlineKeyboardMarkup? = nil
    ) {
        self.chatID = chatID
        self.messageID = messageID
        self.text = text
        self.parseMode = parseMode
        self.linkPreviewOptions = linkPreviewOptions
        self.replyMarkup = replyMarkup
    }

    public init(
        chatID: ChatID, messageID: MessageID, richMessage: InputRichMessage,
        replyMarkup: InlineKeyboardMarkup? = nil
    ) {
        self.chatID = chatID
        self.messageID = messageID
        self.richMessage = richMessage
        self.replyMarkup = replyMarkup
    }

    enum CodingKeys: String, CodingKey {
        case chatID = "chat_id"
        case messageID = "message_id"
        case text
        case parseMode = "parse_mode"
        case linkPreviewOptions = "link_preview_options"
        case richMessage = "rich_message"
        case replyMarkup = "reply_markup"
    }
}

public struct DeleteMessage: BotMethod {
    public typealias Answer = Done
    public static let name = "deleteMessage"

    public var chatID: ChatID
    public var messageID: MessageID

    public init(chatID: ChatID, messageID: MessageID) {
        self.chatID = chatID
        self.messageID = messageID
    }

    enum CodingKeys: String, CodingKey {
        case chatID = "chat_id"
        case messageID = "message_id"
    }
}
