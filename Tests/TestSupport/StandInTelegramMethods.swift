/// Telegram's refusal of a call.
struct StandInRefusal: Error {
    let status: Int
    let description: String
    var parameters: BotAPIJSON?
    /// Whether a bot that keeps to the description could not have run into it.
    var isViolation = false

    static func wrong(_ description: String) -> StandInRefusal {
        StandInRefusal(
            status: 400, description: "Bad Request: \(description)", isViolation: true)
    }

    static func bad(_ description: String) -> StandInRefusal {
        StandInRefusal(status: 400, description: "Bad Request: \(description)")
    }

    var json: BotAPIJSON {
        var members: [String: BotAPIJSON] = [
            "ok": false, "error_code": .integer(Int64(status)),
            "description": .string(description),
        ]
        members["parameters"] = parameters
        return .object(members)
    }
}

extension Unicode.Scalar {
    /// Whether it shows nothing: Telegram takes a text of nothing else for an empty one.
    fileprivate var isBlank: Bool {
        switch properties.generalCategory {
        case .control, .format: true
        default: properties.isWhitespace || properties.isDefaultIgnorableCodePoint
        }
    }
}

extension StandInTelegramState {
    typealias Parameters = [String: BotAPIJSON]

    /// Everything but `getUpdates`. Throws `StandInRefusal`.
    mutating func perform(_ method: String, _ parameters: Parameters) throws -> BotAPIJSON {
        switch method {
        case "getMe": return userJSON(options.botID)
        case "sendMessage", "sendRichMessage": return try send(parameters)
        case "editMessageText", "editMessageReplyMarkup":
            return try edit(parameters, isTextKept: method == "editMessageReplyMarkup")
        case "deleteMessage": return try delete(parameters)
        case "answerCallbackQuery": return try answerQuery(parameters)
        case "setMyCommands": return try setCommands(parameters)
        case "getMyCommands": return getCommands(parameters)
        case "deleteMyCommands":
            commands[Self.scopeKey(parameters)] = nil
            return true
        case "deleteWebhook":
            webhookURL = nil
            if parameters["drop_pending_updates"]?.boolean == true { updates.removeAll() }
            return true
        case "getFile": return try file(parameters)
        case "sendPhoto", "sendDocument":
            return try sendFile(parameters, isPhoto: method == "sendPhoto")
        case "sendChatAction":
            _ = try writableChat(parameters)
            return true
        default: throw StandInRefusal.wrong("the stand-in does not play \(method)")
        }
    }

    // MARK: Messages

    private mutating func send(_ parameters: Parameters) throws -> BotAPIJSON {
        try post(try version(parameters), parameters)
    }

    /// Appends a message of the bot's.
    mutating func post(
        _ version: StandInMessage.Version, _ parameters: Parameters, file: StandInUpload? = nil
    ) throws -> BotAPIJSON {
        let chat = try writableChat(parameters)
        try checkFlood(chat)
        let thread = parameters["message_thread_id"]?.integer
        if let thread, !chat.threads.contains(thread) {
            throw StandInRefusal.bad("message thread not found")
        }
        let repliedTo = parameters["reply_parameters"]
        let repliedToID = repliedTo?["message_id"]?.integer
        if let repliedToID, !chat.messages.contains(where: { $0.id == repliedToID }),
            repliedTo?["allow_sending_without_reply"]?.boolean != true
        {
            throw StandInRefusal.bad("message to be replied not found")
        }
        let message = StandInMessage(
            id: Int64(chat.messages.count + 1), chatID: chat.id, senderID: options.botID,
            isFromBot: true, threadID: thread, replyToMessageID: repliedToID,
            isProtected: parameters["protect_content"]?.boolean == true,
            dateSeconds: Self.unixSeconds(), versions: [version],
            receivedAtSeconds: Self.nowSeconds(), file: file)
        chats[chat.id]?.messages.append(message)
        chats[chat.id]?.showings.append((chat.messages.count, 0))
        return messageJSON(message, in: chat)
    }

