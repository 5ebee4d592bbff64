import Storage
import World

/// A database that can be made to fail, or to answer late.
final class FaultyDatabase: Database {
    private let real: any Database
    private let fault = Lock<StorageError?>(nil)
    private let delayMilliseconds = Lock(0)

    init(_ real: any Database) { self.real = real }

    var dialect: Dialect { real.dialect }

    /// What every use ends in from now on; nil for none.
    func fail(with error: StorageError?) { fault.withLock { $0 = error } }

    /// What is read is handed out so much later, and may be stale by then.
    func delayAnswers(milliseconds: Int) { delayMilliseconds.withLock { $0 = milliseconds } }

    func write<Result: Sendable>(
        _ urgency: Urgency, _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        if let error = fault.withLock({ $0 }) { throw error }
        return try await real.write(urgency, body)
    }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        if let error = fault.withLock({ $0 }) { throw error }
        let result = try await real.read(body)
        let delay = delayMilliseconds.withLock { $0 }
        if delay > 0 { try await Task.sleep(for: .milliseconds(delay)) }
        return result
    }

    func close() async { await real.close() }
}
