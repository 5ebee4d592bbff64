import FoundationEssentials

/// All that the stand-in remembers; its methods are the Bot API's, without the network.
struct StandInTelegramState: Sendable {
    struct PendingUpdate: Sendable {
        let id: Int64
        let json: BotAPIJSON
    }

    struct ChatState: Sendable {
        let id: Int64
        var type: String
        var title: String?
        var user: StandInTelegramUser?
        var isForum = false
        var threads: Set<Int64> = []
        var messages: [StandInMessage] = []
        /// Bot messages in the order they came or changed: indexes of message and version.
        var showings: [(message: Int, version: Int)] = []
        var migratedTo: Int64?
        /// The description of the 403 that answers every message to it.
        var forbidden: String?
        var sentAtSeconds: [Double] = []
    }

    struct StandInTelegramUser: Sendable {
        let id: Int64
        let firstName: String
        let username: String?
        let languageCode: String?
    }

    struct Query: Sendable {
        let userID: Int64
        let data: String
        var isTooOld = false
        var answers: [StandInCallbackAnswer] = []
    }

    let description: BotAPIDescription
    let options: StandInTelegram.Options
    var webhookURL: String?
    var isAway = false

    var users: [Int64: StandInTelegramUser] = [:]
    var chats: [Int64: ChatState] = [:]
    var queries: [String: Query] = [:]
    var commands: [String: [StandInCommand]] = [:]
    var calls: [StandInCall] = []
    /// Files that people sent, by their ids.
    var files: [String: StandInFile] = [:]
    /// Files of the bot's own, by what stands for them among the parameters.
    var uploads: [String: StandInUpload] = [:]
    var downloads = 0
    var violations: [String] = []
    var faults: [String: [StandInFault]] = [:]
    var plan: StandInFaultPlan?

    var updates: [PendingUpdate] = []
    /// Every update ever made, for `redeliver`.
    var history: [Int64: BotAPIJSON] = [:]
    var confirmedBelow: Int64 = 0
    var nextUpdateID: Int64 = 734_501_220
    var nextQueryNumber: Int64 = 4_380_000_000_001
    var allowedUpdates: Set<String>?
    /// Counts polls; an older one that still waits ends.
    var pollNumber = 0
    var waitingPolls = 0
    var sentAtSeconds: [Double] = []

    init(description: BotAPIDescription, options: StandInTelegram.Options) {
        self.description = description
        self.options = options
        webhookURL = options.webhookURL
    }

    static func nowSeconds() -> Double {
        let elapsed = ContinuousClock.now - origin
        return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    }

    private static let origin = ContinuousClock.now
    static func unixSeconds() -> Int64 { Int64(Date().timeIntervalSince1970) }

    // MARK: Updates

    /// Kinds that are delivered only where they are asked for.
    private static let onRequestOnly: Set<String> = [
        "chat_member", "message_reaction", "message_reaction_count",
    ]

    @discardableResult
    mutating func push(_ kind: String, _ value: BotAPIJSON) -> Int64 {
        nextUpdateID += 1
        let json: BotAPIJSON = .object(["update_id": .integer(nextUpdateID), kind: value])
        for problem in description.problems(in: json, type: "Update") {
            violations.append("the stand-in itself: \(problem)")
        }
        pushRaw(json, id: nextUpdateID, kind: kind)
        return nextUpdateID
    }

    mutating func pushRaw(_ json: BotAPIJSON, id: Int64, kind: String) {
        history[id] = json
        let isWanted = allowedUpdates?.contains(kind) ?? !Self.onRequestOnly.contains(kind)
        guard isWanted else { return }
        updates.append(PendingUpdate(id: id, json: json))
    }

    /// What `getUpdates` answers now.
    mutating func take(offset: Int64?, limit: Int) -> [BotAPIJSON] {
        if let offset, offset < 0 {
            updates = updates.suffix(Int(-max(offset, -1_000_000)))
        } else if let offset {
            updates.removeAll { $0.id < offset }
            confirmedBelow = max(confirmedBelow, offset)
        }
        let waiting = updates.prefix(limit).map(\.json)
        guard plan != nil else { return waiting }
        let past = history.filter { $0.key < confirmedBelow }.sorted { $0.key < $1.key }
        return plan?.batch(of: waiting, past: past.map(\.value)) ?? waiting
    }

    // MARK: JSON forms

    func userJSON(_ id: Int64) -> BotAPIJSON {
        if id == options.botID {
            return [
                "id": .integer(id), "is_bot": true, "first_name": "Stand-in",
                "username": .string(options.botUsername), "can_join_groups": true,
                "can_read_all_group_messages": false, "supports_inline_queries": false,
            ]
        }
        var members: [String: BotAPIJSON] = ["id": .integer(id), "is_bot": false]
        members["first_name"] = .string(users[id]?.firstName ?? "Somebody")
        members["username"] = users[id]?.username.map { .string($0) }
        members["language_code"] = users[id]?.languageCode.map { .string($0) }
        return .object(members)
    }

    func chatJSON(_ chat: ChatState) -> BotAPIJSON {
        var members: [String: BotAPIJSON] = ["id": .integer(chat.id), "type": .string(chat.type)]
        members["title"] = chat.title.map { .string($0) }
        members["first_name"] = chat.user.map { .string($0.firstName) }
        members["username"] = chat.user?.username.map { .string($0) }
        if chat.isForum { members["is_forum"] = true }
        return .object(members)
    }

    func messageJSON(_ message: StandInMessage, in chat: ChatState) -> BotAPIJSON {
        var members: [String: BotAPIJSON] = [
            "message_id": .integer(message.id), "from": userJSON(message.senderID),
            "chat": chatJSON(chat), "date": .integer(message.dateSeconds),
        ]
        if message.isRich {
            let text: BotAPIJSON = .string(message.text)
            members["rich_message"] = ["blocks": [["type": "paragraph", "text": text]]]
        } else if let file = message.file {
            members["caption"] = message.text.isEmpty ? nil : .string(message.text)
            members.merge(fileJSON(file)) { $1 }
        } else {
            members["text"] = .string(message.text)
        }
        if message.isEdited { members["edit_date"] = .integer(Self.unixSeconds()) }
        if let thread = message.threadID {
            members["message_thread_id"] = .integer(thread)
            members["is_topic_message"] = true
        }
        if message.isProtected { members["has_protected_content"] = true }
        if !message.buttons.isEmpty {
            members["reply_markup"] = [
                "inline_keyboard": .array(message.buttons.map { .array($0.map(\.json)) })
            ]
        }
        return .object(members)
    }
}

extension StandInMessage.Button {
    init(_ json: BotAPIJSON) {
        text = json["text"]?.string ?? ""
        callbackData = json["callback_data"]?.string
        url = json["url"]?.string
        style = json["style"]?.string
    }

    var json: BotAPIJSON {
        var members: [String: BotAPIJSON] = ["text": .string(text)]
        members["callback_data"] = callbackData.map { .string($0) }
        members["url"] = url.map { .string($0) }
        members["style"] = style.map { .string($0) }
        return .object(members)
    }
}
