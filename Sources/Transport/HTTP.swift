/// A request to another server.
public struct HTTPRequest: Sendable {
    public enum Method: String, Sendable { case get = "GET", post = "POST", delete = "DELETE" }

    public var method: Method
    /// May hold a secret (Telegram's token is part of it): never log it.
    public var url: String
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// From the first byte sent to the last one received.
    public var timeoutSeconds: Double
    /// A larger answer ends in `TransportError.tooLarge`; nil is the transport's own limit.
    public var maximumBodyBytes: Int?

    public init(
        method: Method, url: String, headers: [(name: String, value: String)] = [],
        body: [UInt8] = [], timeoutSeconds: Double, maximumBodyBytes: Int? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeoutSeconds = timeoutSeconds
        self.maximumBodyBytes = maximumBodyBytes
    }
}

/// The whole answer to a request.
public struct HTTPResponse: Sendable {
    public let status: Int
    /// Names in lower case.
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Sends requests; many at once.
public protocol HTTPTransport: Sendable {
    /// Throws `TransportError`, or `CancellationError` when the task is cancelled (the request is
    /// then dropped at once; the server may have seen it).
    func send(_ request: HTTPRequest) async throws -> HTTPResponse
}

/// Why no answer came; named by what is known about the request's fate. Details never hold the URL.
public enum TransportError: Error, Sendable, Hashable {
    /// The server was not reached, so it has done nothing.
    case unreachable(detail: String)
    /// The answer did not come, or not whole: the server may have carried the request out.
    case interrupted(detail: String)
    /// `timeoutSeconds` passed: the server may have carried the request out.
    case timedOut
    /// The answer is larger than this transport takes.
    case tooLarge(limitBytes: Int)
    /// The transport was closed.
    case closed
}
