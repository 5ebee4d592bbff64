/// A number that Telegram gave to a chat, a user, a message or an update; no two kinds mix.
public struct Identifier<Subject>: Hashable, Comparable, Sendable, Codable,
    CustomStringConvertible, ExpressibleByIntegerLiteral
{
    public let rawValue: Int64

    public init(_ rawValue: Int64) { self.rawValue = rawValue }
    public init(integerLiteral value: Int64) { rawValue = value }

    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    public var description: String { "\(rawValue)" }
}

public typealias ChatID = Identifier<Chat>
public typealias TelegramUserID = Identifier<User>
/// Unique within its chat only.
public typealias MessageID = Identifier<Message>
public typealias UpdateID = Identifier<Update>

extension Identifier<Chat> {
    /// The private chat with a user carries the user's number.
    public init(privateChatWith user: TelegramUserID) { self.init(user.rawValue) }

    /// Whether it is a private chat; groups and channels have negative numbers.
    public var isPrivate: Bool { rawValue > 0 }
}

extension Identifier<Update> {
    /// The offset that confirms this update and all before it.
    public var next: UpdateID { UpdateID(rawValue == .max ? .max : rawValue + 1) }
}
