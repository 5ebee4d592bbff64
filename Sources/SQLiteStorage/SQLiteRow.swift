import CSQLite
import Storage

/// The row that a statement stands on.
struct SQLiteRow: Row {
    private let statement: OpaquePointer

    init(_ statement: OpaquePointer) {
        self.statement = statement
    }

    func isNull(_ column: Int) -> Bool {
        type(column) == SQLITE_NULL
    }

    func integer(_ column: Int) throws(StorageError) -> Int64 {
        guard type(column) == SQLITE_INTEGER else {
            throw .decoding(column: column, expected: "an integer")
        }
        return sqlite3_column_int64(statement, Int32(column))
    }

    func bool(_ column: Int) throws(StorageError) -> Bool {
        guard type(column) == SQLITE_INTEGER else {
            throw .decoding(column: column, expected: "0 or 1")
        }
        switch sqlite3_column_int64(statement, Int32(column)) {
        case 0: return false
        case 1: return true
        default: throw .decoding(column: column, expected: "0 or 1")
        }
    }

    /// An integer gives its digits, as in `COALESCE(cost, 0)`, which PostgreSQL makes numeric;
    /// a floating-point number gives an error, as no exact value can have come that way.
    func text(_ column: Int) throws(StorageError) -> String {
        switch type(column) {
        case SQLITE_INTEGER: return String(sqlite3_column_int64(statement, Int32(column)))
        case SQLITE_TEXT:
            let start = sqlite3_column_text(statement, Int32(column))
            let count = Int(sqlite3_column_bytes(statement, Int32(column)))
            let bytes = UnsafeBufferPointer(start: start, count: count)
            // Nearly all text is ASCII, for which decoding, which would repair what is no UTF-8,
            // costs a fraction of validating.
            if bytes.reduce(0, |) < 0x80 { return String(decoding: bytes, as: UTF8.self) }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw .decoding(column: column, expected: "UTF-8")
            }
            return text
        default: throw .decoding(column: column, expected: "a text")
        }
    }

    func blob(_ column: Int) throws(StorageError) -> [UInt8] {
        guard type(column) == SQLITE_BLOB else {
            throw .decoding(column: column, expected: "bytes")
        }
        let start = sqlite3_column_blob(statement, Int32(column))
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// NULL for a column that the answer does not have.
    private func type(_ column: Int) -> Int32 {
        sqlite3_column_type(statement, Int32(clamping: column))
    }
}