    private mutating func edit(_ parameters: Parameters, isTextKept: Bool) throws -> BotAPIJSON {
        guard let id = parameters["message_id"]?.integer else {
            throw StandInRefusal.wrong("message_id is missing")
        }
        var version = isTextKept ? nil : try version(parameters)
        let chat = try writableChat(parameters)
        guard let index = chat.messages.firstIndex(where: { $0.id == id && !$0.isDeleted }) else {
            throw StandInRefusal.bad("message to edit not found")
        }
        let old = chat.messages[index]
        guard old.isFromBot else { throw StandInRefusal.bad("message can't be edited") }
        if isTextKept {
            version = StandInMessage.Version(
                text: old.text, html: old.html, isRich: old.isRich, tables: old.tables,
                buttons: try buttons(parameters))
        }
        guard let version, version != old.latest else {
            throw StandInRefusal.bad(
                "message is not modified: specified new message content and reply markup are "
                    + "exactly the same as a current content and reply markup of the message")
        }
        try checkFlood(chat)
        chats[chat.id]?.messages[index].versions.append(version)
        chats[chat.id]?.messages[index].receivedAtSeconds = Self.nowSeconds()
        chats[chat.id]?.showings.append((index, old.versions.count))
        return messageJSON(chats[chat.id]?.messages[index] ?? old, in: chat)
    }

    private mutating func delete(_ parameters: Parameters) throws -> BotAPIJSON {
        let chat = try writableChat(parameters)
        let id = parameters["message_id"]?.integer
        guard let index = chat.messages.firstIndex(where: { $0.id == id && !$0.isDeleted }) else {
            throw StandInRefusal.bad("message to delete not found")
        }
        chats[chat.id]?.messages[index].isDeleted = true
        return true
    }

    private func writableChat(_ parameters: Parameters) throws -> ChatState {
        guard let id = parameters["chat_id"]?.integer, let chat = chats[id] else {
            throw StandInRefusal.bad("chat not found")
        }
        if let migratedTo = chat.migratedTo {
            throw StandInRefusal(
                status: 400,
                description: "Bad Request: group chat was upgraded to a supergroup chat",
                parameters: ["migrate_to_chat_id": .integer(migratedTo)])
        }
        if let forbidden = chat.forbidden {
            throw StandInRefusal(status: 403, description: forbidden)
        }
        return chat
    }

    /// What the message is to show; throws where Telegram would not take it.
    private func version(_ parameters: Parameters) throws -> StandInMessage.Version {
        let buttons = try buttons(parameters)
        if let rich = parameters["rich_message"] {
            guard options.knowsRichMessages else {
                throw StandInRefusal.bad("message text is empty")
            }
            guard parameters["text"] == nil else {
                throw StandInRefusal.wrong("text and rich_message exclude each other")
            }
            guard let html = rich["html"]?.string, rich["markdown"] == nil else {
                throw StandInRefusal.wrong("the stand-in reads rich messages as html only")
            }
            let read = BotAPIHTML(html, dialect: .rich)
            if let problem = read.problems.first {
                throw StandInRefusal.wrong("can't parse rich message: \(problem)")
            }
            if read.blockCount == 0 || read.text.unicodeScalars.allSatisfy(\.isBlank) {
                throw StandInRefusal.wrong("rich message is empty")
            }
            return .init(
                text: read.text, html: html, isRich: true, tables: read.tables, buttons: buttons)
        }
        guard let text = parameters["text"]?.string else {
            throw StandInRefusal.wrong("message text is empty")
        }
        var readable = text
        if let mode = parameters["parse_mode"]?.string {
            guard mode == "HTML" else {
                throw StandInRefusal.wrong("the stand-in reads HTML only, not \(mode)")
            }
            guard options.knowsTimeTags || !text.contains("<tg-time") else {
                throw StandInRefusal.bad("can't parse entities: Unsupported start tag \"tg-time\"")
            }
            let read = BotAPIHTML(text, dialect: .classic)
            if let problem = read.problems.first {
                throw StandInRefusal.wrong("can't parse entities: \(problem)")
            }
            readable = read.text
        }
        if readable.unicodeScalars.allSatisfy(\.isBlank) {
            throw StandInRefusal.wrong("message text is empty")
        }
        if readable.utf16.count > 4096 { throw StandInRefusal.wrong("message is too long") }
        return .init(text: readable, html: text, isRich: false, tables: [], buttons: buttons)
    }

