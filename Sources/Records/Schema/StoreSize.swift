public import Storage

/// What the database takes, and how far its schema is.
public enum StoreSize {
    /// Bytes of the whole database, without what is still in a write-ahead log.
    public static func bytes(in tx: any Transaction) throws -> Int64 {
        let question =
            switch tx.dialect {
            case .sqlite:
                """
                SELECT c.page_count * s.page_size
                FROM pragma_page_count AS c, pragma_page_size AS s
                """
            case .postgres: "SELECT pg_database_size(current_database())"
            }
        return try tx.first(SQL(question)) { try $0.integer(0) } ?? 0
    }

    /// The number of the last migration that was applied.
    public static func schemaVersion(in tx: any Transaction) throws -> Int {
        let number = try tx.first(SQL("SELECT MAX(number) FROM schema_migrations")) {
            try $0.optionalInteger(0)
        }
        return Int((number ?? nil) ?? 0)
    }
}
