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
    /// What is still to be shown once the update is carried out.
    struct Delivery: Sendable {
        let place: Messenger.Place
        /// The message that is to show it; nil for a new one.
        var edited: MessageID?
        let reply: Reply
        let update: IncomingUpdate
    }

    let services: Services
    let responder: Responder
    let messenger: Messenger
    let menus: CommandMenus
    let identity: BotIdentity
    let pace: CommandPace
    let gauges: BotGauges
    let observe: BotObserver

    /// Attempts at delivering an answer, over about half a minute.
    private static let attempts = 6

    /// Nil where there is nothing to show. Throws `CancellationError` alone.
    func carryOut(_ update: Update) async throws -> Delivery? {
        switch update.content {
        case .message(let message): try await carryOut(message, update.id)
        case .callbackQuery(let query): try await carryOut(query, update.id)
        case .myChatMember, .unsupported: nil
        }
    }

    // MARK: Messages

    private func carryOut(_ message: Message, _ id: UpdateID) async throws -> Delivery? {
        guard let sender = message.sender, !sender.isBot,
            let text = message.document == nil ? message.text : message.caption ?? "",
            try await isForMe(text, in: message.chat)
        else { return nil }
        let update = IncomingUpdate(id: id.rawValue)
        let person = Person(telegramUserID: sender.id.rawValue, username: sender.username)
        let isPrivate = message.chat.kind == .private
        let place = Messenger.Place(
            chat: message.chat.id, thread: message.isTopicMessage ? message.threadID : nil,
            replyTo: isPrivate ? nil : message.id)
        switch await pace.admit(person.telegramUserID, nowSeconds: uptimeSeconds) {
        case .admitted: break
        case .silent: return nil
        case .tooMany(let seconds):
            observe(BotEvent(.warning, "somebody sends too many commands", person.fields))
            let reply = Reply(screen: .tooFast(waitSeconds: seconds), command: nil, user: nil)
            return Delivery(place: place, reply: reply, update: update)
        }
        noteLag(of: message)
        let startSeconds = uptimeSeconds
        let incoming = IncomingMessage(
            sender: person, text: text, file: message.document.map(SentFile.init),
            isPrivate: isPrivate, update: update, isRepeated: await isRepeated(update))
        guard let reply = try await responder.answer(incoming) else { return nil }
        tell(
            "a command was carried out", reply.command, reply.user, id, person, since: startSeconds)
        return Delivery(place: place, reply: reply, update: update)
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

    private func carryOut(_ query: CallbackQuery, _ id: UpdateID) async throws -> Delivery? {
        let update = IncomingUpdate(id: id.rawValue)
        let person = Person(
            telegramUserID: query.sender.id.rawValue, username: query.sender.username)
        let verdict = await pace.admit(person.telegramUserID, nowSeconds: uptimeSeconds)
        guard verdict == .admitted else {
            try await answer(query, "Too many presses at once: wait a moment.", isAlert: true)
            return nil
        }
        let startSeconds = uptimeSeconds
        let press = IncomingPress(sender: person, data: query.data ?? "", update: update)
        let reply = try await responder.answer(press)
        try await answer(query, reply.note, isAlert: reply.isAlert)
        tell("a button was pressed", reply.command, reply.user, id, person, since: startSeconds)
        guard let screen = reply.screen, let message = query.message else { return nil }
        let place = Messenger.Place(
            chat: message.chat.id, thread: message.isTopicMessage ? message.threadID : nil)
        return Delivery(
            place: place, edited: message.id,
            reply: Reply(screen: screen, command: reply.command, user: reply.user), update: update)
    }

    private func answer(_ query: CallbackQuery, _ note: String?, isAlert: Bool) async throws {
        do {
            try await messenger.answer(query.id, note: note, isAlert: isAlert) { seconds in
                try await services.work.world.sleep(seconds: seconds)
            }
        } catch let error as TelegramError {
            observe(
                BotEvent(
                    .warning, "a press could not be answered", ["detail": error.description]))
        }
    }

    // MARK: Afterwards

    /// Shows what is to be shown. Throws `CancellationError` alone.
    func deliver(_ delivery: Delivery, _ ticket: FloodGate.Ticket) async throws {
        do {
            try await show(delivery.reply.screen, delivery, ticket)
        } catch is CancellationError {
            throw CancellationError()
        } catch let error as TelegramError {
            observe(
                BotEvent(
                    .warning, "an answer could not be delivered",
                    delivery.fields.merging(["detail": error.description]) { $1 }))
        } catch {
            try await apologize(for: error, delivery)
        }
        if delivery.reply.command == Command.start.name, let user = delivery.reply.user {
            try? await menus.publish(for: user)
        }
    }

    private func apologize(for error: any Error, _ delivery: Delivery) async throws {
        let screen = responder.unshowable(error, delivery.reply, update: delivery.update)
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
            try await messenger.edit(
                edited, to: screen, in: delivery.place, ticket, .attempts(Self.attempts))
        } else {
            try await messenger.send(
                screen, to: delivery.place, ticket, .attempts(Self.attempts))
        }
    }

    private func isRepeated(_ update: IncomingUpdate) async -> Bool {
        // Where the database is away, the command finds that out as well, and says so.
        (try? await services.messages.hasSeen(update)) ?? false
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
            "update_id": String(update.id), "chat_id": "\(place.chat)", "command": reply.command,
            "user_uid": reply.user?.uid,
        ]
    }
}

extension Screen {
    fileprivate static func tooFast(waitSeconds: Int) -> Screen {
        Screen(
            title: "Not so fast",
            blocks: [.note("That were too many commands in a minute. Wait \(waitSeconds) s.")])
    }
}
