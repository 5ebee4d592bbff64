import World

/// What goes wrong by itself, drawn from a seed: calls that fail, and updates that come twice, in
/// another order or in other pieces.
public struct StandInFaultPlan: Sendable {
    /// How likely a call of a method fails, 0 to 1; `*` stands for those not named.
    public var failures: [String: Double]
    /// One of these is drawn for a call that fails, each as likely as the others.
    public var faults: [StandInFault]
    /// How likely an answer to `getUpdates` has the updates of one batch in another order, only
    /// the first of them, or one among them that was confirmed long ago.
    public var shuffles = 0.0
    public var splits = 0.0
    public var repeats = 0.0
    /// How likely a press comes a second time under a new `update_id`.
    public var doublePresses = 0.0

    private var random: SeededGenerator

    public init(seed: UInt64, failures: [String: Double], faults: [StandInFault] = usual) {
        random = SeededGenerator(seed: seed)
        self.failures = failures
        self.faults = faults
    }

    /// Everything but a refused token, which would be the end of it.
    public static let usual: [StandInFault] = [
        .serverErrorPage(status: 502), .internalError, .tooManyRequests(retryAfterSeconds: 2),
        .tooManyRequestsUntold, .conflict, .resetBefore, .resetAfter, .truncatedJSON, .cutAnswer,
        .pageInsteadOfJSON, .otherJSON, .hang, .hangAfter, .delay(milliseconds: 30),
    ]

    mutating func fault(of method: String) -> StandInFault? {
        guard isDrawn(failures[method] ?? failures["*"] ?? 0) else { return nil }
        return faults.isEmpty ? nil : faults[Int.random(in: faults.indices, using: &random)]
    }

    mutating func isDoublePress() -> Bool { isDrawn(doublePresses) }

    /// What one answer to `getUpdates` holds of what waits. `past` are confirmed.
    mutating func batch<Update>(of waiting: [Update], past: [Update]) -> [Update] {
        var batch = waiting
        if batch.count > 1, isDrawn(splits) {
            batch = Array(batch.prefix(Int.random(in: 1..<batch.count, using: &random)))
        }
        if !batch.isEmpty, !past.isEmpty, isDrawn(repeats) {
            batch.append(past[Int.random(in: past.indices, using: &random)])
        }
        if isDrawn(shuffles) { batch.shuffle(using: &random) }
        return batch
    }

    private mutating func isDrawn(_ chance: Double) -> Bool {
        Double.random(in: 0..<1, using: &random) < chance
    }
}

extension StandInTelegram {
    /// From now on this goes wrong, where no fault was asked for; nil for nothing.
    public func plan(_ plan: StandInFaultPlan?) { state.withLock { $0.plan = plan } }
}
