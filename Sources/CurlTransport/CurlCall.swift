import CCurl
import Transport

/// One request and what has come back of it.
///
/// Touched by the loop's thread alone once it is started, but for `isCancelled`, which belongs to
/// the loop's lock.
final class CurlCall: @unchecked Sendable {
    typealias Continuation = CheckedContinuation<HTTPResponse, any Error>

    let request: HTTPRequest
    var isCancelled = false
    var continuation: Continuation?
    var easy: UnsafeMutableRawPointer?

    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var sentBytes = 0
    private var maximumBodyBytes = 0
    private(set) var isTooLarge = false
    private var headerBytes = 0
    private var headers: [(name: String, value: String)] = []
    private var body: [UInt8] = []

    private static let maximumHeaderBytes = 256 * 1024
    private static let maximumTimeoutSeconds = 86_400.0

    /// Refuses what could not be sent as it stands: libcurl would cut a text at a NUL, and a line
    /// break in a header would begin another header.
    init(_ request: HTTPRequest) throws {
        guard !request.url.isEmpty, request.url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            throw TransportError.unreachable(detail: "the URL is not valid")
        }
        for header in request.headers {
            let isName = !header.name.isEmpty && header.name.utf8.allSatisfy(Self.isNameByte)
            guard isName, !header.value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) else {
                throw TransportError.unreachable(detail: "a request header is not valid")
            }
        }
        self.request = request
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    // MARK: Before

    /// Sets all options on a fresh or reset handle.
    func prepare(_ easy: UnsafeMutableRawPointer, settings: CurlTransport.Settings) {
        self.easy = easy
        maximumBodyBytes = request.maximumBodyBytes ?? settings.maximumBodyBytes
        ccurl_set_text(easy, CURLOPT_URL, request.url)
        ccurl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        ccurl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        ccurl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        ccurl_set_long(easy, CURLOPT_TCP_NODELAY, 1)
        ccurl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
        // Without it, dropping a request whose name lookup hangs would block the loop's thread.
        ccurl_set_long(easy, CURLOPT_QUICK_EXIT, 1)
        // Servers close idle connections after about a minute; do not race them.
        ccurl_set_long(easy, CURLOPT_MAXAGE_CONN, 50)
        let timeout = Self.milliseconds(request.timeoutSeconds)
        ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, timeout)
        ccurl_set_long(
            easy, CURLOPT_CONNECTTIMEOUT_MS,
            min(timeout, Self.milliseconds(settings.connectTimeoutSeconds)))
        ccurl_set_offset(easy, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(maximumBodyBytes))
        prepareHeaders(easy)
        prepareBody(easy)
        prepareCallbacks(easy)
    }

    private static func milliseconds(_ seconds: Double) -> Int {
        guard seconds > 0 else { return 1 }
        return max(1, Int(min(seconds, maximumTimeoutSeconds) * 1000))
    }

    private func prepareHeaders(_ easy: UnsafeMutableRawPointer) {
        // No "Expect: 100-continue": it costs a round trip, and some servers never answer it.
        var lines = ["Expect:"]
        for header in request.headers {
            // "Name:" would remove the header; "Name;" sends it empty.
            lines.append(
                header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
        for line in lines { headerList = curl_slist_append(headerList, line) }
        ccurl_set_list(easy, CURLOPT_HTTPHEADER, headerList)
    }

    /// libcurl sends a request again by itself when a kept connection breaks before the answer has
    /// begun, for it takes the connection to have been stale. The server may have carried the
    /// request out, though, so this must not happen to anything but GET: the body goes through a
    /// callback that cannot be rewound, which turns such a repetition into
    /// `CURLE_SEND_FAIL_REWIND`; a request without body takes a connection of its own.
    private func prepareBody(_ easy: UnsafeMutableRawPointer) {
        switch request.method {
        case .get where request.body.isEmpty:
            ccurl_set_long(easy, CURLOPT_HTTPGET, 1)
            return
        case .post: ccurl_set_long(easy, CURLOPT_POST, 1)
        case .get, .delete:
            if !request.body.isEmpty { ccurl_set_long(easy, CURLOPT_POST, 1) }
            ccurl_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
        guard !request.body.isEmpty else {
            ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, 0)
            if request.method == .post { ccurl_set_text(easy, CURLOPT_COPYPOSTFIELDS, "") }
            ccurl_set_long(easy, CURLOPT_FRESH_CONNECT, 1)
            return
        }
        ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
        ccurl_set_pointer(easy, CURLOPT_READDATA, Unmanaged.passUnretained(self).toOpaque())
        ccurl_set_transfer(easy, CURLOPT_READFUNCTION) { bytes, size, count, context in
            guard let call = CurlCall.from(context) else { return Int(CURL_READFUNC_ABORT) }
            return call.give(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
        }
        ccurl_set_seek(easy) { _, _, _ in Int32(CURL_SEEKFUNC_FAIL) }
    }

    private func prepareCallbacks(_ easy: UnsafeMutableRawPointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context)
        ccurl_set_transfer(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let call = CurlCall.from(context) else { return 0 }
            return call.take(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        ccurl_set_transfer(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let call = CurlCall.from(context) else { return 0 }
            return call.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
    }

    // MARK: During; libcurl calls these on the loop's thread, while the loop retains the call

    private static func from(_ context: UnsafeMutableRawPointer?) -> CurlCall? {
        context.map { Unmanaged<CurlCall>.fromOpaque($0).takeUnretainedValue() }
    }

    private func give(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, request.body.count - sentBytes)
        buffer.copyBytes(from: request.body[sentBytes..<sentBytes + count])
        sentBytes += count
        return count
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard body.count + bytes.count <= maximumBodyBytes else {
            isTooLarge = true
            return 0
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    private func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        headerBytes += bytes.count
        guard headerBytes <= Self.maximumHeaderBytes else { return 0 }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
            // A status line begins a new head (after "100 Continue", or a proxy's answer).
            if bytes.starts(with: "HTTP/".utf8) { headers.removeAll() }
            return bytes.count
        }
        let value = bytes[bytes.index(after: colon)...]
        headers.append(
            (
                String(decoding: bytes[..<colon], as: UTF8.self).lowercased(),
                String(decoding: Self.trimmed(value), as: UTF8.self)
            ))
        return bytes.count
    }

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>)
        -> Slice<UnsafeRawBufferPointer>
    {
        let isBlank = { (byte: UInt8) in byte <= 0x20 }
        guard let first = bytes.firstIndex(where: { !isBlank($0) }),
            let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return bytes[bytes.endIndex...] }
        return bytes[first...last]
    }

    // MARK: After

    /// What the caller gets, once libcurl is done with the handle.
    func outcome(_ code: CURLcode) -> Result<HTTPResponse, any Error> {
        guard let easy, code == CURLE_OK else { return .failure(error(code)) }
        var status = 0
        ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return .success(HTTPResponse(status: status, headers: headers, body: body))
    }

    private func error(_ code: CURLcode) -> TransportError {
        if isTooLarge || code == CURLE_FILESIZE_EXCEEDED {
            return .tooLarge(limitBytes: maximumBodyBytes)
        }
        // libcurl's text for the code, never its error buffer: that one may quote the URL.
        var detail = "\(String(cString: curl_easy_strerror(code))) (\(code.rawValue))"
        var sent = 0
        if let easy {
            ccurl_get_long(easy, CURLINFO_REQUEST_SIZE, &sent)
            var systemError = 0
            ccurl_get_long(easy, CURLINFO_OS_ERRNO, &systemError)
            if systemError != 0 { detail += ", errno \(systemError)" }
        }
        if sent == 0, sentBytes == 0 { return .unreachable(detail: detail) }
        return code == CURLE_OPERATION_TIMEDOUT ? .timedOut : .interrupted(detail: detail)
    }

    /// The handle is no longer libcurl's: frees what it borrowed.
    func release() {
        curl_slist_free_all(headerList)
        headerList = nil
        easy = nil
    }
}
