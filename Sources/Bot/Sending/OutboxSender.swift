import Records
import Services
import Storage
import Telegram
import World

/// Sends what stands in the outbox, each chat's messages in order, until the task is cancelled.
///
/// A row stays until Telegram has taken it, so nothing is lost by a restart; one whose answer was
/// lost is sent again. What Telegram refuses for good is marked as failed, with the reason.
struct OutboxSender: Sendable {
    let services: Services
    let messenger: Messenger
    let menus: CommandMenus
    let observe: BotObserver

    /// Rows are looked for this often even where nothing was announced: another process may have
    /// written some.
    static let tickSeconds = 15.0
    /// Rows of one chat that wait in memory; the others wait in the database.
    static let waitingPerChat = 50
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
        while let message = await line.next(for: chat) {
            do {
                if try await send(message) { await line.finished(message) }
            } catch {
                // Cancelled: the row is sent after the next start.
                return
            }
        }
    }

    /// False where the row could not be marked and must not be sent again by this process. Throws
    /// `CancellationError` alone.
    private func send(_ message: OutboxMessage) async throws -> Bool {
        guard let notice = Notice(message) else {
            return try await fail(
                message, "this version does not know messages of the kind \(message.kind)")
        }
        do {
            let place = Messenger.Place(chat: ChatID(message.chatID))
            let ticket = try await messenger.gate.ticket(for: place.chat, .notification)
            let id = try await messenger.send(
                try notice.screen(), to: place, ticket, .untilDelivered
            ) { _ in
                try? await services.messages.countAttempt(message)
            }
            let isMarked = try await persist {
                try await services.messages.markSent(message, messageID: id.rawValue)
            }
            observe(BotEvent(.info, "a notice was sent", message.fields))
            if notice.changesMenu { await setMenu(message) }
            return isMarked
        } catch is CancellationError {
            throw CancellationError()
        } catch let error as TelegramError {
            return try await fail(message, "\(error)")
        } catch is FloodGate.TooManyWaiting {
            // The row stays, and the next load finds it.
            return true
        } catch {
            return try await fail(message, error.forLog)
        }
    }

    private func fail(_ message: OutboxMessage, _ reason: String) async throws -> Bool {
        observe(
            BotEvent(
                .warning, "a notice cannot be sent",
                message.fields.merging(["reason": reason]) { $1 }))
        return try await persist {
            try await services.messages.markFailed(message, reason: reason)
        }
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

    /// What Telegram has done must be written down, or it would be done again: tried until the
    /// database takes it. False where it refuses for good. Throws `CancellationError` alone.
    private func persist(_ write: () async throws -> Void) async throws -> Bool {
        var pause = Self.firstPauseSeconds
        while true {
            do {
                try await write()
                return true
            } catch let error as StorageError where error.isOutage {
                try await services.work.world.sleep(seconds: pause)
                pause = min(pause * 2, Self.longestPauseSeconds)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                observe(
                    BotEvent(.error, "the outbox cannot be written", ["error": error.forLog]))
                return false
            }
        }
    }
}

extension Notice {
    fileprivate var changesMenu: Bool {
        switch self {
        case .approved, .membership: true
        default: false
        }
    }
}

extension OutboxMessage {
    fileprivate var fields: [String: String?] {
        ["kind": kind, "chat_id": String(chatID), "outbox_id": String(id)]
    }
}
