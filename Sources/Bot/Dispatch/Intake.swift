import Records
import Services
import Telegram
import World

/// Takes every update once, and sees to it that it is kept until it is answered.
///
/// A batch is stored while it is already being carried out, and its answers go out after that, so
/// that one that goes out again is known to. The polling offset moves then too: it waits for no
/// answer. What is not answered when the process ends is carried out after
/// the next start, in its chat's order; what had its effect then says so. Memory holds a bounded
/// part of what waits, the database all of it.
actor Intake {
    /// What became of a batch.
    enum Settlement: Sendable, Hashable {
        /// All of it is durable.
        case committed
        /// The database does not take it now: have it delivered again.
        case notNow
    }

    /// What earlier processes left in the database.
    private enum Past {
        case unread
        /// The highest number that any update had, nil where none is remembered.
        case upTo(UpdateID?)
    }

    /// How long an answer may be known to this process alone: until the next batch is stored, or
    /// so long.
    private static let pauseBeforeNoting = 0.2
    private static let secondsBetweenSweeps = 60.0
    private static let pageSize = 64

    private let messages: MessageService
    private let world: any World
    private let observe: BotObserver
    private var past = Past.unread
    /// Taken and not answered yet.
    private var inHand: Set<UpdateID> = []
    private var answered = RecentUpdates()
    /// Answered, and not yet noted in the database.
    private var unnoted: Set<UpdateID> = []
    /// Updates that are just being stored, and who waits for the end of that.
    private var beingKept: Set<UpdateID> = []
    private var waitingForKeeping: [CheckedContinuation<Void, Never>] = []
    private var isDatabaseAway = false
    private let notes: AsyncStream<Void>
    private let note: AsyncStream<Void>.Continuation

    init(services: Services, observe: @escaping BotObserver) {
        messages = services.messages
        world = services.work.world
        self.observe = observe
        (notes, note) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Has a batch carried out, and keeps it. Throws `CancellationError`; what was begun is kept
    /// all the same.
    func receive(_ updates: [Update], _ dispatcher: Dispatcher) async throws -> Settlement {
        let batch = Self.distinct(updates)
        let known = await answers(to: batch.filter { !isTaken($0.id) })
        var arrivals: [Arrival] = []
        var done: Set<UpdateID> = []
        for update in batch {
            if answered.contains(update.id) || known[update.id] == true || update.lineID == nil {
                done.insert(update.id)
            } else if inHand.insert(update.id).inserted {
                arrivals.append(Arrival(update: update, isRepeated: known[update.id] != nil))
            }
        }
        beingKept.formUnion(arrivals.map(\.id))
        let left = await dispatcher.take(arrivals)
        inHand.subtract(left.map(\.id))
        let entries = batch.map { update in
            InboxEntry(
                updateID: update.id.rawValue, chatID: update.lineID?.rawValue,
                contentJSON: done.contains(update.id) ? nil : update.keptJSON)
        }
        // In a task of its own, which is not cancelled with this one.
        let isKept = await Task { await keep(entries) }.value
        endKeeping()
        try Task.checkCancellation()
        guard isKept else { return .notNow }
        await dispatcher.lookForMore(in: Set(left.compactMap(\.update.lineID)))
        return .committed
    }

    /// Returns once the update is stored, or can't be.
    func hasKept(_ id: UpdateID) async {
        while beingKept.contains(id) {
            await withCheckedContinuation { waitingForKeeping.append($0) }
        }
    }

    private func endKeeping() {
        beingKept.removeAll()
        let waiting = waitingForKeeping
        waitingForKeeping.removeAll()
        for continuation in waiting { continuation.resume() }
    }

    /// Each once, in their order.
    private static func distinct(_ updates: [Update]) -> [Update] {
        var seen: Set<UpdateID> = []
        return updates.filter { seen.insert($0.id).inserted }.sorted { $0.id < $1.id }
    }

    private func isTaken(_ id: UpdateID) -> Bool { inHand.contains(id) || answered.contains(id) }

    /// Which of these an earlier process had, and whether it answered them. While the database is
    /// away they count as new: the command finds that out as well, and says so.
    private func answers(to updates: [Update]) async -> [UpdateID: Bool] {
        // What is newer than all that was ever stored came to this process alone.
        var old = updates
        if case .upTo(let newest) = past {
            old = newest.map { newest in updates.filter { $0.id <= newest } } ?? []
        }
        let answers = try? await messages.answers(
            to: old.map { IncomingUpdate(id: $0.id.rawValue) })
        return Dictionary(
            uniqueKeysWithValues: (answers ?? [:]).map { (UpdateID($0.id), $1) })
    }

    private func keep(_ entries: [InboxEntry]) async -> Bool {
        let noting = unnoted
        unnoted.removeAll()
        do {
            try await messages.keep(
                entries, answered: noting.map { IncomingUpdate(id: $0.rawValue) })
            if isDatabaseAway { observe(.databaseBack) }
            isDatabaseAway = false
            return true
        } catch {
            unnoted.formUnion(noting)
            if !isDatabaseAway, !(error is CancellationError) { observe(.databaseAway) }
            isDatabaseAway = true
            return false
        }
    }

    // MARK: Answers

    /// There is nothing left to be said to it.
    func isAnswered(_ id: UpdateID) {
        inHand.remove(id)
        answered.insert(id)
        unnoted.insert(id)
        note.yield()
    }

    /// It stays unanswered, and is taken up again by the next sweep or process.
    func isLeft(_ id: UpdateID) { inHand.remove(id) }

    /// Notes in the database what was answered, also where this task is cancelled.
    func noteAnswers() async {
        guard !unnoted.isEmpty else { return }
        _ = await Task { await keep([]) }.value
    }

    /// Notes answers for which no batch comes along, until the task is cancelled.
    func keepNoting() async {
        for await _ in notes {
            do {
                try await world.sleep(seconds: Self.pauseBeforeNoting)
            } catch {
                return
            }
            await noteAnswers()
        }
    }

    // MARK: What was left

    /// Has everything carried out that waits in the database and is not in hand.
    func takeUpWhatWaits(_ dispatcher: Dispatcher) async {
        do {
            if case .unread = past {
                past = .upTo(try await messages.newestUpdate().map { UpdateID($0.id) })
            }
            let chats = try await messages.waitingChats()
            await dispatcher.lookForMore(in: Set(chats.map { ChatID($0) }))
        } catch {
            if error is CancellationError { return }
            observe(
                BotEvent(
                    .warning, "what waits to be answered cannot be read",
                    ["error": error.forLog]))
        }
    }

    /// Looks again and again, until the task is cancelled: for what another attempt may answer.
    func keepLooking(_ dispatcher: Dispatcher) async {
        while !Task.isCancelled {
            try? await world.sleep(seconds: Self.secondsBetweenSweeps)
            await noteAnswers()
            await takeUpWhatWaits(dispatcher)
        }
    }

    /// The next updates of a chat's line that nobody has in hand, oldest first; empty where the
    /// database holds no more. Throws what storage throws.
    func waiting(in chat: ChatID, limit: Int) async throws -> [Arrival] {
        var arrivals: [Arrival] = []
        var last: IncomingUpdate?
        while arrivals.count < limit {
            let page = try await messages.waiting(
                in: chat.rawValue, after: last, limit: Self.pageSize)
            for entry in page where arrivals.count < limit {
                let id = UpdateID(entry.updateID)
                guard !isTaken(id) else { continue }
                guard let update = entry.contentJSON.flatMap(Update.init(keptJSON:)) else {
                    isAnswered(id)
                    continue
                }
                inHand.insert(id)
                arrivals.append(Arrival(update: update, isRepeated: isOfThePast(id)))
            }
            guard page.count == Self.pageSize, let end = page.last else { break }
            last = IncomingUpdate(id: end.updateID)
        }
        return arrivals
    }

    private func isOfThePast(_ id: UpdateID) -> Bool {
        guard case .upTo(let newest?) = past else { return false }
        return id <= newest
    }
}

/// The updates that were answered last, so that one delivered again while the database is away is
/// not carried out again.
private struct RecentUpdates {
    private static let limit = 10_000

    private var ids: Set<UpdateID> = []
    private var order: [UpdateID] = []
    private var oldest = 0

    func contains(_ id: UpdateID) -> Bool { ids.contains(id) }

    mutating func insert(_ id: UpdateID) {
        guard ids.insert(id).inserted else { return }
        if order.count < Self.limit {
            order.append(id)
        } else {
            ids.remove(order[oldest])
            order[oldest] = id
            oldest = (oldest + 1) % Self.limit
        }
    }
}
