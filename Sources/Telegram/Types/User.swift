public struct User: Sendable, Hashable, Codable {
    public let id: TelegramUserID
    public let isBot: Bool
    public let firstName: String
    public let lastName: String?
    /// Without the "@".
    public let username: String?
    /// IETF language tag.
    public let languageCode: String?

    enum CodingKeys: String, CodingKey {
        case id
        case isBot = "is_bot"
        case firstName = "first_name"
        case lastName = "last_name"
        case username
        case languageCode = "language_code"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(TelegramUserID.self, forKey: .id)
        isBot = container.decodeLeniently(.isBot) ?? false
        firstName = container.decodeLeniently(.firstName) ?? ""
        lastName = container.decodeLeniently(.lastName)
        username = container.decodeLeniently(.username)
        languageCode = container.decodeLeniently(.languageCode)
    }
}
