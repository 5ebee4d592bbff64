import Glibc
public import Ledger

/// The world as it is: the machine's clocks, and randomness from the kernel.
public struct LiveWorld: World {
    /// The longest sleep in seconds that is passed on; ten years stand for "for ever".
    private static let longestSleepSeconds = 315_360_000.0

    public init() {}

    public func now() -> Timestamp {
        let time = Self.read(CLOCK_REALTIME)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    /// Negative, zero and NaN return at once, still throwing where the task is cancelled.
    public func sleep(seconds: Double) async throws {
        try Task.checkCancellation()
        guard seconds > 0 else { return }
        try await Task.sleep(for: .seconds(min(seconds, Self.longestSleepSeconds)))
    }

    public func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return generator.bytes(count)
    }

    public func uptimeSeconds() -> Double {
        let time = Self.read(CLOCK_MONOTONIC)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}
