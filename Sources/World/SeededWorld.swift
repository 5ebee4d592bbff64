public import Ledger

/// A repeatable world: bytes come from a seed, and time stands still until it is advanced.
///
/// Safe to use from any thread. Bytes are handed out in the order of the calls, so a run repeats
/// exactly where the calls come in a fixed order.
public final class SeededWorld: World {
    private struct Sleeper {
        let number: Int
        let deadline: Int64
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher {
        let count: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var microseconds: Int64
        var generator: SeededGenerator
        var sleepers: [Sleeper] = []
        var watchers: [Watcher] = []
        var nextNumber = 0
    }

    /// What the world's randomness grows from; a failing test prints it.
    public let seed: UInt64
    private let start: Timestamp
    private let state: Lock<State>

    /// Turns given away between two wakings, so that what a sleeper does next is mostly done before
    /// time moves on.
    private static let turnsAfterWaking = 8

    /// A world that begins at `start`, by default 2026-01-01T00:00:00Z.
    public init(
        seed: UInt64, start: Timestamp = Timestamp(microseconds: 1_767_225_600_000_000)
    ) {
        self.seed = seed
        self.start = start
        state = Lock(
            State(microseconds: start.microseconds, generator: SeededGenerator(seed: seed)))
    }

    public func now() -> Timestamp {
        Timestamp(microseconds: state.withLock { $0.microseconds })
    }

    /// Virtual seconds since the world began.
    public func uptimeSeconds() -> Double {
        Double(now().microseconds - start.microseconds) / 1e6
    }

    public func randomBytes(_ count: Int) -> [UInt8] {
        state.withLock { $0.generator.bytes(count) }
    }

    /// Returns when the world has been advanced by `seconds`, rounded up to a microsecond;
    /// at once where they are not positive.
    public func sleep(seconds: Double) async throws {
        try Task.checkCancellation()
        let microseconds = Self.microseconds(seconds)
        guard microseconds > 0 else { return }
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                fallAsleep(number, for: microseconds, continuation)
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.sleepers.firstIndex { $0.number == number }
                    .map { state.sleepers.remove(at: $0) }
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Moves time on by `seconds`; sleepers wake in the order of their deadlines, those of one
    /// instant in the order in which they fell asleep, and see the time of their own deadline.
    ///
    /// Before each waking, and at the end, it waits until `sleepers` tasks are asleep: with as many
    /// as there are loops, each loop has done its round before time moves on, always. With 0, other
    /// tasks only get some turns between two wakings, which on a busy machine may be too few.
    public func advance(seconds: Double, sleepers: Int = 0) async {
        await settle(sleepers)
        let target = state.withLock { Self.sum($0.microseconds, Self.microseconds(seconds)) }
        while wakeNext(until: target) { await settle(sleepers) }
        state.withLock { $0.microseconds = max($0.microseconds, target) }
    }

    /// Moves time on to the next sleeper's deadline and wakes it alone; false where none sleeps.
    public func advanceToNextSleeper() async -> Bool {
        await settle(0)
        guard wakeNext(until: .max) else { return false }
        await settle(0)
        return true
    }

    /// How many tasks sleep at present.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Returns as soon as at least `count` tasks sleep: the way for a test to let others get ready.
    public func waitForSleepers(_ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.watchers.append(Watcher(count: count, continuation: continuation))
                return false
            }
            if ready { continuation.resume() }
        }
    }

    private func fallAsleep(
        _ number: Int, for microseconds: Int64,
        _ continuation: CheckedContinuation<Void, any Error>
    ) {
        // A cancellation before this point found no sleeper to remove; one after it will.
        let watchers: [Watcher]? = state.withLock { state in
            if Task.isCancelled { return nil }
            let deadline = Self.sum(state.microseconds, microseconds)
            state.sleepers.append(
                Sleeper(number: number, deadline: deadline, continuation: continuation))
            let count = state.sleepers.count
            let ready = state.watchers.filter { $0.count <= count }
            state.watchers.removeAll { $0.count <= count }
            return ready
        }
        guard let watchers else { return continuation.resume(throwing: CancellationError()) }
        for watcher in watchers { watcher.continuation.resume() }
    }

    private func wakeNext(until target: Int64) -> Bool {
        let sleeper: Sleeper? = state.withLock { state in
            let next = state.sleepers.indices.min { left, right in
                let (left, right) = (state.sleepers[left], state.sleepers[right])
                return (left.deadline, left.number) < (right.deadline, right.number)
            }
            guard let next, state.sleepers[next].deadline <= target else { return nil }
            state.microseconds = max(state.microseconds, state.sleepers[next].deadline)
            return state.sleepers.remove(at: next)
        }
        sleeper?.continuation.resume()
        return sleeper != nil
    }

    private func settle(_ sleepers: Int) async {
        if sleepers > 0 { return await waitForSleepers(sleepers) }
        for _ in 0..<Self.turnsAfterWaking {
            await Task.detached(priority: .background) { await Task.yield() }.value
        }
    }

    private static func microseconds(_ seconds: Double) -> Int64 {
        let microseconds = (seconds * 1e6).rounded(.up)
        if microseconds >= 0x1p62 { return 1 << 62 }
        return microseconds > 0 ? Int64(microseconds) : 0
    }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
