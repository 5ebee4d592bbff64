/// A statement: whole SQL text with `$1…$n` in it, and the values bound to them by number.
///
/// The text is the key of the statement cache, so it must not be built from values.
public struct SQL: Sendable {
    public let text: String
    public let values: [Value]

    public init(_ text: String, _ values: [Value] = []) {
        self.text = text
        self.values = values
    }
}

/// What can be bound to a parameter.
///
/// Decimals, times and JSON travel as `.text` in their canonical form: SQLite stores them as they
/// are, PostgreSQL reads them into `NUMERIC`, `TIMESTAMPTZ` and `JSONB`.
public enum Value: Sendable, Hashable {
    case null
    case integer(Int64)
    case bool(Bool)
    case text(String)
    case blob([UInt8])
}

/// Many rows of values for one statement: sent as one set to PostgreSQL (`unnest`), run as a
/// prepared statement for each row on SQLite, with the same text.
///
/// The statement reads them as a table called `item` with the columns named here:
/// `INSERT INTO trades (uid, quantity) SELECT uid, quantity FROM item WHERE true`.
///
/// A statement must not depend on one row's effect on the next: PostgreSQL sees them all at once.
public struct RowSet: Sendable {
    /// A column of `item`; the type matters to PostgreSQL only.
    public struct Column: Sendable, Hashable {
        public enum Kind: String, Sendable {
            case integer = "bigint"
            case bool = "boolean"
            case text = "text"
            case decimal = "numeric"
            case time = "timestamptz"
            case date = "date"
            case json = "jsonb"
        }

        public let name: String
        public let kind: Kind

        public init(_ name: String, _ kind: Kind) {
            self.name = name
            self.kind = kind
        }
    }

    public let columns: [Column]
    /// Row after row.
    private var values: [Value] = []
    public private(set) var count = 0

    public init(_ columns: [Column]) {
        self.columns = columns
    }

    public var isEmpty: Bool { count == 0 }

    /// Adds a row; `values` stand in the order of `columns`.
    public mutating func append(_ values: [Value]) {
        precondition(values.count == columns.count, "a row has one value for each column")
        self.values += values
        count += 1
    }

    /// Of one row, in the order of `columns`.
    public subscript(row: Int) -> ArraySlice<Value> {
        values[(row * columns.count)..<((row + 1) * columns.count)]
    }

    public subscript(row: Int, column: Int) -> Value { values[row * columns.count + column] }
}

/// The two languages of SQL that the service speaks.
public enum Dialect: String, Sendable, CaseIterable {
    case sqlite
    case postgres
}
