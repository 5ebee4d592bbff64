import Storage

/// The queue in front of the connections, and the count of their threads.
///
/// A thread is started, and a connection opened, when something waits and nobody is idle. Where no
/// further connection is to be had, those that stand serve on; where none stands, all that waits
/// fails with the reason, so that an absent server is named quickly however many ask.
final class Pool: Sendable {
    private struct State {
        var waiting = Lanes<UnitOfWork>()
        /// Connections that write bulk at present.
        var bulkUnderWay = 0
        var threads = 0
        var idleThreads = 0
        var openConnections = 0
        /// How many more units of work must come before another connection is tried for.
        var growthPause = 0
        var isClosed = false
        var whenEnded: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Monitor(State())
    private let url: ConnectionURL
    private let options: PostgresOptions

    init(url: ConnectionURL, options: PostgresOptions) {
        self.url = url
        self.options = options
    }

    /// Queues `work`, or fails it at once where the queue is full or closed.
    func add(_ work: UnitOfWork) {
        let (refusal, needsThread): (StorageError?, Bool) = state.update { state in
            if state.isClosed { return (.closed, false) }
            let limit = max(1, options.queueLimit)
            if state.waiting.count(of: work.urgency) >= limit {
                return (.busy(detail: "\(limit) units of work wait already"), false)
            }
            state.waiting.append(work, work.urgency)
            return (nil, reserveThread(&state))
        }
        if let refusal { return work.fail(refusal) }
        state.wakeOne()
        if needsThread { startThread() }
    }

    /// Whether to start one more thread, which is counted already.
    private func reserveThread(_ state: inout State) -> Bool {
        if state.growthPause > 0 { state.growthPause -= 1 }
        let isNeeded =
            state.idleThreads < state.waiting.count && state.threads < max(1, options.connections)
            && (state.growthPause == 0 || state.threads == 0)
        if isNeeded { state.threads += 1 }
        return isNeeded
    }

    private func startThread() {
        let hasStarted = Thread.start { [self] in
            Worker(pool: self, url: url, options: options).serve()
            threadEnded()
        }
        if !hasStarted {
            threadEnded()
            if state.update({ $0.threads == 0 }) {
                failWaiting(.unavailable(detail: "the system gives no further thread"))
            }
        }
    }

    private func threadEnded() {
        let callers: [CheckedContinuation<Void, Never>] = state.update { state in
            state.threads -= 1
            guard state.isClosed, state.threads == 0 else { return [] }
            defer { state.whenEnded = [] }
            return state.whenEnded
        }
        callers.forEach { $0.resume() }
    }

    /// Delivers the answer to the last unit of work and blocks until there is another one; nil once
    /// the pool is closed and nothing waits. The thread counts as idle before its caller can ask
    /// for more: one caller that asks again and again needs one connection.
    ///
    /// One connection, where there are several, is never given to bulk.
    func next(after last: UnitOfWork?, delivering answer: () -> Void) -> UnitOfWork? {
        state.update { state in
            state.idleThreads += 1
            if last?.urgency == .bulk { state.bulkUnderWay -= 1 }
        }
        answer()
        let bulkLimit = max(1, options.connections - 1)
        let work: UnitOfWork? = state.wait { state -> UnitOfWork?? in
            let work = state.waiting.popFirst(bulkMayCome: state.bulkUnderWay < bulkLimit)
            guard work != nil || (state.isClosed && state.waiting.isEmpty) else { return nil }
            state.idleThreads -= 1
            if work?.urgency == .bulk { state.bulkUnderWay += 1 }
            return .some(work)
        }
        // Others may sleep for want of what this one has just made possible.
        if state.update({ $0.isClosed || !$0.waiting.isEmpty }) { state.wakeAll() }
        return work
    }

    func connectionOpened() {
        state.update { $0.openConnections += 1 }
    }

    func connectionClosed() {
        state.update { $0.openConnections -= 1 }
    }

    /// Puts `work` back in front where other connections can serve it; its thread has to end then.
    func takesBack(_ work: UnitOfWork) -> Bool {
        let isTaken = state.update { state in
            guard state.openConnections > 0, !state.isClosed else { return false }
            state.waiting.putBack(work, work.urgency)
            if work.urgency == .bulk { state.bulkUnderWay -= 1 }
            state.growthPause = 100
            return true
        }
        if isTaken { state.wakeOne() }
        return isTaken
    }

    func failWaiting(_ error: StorageError) {
        let failed = state.update { $0.waiting.removeAll() }
        failed.forEach { $0.fail(error) }
    }

    /// Refuses all that comes later. What waits is still served, and then the threads end.
    func close() {
        state.update { $0.isClosed = true }
        state.wakeAll()
    }

    /// Returns once all threads have ended, after `close`.
    func ended() async {
        await withCheckedContinuation { caller in
            let hasEnded = state.update { state in
                if state.threads > 0 { state.whenEnded.append(caller) }
                return state.threads == 0
            }
            if hasEnded { caller.resume() }
        }
    }
}
