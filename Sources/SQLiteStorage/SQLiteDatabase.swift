public import Storage

/// A database in one file: one connection writes, a few read beside it, each on its own thread.
///
/// A write is answered once it is on disk (WAL, `synchronous=FULL`). Writes that wait at the same
/// time share one commit, each with its own savepoint and its own answer. Reads see the last commit
/// before they began.
public final class SQLiteDatabase: Database {
    public let dialect = Dialect.sqlite

    private let isReadOnly: Bool
    private let writes: WorkQueue
    private let reads: WorkQueue
    private let writer = Threads()
    private let readers = Threads()

    /// Opens the file, and creates it where it is missing (its folder must exist).
    ///
    /// Throws `unavailable` where it can't be opened, `readOnly` where it can't be written to,
    /// `corrupt` where it is something else than a database.
    public init(
        path: String, options: SQLiteOptions = SQLiteOptions()
    ) async throws(StorageError) {
        isReadOnly = options.readOnly
        writes = WorkQueue(limit: options.queueLimit)
        reads = WorkQueue(limit: options.queueLimit)
        do throws(StorageError) {
            if !isReadOnly { try await startWriter(path, options) }
            for _ in 0..<max(1, options.readers) { try await startReader(path, options) }
        } catch {
            await close()
            throw error
        }
    }

    deinit {
        reads.close()
        writes.close()
    }

    public func write<Result: Sendable>(
        _ urgency: Urgency, _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        if isReadOnly { throw StorageError.readOnly(detail: "it was opened for reading only") }
        return try await withCheckedThrowingContinuation { writes.add(Work(body, $0), urgency) }
    }

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { reads.add(Work(body, $0), .prompt) }
    }

    public func close() async {
        reads.close()
        writes.close()
        await readers.ended()
        await writer.ended()
    }

    private func startWriter(_ path: String, _ options: SQLiteOptions) async throws(StorageError) {
        try await start(on: writer, path, .writer, options) { [writes, readers] connection in
            Writer(connection: connection, queue: writes, options: options).serve()
            // The last one to go can move the whole log into the file.
            readers.waitUntilEnded()
            connection.checkpoint()
            connection.close()
        }
    }

    private func startReader(_ path: String, _ options: SQLiteOptions) async throws(StorageError) {
        try await start(on: readers, path, .reader, options) { [reads] connection in
            while let work = reads.take() {
                connection.runTransaction(work, begin: "BEGIN")
            }
            connection.close()
        }
    }

    /// Opens a connection on a new thread, and returns once it is open.
    private func start(
        on threads: Threads, _ path: String, _ role: Connection.Role, _ options: SQLiteOptions,
        serve: @escaping @Sendable (Connection) -> Void
    ) async throws(StorageError) {
        let opened: Result<Void, StorageError> = await withCheckedContinuation { caller in
            do throws(StorageError) {
                try threads.start {
                    do throws(StorageError) {
                        let connection = try Connection(path: path, role: role, options: options)
                        caller.resume(returning: .success(()))
                        serve(connection)
                    } catch {
                        caller.resume(returning: .failure(error))
                    }
                }
            } catch {
                caller.resume(returning: .failure(error))
            }
        }
        try opened.get()
    }
}
