/// Everything a database can answer but success, named by what the caller has to do.
///
/// `detail` is the driver's message and the statement's text; never a bound value.
public enum StorageError: Error, Sendable, Hashable {
    /// Another process held the lock, or the queue was full, for longer than we wait: try again
    /// later.
    case busy(detail: String)
    /// The disk or quota is full: free space; nothing of this write was stored.
    case full(detail: String)
    /// The file is not a sound database: restore a backup.
    case corrupt(detail: String)
    /// The file, folder or server takes no writes: check permissions, or that it is the primary.
    case readOnly(detail: String)
    /// It can't be opened or reached, or refuses us: check the address, credentials, and that it
    /// runs.
    case unavailable(detail: String)
    /// The connection broke before the commit was sent: nothing was stored; try again.
    case connectionLost(detail: String)
    /// The connection broke while the commit was under way: it may or may not be stored. Only a
    /// write with an idempotency key may be repeated.
    case commitOutcomeUnknown(detail: String)
    /// The database asked us to run the transaction again, more often than we were willing to.
    case serialization(detail: String)
    /// A rule of the schema refused the write.
    case constraint(Constraint, detail: String)
    /// The statement took longer than allowed.
    case timeout(detail: String)
    /// The answer does not have the shape that the caller reads it in: a bug or a foreign schema.
    case decoding(column: Int, expected: String)
    /// The schema and this binary do not fit: `advice` says what to do.
    case schema(advice: String)
    /// The statement is wrong: a bug.
    case statement(detail: String)
    /// `close` was called.
    case closed

    public enum Constraint: String, Sendable {
        case unique, foreignKey, check, notNull, other
    }
}

extension StorageError {
    /// Whether the database itself is away or unable to work, as opposed to having refused this
    /// write.
    public var isOutage: Bool {
        switch self {
        case .busy, .full, .corrupt, .readOnly, .unavailable, .connectionLost,
            .commitOutcomeUnknown, .serialization, .timeout, .closed:
            true
        case .constraint, .decoding, .schema, .statement: false
        }
    }
}

extension StorageError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .busy(let detail): "database is busy: \(detail)"
        case .full(let detail): "no space left for the database: \(detail)"
        case .corrupt(let detail): "database file is damaged, restore a backup: \(detail)"
        case .readOnly(let detail): "database takes no writes: \(detail)"
        case .unavailable(let detail): "database is not reachable: \(detail)"
        case .connectionLost(let detail): "connection to the database was lost: \(detail)"
        case .commitOutcomeUnknown(let detail):
            "connection to the database was lost while committing: \(detail)"
        case .serialization(let detail): "concurrent writes kept colliding: \(detail)"
        case .constraint(let kind, let detail): "\(kind.rawValue) constraint refused: \(detail)"
        case .timeout(let detail): "statement took too long: \(detail)"
        case .decoding(let column, let expected): "column \(column) is not \(expected)"
        case .schema(let advice): advice
        case .statement(let detail): "wrong statement: \(detail)"
        case .closed: "database is closed"
        }
    }
}
