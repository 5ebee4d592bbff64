import Storage

/// A body with the caller that waits for its answer. Exactly one of the two ends is called, once:
/// the answer that `run` returned, or `fail`.
struct Work: Sendable {
    /// Runs the body, and returns what gives its value to the caller. May be called again.
    let run: @Sendable (any Transaction) throws -> Answer
    let fail: Failure

    typealias Answer = @Sendable () -> Void
    typealias Failure = @Sendable (any Error) -> Void

    init<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result,
        _ caller: CheckedContinuation<Result, any Error>
    ) {
        run = { transaction in
            let result = try body(transaction)
            return { caller.resume(returning: result) }
        }
        fail = { caller.resume(throwing: $0) }
    }
}

/// What waits for the writer or for the readers: bounded, the prompt before the bulk.
final class WorkQueue: Sendable {
    private struct State {
        var waiting = Lanes<Work>()
        var isClosed = false
    }

    private let state = Monitor(State())
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Queues `work`, or fails it at once where the queue is full or closed.
    func add(_ work: Work, _ urgency: Urgency) {
        let refusal: StorageError? = state.update(waking: .one) { state in
            if state.isClosed { return .closed }
            if state.waiting.count(of: urgency) >= limit {
                return .busy(detail: "\(limit) transactions are waiting already")
            }
            state.waiting.append(work, urgency)
            return nil
        }
        if let refusal { work.fail(refusal) }
    }

    /// Blocks until something waits and takes it; nil once the queue is closed and empty.
    func take() -> Work? {
        state.wait(until: { $0.isClosed || !$0.waiting.isEmpty }) { $0.waiting.popFirst() }
    }

    /// What waits already; nil where nothing does.
    func takeWaiting() -> Work? {
        state.update(waking: .none) { $0.waiting.popFirst() }
    }

    /// Whether anything waits at this moment.
    var isEmpty: Bool { state.update(waking: .none) { $0.waiting.isEmpty } }

    func takeAllWaiting() -> [Work] {
        state.update(waking: .none) { $0.waiting.removeAll() }
    }

    /// Refuses all that comes later; what waits is still served.
    func close() {
        state.update { $0.isClosed = true }
    }
}
