/// One thing that happened. It is delivered at least once, so its id must be remembered.
public struct Update: Sendable, Hashable, Decodable {
    public enum Content: Sendable, Hashable {
        case message(Message)
        case callbackQuery(CallbackQuery)
        /// The bot was blocked, unblocked, added to a group or removed from it.
        case myChatMember(ChatMemberUpdated)
        /// A kind this service does not read, or one of the above in a shape it cannot read.
        case unsupported(kind: String)
    }

    public let id: UpdateID
    public let content: Content

    struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Throws only where there is no usable `update_id`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let idKey = Key(stringValue: "update_id")
        id = try container.decode(UpdateID.self, forKey: idKey)
        let key = container.allKeys.first { $0.stringValue != idKey.stringValue }
        content = key.map { Self.content(of: container, $0) } ?? .unsupported(kind: "nothing")
    }

    private static func content(of container: KeyedDecodingContainer<Key>, _ key: Key) -> Content {
        let content: Content? =
            switch key.stringValue {
            case "message": container.decodeLeniently(key).map(Content.message)
            case "callback_query": container.decodeLeniently(key).map(Content.callbackQuery)
            case "my_chat_member": container.decodeLeniently(key).map(Content.myChatMember)
            default: nil
            }
        return content ?? .unsupported(kind: key.stringValue)
    }
}

extension Update {
    /// The chat it belongs to, where this service reads it.
    public var chatID: ChatID? {
        switch content {
        case .message(let message): message.chat.id
        case .callbackQuery(let query): query.message?.chat.id
        case .myChatMember(let change): change.chat.id
        case .unsupported: nil
        }
    }
}

/// A press on a button under a message. It must be answered, and soon.
public struct CallbackQuery: Sendable, Hashable, Codable {
    public let id: String
    public let sender: User
    /// Nothing where the message was sent in inline mode. Of an old message only id and chat are
    /// known (its date is 0).
    public let message: Message?
    /// What the button carries; do not trust it, a client may send anything.
    public let data: String?

    enum CodingKeys: String, CodingKey {
        case id
        case sender = "from"
        case message
        case data
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        sender = try container.decode(User.self, forKey: .sender)
        message = container.decodeLeniently(.message)
        data = container.decodeLeniently(.data)
    }
}

/// The bot's own standing in a chat has changed.
public struct ChatMemberUpdated: Sendable, Hashable, Decodable {
    public let chat: Chat
    /// Who did it.
    public let sender: User
    /// `member`, `administrator`, `left`, `kicked` (in a private chat: blocked) or another of
    /// Telegram's words.
    public let newStatus: String

    enum CodingKeys: String, CodingKey {
        case chat
        case sender = "from"
        case newMember = "new_chat_member"
    }

    struct Member: Codable {
        let status: String
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        chat = try container.decode(Chat.self, forKey: .chat)
        sender = try container.decode(User.self, forKey: .sender)
        newStatus = try container.decode(Member.self, forKey: .newMember).status
    }
}

/// Reads a list element by element, so that one bad element does not take the others with it.
struct LenientList<Element: Decodable>: Decodable {
    var elements: [Element] = []
    var unreadable = 0

    private struct Attempt: Decodable {
        let element: Element?
        init(from decoder: any Decoder) throws { element = try? Element(from: decoder) }
    }

    init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        while !container.isAtEnd {
            if let element = try container.decode(Attempt.self).element {
                elements.append(element)
            } else {
                unreadable += 1
            }
        }
    }
}

extension KeyedDecodingContainer {
    /// Absent, null and unreadable are all nil: what is not needed must not break what is.
    func decodeLeniently<Value: Decodable>(_ key: Key) -> Value? {
        try? decodeIfPresent(Value.self, forKey: key)
    }
}
