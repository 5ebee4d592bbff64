import Services
import Telegram
import World

/// Has the updates of one chat carried out in their order, chats side by side.
///
/// A chat's answers are sent in order too, but nothing waits for them: while Telegram holds a
/// chat's messages back, its next commands are carried out already, as many as may be under way.
actor Dispatcher {
    struct Limits: Sendable {
        /// Updates that wait in memory to be carried out, of one chat and of all; those beyond it
        /// wait in the database.
        var waitingPerChat = 32
        var waiting = 2_000
        /// Answers of one chat that are under way; its next update waits for one of them.
        var answersPerChat = 8
        /// Chats whose updates are carried out side by side.
        var chatsAtOnce = 64
    }

    private struct Line {
        var waiting: [Arrival] = []
        /// Whether the database may hold more of this chat than memory does.
        var hasMore = false
        /// How often that was told.
        var looks = 0
        var isServed = false
        var answers = 0

        var isOver: Bool { waiting.isEmpty && !hasMore && !isServed && answers == 0 }
    }

    /// What is to be shown, with its place in the line of the chat where it is shown.
    private struct Letter {
        let delivery: UpdateHandler.Delivery
        let update: UpdateID
        let ticket: FloodGate.Ticket?
        /// The chat in whose line the update stood.
        let line: ChatID
    }

    private static let pauseSeconds = 1.0

    private let handler: UpdateHandler
    private let intake: Intake
    private let limits: Limits
    private let world: any World
    private var lines: [ChatID: Line] = [:]
    private var waiting = 0
    private let starts: AsyncStream<ChatID>
    private let start: AsyncStream<ChatID>.Continuation
    private let letters: AsyncStream<Letter>
    private let post: AsyncStream<Letter>.Continuation

    init(handler: UpdateHandler, intake: Intake, limits: Limits = Limits()) {
        self.handler = handler
        self.intake = intake
        self.limits = limits
        world = handler.services.work.world
        (starts, start) = AsyncStream.makeStream()
        (letters, post) = AsyncStream.makeStream()
    }

    /// Updates that wait to be carried out.
    var waitingCount: Int { waiting }

    /// Serves the chats until the task is cancelled.
    func run() async {
        async let delivering: Void = deliverAll()
        await withTaskGroup(of: Void.self) { group in
            var served = 0
            for await chat in starts {
                if served == limits.chatsAtOnce {
                    await group.next()
                    served -= 1
                }
                group.addTask { await self.serve(chat) }
                served += 1
            }
        }
        await delivering
    }

    /// Puts updates into their chats' lines, each of which has a line. Returns those for which
    /// there was no room: once they are stored, `lookForMore` finds them.
    func take(_ arrivals: [Arrival]) -> [Arrival] {
        var left: [Arrival] = []
        var full: Set<ChatID> = []
        for arrival in arrivals {
            guard let chat = arrival.update.lineID else { continue }
            var line = lines[chat] ?? Line()
            // Once one of a chat is left, so are those after it: their order is kept.
            guard !line.hasMore, !full.contains(chat), waiting < limits.waiting,
                line.waiting.count < limits.waitingPerChat
            else {
                full.insert(chat)
                left.append(arrival)
                continue
            }
            line.waiting.append(arrival)
            waiting += 1
            lines[chat] = line
            serveIfNeeded(chat)
        }
        return left
    }

    /// The database holds updates of these chats that may not be in memory.
    func lookForMore(in chats: Set<ChatID>) {
        for chat in chats {
            lines[chat, default: Line()].hasMore = true
            lines[chat]?.looks += 1
            serveIfNeeded(chat)
        }
    }

    private func serveIfNeeded(_ chat: ChatID) {
        guard var line = lines[chat], !line.isServed, line.answers < limits.answersPerChat,
            line.hasMore || !line.waiting.isEmpty
        else { return }
        line.isServed = true
        lines[chat] = line
        start.yield(chat)
    }
}

// MARK: - Serving a chat

// What carries out and delivers does not run on the actor, which only knows whose turn it is: else
// one chat's command would be at work at a time.
extension Dispatcher {
    @concurrent private nonisolated func serve(_ chat: ChatID) async {
        do {
            while let arrival = try await next(for: chat) {
                guard let delivery = try await handler.carryOut(arrival) else {
                    await intake.isAnswered(arrival.id)
                    continue
                }
                let ticket = try await ticket(for: delivery)
                await handOver(
                    Letter(delivery: delivery, update: arrival.id, ticket: ticket, line: chat))
            }
        } catch {
            // Cancelled: what is not answered is carried out after the next start.
        }
    }

    /// Nil ends the service of that chat. Throws `CancellationError` alone.
    private func next(for chat: ChatID) async throws -> Arrival? {
        while var line = lines[chat] {
            if line.answers < limits.answersPerChat, !line.waiting.isEmpty {
                let arrival = line.waiting.removeFirst()
                waiting -= 1
                lines[chat] = line
                return arrival
            }
            if line.answers < limits.answersPerChat, line.hasMore {
                try await refill(chat)
                continue
            }
            line.isServed = false
            lines[chat] = line.isOver ? nil : line
            return nil
        }
        return nil
    }

    private func refill(_ chat: ChatID) async throws {
        let looks = lines[chat]?.looks
        do {
            let more = try await intake.waiting(in: chat, limit: limits.waitingPerChat)
            // Not so where there was told of more while this was read.
            if more.count < limits.waitingPerChat, lines[chat]?.looks == looks {
                lines[chat]?.hasMore = false
            }
            lines[chat]?.waiting += more
            waiting += more.count
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            handler.observe(
                BotEvent(
                    .warning, "what waits to be answered cannot be read",
                    ["chat_id": "\(chat)", "error": error.forLog]))
            try await world.sleep(seconds: Self.pauseSeconds)
        }
    }

    private func handOver(_ letter: Letter) {
        lines[letter.line]?.answers += 1
        post.yield(letter)
    }

    /// Nil where nothing is to be shown. Throws `CancellationError` alone.
    private nonisolated func ticket(
        for delivery: UpdateHandler.Delivery
    ) async throws -> FloodGate.Ticket? {
        guard delivery.reply != nil else { return nil }
        while true {
            do {
                return try await handler.messenger.gate.ticket(for: delivery.place.chat, .reply)
            } catch {
                handler.observe(
                    BotEvent(.warning, "too many messages wait to be sent", delivery.fields))
                try await world.sleep(seconds: Self.pauseSeconds)
            }
        }
    }

    private func deliverAll() async {
        await withDiscardingTaskGroup { group in
            for await letter in letters {
                group.addTask { await self.deliver(letter) }
            }
        }
    }

    @concurrent private nonisolated func deliver(_ letter: Letter) async {
        await intake.hasKept(letter.update)
        do {
            if try await handler.deliver(letter.delivery, letter.ticket) {
                await intake.isAnswered(letter.update)
            } else {
                await intake.isLeft(letter.update)
            }
        } catch {
            // Cancelled: it is answered after the next start.
        }
        await isDelivered(letter)
    }

    private func isDelivered(_ letter: Letter) {
        guard var line = lines[letter.line] else { return }
        line.answers -= 1
        lines[letter.line] = line.isOver ? nil : line
        serveIfNeeded(letter.line)
    }
}
