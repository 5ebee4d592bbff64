import Glibc

/// Guards a small state, and lets threads wait for it to change.
///
/// A POSIX mutex, because ThreadSanitizer does not understand `Synchronization.Mutex` on Linux.
final class Monitor<State>: @unchecked Sendable {
    private var state: State
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init(_ state: State) {
        self.state = state
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` alone.
    func update<Value>(_ body: (inout State) -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&state)
    }

    /// Runs `attempt` alone, again after each wake-up, until it gives a value. Blocks this thread.
    func wait<Value>(for attempt: (inout State) -> Value?) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let value = attempt(&state) { return value }
            pthread_cond_wait(condition, mutex)
        }
    }

    func wakeOne() {
        pthread_cond_signal(condition)
    }

    func wakeAll() {
        pthread_cond_broadcast(condition)
    }
}

/// A POSIX thread: blocking calls belong on one, not on Swift's own few.
enum Thread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Runs `body` on a new thread; false where the system gives none.
    static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let retained = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { pointer in
                if let pointer {
                    Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run()
                }
                return nil
            }, retained.toOpaque())
        if code == 0 { pthread_detach(thread) } else { retained.release() }
        return code == 0
    }

    /// Holds up this thread. Only for the pause before a unit of work that collided with another
    /// runs again: how long it is changes no answer, so it needs no handed-in clock.
    static func pause(milliseconds: Int) {
        usleep(UInt32(milliseconds) * 1_000)
    }
}
