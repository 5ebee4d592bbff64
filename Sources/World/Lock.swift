import Glibc

/// Guards a small state for the length of a synchronous closure; never held over an await.
///
/// A POSIX mutex, because ThreadSanitizer does not understand `Synchronization.Mutex` on Linux.
public final class Lock<State>: @unchecked Sendable {
    private let storage: ManagedBuffer<State, pthread_mutex_t>

    public init(_ state: sending State) {
        storage = .create(minimumCapacity: 1) { buffer in
            buffer.withUnsafeMutablePointerToElements { mutex in
                mutex.initialize(to: pthread_mutex_t())
                pthread_mutex_init(mutex, nil)
            }
            return state
        }
    }

    deinit {
        storage.withUnsafeMutablePointerToElements { mutex in
            pthread_mutex_destroy(mutex)
            mutex.deinitialize(count: 1)
        }
    }

    public func withLock<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        try storage.withUnsafeMutablePointers { state, mutex in
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            return try body(&state.pointee)
        }
    }
}
