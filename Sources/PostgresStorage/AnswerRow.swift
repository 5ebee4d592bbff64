import Storage

/// A row of an answer, read as SQLite's driver reads the same value: a boolean is also the integer
/// and the text 0 or 1, an integer 0 or 1 also a boolean.
struct AnswerRow: Row {
    let answer: Answer
    let row: Int

    func isNull(_ column: Int) -> Bool {
        answer.kinds.indices.contains(column) && answer.isNull(row: row, column: column)
    }

    func integer(_ column: Int) throws(StorageError) -> Int64 {
        let value: Int64? =
            switch try kind(of: column, as: "an integer") {
            case .integer, .numeric:
                answer.withBytes(row: row, column: column, ServerText.integer)
            case .boolean: isTrue(column) ? 1 : 0
            case .bytes, .time, .text: nil
            }
        return try found(value, column, "an integer")
    }

    func bool(_ column: Int) throws(StorageError) -> Bool {
        let value: Bool?
        switch try kind(of: column, as: "0 or 1") {
        case .boolean: value = isTrue(column)
        case .integer:
            let number = answer.withBytes(row: row, column: column, ServerText.integer)
            value = number == 0 ? false : number == 1 ? true : nil
        case .numeric, .bytes, .time, .text: value = nil
        }
        return try found(value, column, "0 or 1")
    }

    func text(_ column: Int) throws(StorageError) -> String {
        switch try kind(of: column, as: "a text") {
        case .integer, .numeric, .text: return answer.text(row: row, column: column)
        case .boolean: return isTrue(column) ? "1" : "0"
        case .time:
            let time = answer.withBytes(row: row, column: column, ServerText.time)
            return try found(time, column, "a time of the years 0001 to 9999")
        case .bytes: return try found(nil, column, "a text")
        }
    }

    func blob(_ column: Int) throws(StorageError) -> [UInt8] {
        let isBytes = try kind(of: column, as: "bytes") == .bytes
        let value =
            isBytes ? answer.withBytes(row: row, column: column, ServerText.bytes) : nil
        return try found(value, column, "bytes")
    }

    private func isTrue(_ column: Int) -> Bool {
        answer.withBytes(row: row, column: column) { $0.count == 1 && $0[0] == UInt8(ascii: "t") }
    }

    /// The column's kind; throws where there is no such column or its value is NULL.
    private func kind(of column: Int, as expected: String) throws(StorageError) -> Answer.Kind {
        guard answer.kinds.indices.contains(column), !answer.isNull(row: row, column: column)
        else { throw .decoding(column: column, expected: expected) }
        return answer.kinds[column]
    }

    private func found<Value>(
        _ value: Value?, _ column: Int, _ expected: String
    ) throws(StorageError) -> Value {
        guard let value else { throw .decoding(column: column, expected: expected) }
        return value
    }
}
