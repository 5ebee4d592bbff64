import Glibc
import World

/// The process's standard error.
public enum StandardError {
    private static let lock = Lock(())

    /// Writes all of `bytes`, never mixed with another thread's; what cannot be written is lost,
    /// for there is nobody left to tell.
    @Sendable public static func write(_ bytes: [UInt8]) {
        lock.withLock { _ in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Glibc.write(STDERR_FILENO, Array(rest), rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return }
                rest = rest.dropFirst(written)
            }
        }
    }
}
