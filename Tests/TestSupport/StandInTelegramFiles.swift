/// A file that somebody sent to the bot.
struct StandInFile: Sendable {
    let path: String
    let content: [UInt8]
}

extension StandInUser {
    /// Sends a document in the private chat with the bot, or in `group`. `claimedBytes` is what
    /// the message says of its size.
    @discardableResult
    public func sends(
        _ content: [UInt8], named name: String, caption: String? = nil,
        claimedBytes: Int? = nil, in group: StandInGroup? = nil
    ) -> StandInSaid {
        let said = telegram.state.withLock { state in
            let chatID = group?.id ?? state.openPrivateChat(id)
            return state.send(
                content, named: name, caption: caption,
                claimedBytes: claimedBytes ?? content.count, by: id, in: chatID)
        }
        telegram.changed()
        return said
    }
}

extension StandInTelegram {
    /// How often a file was fetched, or tried to be.
    public var downloads: Int { state.withLock { $0.downloads } }
}

extension StandInTelegramState {
    mutating func send(
        _ content: [UInt8], named name: String, caption: String?, claimedBytes: Int,
        by userID: Int64, in chatID: Int64
    ) -> StandInSaid {
        guard var chat = chats[chatID] else { return StandInSaid(updateID: 0, messageID: 0) }
        let fileID = "BQACAgIAAxkBAAI\(files.count)"
        files[fileID] = StandInFile(path: "documents/file_\(files.count).bin", content: content)
        let message = StandInMessage(
            id: Int64(chat.messages.count + 1), chatID: chatID, senderID: userID,
            isFromBot: false, threadID: nil, replyToMessageID: nil, isProtected: false,
            dateSeconds: Self.unixSeconds(),
            versions: [.init(text: name, html: nil, isRich: false, tables: [], buttons: [])],
            receivedAtSeconds: Self.nowSeconds())
        chat.messages.append(message)
        chats[chatID] = chat
        guard case .object(var members) = messageJSON(message, in: chat) else {
            return StandInSaid(updateID: 0, messageID: 0)
        }
        members["text"] = nil
        members["caption"] = caption.map { .string($0) }
        members["document"] = [
            "file_id": .string(fileID), "file_unique_id": .string("u-\(fileID)"),
            "file_name": .string(name), "file_size": .integer(Int64(claimedBytes)),
        ]
        return StandInSaid(updateID: push("message", .object(members)), messageID: message.id)
    }

    func file(_ parameters: Parameters) throws -> BotAPIJSON {
        let id = parameters["file_id"]?.string ?? ""
        guard let file = files[id] else {
            throw StandInRefusal.bad("wrong file_id or the file is temporarily unavailable")
        }
        return [
            "file_id": .string(id), "file_unique_id": .string("u-\(id)"),
            "file_size": .integer(Int64(file.content.count)),
            "file_path": .string(file.path),
        ]
    }
}
