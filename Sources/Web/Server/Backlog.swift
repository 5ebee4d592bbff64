import NIOConcurrencyHelpers

/// What one task hands to another, in order and bounded: who adds waits while too much is there,
/// who takes gets all that has come meanwhile.
struct Backlog<Element: Sendable>: Sendable {
    private struct State {
        var waiting: ArraySlice<(element: Element, weight: Int)> = []
        var weight = 0
        var isFinished = false
    }

    private let limit: Int
    private let state = NIOLockedValueBox(State())
    private let grew = Signal()
    private let shrank = Signal()

    /// `limit`: while what waits weighs more than that, adding waits.
    init(limit: Int) { self.limit = limit }

    /// `weight` is that of all of them. Throws `CancellationError`.
    func add(_ elements: [Element], weight: Int) async throws {
        guard !elements.isEmpty else { return }
        let share = max(1, weight / elements.count)
        state.withLockedValue { state in
            state.waiting += elements.map { ($0, share) }
            state.weight += share * elements.count
        }
        grew.give()
        while state.withLockedValue({ $0.weight > limit }) { try await shrank.wait() }
    }

    /// Nothing more will be added.
    func finish() {
        state.withLockedValue { $0.isFinished = true }
        grew.give()
    }

    /// What waits, at most `count`, as soon as there is something; nil once all was taken. Throws
    /// `CancellationError`.
    func take(upTo count: Int) async throws -> [Element]? {
        while true {
            let (taken, isOver) = state.withLockedValue { state in
                let taken = state.waiting.prefix(count)
                state.waiting.removeFirst(taken.count)
                // What was taken stays in memory else.
                if state.waiting.isEmpty { state.waiting = [] }
                for entry in taken { state.weight -= entry.weight }
                return (taken.map(\.element), state.isFinished)
            }
            if !taken.isEmpty {
                shrank.give()
                return taken
            }
            if isOver { return nil }
            try await grew.wait()
        }
    }
}

/// Wakes the one task that waits, or the next one that will.
private struct Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func give() { continuation.yield() }

    func wait() async throws {
        var signals = stream.makeAsyncIterator()
        guard await signals.next() != nil else { throw CancellationError() }
    }
}