    private func buttons(_ parameters: Parameters) throws -> [[StandInMessage.Button]] {
        let rows = parameters["reply_markup"]?["inline_keyboard"]?.array ?? []
        let buttons = rows.map { ($0.array ?? []).map(StandInMessage.Button.init) }
        if buttons.contains(where: \.isEmpty) { throw StandInRefusal.wrong("an empty button row") }
        if buttons.joined().count > 100 || buttons.contains(where: { $0.count > 8 }) {
            throw StandInRefusal.wrong("too many buttons")
        }
        for (button, json) in zip(buttons.joined(), rows.flatMap { $0.array ?? [] }) {
            if button.text.unicodeScalars.allSatisfy(\.isBlank) {
                throw StandInRefusal.wrong("a button without text")
            }
            if let data = button.callbackData, !(1...64).contains(data.utf8.count) {
                throw StandInRefusal.wrong("BUTTON_DATA_INVALID")
            }
            let kinds = [
                "callback_data", "url", "web_app", "login_url", "switch_inline_query",
                "switch_inline_query_current_chat", "switch_inline_query_chosen_chat",
                "copy_text", "callback_game", "pay",
            ]
            if kinds.filter({ json[$0] != nil }).count != 1 {
                throw StandInRefusal.wrong("a button needs exactly one thing to do")
            }
        }
        return buttons
    }

    /// The limits that Telegram states: 1/s a chat (a burst of 3 is let pass), 20/min a group,
    /// 30/s over all.
    private mutating func checkFlood(_ chat: ChatState) throws {
        guard options.enforcesFloodLimits else { return }
        let now = Self.nowSeconds()
        let limits = [
            (chat.sentAtSeconds, 4, 2.0), (chat.id < 0 ? chat.sentAtSeconds : [], 20, 60.0),
            (sentAtSeconds, 30, 1.0),
        ]
        for (times, limit, window) in limits {
            let recent = times.filter { $0 > now - window }
            guard recent.count >= limit, let oldest = recent.first else { continue }
            let wait = Int64((oldest + window - now).rounded(.up))
            throw StandInRefusal(
                status: 429, description: "Too Many Requests: retry after \(max(wait, 1))",
                parameters: ["retry_after": .integer(max(wait, 1))])
        }
        sentAtSeconds = sentAtSeconds.suffix(30) + [now]
        chats[chat.id]?.sentAtSeconds = chat.sentAtSeconds.suffix(20) + [now]
    }

    // MARK: Buttons and menus

    private mutating func answerQuery(_ parameters: Parameters) throws -> BotAPIJSON {
        let id = parameters["callback_query_id"]?.string ?? ""
        guard let query = queries[id], !query.isTooOld else {
            throw StandInRefusal.bad(
                "query is too old and response timeout expired or query ID is invalid")
        }
        let text = parameters["text"]?.string
        if let text, text.utf16.count > 200 { throw StandInRefusal.wrong("MESSAGE_TOO_LONG") }
        queries[id]?.answers.append(
            StandInCallbackAnswer(
                text: text, isAlert: parameters["show_alert"]?.boolean == true))
        return true
    }

    static func scopeKey(_ parameters: Parameters) -> String {
        let scope = parameters["scope"]
        let parts = [
            scope?["type"]?.string ?? "default", scope?["chat_id"]?.integer.map(String.init),
            scope?["user_id"]?.integer.map(String.init), parameters["language_code"]?.string,
        ]
        return parts.compactMap { $0 }.joined(separator: ":")
    }

    private mutating func setCommands(_ parameters: Parameters) throws -> BotAPIJSON {
        let list = (parameters["commands"]?.array ?? []).map {
            StandInCommand(
                command: $0["command"]?.string ?? "",
                description: $0["description"]?.string ?? "")
        }
        if list.count > 100 { throw StandInRefusal.wrong("BOT_COMMANDS_TOO_MUCH") }
        for command in list {
            let isName = command.command.utf8.allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || $0 == 95
            }
            guard isName, (1...32).contains(command.command.utf8.count) else {
                throw StandInRefusal.wrong("BOT_COMMAND_INVALID \(command.command)")
            }
            guard (1...256).contains(command.description.unicodeScalars.count) else {
                throw StandInRefusal.wrong("BOT_COMMAND_DESCRIPTION_INVALID \(command.command)")
            }
        }
        commands[Self.scopeKey(parameters)] = list
        return true
    }

    private func getCommands(_ parameters: Parameters) -> BotAPIJSON {
        let list = commands[Self.scopeKey(parameters)] ?? []
        return .array(
            list.map {
                ["command": .string($0.command), "description": .string($0.description)]
            })
    }
}
