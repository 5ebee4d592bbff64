/// A message as the stand-in keeps it.
public struct StandInMessage: Sendable, Hashable {
    public struct Button: Sendable, Hashable {
        public let text: String
        public let callbackData: String?
        public let url: String?
        /// `primary`, `success` or `danger`.
        public let style: String?
    }

    /// What a message showed at one time.
    public struct Version: Sendable, Hashable {
        /// As the reader sees it: entities decoded, table rows on lines, cells parted by tabs.
        public let text: String
        /// As it was sent; nil for people's messages.
        public let html: String?
        public let isRich: Bool
        /// Tables of a rich message: rows of cells.
        public let tables: [[[String]]]
        public let buttons: [[Button]]
    }

    public let id: Int64
    public let chatID: Int64
    public let senderID: Int64
    public let isFromBot: Bool
    public let threadID: Int64?
    public let replyToMessageID: Int64?
    public let isProtected: Bool
    /// Unix time in seconds.
    public let dateSeconds: Int64
    /// Oldest first, never empty.
    public internal(set) var versions: [Version]
    public internal(set) var isDeleted = false
    /// When the bot's last call for it came in, seconds on a clock that never jumps.
    public internal(set) var receivedAtSeconds: Double
    /// What the bot sent with it; the text is then its caption.
    public internal(set) var file: StandInUpload?

    public var latest: Version { versions[versions.count - 1] }
    public var text: String { latest.text }
    public var html: String? { latest.html }
    public var isRich: Bool { latest.isRich }
    public var tables: [[[String]]] { latest.tables }
    public var buttons: [[Button]] { latest.buttons }
    public var isEdited: Bool { versions.count > 1 }

    public func button(_ text: String) -> Button? {
        buttons.joined().first { $0.text == text }
    }
}

extension StandInMessage: CustomStringConvertible {
    public var description: String {
        let marks = [isEdited ? "edited" : nil, isDeleted ? "deleted" : nil].compactMap { $0 }
        let rows = buttons.map { $0.map { "[\($0.text)]" }.joined(separator: " ") }
        let lines = ["\(isFromBot ? "bot" : "\(senderID)") #\(id) \(marks):", text] + rows
        return lines.joined(separator: "\n")
    }
}

/// A call that came in, and how it was answered.
public struct StandInCall: Sendable {
    public let method: String
    public let parameters: [String: BotAPIJSON]
    /// Nil where the answer was left out.
    public let status: Int?
    /// Seconds on a clock that never jumps.
    public let receivedAtSeconds: Double
}

/// The bot's answer to a press on a button.
public struct StandInCallbackAnswer: Sendable, Hashable {
    public let text: String?
    public let isAlert: Bool

    public init(text: String?, isAlert: Bool) {
        self.text = text
        self.isAlert = isAlert
    }
}

public struct StandInCommand: Sendable, Hashable {
    public let command: String
    public let description: String

    public init(command: String, description: String) {
        self.command = command
        self.description = description
    }
}

/// What goes wrong with a call.
public enum StandInFault: Sendable, Hashable {
    /// An error page of something before Telegram; nothing is done.
    case serverErrorPage(status: Int)
    /// Telegram's 500 as JSON; nothing is done.
    case internalError
    case tooManyRequests(retryAfterSeconds: Int)
    /// 429 without a word on how long to wait.
    case tooManyRequestsUntold
    /// 409, as where somebody else polls.
    case conflict
    /// 401 although the token is right.
    case unauthorized
    /// 403 with this description.
    case forbidden(String)
    /// 400 with this description.
    case badRequest(String)
    /// The connection is reset and nothing is done.
    case resetBefore
    /// It is done, but the connection is reset instead of an answer.
    case resetAfter
    /// It is done; half of the JSON comes, as if that were all.
    case truncatedJSON
    /// It is done; the connection ends in the middle of the answer.
    case cutAnswer
    /// It is done; the answer is JSON of other types than those described.
    case otherJSON
    /// Nothing is done; an HTML page comes with status 200, as from a captive portal.
    case pageInsteadOfJSON
    /// It is done, and answered so much later.
    case delay(milliseconds: Int)
    /// Nothing is done and nothing answered.
    case hang
    /// It is done and nothing answered.
    case hangAfter
}

/// Why a driven step did not happen; says what there was instead.
public enum StandInFailure: Error, CustomStringConvertible {
    case timedOut(waitingFor: String, transcript: String)
    case noSuchButton(String, transcript: String)

    public var description: String {
        switch self {
        case .timedOut(let what, let transcript): "waited in vain for \(what). \(transcript)"
        case .noSuchButton(let text, let transcript): "no button \"\(text)\". \(transcript)"
        }
    }
}
