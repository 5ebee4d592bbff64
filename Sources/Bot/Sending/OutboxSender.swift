import Ledger
import Records
import Services
import Storage
import Telegram
import World

/// Sends what stands in the outbox, each chat's messages in order, until the task is cancelled.
///
/// A row stays until Telegram has taken it, so nothing is lost by a restart; one that may have got
/// through goes again with that word. Many that wait for one chat are told by one message. What is
/// for somebody who can't be written to waits until they write; what Telegram refuses for good is
/// marked as failed, with the reason.
struct OutboxSender: Sendable {
    let services: Services
    let messenger: Messenger
    let menus: CommandMenus
    let observe: BotObserver

    /// Rows are looked for this often even where nothing was announced: another process may have
    /// written some.
    static let tickSeconds = 15.0
    /// Rows of one chat that wait in memory; the others wait in the database.
    static let waitingPerChat = 200
    private static let pageSize = 200
    private static let firstPauseSeconds = 1.0
    private static let longestPauseSeconds = 60.0

    func run() async {
        let line = OutboxLine(waitingPerChat: Self.waitingPerChat)
        let (wakes, wake) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        wake.yield()
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await _ in services.work.outboxGrew { wake.yield() }
            }
            group.addTask {
                while !Task.isCancelled {
                    try? await services.work.world.sleep(seconds: Self.tickSeconds)
                    wake.yield()
                }
            }
            for await _ in wakes {
                for chat in await load(into: line) {
                    group.addTask {
                        await send(from: line, to: chat)
                        if await line.leftSomeBehind { wake.yield() }
                    }
                }
            }
        }
    }

    /// Reads all that waits; returns the chats for which nobody sends yet.
    private func load(into line: OutboxLine) async -> Set<Int64> {
        var idle: Set<Int64> = []
        var last: Int64 = 0
        do {
            await line.beginLoading()
            while true {
                let page = try await services.messages.unsent(after: last, limit: Self.pageSize)
                idle.formUnion(await line.add(page))
                guard page.count == Self.pageSize, let end = page.last else { break }
                last = end.id
            }
        } catch {
            // It is tried again at the next tick.
            if !(error is CancellationError) {
                observe(
                    BotEvent(
                        .warning, "the outbox cannot be read", ["error": error.forLog]))
            }
        }
        return idle
    }

    private func send(from line: OutboxLine, to chat: Int64) async {
        while let messages = await line.next(for: chat, now: services.work.world.now()) {
            do {
                let letters = try await wanted(messages, line)
                let now = services.work.world.now()
                if OutboxLine.arePile(letters.map(\.message), now: now) {
                    try await sendPile(of: letters, line)
                } else {
                    for letter in letters { try await send(letter, line) }
                }
            } catch {
                // Cancelled: what is left is sent after the next start.
                return
            }
        }
    }

    /// What became of a row.
    private enum Outcome {
        /// It is to be sent.
        case inHand
        /// It is marked as sent, held or failed.
        case marked
        /// It is to be found again by the next load.
        case left
        /// It could not be marked and must not be sent again by this process.
        case unmarkable
    }

    /// Does something with a row and sees to what came of it. Throws `CancellationError` alone.
    private func handle(
        _ message: OutboxMessage, _ line: OutboxLine, _ work: () async throws -> Outcome
    ) async throws {
        let outcome: Outcome
        do {
            outcome = try await work()
        } catch is CancellationError {
            throw CancellationError()
        } catch TelegramError.unauthorized {
            // The poller says so, and ends the bot; all rows stay.
            await line.stop()
            outcome = .left
        } catch TelegramError.blocked(let description) where message.chatID > 0 {
            await line.leave(message.chatID)
            outcome = try await leave(message, description)
        } catch let error as StorageError {
            observe(
                BotEvent(
                    .warning, "a notice waits for the database",
                    message.fields.merging(["error": error.forLog]) { $1 }))
            outcome = .left
        } catch is FloodGate.TooManyWaiting {
            outcome = .left
        } catch {
            let reason =
                (error as? TelegramError)?.description ?? (error as? UnknownKind)?.reason
            outcome = try await fail(message, reason ?? error.forLog)
        }
        switch outcome {
        case .marked, .left: await line.finished(message)
        case .inHand, .unmarkable: break
        }
    }

    private func leave(
        _ message: OutboxMessage, _ description: String
    ) async throws -> Outcome {
        observe(
            BotEvent(
                .info, "somebody can't be written to: what is for them waits until they write",
                message.fields.merging(["reason": description]) { $1 }))
        return try await persist {
            try await services.messages.markUnreachable(message.userID)
        }
    }

    private func fail(_ message: OutboxMessage, _ reason: String) async throws -> Outcome {
        observe(
            BotEvent(
                .warning, "a notice cannot be sent",
                message.fields.merging(["reason": reason]) { $1 }))
        return try await persist {
            try await services.messages.markFailed(message, reason: reason)
        }
    }

    /// What Telegram has done must be written down, or it would be done again: tried until the
    /// database takes it. Throws `CancellationError` alone.
    private func persist(_ write: () async throws -> Void) async throws -> Outcome {
        var pause = Self.firstPauseSeconds
        while true {
            do {
                try await write()
                return .marked
            } catch let error as StorageError where error.isOutage {
                try await services.work.world.sleep(seconds: pause)
                pause = min(pause * 2, Self.longestPauseSeconds)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                observe(
                    BotEvent(.error, "the outbox cannot be written", ["error": error.forLog]))
                return .unmarkable
            }
        }
    }
}

