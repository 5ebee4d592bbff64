import FoundationEssentials

// An update is kept as what this service reads of it, in Telegram's own form, so that it is read
// back as it was read the first time.
extension Update {
    /// A JSON object.
    public var keptJSON: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // There is nothing in it that JSON can't hold; an id alone is an update of no kind.
        guard let data = try? encoder.encode(self) else { return "{\"update_id\":\(id)}" }
        return String(decoding: data, as: UTF8.self)
    }

    /// Nil for what is no update.
    public init?(keptJSON: String) {
        let update = try? JSONDecoder().decode(Update.self, from: Data(keptJSON.utf8))
        guard let update else { return nil }
        self = update
    }
}

extension Update: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(id, forKey: Key(stringValue: "update_id"))
        switch content {
        case .message(let message):
            try container.encode(message, forKey: Key(stringValue: "message"))
        case .callbackQuery(let query):
            try container.encode(query, forKey: Key(stringValue: "callback_query"))
        case .myChatMember(let change):
            try container.encode(change, forKey: Key(stringValue: "my_chat_member"))
        case .unsupported:
            break
        }
    }
}

extension Message: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(chat, forKey: .chat)
        try container.encodeIfPresent(sender, forKey: .sender)
        try container.encode(dateSeconds, forKey: .dateSeconds)
        try container.encodeIfPresent(text, forKey: .text)
        try container.encodeIfPresent(document, forKey: .document)
        try container.encodeIfPresent(caption, forKey: .caption)
        try container.encodeIfPresent(threadID, forKey: .threadID)
        if isTopicMessage { try container.encode(true, forKey: .isTopicMessage) }
        try container.encodeIfPresent(
            replyToMessageID.map(RepliedTo.init(message_id:)), forKey: .replyTo)
        try container.encodeIfPresent(migrateToChatID, forKey: .migrateToChatID)
        try container.encodeIfPresent(migrateFromChatID, forKey: .migrateFromChatID)
    }
}

extension ChatMemberUpdated: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(chat, forKey: .chat)
        try container.encode(sender, forKey: .sender)
        try container.encode(Member(status: newStatus), forKey: .newMember)
    }
}
