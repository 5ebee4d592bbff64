import Services
import Telegram
import World

/// Takes updates in, and has those of one chat carried out in their order, chats side by side.
///
/// A chat's answers are sent in order too, but nothing waits for them: while Telegram holds a
/// chat's messages back, its next commands are carried out already.
actor Dispatcher {
    struct Limits: Sendable {
        /// Updates of one chat that wait to be carried out. Those beyond it are left undone, and
        /// the chat is told how many.
        var waitingPerChat = 32
        /// How long a batch waits for its answers to be on their way before it counts as seen.
        var patienceSeconds = 5.0
        /// Updates that are remembered, so that one delivered again while the database is away is
        /// not carried out again.
        var remembered = 10_000
    }

    /// What became of a batch.
    enum Settlement: Sendable, Hashable {
        /// All of it is durable.
        case committed
        /// The database does not take it now: have it delivered again.
        case notNow
    }

    private enum Stage { case waiting, carriedOut, delivered }

    private struct Line {
        var waiting: [Update] = []
        var leftUndone = 0
        var isServed = false
    }

    private let handler: UpdateHandler
    private let limits: Limits
    private let world: any World
    private var lines: [ChatID: Line] = [:]
    private var stages: [UpdateID: Stage] = [:]
    private var order: [UpdateID] = []
    private var isDatabaseAway = false
    private var watchers: [CheckedContinuation<Void, Never>] = []
    private var isOutOfPatience = false
    private let starts: AsyncStream<ChatID>
    private let start: AsyncStream<ChatID>.Continuation

    init(handler: UpdateHandler, limits: Limits = Limits()) {
        self.handler = handler
        self.limits = limits
        world = handler.services.work.world
        (starts, start) = AsyncStream.makeStream()
    }

    /// Updates that wait to be carried out.
    var waitingCount: Int { lines.values.reduce(0) { $0 + $1.waiting.count } }

    /// Serves the chats until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await chat in starts {
                group.addTask { await self.serve(chat) }
            }
        }
    }

    /// Has a batch carried out and marks it as seen. Throws `CancellationError`; what was delivered
    /// by then is marked all the same.
    func settle(_ updates: [Update]) async throws -> Settlement {
        take(updates.sorted { $0.id < $1.id })
        let ids = updates.map(\.id)
        await wait { ids.allSatisfy { self.stages[$0] != .waiting } }
        if !Task.isCancelled, !isDelivered(ids) { await waitPatiently(for: ids) }
        let isCancelled = Task.isCancelled
        let done = isCancelled ? ids.filter { isDelivered([$0]) } : ids
        // In a task of its own, which is not cancelled with this one.
        let isMarked = await Task { await mark(done) }.value
        if isCancelled { throw CancellationError() }
        return isMarked ? .committed : .notNow
    }

    private func isDelivered(_ ids: [UpdateID]) -> Bool {
        ids.allSatisfy { stages[$0] == .delivered || stages[$0] == nil }
    }

    private func mark(_ ids: [UpdateID]) async -> Bool {
        do {
            try await handler.services.messages.markSeen(
                ids.map { IncomingUpdate(id: $0.rawValue) })
            if isDatabaseAway { handler.observe(.databaseBack) }
            isDatabaseAway = false
            return true
        } catch {
            if !isDatabaseAway, !(error is CancellationError) { handler.observe(.databaseAway) }
            isDatabaseAway = true
            return false
        }
    }
}

// MARK: - Taking in and serving

extension Dispatcher {
    private func take(_ updates: [Update]) {
        for update in updates where stages[update.id] == nil {
            stages[update.id] = .waiting
            order.append(update.id)
            guard let chat = update.lineID else {
                stages[update.id] = .delivered
                continue
            }
            var line = lines[chat] ?? Line()
            if line.waiting.count < limits.waitingPerChat {
                line.waiting.append(update)
            } else {
                line.leftUndone += 1
                stages[update.id] = .delivered
            }
            if !line.isServed {
                line.isServed = true
                start.yield(chat)
            }
            lines[chat] = line
        }
        forgetOldest()
    }

