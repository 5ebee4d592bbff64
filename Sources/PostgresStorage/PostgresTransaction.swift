import Storage

/// The handle that a body is given.
///
/// A statement that fails dooms the unit of work, on PostgreSQL by its own rules: every later
/// statement fails with the same error, and so does the unit of work itself when its body returns
/// as if nothing had happened.
final class PostgresTransaction: Transaction {
    let dialect = Dialect.postgres
    private let session: Session
    private let options: PostgresOptions
    private(set) var failure: StorageError?
    private(set) var hasEnded = false

    init(on session: Session, options: PostgresOptions) {
        self.session = session
        self.options = options
    }

    /// Fails whatever is tried with the handle after the body's end.
    func end() {
        hasEnded = true
        failure = failure ?? .statement(detail: "a transaction was used after its end")
    }

    @discardableResult
    func execute(_ sql: SQL) throws(StorageError) -> Int {
        try answer { () throws(StorageError) in try Statement(sql, options: options) }.changedRows
    }

    func query<Value>(_ sql: SQL, _ decode: (any Row) throws -> Value) throws -> [Value] {
        let answer = try answer { () throws(StorageError) in try Statement(sql, options: options) }
        return try decoded(answer, decode)
    }

    @discardableResult
    func execute(_ text: String, forEach items: RowSet) throws(StorageError) -> Int {
        try answer(text, forEach: items)?.changedRows ?? 0
    }

    func insert(_ text: String, forEach items: RowSet) throws(StorageError) -> [Int64] {
        guard let answer = try answer("\(text)\nRETURNING id", forEach: items) else { return [] }
        return try dooming { () throws(StorageError) in
            guard answer.rowCount == items.count else {
                throw .statement(detail: "an item was not stored as one row: \(text)")
            }
            var ids: [Int64] = []
            ids.reserveCapacity(answer.rowCount)
            for row in 0..<answer.rowCount {
                ids.append(try AnswerRow(answer: answer, row: row).integer(0))
            }
            // Items are numbered as they stand in their array; the answer's order is nobody's
            // promise.
            return ids.sorted()
        }
    }

    func query<Value>(
        _ text: String, forEach items: RowSet, _ decode: (any Row) throws -> Value
    ) throws -> [Value] {
        guard let answer = try answer(text, forEach: items) else { return [] }
        return try decoded(answer, decode)
    }

    func executeScript(_ script: String) throws(StorageError) {
        try dooming { () throws(StorageError) in
            try Statement.checkText(script)
            try session.runScript(script)
        }
    }

    private func answer(_ text: String, forEach items: RowSet) throws(StorageError) -> Answer? {
        guard !items.isEmpty else {
            if let failure { throw failure }
            return nil
        }
        return try answer { () throws(StorageError) in
            try Statement(
                text, as: session.itemTexts.text(text, over: items.columns), forEach: items,
                options: options)
        }
    }

    private func answer(
        to statement: () throws(StorageError) -> Statement
    ) throws(StorageError) -> Answer {
        try dooming { () throws(StorageError) in try session.run(try statement()) }
    }

    /// Runs `body`; its failure becomes that of the whole unit of work.
    private func dooming<Value>(
        _ body: () throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        if let failure { throw failure }
        do {
            return try body()
        } catch {
            failure = error
            throw error
        }
    }

    private func decoded<Value>(
        _ answer: Answer, _ decode: (any Row) throws -> Value
    ) throws -> [Value] {
        try (0..<answer.rowCount).map { try decode(AnswerRow(answer: answer, row: $0)) }
    }
}
