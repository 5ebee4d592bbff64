import CSQLite
import Glibc
import Storage

/// Names what SQLite answered by what the caller has to do about it.
///
/// `connection` gives the message and the operating system's error number; `text` is the statement,
/// which holds no values. SQLite's messages name tables and columns, never a bound value.
func storageError(
    _ code: Int32, on connection: OpaquePointer?, doing text: String
) -> StorageError {
    let message = connection.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
    let detail = "\(message) (SQLite error \(code)) in: \(excerpt(of: text))"
    switch code & 0xff {
    case SQLITE_CONSTRAINT: return .constraint(constraint(code), detail: detail)
    case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: return .busy(detail: detail)
    case SQLITE_FULL: return .full(detail: detail)
    case SQLITE_CORRUPT, SQLITE_NOTADB: return .corrupt(detail: detail)
    case SQLITE_READONLY: return .readOnly(detail: detail)
    case SQLITE_INTERRUPT: return .timeout(detail: detail)
    case SQLITE_CANTOPEN, SQLITE_IOERR, SQLITE_PERM, SQLITE_NOMEM:
        // Only `write` itself reports a full disk as SQLITE_FULL; the log's index does not.
        let number = connection.map { sqlite3_system_errno($0) } ?? 0
        return number == ENOSPC || number == EDQUOT
            ? .full(detail: detail) : .unavailable(detail: detail)
    default: return .statement(detail: detail)
    }
}

private func constraint(_ code: Int32) -> StorageError.Constraint {
    // The extended codes are macros that Swift does not import: primary code | number << 8.
    switch code >> 8 {
    case 6, 8, 10: .unique  // PRIMARYKEY, UNIQUE, ROWID
    case 3: .foreignKey
    case 1: .check
    case 5: .notNull
    default: .other
    }
}

private func excerpt(of text: String) -> String {
    let limit = 400
    let short = text.prefix(limit)
    return short.endIndex == text.endIndex ? text : short + "…"
}
