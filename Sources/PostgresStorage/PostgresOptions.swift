/// How a `PostgresDatabase` uses its server. Numbers below 1 count as 1.
public struct PostgresOptions: Sendable {
    /// The most connections kept open; each has a thread of its own. Opened when first needed.
    public var connections = 8
    /// How long opening a connection may take, for each address of the URL (libpq's minimum is 2).
    public var connectTimeoutSeconds = 5
    /// How long a statement may run before it fails with `StorageError.timeout`; scripts are
    /// exempt.
    public var statementTimeoutSeconds = 30
    /// How long a statement may wait for a lock before it fails with `StorageError.busy`.
    public var lockTimeoutSeconds = 10
    /// How many units of work of either urgency may wait for a connection; the next fails with
    /// `StorageError.busy`.
    public var queueLimit = 1_000
    /// How often a unit of work is run again after a collision (serialization failure, deadlock) or
    /// a lost connection.
    public var retryLimit = 5
    /// The most prepared statements kept on each connection.
    public var preparedStatementLimit = 256
    /// The most bytes of one parameter as it is sent, such as a column of a `RowSet`; a larger one
    /// fails with `StorageError.statement`. PostgreSQL itself ends at 1 GiB.
    public var parameterByteLimit = 256 << 20

    public init() {}
}
