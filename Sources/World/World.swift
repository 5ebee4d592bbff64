public import Ledger

/// All that the service takes from outside itself: time, sleep, ids and randomness.
///
/// Nothing else may touch the clock or draw a random number, so a seeded world runs the whole
/// service repeatably.
public protocol World: Sendable {
    /// The present instant, UTC.
    func now() -> Timestamp
    /// Returns after `seconds`, or throws `CancellationError`.
    func sleep(seconds: Double) async throws
    /// Uniformly random bytes, from a cryptographic source where the world is live.
    func randomBytes(_ count: Int) -> [UInt8]
    /// Seconds on a clock that never jumps, for measuring durations only.
    func uptimeSeconds() -> Double
}

extension World {
    /// Returns at `instant`, at once where it has passed; or throws `CancellationError`.
    public func sleep(until instant: Timestamp) async throws {
        let (wait, overflow) = instant.microseconds
            .subtractingReportingOverflow(now().microseconds)
        try await sleep(seconds: Double(overflow ? .max : wait) / 1e6)
    }
}
