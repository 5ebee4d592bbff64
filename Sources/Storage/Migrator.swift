/// Brings a database's schema to what this binary knows, one transaction for each migration and
/// its record in `schema_migrations`.
///
/// Several processes may start at once: each step takes the writer's lock, looks again, and does
/// only what is still to be done. Before anything is changed, a migration that was edited after it
/// was applied, one that this binary does not have, a gap, or a database newer than the binary is
/// refused with `StorageError.schema`, whose advice says what to do.
public struct Migrator: Sendable {
    private let database: any Database
    private let migrations: [Migration]
    private let now: @Sendable () -> String

    /// `migrations` are those of the database's dialect; `now` gives the time of the record as
    /// `YYYY-MM-DDTHH:MM:SS.ffffffZ`.
    public init(
        database: any Database, migrations: [Migration], now: @escaping @Sendable () -> String
    ) {
        self.database = database
        self.migrations = migrations.sorted { $0.number < $1.number }
        self.now = now
    }

    /// Every migration that the binary or the database knows, by number. Refuses nothing.
    public func status() async throws -> [MigrationStatus] {
        try await history().statuses
    }

    /// Throws `schema` unless the database is exactly at what this binary knows.
    public func requireCurrent() async throws {
        let history = try await history()
        try history.check()
        if let next = history.pending.first {
            throw StorageError.schema(
                advice: "migration \(next.number) (\(next.name)) is not applied yet; "
                    + "run `blotter migrate`")
        }
    }

    /// Applies all that is pending and returns what it applied; a dry run changes nothing and
    /// returns what it would. On an error the migrations before the failing one stay applied.
    @discardableResult
    public func up(dryRun: Bool = false) async throws -> [Migration] {
        if dryRun {
            let history = try await history()
            try history.check()
            return history.pending
        }
        var applied: [Migration] = []
        while let migration = try await step({ $0.pending.first }, apply) {
            applied.append(migration)
        }
        return applied
    }

    /// Takes back the last `steps` migrations, at most all, and returns them, the last one first;
    /// a dry run changes nothing. Throws `schema` at one that can't be taken back.
    @discardableResult
    public func down(_ steps: Int, dryRun: Bool = false) async throws -> [Migration] {
        if dryRun {
            let history = try await history()
            try history.check()
            let applied = history.known.prefix(history.applied.count)
            return try applied.suffix(max(0, steps)).reversed().map(requireDown)
        }
        var takenBack: [Migration] = []
        while takenBack.count < steps, let migration = try await step({ $0.last }, takeBack) {
            takenBack.append(migration)
        }
        return takenBack
    }

    /// One transaction: takes the lock, looks at what is applied, and does the next thing, if any.
    private func step(
        _ next: @escaping @Sendable (MigrationHistory) -> Migration?,
        _ perform:
            @escaping @Sendable (Migration, _ now: String, any Transaction) throws -> Void
    ) async throws -> Migration? {
        let now = now()
        return try await database.write { [migrations] transaction in
            if transaction.dialect == .postgres {
                // Held to the transaction's end. SQLite's only writer needs no more than BEGIN.
                _ = try transaction.query(SQL("SELECT pg_advisory_xact_lock($1)", [lock])) { _ in }
            }
            try transaction.execute(SQL(createTable(transaction.dialect)))
            let history = MigrationHistory(
                known: migrations, applied: try appliedRecords(in: transaction))
            try history.check()
            guard let migration = next(history) else { return nil }
            try perform(migration, now, transaction)
            return migration
        }
    }

    private func history() async throws -> MigrationHistory {
        try await database.read { [migrations] transaction in
            MigrationHistory(
                known: migrations,
                applied: try hasTable(in: transaction) ? appliedRecords(in: transaction) : [])
        }
    }
}

/// Any number, as long as nothing else in the database locks the same: "blotter" in ASCII.
private let lock = Value.integer(0x626C_6F74_7465_72)

private func apply(_ migration: Migration, now: String, in transaction: any Transaction) throws {
    try transaction.executeScript(migration.up)
    try transaction.execute(
        SQL(
            """
            INSERT INTO schema_migrations (number, name, checksum, applied_at)
            VALUES ($1, $2, $3, $4)
            """,
            [
                .integer(Int64(migration.number)), .text(migration.name),
                .text(migration.checksum), .text(now),
            ]))
}

private func takeBack(_ migration: Migration, now: String, in transaction: any Transaction) throws {
    try transaction.executeScript(try requireDown(migration).down)
    try transaction.execute(
        SQL(
            "DELETE FROM schema_migrations WHERE number = $1",
            [.integer(Int64(migration.number))]))
}

private func requireDown(_ migration: Migration) throws(StorageError) -> Migration {
    if migration.down.allSatisfy(\.isWhitespace) {
        throw .schema(
            advice: "migration \(migration.number) (\(migration.name)) can't be taken back; "
                + "restore a backup from before it")
    }
    return migration
}

private func createTable(_ dialect: Dialect) -> String {
    switch dialect {
    case .sqlite:
        """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            number INTEGER NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            checksum TEXT NOT NULL,
            applied_at TEXT NOT NULL
        ) STRICT
        """
    case .postgres:
        """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            number BIGINT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            checksum TEXT NOT NULL,
            applied_at TIMESTAMPTZ NOT NULL
        )
        """
    }
}

private func hasTable(in transaction: any Transaction) throws -> Bool {
    let question =
        switch transaction.dialect {
        case .sqlite:
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'"
        case .postgres:
            "SELECT 1 WHERE to_regclass('schema_migrations') IS NOT NULL"
        }
    return try transaction.first(SQL(question)) { _ in true } ?? false
}

private func appliedRecords(
    in transaction: any Transaction
) throws -> [MigrationHistory.Record] {
    try transaction.query(
        SQL("SELECT number, name, checksum, applied_at FROM schema_migrations ORDER BY number")
    ) { row in
        MigrationHistory.Record(
            number: Int(try row.integer(0)), name: try row.text(1), checksum: try row.text(2),
            appliedAt: try row.text(3))
    }
}
