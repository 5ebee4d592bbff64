/// How `text` is to be read.
public enum ParseMode: String, Sendable, Hashable, Codable { case html = "HTML" }

public struct ReplyParameters: Sendable, Hashable, Codable {
    public var messageID: MessageID
    /// Send it, unattached, where the other message is gone.
    public var allowSendingWithoutReply: Bool?

    public init(messageID: MessageID, allowSendingWithoutReply: Bool? = true) {
        self.messageID = messageID
        self.allowSendingWithoutReply = allowSendingWithoutReply
    }

    enum CodingKeys: String, CodingKey {
        case messageID = "message_id"
        case allowSendingWithoutReply = "allow_sending_without_reply"
    }
}

public struct LinkPreviewOptions: Sendable, Hashable, Codable {
    public var isDisabled: Bool

    public init(isDisabled: Bool) { self.isDisabled = isDisabled }

    enum CodingKeys: String, CodingKey { case isDisabled = "is_disabled" }
}

/// Blocks, tables and lists, described in HTML.
public struct InputRichMessage: Sendable, Hashable, Codable {
    public var html: String
    /// Leave numbers and symbols as they are instead of turning them into links.
    public var skipEntityDetection: Bool?

    public init(html: String, skipEntityDetection: Bool? = true) {
        self.html = html
        self.skipEntityDetection = skipEntityDetection
    }

    enum CodingKeys: String, CodingKey {
        case html
        case skipEntityDetection = "skip_entity_detection"
    }
}

/// A line of the command menu.
public struct BotCommand: Sendable, Hashable, Codable {
    /// 1 to 32 of a–z, 0–9 and _, without the slash.
    public var command: String
    /// 1 to 256 characters.
    public var description: String

    public init(command: String, description: String) {
        self.command = command
        self.description = description
    }
}

/// Who sees a command menu; the narrowest one wins.
public enum BotCommandScope: Sendable, Hashable, Encodable {
    case everyone
    case allPrivateChats
    case allGroupChats
    case allChatAdministrators
    case chat(ChatID)
    case chatAdministrators(ChatID)
    case chatMember(ChatID, TelegramUserID)

    enum CodingKeys: String, CodingKey {
        case kind = "type"
        case chatID = "chat_id"
        case userID = "user_id"
    }

    private var kind: String {
        switch self {
        case .everyone: "default"
        case .allPrivateChats: "all_private_chats"
        case .allGroupChats: "all_group_chats"
        case .allChatAdministrators: "all_chat_administrators"
        case .chat: "chat"
        case .chatAdministrators: "chat_administrators"
        case .chatMember: "chat_member"
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        switch self {
        case .everyone, .allPrivateChats, .allGroupChats, .allChatAdministrators: break
        case .chat(let chat), .chatAdministrators(let chat):
            try container.encode(chat, forKey: .chatID)
        case .chatMember(let chat, let user):
            try container.encode(chat, forKey: .chatID)
            try container.encode(user, forKey: .userID)
        }
    }
}
