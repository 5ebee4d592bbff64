import CSQLite
import Storage

/// A prepared statement of one connection.
final class Statement {
    let text: String
    var isCached = false
    /// Taken out of the cache and not yet given back.
    var isInUse = false
    /// The cache's count of uses when this one was used last.
    var lastUse = 0

    private let handle: OpaquePointer
    private let connection: OpaquePointer
    /// For each of SQLite's parameters, which number them by first appearance, the n of its `$n`.
    private let numbers: [Int]
    private let valueCount: Int
    /// The texts that are bound.
    private let texts = BoundTexts()

    /// Tells SQLite to copy what it is given, as it must outlive the call.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(_ text: String, on connection: OpaquePointer) throws(StorageError) {
        let handle = try Self.prepare(text, on: connection)
        do throws(StorageError) {
            numbers = try Self.parameterNumbers(of: handle, text)
        } catch {
            sqlite3_finalize(handle)
            throw error
        }
        valueCount = numbers.max() ?? 0
        self.text = text
        self.handle = handle
        self.connection = connection
    }

    deinit {
        sqlite3_finalize(handle)
    }

    func bind(_ values: [Value]) throws(StorageError) {
        guard values.count == valueCount else {
            throw .statement(
                detail: "\(values.count) values for \(valueCount) parameters in: \(text)")
        }
        try bind(values[...])
    }

    /// Binds the columns of a row of items that the statement names; it need not name all.
    func bind(_ row: ArraySlice<Value>) throws(StorageError) {
        var needed = 0
        for number in numbers {
            if case .text(let text) = row[row.startIndex + number - 1] { needed += text.utf8.count }
        }
        texts.clear(reserving: needed)
        for (offset, number) in numbers.enumerated() {
            let code = try bind(row[row.startIndex + number - 1], at: Int32(offset + 1))
            guard code == SQLITE_OK else { throw storageError(code, on: connection, doing: text) }
        }
    }

    /// True with the next row, false at the end.
    func step() throws(StorageError) -> Bool {
        let code = sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw storageError(code, on: connection, doing: text)
        }
    }

    var row: SQLiteRow { SQLiteRow(handle) }

    /// Makes it ready to run again; its error, if it had one, was thrown by `step`.
    func reset() {
        sqlite3_reset(handle)
    }

    /// Lets go of the bound values.
    func clear() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
        texts.release()
    }

    private func bind(_ value: Value, at index: Int32) throws(StorageError) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .integer(let integer): return sqlite3_bind_int64(handle, index, integer)
        case .bool(let bool): return sqlite3_bind_int64(handle, index, bool ? 1 : 0)
        case .text(let text):
            let bytes = texts.keep(text)
            // PostgreSQL can't store NUL, and SQLite's own functions stop at it.
            guard !bytes.contains(0) else {
                throw .statement(detail: "a text with a NUL character for: \(self.text)")
            }
            return sqlite3_bind_text64(
                handle, index, bytes.baseAddress, UInt64(bytes.count), nil, UInt8(SQLITE_UTF8))
        case .blob(let bytes):
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
            return bytes.withUnsafeBytes { bytes in
                sqlite3_bind_blob64(
                    handle, index, bytes.baseAddress, UInt64(bytes.count), Self.copied)
            }
        }
    }

    /// Compiles `text`, which must be one statement.
    private static func prepare(
        _ text: String, on connection: OpaquePointer
    ) throws(StorageError) -> OpaquePointer {
        var handle: OpaquePointer?
        var text = text
        let (code, hasMore) = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                var rest: UnsafePointer<CChar>?
                let code = sqlite3_prepare_v3(
                    connection, characters.baseAddress, Int32(clamping: characters.count),
                    UInt32(SQLITE_PREPARE_PERSISTENT), &handle, &rest)
                guard let start = characters.baseAddress, let rest else { return (code, false) }
                let blank: [UInt8] = Array(" \t\r\n;".utf8)
                return (code, bytes[(rest - start)...].contains { !blank.contains($0) })
            }
        }
        guard code == SQLITE_OK else { throw storageError(code, on: connection, doing: text) }
        guard let handle else { throw .statement(detail: "no statement in: \(text)") }
        guard !hasMore else {
            sqlite3_finalize(handle)
            throw .statement(detail: "more than one statement in: \(text)")
        }
        return handle
    }

    /// The n of each `$n`, in SQLite's order. A cast as PostgreSQL writes it, `$1::text`, is part
    /// of the parameter's name here and does nothing.
    private static func parameterNumbers(
        of handle: OpaquePointer, _ text: String
    ) throws(StorageError) -> [Int] {
        var numbers: [Int] = []
        for index in 0..<sqlite3_bind_parameter_count(handle) {
            let name = sqlite3_bind_parameter_name(handle, index + 1).map { String(cString: $0) }
            let digits = name?.dropFirst().prefix { $0.isNumber } ?? ""
            guard name?.first == "$", let number = Int(digits), number > 0 else {
                throw .statement(detail: "a parameter is not written as $1, $2, … in: \(text)")
            }
            numbers.append(number)
        }
        guard Set(numbers).count == numbers.max() ?? 0 else {
            throw .statement(detail: "the parameters are not $1 to $n without a gap in: \(text)")
        }
        return numbers
    }
}
