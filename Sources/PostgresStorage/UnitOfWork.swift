import Storage

/// A body with the caller that waits for its answer. Exactly one of the two ends is called, once:
/// the answer that `run` returned, or `fail`.
struct UnitOfWork: Sendable {
    let isReadOnly: Bool
    let urgency: Urgency
    /// Runs the body, and returns what gives its value to the caller. May be called again.
    let run: @Sendable (any Transaction) throws -> Answer
    let fail: @Sendable (any Error) -> Void

    typealias Answer = @Sendable () -> Void

    init<Result: Sendable>(
        readOnly: Bool, _ urgency: Urgency,
        _ body: @escaping @Sendable (any Transaction) throws -> Result,
        _ caller: CheckedContinuation<Result, any Error>
    ) {
        isReadOnly = readOnly
        self.urgency = urgency
        run = { transaction in
            let result = try body(transaction)
            return { caller.resume(returning: result) }
        }
        fail = { caller.resume(throwing: $0) }
    }
}
