/// A file on its way to a chat.
public struct UploadedFile: Sendable, Hashable {
    /// As the reader sees it; without folders.
    public var name: String
    /// Such as `image/png`.
    public var mediaType: String
    public var bytes: [UInt8]

    public init(name: String, mediaType: String, bytes: [UInt8]) {
        self.name = name
        self.mediaType = mediaType
        self.bytes = bytes
    }
}

/// A call that carries a file beside its parameters. The file is no coding key of it.
public protocol BotUpload: BotMethod {
    /// The parameter that the file stands for.
    static var fileParameter: String { get }
    var file: UploadedFile { get }
}

extension BotUpload {
    public var timeoutSeconds: Double { 120 }
}

/// Shows a picture, at most 10 MB, scaled to the reader's screen.
public struct SendPhoto: BotUpload {
    public typealias Answer = Message
    public static let name = "sendPhoto"
    public static let fileParameter = "photo"

    public var chatID: ChatID
    /// The topic in a forum.
    public var threadID: Int64?
    public var file: UploadedFile
    /// Plain text of at most 1024 UTF-16 units.
    public var caption: String?
    public var disableNotification: Bool?
    public var replyParameters: ReplyParameters?

    public init(
        chatID: ChatID, threadID: Int64? = nil, file: UploadedFile, caption: String? = nil,
        disableNotification: Bool? = nil, replyParameters: ReplyParameters? = nil
    ) {
        self.chatID = chatID
        self.threadID = threadID
        self.file = file
        self.caption = caption
        self.disableNotification = disableNotification
        self.replyParameters = replyParameters
    }

    enum CodingKeys: String, CodingKey {
        case chatID = "chat_id"
        case threadID = "message_thread_id"
        case caption
        case disableNotification = "disable_notification"
        case replyParameters = "reply_parameters"
    }
}

/// Sends a file of at most 50 MB as it is.
public struct SendDocument: BotUpload {
    public typealias Answer = Message
    public static let name = "sendDocument"
    public static let fileParameter = "document"

    public var chatID: ChatID
    /// The topic in a forum.
    public var threadID: Int64?
    public var file: UploadedFile
    /// Plain text of at most 1024 UTF-16 units.
    public var caption: String?
    public var disableNotification: Bool?
    public var replyParameters: ReplyParameters?

    public init(
        chatID: ChatID, threadID: Int64? = nil, file: UploadedFile, caption: String? = nil,
        disableNotification: Bool? = nil, replyParameters: ReplyParameters? = nil
    ) {
        self.chatID = chatID
        self.threadID = threadID
        self.file = file
        self.caption = caption
        self.disableNotification = disableNotification
        self.replyParameters = replyParameters
    }

    enum CodingKeys: String, CodingKey {
        case chatID = "chat_id"
        case threadID = "message_thread_id"
        case caption
        case disableNotification = "disable_notification"
        case replyParameters = "reply_parameters"
    }
}
