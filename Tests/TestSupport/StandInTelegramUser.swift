/// A person with a Telegram client, driven by a test. Every wait ends after a stated time.
public struct StandInUser: Sendable {
    public let id: Int64
    let telegram: StandInTelegram

    /// Sends a message, by default in the private chat with the bot, which that opens; by default
    /// now, else at `dateSeconds`, Unix time.
    @discardableResult
    public func says(
        _ text: String, in group: StandInGroup? = nil, thread: Int64? = nil,
        dateSeconds: Int64? = nil
    ) -> StandInSaid {
        let said = telegram.state.withLock { state in
            let chatID = group?.id ?? state.openPrivateChat(id)
            return state.say(
                text, by: id, in: chatID, thread: thread, dateSeconds: dateSeconds)
        }
        telegram.changed()
        return said
    }

    /// Presses the button with this text on the latest message in the chat that has one, or on
    /// `message`, also where that message is no longer there.
    @discardableResult
    public func presses(
        _ button: String, on message: StandInMessage? = nil, in group: StandInGroup? = nil
    ) throws -> StandInPress {
        let chatID = message?.chatID ?? group?.id ?? id
        let message =
            message
            ?? telegram.messages(in: chatID).last {
                $0.isFromBot && !$0.isDeleted && $0.button(button) != nil
            }
        guard let message, let data = message.button(button)?.callbackData else {
            throw StandInFailure.noSuchButton(button, transcript: telegram.transcript())
        }
        return presses(data: data, on: message)
    }

    /// What a client may forge: any data, under any message.
    @discardableResult
    public func presses(data: String, on message: StandInMessage) -> StandInPress {
        let press = telegram.state.withLock { state in
            state.press(data, by: id, on: message)
        }
        telegram.changed()
        return StandInPress(queryID: press.queryID, updateID: press.updateID, telegram: telegram)
    }

    /// The bot's next message or edit in the private chat (or `group`) that no `reply` has
    /// returned yet.
    public func reply(in group: StandInGroup? = nil, withinSeconds: Double = 30) async throws
        -> StandInMessage
    {
        try await reply(in: group, withinSeconds: withinSeconds, "a reply") { _ in true }
    }

    /// The same, passing over those without `text`.
    public func reply(
        containing text: String, in group: StandInGroup? = nil, withinSeconds: Double = 30
    ) async throws -> StandInMessage {
        try await reply(in: group, withinSeconds: withinSeconds, "a reply with \"\(text)\"") {
            $0.text.contains(text)
        }
    }

    private func reply(
        in group: StandInGroup?, withinSeconds: Double, _ what: String,
        _ isMeant: @escaping @Sendable (StandInMessage) -> Bool
    ) async throws -> StandInMessage {
        let chatID = group?.id ?? id
        return try await telegram.eventually(
            "\(what) to \(id) in \(chatID)", withinSeconds: withinSeconds
        ) { telegram in
            telegram.state.withLock { $0.nextShowing(in: chatID, isMeant) }
        }
    }

    /// Blocks the bot: it is told, and can no longer write to this person.
    public func blocksBot() { setBlocked(true) }
    public func unblocksBot() { setBlocked(false) }

    private func setBlocked(_ isBlocked: Bool) {
        telegram.state.withLock { state in
            let chatID = state.openPrivateChat(id)
            state.chats[chatID]?.forbidden =
                isBlocked ? "Forbidden: bot was blocked by the user" : nil
            state.changeStanding(
                in: chatID, by: id, from: isBlocked ? "member" : "kicked",
                to: isBlocked ? "kicked" : "member")
        }
        telegram.changed()
    }

    /// Everything in the private chat, deleted messages too.
    public var messages: [StandInMessage] { telegram.messages(in: id) }
}

public struct StandInSaid: Sendable, Hashable {
    public let updateID: Int64
    public let messageID: Int64
}

/// A press on a button.
public struct StandInPress: Sendable {
    public let queryID: String
    public let updateID: Int64
    let telegram: StandInTelegram

    /// The bot's answer to it, which stops the button from spinning.
    public func answer(withinSeconds: Double = 30) async throws -> StandInCallbackAnswer {
        try await telegram.eventually("an answer to a button", withinSeconds: withinSeconds) {
            [queryID] telegram in
            telegram.state.withLock { $0.queries[queryID]?.answers.first }
        }
    }

    public var answers: [StandInCallbackAnswer] {
        telegram.state.withLock { $0.queries[queryID]?.answers ?? [] }
    }

    /// The same press comes again under a new number, as it does where Telegram lost the first.
    @discardableResult
    public func comesAgain() -> Int64 {
        let id = telegram.state.withLock { state -> Int64 in
            guard let query = state.history[updateID]?["callback_query"] else { return 0 }
            return state.push("callback_query", query)
        }
        telegram.changed()
        return id
    }

    /// From now on the bot can no longer answer it.
    public func expires() {
        telegram.state.withLock { $0.queries[queryID]?.isTooOld = true }
    }
}

/// A group that the bot is in.
public struct StandInGroup: Sendable {
    public let id: Int64
    let telegram: StandInTelegram

    public var messages: [StandInMessage] { telegram.messages(in: id) }

    /// The group gets a new number, as when it becomes a supergroup.
    public func migrates(to newID: Int64) -> StandInGroup {
        telegram.state.withLock { $0.migrate(id, to: newID) }
        telegram.changed()
        return StandInGroup(id: newID, telegram: telegram)
    }

    public func removesBot() {
        telegram.state.withLock { state in
            state.chats[id]?.forbidden = "Forbidden: bot was kicked from the group chat"
            state.changeStanding(in: id, by: id, from: "member", to: "left")
        }
        telegram.changed()
    }
}

extension StandInTelegram {
    /// The person with this number; made known at the first call.
    public func user(_ id: Int64, firstName: String? = nil, username: String? = nil)
        -> StandInUser
    {
        state.withLock { state in
            guard state.users[id] == nil else { return }
            state.users[id] = .init(
                id: id, firstName: firstName ?? "User \(id)", username: username,
                languageCode: "en")
        }
        return StandInUser(id: id, telegram: self)
    }

    /// A group with a negative number; made at the first call.
    public func group(_ id: Int64, title: String = "Group", isForum: Bool = false)
        -> StandInGroup
    {
        state.withLock { state in
            guard state.chats[id] == nil else { return }
            state.chats[id] = .init(
                id: id, type: isForum ? "supergroup" : "group", title: title, isForum: isForum)
        }
        return StandInGroup(id: id, telegram: self)
    }
}
