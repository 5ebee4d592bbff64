import Ledger
import Records
import Services
import Telegram
import World

/// Carries out one update, and says afterwards what came of it.
///
/// In groups the bot answers where it is called by name, `/positions@blotter_bot`, and nowhere
/// else: a plain `/positions` may be meant for any bot there.
struct UpdateHandler: Sendable {
    /// What is still to be said once the update is carried out.
    struct Delivery: Sendable {
        let place: Messenger.Place
        /// The message that is to show the reply; nil for a new one.
        var edited: MessageID?
        /// Nil where nothing is to be shown.
        var reply: Reply?
        /// What stops the pressed button from spinning.
        var press: PressAnswer?
        let update: IncomingUpdate
        /// Whether an earlier process may have sent it.
        var mayHaveComeBefore = false
    }

    struct PressAnswer: Sendable {
        let queryID: String
        let note: String?
        let isAlert: Bool
    }

    let services: Services
    let responder: Responder
    let messenger: Messenger
    let attachments: AttachmentDesk
    let menus: CommandMenus
    let identity: BotIdentity
    let pace: CommandPace
    let gauges: BotGauges
    let observe: BotObserver

    /// Nil where there is nothing to say. Throws `CancellationError` alone.
    func carryOut(_ arrival: Arrival) async throws -> Delivery? {
        switch arrival.update.content {
        case .message(let message): return try await carryOut(message, arrival)
        case .callbackQuery(let query): return try await carryOut(query, arrival)
        case .myChatMember(let change):
            await note(change)
            return nil
        case .unsupported: return nil
        }
    }

    // MARK: Messages

    private func carryOut(_ message: Message, _ arrival: Arrival) async throws -> Delivery? {
        guard let sender = message.sender, !sender.isBot,
            let text = message.document == nil ? message.text : message.caption ?? "",
            try await isForMe(text, in: message.chat)
        else { return nil }
        let update = arrival.incoming
        let person = Person(telegramUserID: sender.id.rawValue, username: sender.username)
        let isPrivate = message.chat.kind == .private
        var delivery = Delivery(
            place: Messenger.Place(
                chat: message.chat.id, thread: message.isTopicMessage ? message.threadID : nil,
                replyTo: isPrivate ? nil : message.id),
            update: update, mayHaveComeBefore: arrival.isRepeated)
        switch await pace(of: person, sentSeconds: Double(message.dateSeconds)) {
        case .admitted: break
        case .silent: return nil
        case .tooMany(let seconds):
            observe(BotEvent(.warning, "somebody sends too many commands", person.fields))
            delivery.reply = Reply(
                screen: .tooFast(waitSeconds: seconds), command: nil, user: nil)
            return delivery
        }
        noteLag(of: message)
        let startSeconds = uptimeSeconds
        let incoming = IncomingMessage(
            sender: person, text: text, file: message.document.map(SentFile.init),
            isPrivate: isPrivate, update: update)
        guard let reply = try await responder.answer(incoming) else { return nil }
        await welcomeBack(reply.user)
        tell(
            "a command was carried out", reply.command, reply.user, arrival.id, person,
            since: startSeconds)
        delivery.reply = reply
        return delivery
    }

    /// By the time at which it was sent, as far as that can be.
    private func pace(of person: Person, sentSeconds: Double?) async -> CommandPace.Verdict {
        let nowSeconds = Double(services.work.world.now().microseconds) / 1e6
        return await pace.admit(
            person.telegramUserID, sentSeconds: min(sentSeconds ?? nowSeconds, nowSeconds),
            nowSeconds: nowSeconds)
    }

    private func isForMe(_ text: String, in chat: Chat) async throws -> Bool {
        switch chat.kind {
        case .private: return true
        case .group, .supergroup: break
        case .channel, .other: return false
        }
        guard let addressee = CommandText(text)?.addressee else { return false }
        do {
            return try await identity.isCalled(addressee)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            observe(
                BotEvent(
                    .warning, "a message in a group was passed over: who the bot is is not known",
                    ["chat_id": "\(chat.id)", "detail": (error as? TelegramError)?.description]))
            return false
        }
    }

    // MARK: Presses

    private func carryOut(_ query: CallbackQuery, _ arrival: Arrival) async throws -> Delivery? {
        let update = arrival.incoming
        let person = Person(
            telegramUserID: query.sender.id.rawValue, username: query.sender.username)
        let chat = query.message?.chat.id ?? ChatID(privateChatWith: query.sender.id)
        let isInTopic = query.message?.isTopicMessage == true
        var delivery = Delivery(
            place: Messenger.Place(chat: chat, thread: isInTopic ? query.message?.threadID : nil),
            edited: query.message?.id, update: update)
        guard await pace(of: person, sentSeconds: nil) == .admitted else {
            delivery.press = PressAnswer(
                queryID: query.id, note: "Too many presses at once: wait a moment.",
                isAlert: true)
            return delivery
        }
        let startSeconds = uptimeSeconds
        let press = IncomingPress(sender: person, data: query.data ?? "", update: update)
        let reply = try await responder.answer(press)
        await welcomeBack(reply.user)
        tell(
            "a button was pressed", reply.command, reply.user, arrival.id, person,
            since: startSeconds)
        delivery.press = PressAnswer(
            queryID: query.id, note: reply.note, isAlert: reply.isAlert)
        if let screen = reply.screen, query.message != nil {
            delivery.reply = Reply(screen: screen, command: reply.command, user: reply.user)
        }
        return delivery
    }

