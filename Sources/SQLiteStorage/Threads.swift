import Glibc
import Storage

/// The threads of one database. A connection lives on one of them from its opening to its end,
/// so no blocking call stands in the way of Swift's own few threads.
final class Threads: Sendable {
    private struct State {
        var running = 0
        var whenEnded: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Monitor(State())

    /// Runs `body` on a new thread.
    func start(_ body: @escaping @Sendable () -> Void) throws(StorageError) {
        state.update { $0.running += 1 }
        let thread = Thread { [state] in
            body()
            let waiting = state.update { state in
                state.running -= 1
                defer { if state.running == 0 { state.whenEnded = [] } }
                return state.running == 0 ? state.whenEnded : []
            }
            waiting.forEach { $0.resume() }
        }
        let code = thread.start()
        guard code == 0 else {
            state.update { $0.running -= 1 }
            throw .unavailable(detail: "no thread could be started (error \(code))")
        }
    }

    /// Blocks this thread, which must not be one of them, until none of them runs.
    func waitUntilEnded() {
        state.wait(until: { $0.running == 0 }) { _ in }
    }

    /// Returns once no thread runs.
    func ended() async {
        await withCheckedContinuation { continuation in
            let isOver = state.update { state in
                if state.running > 0 { state.whenEnded.append(continuation) }
                return state.running == 0
            }
            if isOver { continuation.resume() }
        }
    }
}

/// What a POSIX thread is handed: one pointer that keeps the body alive until it has run.
private final class Thread: Sendable {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }

    /// Returns 0, or the error number of `pthread_create`.
    func start() -> Int32 {
        let retained = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { pointer in
                if let pointer {
                    Unmanaged<Thread>.fromOpaque(pointer).takeRetainedValue().body()
                }
                return nil
            }, retained.toOpaque())
        if code == 0 { pthread_detach(thread) } else { retained.release() }
        return code
    }
}
