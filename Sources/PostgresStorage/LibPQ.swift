import CPostgres

/// A libpq connection in pipeline mode, used by one thread. With `Answer`, all that touches libpq.
///
/// Commands are sent one after the other, then `sendSync`; then each is answered in its order by
/// `receive`, and the sync by a last answer. After a failed command the server skips the others up
/// to the sync.
final class Connection {
    private let handle: OpaquePointer

    private init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        PQfinish(handle)
    }

    enum Opening {
        case opened(Connection)
        /// The server or network refused; libpq's message.
        case refused(String)
    }

    /// Opens a connection. Settings after one called `dbname`, which may be a URL, override what
    /// the URL says, those before it are its defaults. Blocks until connected or timed out.
    static func open(_ settings: KeyValuePairs<String, String>) -> Opening {
        var keywords = CStrings()
        var values = CStrings()
        for (keyword, value) in settings {
            keywords.append(keyword.utf8)
            values.append(value.utf8)
        }
        keywords.appendNull()
        values.appendNull()
        let handle = keywords.withPointers { keywords in
            values.withPointers { PQconnectdbParams(keywords, $0, 1) }
        }
        guard let handle else { return .refused("out of memory") }
        // A notice is nothing that the caller can act on, and libpq would print it to stderr.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        let connection = Connection(handle)
        guard PQstatus(handle) == CONNECTION_OK, PQenterPipelineMode(handle) == 1 else {
            return .refused(connection.errorMessage)
        }
        return .opened(connection)
    }

    /// What libpq's own reading of a URL finds wrong with it, or its secrets.
    static func secrets(inURL url: String) -> Result<[String], URLFault> {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &message) else {
            defer { PQfreemem(message) }
            return .failure(URLFault(message: message.map { String(cString: $0) } ?? ""))
        }
        defer { PQconninfoFree(options) }
        var secrets: [String] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if ["password", "sslpassword"].contains(String(cString: keyword)),
                let value = option.pointee.val
            {
                secrets.append(String(cString: value))
            }
            option += 1
        }
        return .success(secrets)
    }

    struct URLFault: Error {
        let message: String
    }

    var errorMessage: String { String(cString: PQerrorMessage(handle)) }

    var isBroken: Bool { PQstatus(handle) == CONNECTION_BAD }

    /// Whether a transaction is open and has not failed.
    var isInTransaction: Bool { PQtransactionStatus(handle) == PQTRANS_INTRANS }

    /// Whether no transaction is open.
    var isIdle: Bool { PQtransactionStatus(handle) == PQTRANS_IDLE }

    /// What the server said of one of its settings at the start, such as `server_encoding`.
    func serverSetting(_ name: String) -> String? {
        PQparameterStatus(handle, name).map { String(cString: $0) }
    }

    /// Looks, without waiting, at whether the server has hung up. The first look finds its last
    /// words, if it had any, the second one the end behind them.
    func notesHangUp() -> Bool {
        PQconsumeInput(handle) == 0 || PQconsumeInput(handle) == 0 || isBroken
    }

    func sendPrepare(_ name: String, _ text: String) -> Bool {
        PQsendPrepare(handle, name, text, 0, nil) == 1
    }

    /// Asks for the parameter types of a prepared statement.
    func sendDescribe(_ name: String) -> Bool {
        PQsendDescribePrepared(handle, name) == 1
    }

    func sendExecute(_ name: String, _ parameters: CStrings) -> Bool {
        parameters.withPointers {
            PQsendQueryPrepared(handle, name, Int32(parameters.count), $0, nil, nil, 0)
        } == 1
    }

    /// Sends a statement that is planned for these parameters and then forgotten.
    func sendStatement(_ text: String, _ parameters: CStrings) -> Bool {
        parameters.withPointers {
            PQsendQueryParams(handle, text, Int32(parameters.count), nil, $0, nil, nil, 0)
        } == 1
    }

    func sendSync() -> Bool {
        PQpipelineSync(handle) == 1
    }

    /// Waits for the next answer; nil where the connection broke.
    func receive() -> Answer? {
        guard let first = PQgetResult(handle) else { return nil }
        let answer = Answer(first)
        if answer.status == .pipelineSync || answer.status == .copy { return answer }
        while let more = PQgetResult(handle) {
            PQclear(more)
            if isBroken { break }
        }
        return answer
    }

    /// Runs several statements without parameters, outside the pipeline; the last one's answer, or
    /// the first failure's. Nil where the connection broke.
    func runScript(_ script: String) -> Answer? {
        guard PQexitPipelineMode(handle) == 1, let result = PQexec(handle, script) else {
            return nil
        }
        let answer = Answer(result)
        return answer.status == .copy || PQenterPipelineMode(handle) == 1 ? answer : nil
    }
}

/// Strings as C wants them: ended by a NUL, behind an array of pointers. None of them may hold one.
struct CStrings {
    private var bytes: [UInt8] = []
    /// Where each begins; nil is a null pointer.
    private var offsets: [Int?] = []

    var count: Int { offsets.count }
    var byteCount: Int { bytes.count }

    mutating func append(_ text: some Sequence<UInt8>) {
        append { $0.append(contentsOf: text) }
    }

    /// Adds what `write` appends.
    mutating func append<Failure>(
        _ write: (inout [UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        offsets.append(bytes.count)
        try write(&bytes)
        bytes.append(0)
    }

    mutating func appendNull() {
        offsets.append(nil)
    }

    func withPointers<Value>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Value) -> Value {
        bytes.withUnsafeBytes { bytes in
            let base = bytes.bindMemory(to: CChar.self).baseAddress
            let pointers = offsets.map { offset in offset.flatMap { base?.advanced(by: $0) } }
            return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
        }
    }
}