    // MARK: Reachability

    /// In a private chat: the bot was blocked, or let in again.
    private func note(_ change: ChatMemberUpdated) async {
        guard change.chat.kind == .private else { return }
        do {
            let user = try await services.users.user(
                telegramUserID: change.sender.id.rawValue)
            guard let user else { return }
            if change.newStatus == "kicked" {
                try await services.messages.markUnreachable(user.id)
            } else {
                await welcomeBack(user)
            }
        } catch {
            // The next message to them finds it out as well.
            observe(
                BotEvent(
                    .warning, "whether somebody can be reached is not noted",
                    ["error": error.forLog]))
        }
    }

    /// Whoever could not be written to can be: they wrote.
    private func welcomeBack(_ user: Records.User?) async {
        guard let user, user.unreachableSince != nil else { return }
        do {
            try await services.messages.markReachable(user.id)
        } catch {
            // Their next message does it.
            observe(
                BotEvent(
                    .warning, "whether somebody can be reached is not noted",
                    ["user_uid": user.uid, "error": error.forLog]))
        }
    }

    // MARK: Afterwards

    /// Says what is to be said. False where it is to be tried again after the next start. Throws
    /// `CancellationError` alone.
    func deliver(_ delivery: Delivery, _ ticket: FloodGate.Ticket?) async throws -> Bool {
        guard let press = delivery.press else { return try await deliverReply(delivery, ticket) }
        async let answered: Void = answer(press)
        let isOver = try await deliverReply(delivery, ticket)
        try await answered
        return isOver
    }

    private func deliverReply(
        _ delivery: Delivery, _ ticket: FloodGate.Ticket?
    ) async throws -> Bool {
        guard let reply = delivery.reply, let ticket else { return true }
        do {
            try await show(reply.screen, delivery, ticket)
            attachments.post(reply.screen, to: delivery.place, fields: delivery.fields)
        } catch is CancellationError {
            throw CancellationError()
        } catch TelegramError.unauthorized {
            return false
        } catch let error as TelegramError {
            observe(
                BotEvent(
                    .warning, "an answer could not be delivered",
                    delivery.fields.merging(["detail": error.description]) { $1 }))
        } catch {
            try await apologize(for: error, reply, delivery)
        }
        if reply.command == Command.start.name, let user = reply.user {
            try? await menus.publish(for: user)
        }
        return true
    }

    private func answer(_ press: PressAnswer) async throws {
        do {
            try await messenger.answer(
                press.queryID, note: press.note, isAlert: press.isAlert
            ) { seconds in
                try await services.work.world.sleep(seconds: seconds)
            }
        } catch let error as TelegramError {
            observe(
                BotEvent(
                    .warning, "a press could not be answered", ["detail": error.description]))
        }
    }

    private func apologize(
        for error: any Error, _ reply: Reply, _ delivery: Delivery
    ) async throws {
        let screen = responder.unshowable(error, reply, update: delivery.update)
        do {
            let ticket = try await messenger.gate.ticket(for: delivery.place.chat, .reply)
            try await show(screen, delivery, ticket)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            observe(BotEvent(.warning, "an answer could not be delivered", delivery.fields))
        }
    }

    private func show(
        _ screen: Screen, _ delivery: Delivery, _ ticket: FloodGate.Ticket
    ) async throws {
        if let edited = delivery.edited {
            try await messenger.edit(edited, to: screen, in: delivery.place, ticket)
        } else {
            let manner = Messenger.Manner(mayHaveComeBefore: delivery.mayHaveComeBefore)
            try await messenger.send(screen, to: delivery.place, ticket, manner)
        }
    }

    /// Telegram tells whole seconds.
    private func noteLag(of message: Message) {
        guard message.dateSeconds > 0 else { return }
        let sent = Timestamp(microseconds: 0).adding(seconds: message.dateSeconds)
        let seconds = services.work.world.now().wholeSeconds(since: sent)
        gauges.note(lagSeconds: Double(seconds))
    }

    private var uptimeSeconds: Double { services.work.world.uptimeSeconds() }

    private func tell(
        _ what: String, _ command: String?, _ user: Records.User?, _ id: UpdateID,
        _ person: Person, since startSeconds: Double
    ) {
        let milliseconds = ((uptimeSeconds - startSeconds) * 1000 * 100).rounded() / 100
        observe(
            BotEvent(
                .info, what,
                [
                    "update_id": "\(id)", "command": command, "user_uid": user?.uid,
                    "telegram_user_id": String(person.telegramUserID),
                    "milliseconds": "\(milliseconds)",
                ]))
    }
}

extension Person {
    fileprivate var fields: [String: String?] {
        ["telegram_user_id": String(telegramUserID)]
    }
}

extension UpdateHandler.Delivery {
    var fields: [String: String?] {
        [
            "update_id": String(update.id), "chat_id": "\(place.chat)", "command": reply?.command,
            "user_uid": reply?.user?.uid,
        ]
    }
}

extension Screen {
    package static func tooFast(waitSeconds: Int) -> Screen {
        Screen(
            title: "Not so fast",
            blocks: [.note("Those were too many commands for a minute. Wait \(waitSeconds) s.")])
    }
}
