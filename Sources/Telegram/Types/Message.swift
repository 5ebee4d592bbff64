/// A message as far as this service reads it.
public struct Message: Sendable, Hashable, Decodable {
    public let id: MessageID
    public let chat: Chat
    /// Nobody in channels.
    public let sender: User?
    /// Unix time in seconds.
    public let dateSeconds: Int64
    /// Nothing for photos, joins, pins and the like.
    public let text: String?
    public let document: Document?
    /// What was written with a document.
    public let caption: String?
    /// The topic in a forum.
    public let threadID: Int64?
    public let isTopicMessage: Bool
    public let replyToMessageID: MessageID?
    /// The group became this supergroup: its old number is dead.
    public let migrateToChatID: ChatID?
    public let migrateFromChatID: ChatID?

    enum CodingKeys: String, CodingKey {
        case id = "message_id"
        case chat
        case sender = "from"
        case dateSeconds = "date"
        case text
        case document
        case caption
        case threadID = "message_thread_id"
        case isTopicMessage = "is_topic_message"
        case replyTo = "reply_to_message"
        case migrateToChatID = "migrate_to_chat_id"
        case migrateFromChatID = "migrate_from_chat_id"
    }

    struct RepliedTo: Codable {
        let message_id: MessageID
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(MessageID.self, forKey: .id)
        chat = try container.decode(Chat.self, forKey: .chat)
        sender = container.decodeLeniently(.sender)
        dateSeconds = container.decodeLeniently(.dateSeconds) ?? 0
        text = container.decodeLeniently(.text)
        document = container.decodeLeniently(.document)
        caption = container.decodeLeniently(.caption)
        threadID = container.decodeLeniently(.threadID)
        isTopicMessage = container.decodeLeniently(.isTopicMessage) ?? false
        let repliedTo: RepliedTo? = container.decodeLeniently(.replyTo)
        replyToMessageID = repliedTo?.message_id
        migrateToChatID = container.decodeLeniently(.migrateToChatID)
        migrateFromChatID = container.decodeLeniently(.migrateFromChatID)
    }
}