    private func forgetOldest() {
        let surplus = order.count - limits.remembered
        guard surplus > 0 else { return }
        for id in order.prefix(surplus) { stages[id] = nil }
        order.removeFirst(surplus)
    }

    private enum Job {
        case update(Update)
        case leftUndone(Int)
    }

    private func next(for chat: ChatID) -> Job? {
        guard var line = lines[chat] else { return nil }
        let job: Job
        if !line.waiting.isEmpty {
            job = .update(line.waiting.removeFirst())
        } else if line.leftUndone > 0 {
            job = .leftUndone(line.leftUndone)
            line.leftUndone = 0
        } else {
            lines[chat] = nil
            return nil
        }
        lines[chat] = line
        return job
    }

    private func serve(_ chat: ChatID) async {
        await withDiscardingTaskGroup { group in
            while let job = next(for: chat) {
                do {
                    switch job {
                    case .update(let update):
                        let delivery = try await handler.carryOut(update)
                        reached(.carriedOut, update.id)
                        guard let delivery, let ticket = await ticket(for: delivery) else {
                            reached(.delivered, update.id)
                            continue
                        }
                        group.addTask {
                            guard (try? await self.handler.deliver(delivery, ticket)) != nil
                            else { return }
                            await self.reached(.delivered, update.id)
                        }
                    case .leftUndone(let count):
                        let delivery = UpdateHandler.Delivery.leftUndone(count, in: chat)
                        guard let ticket = await ticket(for: delivery) else { continue }
                        group.addTask { try? await self.handler.deliver(delivery, ticket) }
                    }
                } catch {
                    // Cancelled: what is not marked as seen is delivered again.
                    return
                }
            }
        }
    }

    private func ticket(for delivery: UpdateHandler.Delivery) async -> FloodGate.Ticket? {
        do {
            return try await handler.messenger.gate.ticket(for: delivery.place.chat, .reply)
        } catch {
            handler.observe(
                BotEvent(.warning, "too many answers wait: one was dropped", delivery.fields))
            return nil
        }
    }
}

// MARK: - Waiting for progress

extension Dispatcher {
    private func reached(_ stage: Stage, _ id: UpdateID) {
        if stages[id] != nil { stages[id] = stage }
        wake()
    }

    private func wake() {
        let watchers = watchers
        self.watchers.removeAll()
        for watcher in watchers { watcher.resume() }
    }

    /// Until `isReached`, or the task is cancelled.
    private func wait(until isReached: () -> Bool) async {
        await withTaskCancellationHandler {
            while !isReached(), !Task.isCancelled {
                await withCheckedContinuation { continuation in
                    if Task.isCancelled {
                        continuation.resume()
                    } else {
                        watchers.append(continuation)
                    }
                }
            }
        } onCancel: {
            Task { await wake() }
        }
    }

    private func waitPatiently(for ids: [UpdateID]) async {
        isOutOfPatience = false
        let patience = Task { [world, limits] in
            do {
                try await world.sleep(seconds: limits.patienceSeconds)
            } catch {
                return
            }
            isOutOfPatience = true
            wake()
        }
        await wait { isOutOfPatience || isDelivered(ids) }
        patience.cancel()
    }
}

extension Update {
    /// Whose line it stands in; nil for what is not read at all. A press under a message that is
    /// not known stands in the line of the private chat of the one who pressed.
    fileprivate var lineID: ChatID? {
        if case .callbackQuery(let query) = content {
            return query.message?.chat.id ?? ChatID(privateChatWith: query.sender.id)
        }
        return chatID
    }
}

extension UpdateHandler.Delivery {
    fileprivate static func leftUndone(_ count: Int, in chat: ChatID) -> UpdateHandler.Delivery {
        let screen = Screen(
            title: "Too much at once",
            blocks: [
                .note("\(count) of your messages were not carried out: too many came together."),
                .note("Send again what is still needed."),
            ])
        return UpdateHandler.Delivery(
            place: Messenger.Place(chat: chat),
            reply: Reply(screen: screen, command: nil, user: nil), update: IncomingUpdate(id: 0))
    }
}
