import Records
import Wire

/// How a member's traces go.
public enum Erasure: String, Sendable, CaseIterable {
    /// Everything of theirs.
    case erase
    /// All that says who they are; the books stay.
    case anonymise
}

/// What an admin is asked to confirm: whom it is about, and how.
public struct ErasureRequest: Sendable, Hashable {
    public let userUID: String
    public let telegramUserID: Int64
    public let username: String?
    public let erasure: Erasure

    static let kind = "erase"

    init(_ user: User, _ erasure: Erasure) {
        userUID = user.uid
        telegramUserID = user.telegramUserID
        username = user.username
        self.erasure = erasure
    }

    /// Nil for what another version of the program wrote, and for what is done: nothing stays in it
    /// that says whom it was about.
    public init?(json: String) {
        guard let content = try? JSONValue(parsing: json) else { return nil }
        self.init(content)
    }

    init?(_ content: JSONValue) {
        guard let userUID = content["user_uid"]?.string,
            let telegramUserID = content["telegram_user_id"]?.string.flatMap({ Int64($0) }),
            let erasure = content["erasure"]?.string.flatMap(Erasure.init(rawValue:))
        else { return nil }
        self.userUID = userUID
        self.telegramUserID = telegramUserID
        username = content["username"]?.string
        self.erasure = erasure
    }

    var contentJSON: String { json(token: nil) }

    func payloadJSON(token: String) -> String { json(token: token) }

    private func json(token: String?) -> String {
        let bytes = JSONWriter.object { content in
            content.write("user_uid", userUID)
            content.write("telegram_user_id", String(telegramUserID))
            if let username { content.write("username", username) }
            content.write("erasure", erasure.rawValue)
            if let token { content.write("token", token) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
