public import Storage

/// A database on a PostgreSQL server: units of work run side by side, each on a connection of a
/// pool, and each connection on a thread of its own.
///
/// - A write is `READ COMMITTED`: what must not change under it, it has to lock (`FOR UPDATE`). A
///   read is one snapshot.
/// - A statement that fails dooms its unit of work, whatever the body does about the error.
/// - After a collision (serialization failure, deadlock) and after a connection was lost before
///   `COMMIT` was sent, the body runs again, at most `PostgresOptions.retryLimit` times.
/// - While the server is away everything fails with `StorageError.unavailable`, nothing waits for
///   it; the first unit of work after its return finds it again.
///
/// The server or pooler has to keep a session for each connection (PgBouncer: session mode).
public final class PostgresDatabase: Database {
    public let dialect = Dialect.postgres
    private let pool: Pool

    /// Connects once, so that a wrong address or password is named here.
    ///
    /// - Parameter url: as libpq reads it, `postgres://user@host/database?sslmode=require`. Its
    ///   password is in no error.
    /// - Throws: `StorageError.unavailable` with libpq's message, `.busy` where the server has no
    ///   connection to spare.
    public init(url: String, options: PostgresOptions = PostgresOptions()) async throws {
        pool = Pool(url: try ConnectionURL(url), options: options)
        do {
            try await read { _ in }
        } catch {
            await close()
            throw error
        }
    }

    deinit {
        pool.close()
    }

    public func write<Result: Sendable>(
        _ urgency: Urgency, _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { caller in
            pool.add(UnitOfWork(readOnly: false, urgency, body, caller))
        }
    }

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { caller in
            pool.add(UnitOfWork(readOnly: true, .prompt, body, caller))
        }
    }

    public func close() async {
        pool.close()
        await pool.ended()
    }
}
