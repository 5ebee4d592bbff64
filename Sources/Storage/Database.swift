/// A database: many readers, and writes that each are one atomic unit of work.
///
/// A body is synchronous, runs on the connection's own thread, may be run again from the start
/// (after a serialization failure, or when a commit it shared with others failed), and returns
/// values: the handle is not `Sendable`, so it can't leave. Throwing rolls everything back;
/// returning commits. A failed statement dooms its body, even one that catches the error; a write
/// inside `read` is `StorageError.readOnly`.
public protocol Database: Sendable {
    var dialect: Dialect { get }

    /// Runs `body` in a transaction and returns once it is durable. What is prompt goes before
    /// all bulk that waits, and never waits for more bulk than is being written already.
    func write<Result: Sendable>(
        _ urgency: Urgency, _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result

    /// Runs `body` on one consistent snapshot; anything but reading fails.
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result

    /// Waits for the work under way, refuses what comes later (`.closed`), and lets go of the files
    /// or connections. May be called twice.
    func close() async
}

extension Database {
    /// Writes promptly.
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        try await write(.prompt, body)
    }
}

/// What a body may do: run statements. Valid only inside the body.
public protocol Transaction: AnyObject {
    var dialect: Dialect { get }

    /// Runs a statement; returns how many rows it changed.
    @discardableResult
    func execute(_ sql: SQL) throws(StorageError) -> Int

    /// Runs a query and decodes each row.
    func query<Value>(_ sql: SQL, _ decode: (any Row) throws -> Value) throws -> [Value]

    /// Runs a statement over `item` (see `RowSet`); `text` may use no parameters of its own.
    /// Returns how many rows it changed. With no rows it does nothing.
    @discardableResult
    func execute(_ text: String, forEach items: RowSet) throws(StorageError) -> Int

    /// Runs `INSERT … SELECT … FROM item`, which stores each item as one row of a table that
    /// numbers its rows by `id` as they come. Returns these numbers, in the order of the items.
    func insert(_ text: String, forEach items: RowSet) throws(StorageError) -> [Int64]

    /// Runs a query over `item`; with PostgreSQL the answer's order is not that of the items.
    func query<Value>(
        _ text: String, forEach items: RowSet, _ decode: (any Row) throws -> Value
    ) throws -> [Value]

    /// Runs a script of several statements without parameters: migrations only.
    func executeScript(_ script: String) throws(StorageError)
}

extension Transaction {
    /// The first row's value, or nil where the answer is empty.
    public func first<Value>(_ sql: SQL, _ decode: (any Row) throws -> Value) throws -> Value? {
        try query(sql, decode).first
    }
}