// MARK: - Sending

extension OutboxSender {
    /// A row that is to be sent now.
    private struct Letter {
        let message: OutboxMessage
        let screen: Screen
        let isSilent: Bool
        /// Whether its reader may use other commands from now on.
        let changesMenu: Bool
    }

    /// Another version of the program wrote it.
    private struct UnknownKind: Error {
        let kind: String
        var reason: String { "this version does not know messages of the kind \(kind)" }
    }

    /// Those that are to be sent now; what is to become of the others is noted. Throws
    /// `CancellationError` alone.
    private func wanted(
        _ messages: [OutboxMessage], _ line: OutboxLine
    ) async throws -> [Letter] {
        var letters: [Letter] = []
        for message in messages {
            try await handle(message, line) {
                guard let letter = try await letter(of: message) else { return .marked }
                letters.append(letter)
                return .inHand
            }
        }
        return letters
    }

    /// Nil for one that is not to be sent now, which is noted.
    private func letter(of message: OutboxMessage) async throws -> Letter? {
        if let pile = Pile(message) {
            let zone = try await services.settings.zone(of: message.userID)
            return Letter(
                message: message,
                screen: try pile.screen(for: message, now: services.work.world.now()).in(zone),
                isSilent: pile.isSilent,
                changesMenu: pile.counts.contains { Notice.menuKinds.contains($0.kind) })
        }
        guard let notice = Notice(message) else { throw UnknownKind(kind: message.kind) }
        let terms = try await services.settings.terms(of: notice.topic, for: message.userID)
        switch terms.verdict {
        case .send(let isSilent):
            return Letter(
                message: message, screen: try notice.screen().in(terms.zone), isSilent: isSilent,
                changesMenu: Notice.menuKinds.contains(message.kind))
        case .hold(let time):
            try await services.messages.hold(message, until: time)
        case .drop:
            try await services.messages.markFailed(message, reason: "its reader does not want it")
        }
        return nil
    }

    private func sendPile(of letters: [Letter], _ line: OutboxLine) async throws {
        let messages = letters.map(\.message)
        guard let first = messages.first else { return }
        let reason = reason(for: messages)
        var pile: OutboxMessage?
        try await handle(first, line) {
            pile = try await services.messages.pile(
                messages, because: reason, isSilent: letters.allSatisfy(\.isSilent))
            return .marked
        }
        // They are told by the pile, or found again by the next load.
        for message in messages.dropFirst() { await line.finished(message) }
        guard let pile, await line.claim(pile) else { return }
        for letter in try await wanted([pile], line) { try await send(letter, line) }
    }

    private func reason(for messages: [OutboxMessage]) -> Pile.Reason {
        if messages.contains(where: { $0.heldUntil != nil }) { return .held }
        let oldest = messages.map(\.dueAt).min()
        let isOld = oldest.map {
            $0.adding(seconds: OutboxLine.oldSeconds) < services.work.world.now()
        }
        return isOld == true ? .telegramWasAway : .atOnce
    }

    private func send(_ letter: Letter, _ line: OutboxLine) async throws {
        try await handle(letter.message, line) { try await send(letter) }
    }

    private func send(_ letter: Letter) async throws -> Outcome {
        let message = letter.message
        let place = Messenger.Place(chat: ChatID(message.chatID))
        let ticket = try await messenger.gate.ticket(for: place.chat, .notification)
        let isUncertain = Lock(message.begunAt != nil)
        let manner = Messenger.Manner(
            isSilent: letter.isSilent, mayHaveComeBefore: message.begunAt != nil,
            begin: { try await services.messages.begin(message) },
            failed: { error, turn in
                if turn.isRepeat { isUncertain.withLock { $0 = true } }
                await note(error, of: message, in: turn.chat, isUncertain.withLock { $0 })
            })
        let id: MessageID
        do {
            id = try await messenger.send(letter.screen, to: place, ticket, manner)
        } catch let error as TelegramError {
            let hasGoneOut = isUncertain.withLock { $0 } || error.mayHaveBeenCarriedOut
            if !hasGoneOut { try? await services.messages.takeBack(message) }
            throw error
        }
        let outcome = try await persist {
            try await services.messages.markSent(message, messageID: id.rawValue)
        }
        observe(BotEvent(.info, "a notice was sent", message.fields))
        if letter.changesMenu { await setMenu(message) }
        return outcome
    }

    /// What is known after a failed attempt is kept: should the process end, the next one is not
    /// to say that it may have gone out where it can't have, nor ask for a number that is dead.
    private func note(
        _ error: TelegramError, of message: OutboxMessage, in chat: ChatID, _ isUncertain: Bool
    ) async {
        if case .chatMigrated(let new) = error {
            try? await services.messages.move(from: chat.rawValue, to: new.rawValue)
        }
        if !isUncertain { try? await services.messages.takeBack(message) }
    }

    /// The menu of one who may use other commands from now on; should that fail, the next start
    /// sets it.
    private func setMenu(_ message: OutboxMessage) async {
        do {
            let user = try await services.users.user(telegramUserID: message.chatID)
            if let user { try await menus.renew(for: user) }
        } catch {
            observe(BotEvent(.warning, "a command menu is not set", message.fields))
        }
    }
}

extension Notice {
    /// The kinds of those that tell somebody that they may use other commands from now on.
    fileprivate static let menuKinds: Set<String> = ["approved", "membership"]
}

extension OutboxMessage {
    fileprivate var fields: [String: String?] {
        ["kind": kind, "chat_id": String(chatID), "outbox_id": String(id)]
    }
}
