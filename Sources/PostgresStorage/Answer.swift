import CPostgres

/// What the server answered to one command.
final class Answer {
    enum Status {
        case done
        case failed
        /// Not run, because a command before it failed.
        case skipped
        case pipelineSync
        /// The server waits for, or sends, `COPY` data, which this driver does not speak.
        case copy
    }

    /// How the text of a column is to be read.
    enum Kind {
        case integer, numeric, boolean, bytes, time, text
    }

    private let result: OpaquePointer
    let status: Status
    let rowCount: Int
    let kinds: [Kind]

    /// Takes over `result`.
    init(_ result: OpaquePointer) {
        self.result = result
        status =
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: .done
            case PGRES_PIPELINE_SYNC: .pipelineSync
            case PGRES_PIPELINE_ABORTED: .skipped
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH: .copy
            default: .failed
            }
        rowCount = Int(PQntuples(result))
        kinds = (0..<PQnfields(result)).map { Kind(type: PQftype(result, $0)) }
    }

    deinit {
        PQclear(result)
    }

    /// Which parameters of a described statement are booleans.
    var booleanParameters: [Bool] {
        (0..<PQnparams(result)).map { Kind(type: PQparamtype(result, $0)) == .boolean }
    }

    /// What was done, such as `INSERT 0 3`.
    var commandTag: String { String(cString: PQcmdStatus(result)) }

    /// How many rows the command changed.
    var changedRows: Int {
        if commandTag.hasPrefix("SELECT") { return 0 }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    enum Field: Character {
        case severity = "V"
        case sqlState = "C"
        case message = "M"
    }

    /// A part of the server's error report; empty where it has none.
    func report(_ field: Field) -> String {
        let code = Int32(field.rawValue.asciiValue ?? 0)
        return PQresultErrorField(result, code).map { String(cString: $0) } ?? ""
    }

    /// libpq's account of the failure, for those that it found itself.
    var errorMessage: String { String(cString: PQresultErrorMessage(result)) }

    func isNull(row: Int, column: Int) -> Bool {
        PQgetisnull(result, Int32(row), Int32(column)) == 1
    }

    /// The value as text in UTF-8. `row` and `column` must exist; NULL is an empty text.
    func withBytes<Value>(row: Int, column: Int, _ body: (Span<UInt8>) -> Value) -> Value {
        let count = Int(PQgetlength(result, Int32(row), Int32(column)))
        let start = PQgetvalue(result, Int32(row), Int32(column))
        return UnsafeRawBufferPointer(start: start, count: count).withMemoryRebound(to: UInt8.self)
        {
            body($0.span)
        }
    }

    /// As `withBytes`, as a string.
    func text(row: Int, column: Int) -> String {
        let count = Int(PQgetlength(result, Int32(row), Int32(column)))
        let start = PQgetvalue(result, Int32(row), Int32(column))
        return String(
            decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }
}

extension Answer.Kind {
    /// By the numbers of PostgreSQL's built-in types, which never change.
    init(type: Oid) {
        self =
            switch type {
            case 20, 21, 23, 26: .integer
            case 1700: .numeric
            case 16: .boolean
            case 17: .bytes
            case 1184: .time
            default: .text
            }
    }
}
