/// What people and groups do to the state.
extension StandInTelegramState {
    mutating func openPrivateChat(_ userID: Int64) -> Int64 {
        if chats[userID] == nil {
            chats[userID] = ChatState(id: userID, type: "private", user: users[userID])
        }
        return userID
    }

    mutating func say(
        _ text: String, by userID: Int64, in chatID: Int64, thread: Int64?,
        dateSeconds: Int64? = nil
    ) -> StandInSaid {
        guard var chat = chats[chatID] else { return StandInSaid(updateID: 0, messageID: 0) }
        if let thread { chat.threads.insert(thread) }
        let message = StandInMessage(
            id: Int64(chat.messages.count + 1), chatID: chatID, senderID: userID,
            isFromBot: false, threadID: thread, replyToMessageID: nil, isProtected: false,
            dateSeconds: dateSeconds ?? Self.unixSeconds(),
            versions: [.init(text: text, html: nil, isRich: false, tables: [], buttons: [])],
            receivedAtSeconds: Self.nowSeconds())
        chat.messages.append(message)
        chats[chatID] = chat
        var json = messageJSON(message, in: chat)
        if case .object(var members) = json, text.hasPrefix("/") {
            let length = text.prefix { !$0.isWhitespace }.utf16.count
            members["entities"] = [
                ["type": "bot_command", "offset": 0, "length": .integer(Int64(length))]
            ]
            json = .object(members)
        }
        return StandInSaid(updateID: push("message", json), messageID: message.id)
    }

    mutating func press(_ data: String, by userID: Int64, on message: StandInMessage)
        -> (queryID: String, updateID: Int64)
    {
        nextQueryNumber += 1
        let queryID = "\(nextQueryNumber)"
        queries[queryID] = Query(userID: userID, data: data)
        guard let chat = chats[message.chatID] else { return (queryID, 0) }
        let current = chat.messages.first { $0.id == message.id } ?? message
        let query: BotAPIJSON = [
            "id": .string(queryID), "from": userJSON(userID),
            "chat_instance": .string("\(chat.id)"), "data": .string(data),
            "message": messageJSON(current, in: chat),
        ]
        let update = push("callback_query", query)
        if plan?.isDoublePress() == true { push("callback_query", query) }
        return (queryID, update)
    }

    /// The next change of what the bot shows that nobody has been given yet.
    mutating func nextShowing(in chatID: Int64, _ isMeant: (StandInMessage) -> Bool)
        -> StandInMessage?
    {
        guard var chat = chats[chatID] else { return nil }
        while !chat.showings.isEmpty {
            let showing = chat.showings.removeFirst()
            var message = chat.messages[showing.message]
            message.versions = Array(message.versions.prefix(showing.version + 1))
            guard isMeant(message) else { continue }
            chats[chatID] = chat
            return message
        }
        chats[chatID] = chat
        return nil
    }

    mutating func changeStanding(
        in chatID: Int64, by userID: Int64, from old: String, to new: String
    ) {
        guard let chat = chats[chatID] else { return }
        let change: BotAPIJSON = [
            "chat": chatJSON(chat), "from": userJSON(userID),
            "date": .integer(Self.unixSeconds()), "old_chat_member": botAsMember(old),
            "new_chat_member": botAsMember(new),
        ]
        push("my_chat_member", change)
    }

    private func botAsMember(_ status: String) -> BotAPIJSON {
        var members: [String: BotAPIJSON] = [
            "status": .string(status), "user": userJSON(options.botID),
        ]
        if status == "kicked" { members["until_date"] = 0 }
        return .object(members)
    }

    mutating func migrate(_ oldID: Int64, to newID: Int64) {
        guard let old = chats[oldID] else { return }
        chats[oldID]?.migratedTo = newID
        let new = ChatState(id: newID, type: "supergroup", title: old.title)
        chats[newID] = new
        push("message", migration(old, "migrate_to_chat_id", newID))
        push("message", migration(new, "migrate_from_chat_id", oldID))
    }

    private func migration(_ chat: ChatState, _ key: String, _ id: Int64) -> BotAPIJSON {
        [
            "message_id": .integer(Int64(chat.messages.count + 1_000_000)),
            "chat": chatJSON(chat), "date": .integer(Self.unixSeconds()), key: .integer(id),
        ]
    }
}
