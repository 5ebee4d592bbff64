import Storage

/// What a body works with, from its transaction's begin to its end.
///
/// A statement that failed has doomed the unit of work, as on PostgreSQL: no other runs after it,
/// and a body that returns all the same is rolled back with that error. So no body works on one
/// database only, and none goes on in a transaction that SQLite has already rolled back.
final class SQLiteTransaction: Transaction {
    let dialect = Dialect.sqlite

    private let connection: Connection
    private var failure: StorageError?

    init(on connection: Connection) {
        self.connection = connection
    }

    func execute(_ sql: SQL) throws(StorageError) -> Int {
        try dooming { () throws(StorageError) in
            let before = connection.totalChanges
            let statement = try connection.statement(sql.text)
            try connection.with(statement) { statement throws(StorageError) in
                try statement.bind(sql.values)
                while try statement.step() {}
            }
            return changes(since: before)
        }
    }

    func query<Value>(_ sql: SQL, _ decode: (any Row) throws -> Value) throws -> [Value] {
        let statement = try dooming { () throws(StorageError) in
            try connection.statement(sql.text)
        }
        return try connection.with(statement) { statement in
            var found: [Value] = []
            try dooming { () throws(StorageError) in try statement.bind(sql.values) }
            try collect(statement, into: &found, decode)
            return found
        }
    }

    func execute(_ text: String, forEach items: RowSet) throws(StorageError) -> Int {
        guard !items.isEmpty else { return 0 }
        return try dooming { () throws(StorageError) in
            let statement = try connection.statement(text, over: items.columns)
            return try connection.with(statement) { statement throws(StorageError) in
                var count = 0
                for row in 0..<items.count {
                    let before = connection.totalChanges
                    try statement.bind(items[row])
                    while try statement.step() {}
                    statement.reset()
                    count += changes(since: before)
                }
                return count
            }
        }
    }

    func insert(_ text: String, forEach items: RowSet) throws(StorageError) -> [Int64] {
        guard !items.isEmpty else { return [] }
        return try dooming { () throws(StorageError) in
            let statement = try connection.statement(text, over: items.columns)
            return try connection.with(statement) { statement throws(StorageError) in
                var ids: [Int64] = []
                ids.reserveCapacity(items.count)
                for row in 0..<items.count {
                    let before = connection.totalChanges
                    try statement.bind(items[row])
                    while try statement.step() {}
                    statement.reset()
                    guard changes(since: before) == 1 else {
                        throw .statement(detail: "an item was not stored as one row: \(text)")
                    }
                    ids.append(connection.lastInsertedID)
                }
                return ids
            }
        }
    }

    func query<Value>(
        _ text: String, forEach items: RowSet, _ decode: (any Row) throws -> Value
    ) throws -> [Value] {
        guard !items.isEmpty else { return [] }
        let statement = try dooming { () throws(StorageError) in
            try connection.statement(text, over: items.columns)
        }
        return try connection.with(statement) { statement in
            var found: [Value] = []
            for row in 0..<items.count {
                try dooming { () throws(StorageError) in try statement.bind(items[row]) }
                try collect(statement, into: &found, decode)
                statement.reset()
            }
            return found
        }
    }

    func executeScript(_ script: String) throws(StorageError) {
        try dooming { () throws(StorageError) in try connection.runScript(script) }
    }

    /// Throws what the body may have hidden, and what would fail the commit of all that share it.
    func checkThatItMayCommit() throws(StorageError) {
        if let failure { throw failure }
        if connection.hasUnresolvedReferences {
            throw .constraint(.foreignKey, detail: "a deferred foreign key points at no row")
        }
    }

    /// The body is over: a handle that was kept is of no use.
    func end() {
        failure = failure ?? .statement(detail: "the transaction is over")
    }

    private func collect<Value>(
        _ statement: Statement, into found: inout [Value],
        _ decode: (any Row) throws -> Value
    ) throws {
        let row = statement.row
        while try dooming({ () throws(StorageError) in try statement.step() }) {
            found.append(try decode(row))
        }
    }

    /// Rows that the statement itself changed: SQLite's count stands still on a statement that
    /// changed none.
    private func changes(since before: Int64) -> Int {
        connection.totalChanges == before ? 0 : Int(connection.lastChanges)
    }

    private func dooming<Result>(
        _ statement: () throws(StorageError) -> Result
    ) throws(StorageError) -> Result {
        if let failure { throw failure }
        do throws(StorageError) {
            return try statement()
        } catch {
            failure = error
            throw error
        }
    }
}
