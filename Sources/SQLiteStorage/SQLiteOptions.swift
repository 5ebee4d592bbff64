/// How an `SQLiteDatabase` works; the defaults suit a service on one machine.
public struct SQLiteOptions: Sendable, Hashable {
    /// Connections that read beside the writer, each on its own thread; at least 1.
    public var readers = 2
    /// How long a transaction waits for a lock that another process holds before it is `.busy`.
    public var busyTimeoutMilliseconds = 5_000
    /// How long one statement may run before it is `.timeout`; 0 is without end. Scripts are
    /// exempt.
    public var statementTimeoutMilliseconds = 60_000
    /// Page cache of the writer, in KiB.
    public var writerCacheKibibytes = 16_384
    /// Page cache of each reader, in KiB.
    public var readerCacheKibibytes = 4_096
    /// Prepared statements kept by each connection.
    public var cachedStatements = 256
    /// Pages of the write-ahead log after which the writer moves them into the file.
    public var checkpointPages = 2_000
    /// The file may not grow beyond so many pages (of 4 KiB): a write that would is `.full`.
    public var maximumPages: Int?
    /// Bodies that may wait for the writer, of either urgency, and for the readers: one more is
    /// `.busy` at once.
    public var queueLimit = 1_024
    /// Writes that may share one commit.
    public var groupLimit = 256
    /// No further write joins a commit once its group has run for so long.
    public var groupTimeMilliseconds = 50
    /// Opens an existing file and never writes to it: every write is `.readOnly`.
    public var readOnly = false

    public init() {}
}
