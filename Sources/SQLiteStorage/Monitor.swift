import Glibc

/// Guards a small state, and lets threads wait for it to change.
///
/// A POSIX mutex, because ThreadSanitizer does not understand `Synchronization.Mutex` on Linux.
final class Monitor<State>: @unchecked Sendable {
    private struct Primitives {
        var mutex = pthread_mutex_t()
        var condition = pthread_cond_t()
    }

    /// The primitives must not move in memory, so they stand in a buffer behind the state.
    private let storage: ManagedBuffer<State, Primitives>

    init(_ state: State) {
        storage = .create(minimumCapacity: 1) { buffer in
            buffer.withUnsafeMutablePointerToElements { primitives in
                primitives.initialize(to: Primitives())
                pthread_mutex_init(&primitives.pointee.mutex, nil)
                pthread_cond_init(&primitives.pointee.condition, nil)
            }
            return state
        }
    }

    deinit {
        storage.withUnsafeMutablePointerToElements { primitives in
            pthread_cond_destroy(&primitives.pointee.condition)
            pthread_mutex_destroy(&primitives.pointee.mutex)
            primitives.deinitialize(count: 1)
        }
    }

    /// Which of those who wait have to look again.
    enum Waiters { case none, one, all }

    /// Runs `body` alone, then wakes those who wait.
    func update<Result>(
        waking waiters: Waiters = .all, _ body: (inout State) -> Result
    ) -> Result {
        storage.withUnsafeMutablePointers { state, primitives in
            pthread_mutex_lock(&primitives.pointee.mutex)
            let result = body(&state.pointee)
            pthread_mutex_unlock(&primitives.pointee.mutex)
            // Whoever is woken finds the lock free.
            switch waiters {
            case .none: break
            case .one: pthread_cond_signal(&primitives.pointee.condition)
            case .all: pthread_cond_broadcast(&primitives.pointee.condition)
            }
            return result
        }
    }

    /// Blocks this thread until the state `isReady`, then runs `body` alone.
    func wait<Result>(
        until isReady: (State) -> Bool, then body: (inout State) -> Result
    ) -> Result {
        storage.withUnsafeMutablePointers { state, primitives in
            pthread_mutex_lock(&primitives.pointee.mutex)
            defer { pthread_mutex_unlock(&primitives.pointee.mutex) }
            while !isReady(state.pointee) {
                pthread_cond_wait(&primitives.pointee.condition, &primitives.pointee.mutex)
            }
            return body(&state.pointee)
        }
    }
}
