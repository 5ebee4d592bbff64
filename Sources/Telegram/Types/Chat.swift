public struct Chat: Sendable, Hashable, Codable {
    public enum Kind: Sendable, Hashable {
        case `private`, group, supergroup, channel
        /// A kind that Telegram has added since.
        case other(String)
    }

    public let id: ChatID
    public let kind: Kind
    /// Of groups, supergroups and channels.
    public let title: String?
    public let username: String?
    /// Of the other side of a private chat.
    public let firstName: String?
    public let isForum: Bool

    enum CodingKeys: String, CodingKey {
        case id
        case kind = "type"
        case title
        case username
        case firstName = "first_name"
        case isForum = "is_forum"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(ChatID.self, forKey: .id)
        kind = Kind(name: try container.decode(String.self, forKey: .kind))
        title = container.decodeLeniently(.title)
        username = container.decodeLeniently(.username)
        firstName = container.decodeLeniently(.firstName)
        isForum = container.decodeLeniently(.isForum) ?? false
    }
}

extension Chat.Kind {
    init(name: String) {
        switch name {
        case "private": self = .private
        case "group": self = .group
        case "supergroup": self = .supergroup
        case "channel": self = .channel
        default: self = .other(name)
        }
    }
}

extension Chat.Kind: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }

    private var name: String {
        switch self {
        case .private: "private"
        case .group: "group"
        case .supergroup: "supergroup"
        case .channel: "channel"
        case .other(let name): name
        }
    }
}
