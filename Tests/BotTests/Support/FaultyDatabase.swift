import Storage
import World

/// A database that can be made to fail.
final class FaultyDatabase: Database {
    private let real: any Database
    private let fault = Lock<StorageError?>(nil)

    init(_ real: any Database) { self.real = real }

    var dialect: Dialect { real.dialect }

    /// What every use ends in from now on; nil for none.
    func fail(with error: StorageError?) { fault.withLock { $0 = error } }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        if let error = fault.withLock({ $0 }) { throw error }
        return try await real.write(body)
    }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        if let error = fault.withLock({ $0 }) { throw error }
        return try await real.read(body)
    }

    func close() async { await real.close() }
}
