import CSQLite
import Storage

/// One connection to the file. It belongs to the thread that opened it.
final class Connection {
    enum Role: Sendable { case writer, reader }

    private let handle: OpaquePointer
    private let supervisor = Supervisor()
    private let statementTimeout: Duration?
    private var statements: StatementCache
    /// BEGIN and its like, apart: once compiled they run without the supervisor's being asked.
    private var controls: StatementCache
    /// What statements over items became, by how they are written.
    private var itemTexts: [String: (columns: [RowSet.Column], text: String)] = [:]
    private let itemTextLimit: Int

    init(path: String, role: Role, options: SQLiteOptions) throws(StorageError) {
        handle = try openFile(path, role: role, readOnly: options.readOnly)
        let milliseconds = options.statementTimeoutMilliseconds
        statementTimeout = milliseconds > 0 ? .milliseconds(milliseconds) : nil
        statements = StatementCache(on: handle, limit: options.cachedStatements)
        itemTextLimit = max(1, options.cachedStatements)
        controls = StatementCache(on: handle, limit: 8)
        do throws(StorageError) {
            try configure(role, options)
        } catch {
            close()
            throw error
        }
        supervisor.attach(to: handle)
    }

    /// The last use: finalizes the statements, then lets go of the file.
    func close() {
        statements.removeAll()
        controls.removeAll()
        sqlite3_close_v2(handle)
    }

    /// Moves what no reader needs any more from the write-ahead log into the file, without waiting.
    func checkpoint() {
        sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    }

    /// Begins, ends or marks a transaction, which nobody else can.
    func control(_ text: String) throws(StorageError) {
        supervisor.allowsTransactionControl = true
        defer { supervisor.allowsTransactionControl = false }
        supervisor.deadline = nil
        let statement = try controls.take(text)
        defer { controls.put(statement) }
        while try statement.step() {}
    }

    /// Ends a transaction that may have been ended by SQLite already.
    func rollBack() {
        guard isInTransaction else { return }
        // It fails only where SQLite has rolled back by itself.
        do throws(StorageError) { try control("ROLLBACK") } catch {}
    }

    /// False once SQLite has rolled everything back by itself, as on a full disk.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Whether a deferred foreign key would fail the commit as it stands.
    var hasUnresolvedReferences: Bool {
        var current: Int32 = 0
        var highest: Int32 = 0
        sqlite3_db_status(handle, SQLITE_DBSTATUS_DEFERRED_FKS, &current, &highest, 0)
        return current != 0
    }

    /// Rows changed by all statements so far, those changed by foreign keys and triggers included.
    var totalChanges: Int64 { sqlite3_total_changes64(handle) }

    /// Rows that the last INSERT, UPDATE or DELETE changed itself.
    var lastChanges: Int64 { sqlite3_changes64(handle) }

    /// The number of the row that was inserted last.
    var lastInsertedID: Int64 { sqlite3_last_insert_rowid(handle) }

    /// Runs `body` with the prepared statement, within the time that a statement may take.
    func with<Result, Failure: Error>(
        _ statement: Statement, _ body: (Statement) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        supervisor.deadline = statementTimeout.map { ContinuousClock.now + $0 }
        defer { statements.put(statement) }
        return try body(statement)
    }

    func statement(_ text: String) throws(StorageError) -> Statement {
        try statements.take(text)
    }

    /// The statement that is run for each row of a set with these columns.
    func statement(
        _ text: String, over columns: [RowSet.Column]
    ) throws(StorageError) -> Statement {
        if let known = itemTexts[text], known.columns == columns {
            return try statements.take(known.text)
        }
        let whole = try itemStatement(text, columns)
        // As many as there can be statements: they come and go together.
        if itemTexts.count >= itemTextLimit { itemTexts = [:] }
        itemTexts[text] = (columns, whole)
        return try statements.take(whole)
    }

    /// Runs several statements, without a limit of time.
    func runScript(_ script: String) throws(StorageError) {
        supervisor.deadline = nil
        let code = sqlite3_exec(handle, script, nil, nil, nil)
        guard code == SQLITE_OK else { throw storageError(code, on: handle, doing: script) }
    }

    private func configure(_ role: Role, _ options: SQLiteOptions) throws(StorageError) {
        sqlite3_busy_timeout(handle, Int32(clamping: options.busyTimeoutMilliseconds))
        // No statement may harm the file itself, and "text" in double quotes is a column's name
        // only.
        csqlite_configure(handle, SQLITE_DBCONFIG_DEFENSIVE, 1)
        csqlite_configure(handle, SQLITE_DBCONFIG_DQS_DML, 0)
        csqlite_configure(handle, SQLITE_DBCONFIG_DQS_DDL, 0)
        let cache =
            role == .writer ? options.writerCacheKibibytes : options.readerCacheKibibytes
        try runScript(
            """
            PRAGMA trusted_schema = OFF;
            PRAGMA cell_size_check = ON;
            PRAGMA foreign_keys = ON;
            PRAGMA synchronous = FULL;
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -\(cache);
            """)
        switch role {
        case .reader: try runScript("PRAGMA query_only = ON")
        case .writer:
            try useWriteAheadLog(waitingMilliseconds: options.busyTimeoutMilliseconds)
            try runScript("PRAGMA wal_autocheckpoint = \(options.checkpointPages)")
            // A log that a long reader let grow is cut back to this once it has been moved.
            try runScript("PRAGMA journal_size_limit = 67108864")
            if let pages = options.maximumPages {
                try runScript("PRAGMA max_page_count = \(pages)")
            }
        }
        // Reads the file's header, so what is not a database is refused now.
        try runScript("SELECT 1 FROM sqlite_schema LIMIT 1")
    }

    /// Of two processes that change a new file to WAL at once, SQLite gives one `SQLITE_BUSY`
    /// without waiting, so we wait here.
    private func useWriteAheadLog(waitingMilliseconds limit: Int) throws(StorageError) {
        let pauseMilliseconds = 10
        var waited = 0
        while true {
            do throws(StorageError) {
                let statement = try Statement("PRAGMA journal_mode = WAL", on: handle)
                let mode = try statement.step() ? try statement.row.text(0) : "unknown"
                guard mode == "wal" else {
                    throw .unavailable(detail: "no write-ahead log, only '\(mode)' is possible")
                }
                return
            } catch {
                guard case .busy = error, waited < limit else { throw error }
                waited += pauseMilliseconds
                sqlite3_sleep(Int32(pauseMilliseconds))
            }
        }
    }
}
