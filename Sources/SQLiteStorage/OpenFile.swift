import CSQLite
import Glibc
import Storage

/// Done once, before the first file is opened; where another part of the process was quicker,
/// SQLite keeps its statistics, which is slower and no worse.
private let isWithoutMemoryStatistics: Void = { csqlite_disable_memory_statistics() }()

/// Opens the file, which the writer may create, or says in a sentence why it can't be.
func openFile(
    _ path: String, role: Connection.Role, readOnly: Bool
) throws(StorageError) -> OpaquePointer {
    isWithoutMemoryStatistics
    guard !path.isEmpty else {
        throw .unavailable(detail: "the database has no path")
    }
    // So that a name such as `:memory:` or `file:x` is a file's name and nothing else.
    let location = path.hasPrefix("/") ? path : "./" + path
    var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    flags |= readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
    if role == .writer { flags |= SQLITE_OPEN_CREATE }

    var handle: OpaquePointer?
    let code = sqlite3_open_v2(location, &handle, flags, nil)
    guard code == SQLITE_OK, let handle else {
        defer { sqlite3_close_v2(handle) }
        throw openingError(code, handle, path, mayCreate: flags & SQLITE_OPEN_CREATE != 0)
    }
    if !readOnly, sqlite3_db_readonly(handle, "main") == 1 {
        sqlite3_close_v2(handle)
        throw .readOnly(detail: "no permission to write to \(path)")
    }
    return handle
}

private func openingError(
    _ code: Int32, _ handle: OpaquePointer?, _ path: String, mayCreate: Bool
) -> StorageError {
    guard code & 0xff == SQLITE_CANTOPEN else {
        return storageError(code, on: handle, doing: "opening \(path)")
    }
    let parent = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let number = handle.map { sqlite3_system_errno($0) } ?? 0
    let sentence: String
    if number == EMFILE || number == ENFILE {
        sentence = "too many files are open already"
    } else if isFolder(path) {
        sentence = "\(path) is a folder, not a database file"
    } else if !isFolder(parent) {
        sentence = "the folder \(parent) does not exist, or may not be entered"
    } else if access(path, F_OK) == 0 || access(parent, X_OK) != 0 {
        sentence = "no permission to open \(path)"
    } else if mayCreate {
        sentence = "no permission to create a file in \(parent)"
    } else {
        sentence = "there is no database file at \(path)"
    }
    return .unavailable(detail: sentence)
}

private func isFolder(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
}
